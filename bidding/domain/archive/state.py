"""The fold of the archive's events."""

from datetime import datetime

import msgspec

from bidding.domain.archive.events import FilesDisposed
from bidding.domain.event import Event


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    disposed_at: datetime | None = None


def evolve(archive: Archive, event: Event) -> Archive:
    match event:
        case FilesDisposed():
            return Archive(disposed_at=event.at)
        case _:
            return archive
