"""The fold of the archive's events."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.archive.events import (
    FilesDisposed,
    LotDataErased,
    LotErasureDone,
    LotErasureOrdered,
    Place,
)
from bidding.domain.event import Event
from bidding.domain.registration.events import ErasureGround


class LotErasure(msgspec.Struct, frozen=True, kw_only=True):
    """An order to erase. ``reference``: its number on paper; ``said_at``: when it was said what is left; ``done_at``:
    when that was so."""

    number: int
    places: tuple[Place, ...]
    ground: ErasureGround
    reference: str
    by: str
    at: datetime
    said_at: datetime | None = None
    done_at: datetime | None = None


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    disposed_at: datetime | None = None
    erasures: tuple[LotErasure, ...] = ()


def evolve(archive: Archive, event: Event) -> Archive:
    match event:
        case FilesDisposed():
            return replace(archive, disposed_at=event.at)
        case LotErasureOrdered():
            ordered = LotErasure(
                number=event.number,
                places=event.places,
                ground=event.ground,
                reference=event.reference,
                by=event.by,
                at=event.at,
            )
            return replace(archive, erasures=(*archive.erasures, ordered))
        case LotDataErased():
            return _marked(archive, event.order, said_at=event.at)
        case LotErasureDone():
            return _marked(archive, event.order, done_at=event.at)
        case _:
            return archive


def _marked(archive: Archive, order: int, **at: datetime) -> Archive:
    return replace(
        archive,
        erasures=tuple(replace(one, **at) if one.number == order else one for one in archive.erasures),
    )
