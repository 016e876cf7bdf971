"""What the exchange needs of the outside: a kept outbox, and targets to send to.

::

    TargetError
    ├── Unreachable    no answer, or one that says to come again: try later
    └── Refused        the target will not have it however often it is sent
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class TargetError(Exception):
    pass


class Unreachable(TargetError):
    pass


class Refused(TargetError):
    pass


class Channel(StrEnum):
    MEDIA = "media"
    SERVICE = "public-service"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """``number``: its place in the outbox, 0 before it is stored. ``key`` with ``stamp`` is one item, sent as ``body``.

    ``hash``: hex SHA-256, of a publication what its echo must have.
    """

    number: int = 0
    channel: Channel
    lot: str
    kind: str
    key: str
    stamp: str
    hash: str
    body: bytes


class Target(Protocol):
    """A medium, or a public service platform. ``name`` stands in the tracking rows and in alarms."""

    @property
    def name(self) -> str: ...

    async def deliver(self, item: Item, signature: str) -> None:
        """Idempotent by the item's key and stamp. ``signature``: base64url, of the body by the platform's key.

        Raises ``Unreachable``, ``Refused``.
        """
        ...

    async def echo(self, item: Item) -> bytes | None:
        """What the target shows of the item now, None if nothing. Raises ``Unreachable``."""
        ...

    async def close(self) -> None: ...


class Outbox(Protocol):
    """Kept items and how far each target has come. Every method may raise ``Unavailable``."""

    async def serial(self, lot: str, day: date) -> int:
        """Which notice of its day the lot's was, from 1."""
        ...

    async def save(self, name: str, position: int, items: Sequence[Item]) -> bool:
        """Items not kept before, and the projection's checkpoint; False, and nothing, at a position of before."""
        ...

    async def items(self, channel: Channel, after: int, limit: int) -> list[Item]: ...

    async def reached(self, target: str) -> int:
        """The number of the last item that the target has taken or refused."""
        ...

    async def taken(
        self,
        target: str,
        number: int,
        *,
        echo_at: datetime | None = None,
        refused: tuple[str, datetime] | None = None,
    ) -> None: ...

    async def refused(self, target: str) -> list[tuple[int, str]]: ...

    async def echoes(self, target: str, now: datetime, limit: int) -> list[tuple[Item, str]]:
        """Items to be looked at now, with the hash that was shown last ("" before the first look)."""
        ...

    async def looked(self, target: str, number: int, shown: str, due_at: datetime | None) -> None: ...
