"""The media's altered echoes, and their fold."""

from datetime import datetime

import msgspec

from bidding.domain.event import Event
from bidding.domain.media.events import EchoAltered, EchoRestored


class AlteredEcho(msgspec.Struct, frozen=True, kw_only=True):
    medium: str
    item: str
    shown: str
    since: datetime


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """``altered``: what media show now that was not published so."""

    altered: tuple[AlteredEcho, ...] = ()

    def of(self, medium: str, item: str) -> AlteredEcho | None:
        return next((one for one in self.altered if (one.medium, one.item) == (medium, item)), None)


def evolve(media: Media, event: Event) -> Media:
    match event:
        case EchoAltered():
            found = AlteredEcho(medium=event.medium, item=event.item, shown=event.shown, since=event.at)
            return Media(altered=(*_others(media, event), found))
        case EchoRestored():
            return Media(altered=_others(media, event))
        case _:
            return media


def _others(media: Media, event: EchoAltered | EchoRestored) -> tuple[AlteredEcho, ...]:
    return tuple(one for one in media.altered if (one.medium, one.item) != (event.medium, event.item))
