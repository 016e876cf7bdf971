"""What goes into the event log and what comes out of it.

``gc=False``: they hold values only, never each other, so the garbage collector need not look at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from eventsourcing.persistence import Tracking

__all__ = ["Appended", "Commit", "Idempotency", "NewEvent", "RecordedEvent", "Tracking"]


class NewEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event to be appended.

    ``version`` is its place in ``stream``: 1 for the first, then one more each. ``state`` is canonical JSON,
    ``metadata`` JSON about who and why; ``salt`` hides the event in the verifiable log (a leaf is
    SHA-256(salt ‖ event)). ``public`` gives it a place in the public feed.
    """

    stream: str
    version: int
    topic: str
    state: bytes
    metadata: bytes
    event_id: UUID
    salt: bytes
    public: bool


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event in the log. ``feed_position`` is None for an event that is not public.

    ``recorded_at`` is the database's clock under the head lock, UTC; it never decreases along ``position``.
    """

    position: int
    feed_position: int | None
    stream: str
    version: int
    topic: str
    state: bytes
    metadata: bytes
    event_id: UUID
    salt: bytes
    public: bool
    recorded_at: datetime


class Idempotency(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The caller's key for one request, unique in ``scope`` (say, party and command).

    ``answer`` is what a replay of the same request will be given.
    """

    scope: str
    key: str
    request_hash: bytes
    answer: bytes


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """All or nothing: events of any streams, conditions on other streams, the request's key, a checkpoint.

    ``guards`` names streams and the version each must still have (0: must not exist) for the commit to stand.
    """

    events: Sequence[NewEvent] = ()
    guards: Mapping[str, int] = {}
    idempotency: Idempotency | None = None
    tracking: Tracking | None = None


class Appended(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Places of a commit's events, in the commit's order.

    ``answer`` is the one stored under the idempotency key; ``replayed`` says that an earlier request wrote it
    (the positions are then that request's). ``recorded_at`` is set even when there are no events.
    """

    positions: list[int]
    feed_positions: list[int | None]
    recorded_at: datetime
    answer: bytes | None
    replayed: bool
