"""Facts of the archive."""

from datetime import date, datetime

import msgspec

from bidding.domain.event import EVERYONE, OFFICES, Event, SignedAct
from bidding.domain.registration.events import Erased, ErasureGround


class FilesDisposed(Event, topic="lot.files-disposed.v1", audience=OFFICES):
    """销毁: stored files are gone, after ``kept_until``, their last day. Events and hashes stay for ever."""

    kept_until: date
    reason: str
    at: datetime
    signed: SignedAct


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A text in one of the lot's events. ``number``: of the event in the lot, from 1; ``field``: pointer (RFC 6901)."""

    number: int
    field: str


class Stripped(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``event``: its id; ``sha256``: hex, of what the log's leaf would commit to if it were made of what is left."""

    event: str
    sha256: str


class LotErasureOrdered(Event, topic="lot.erasure-ordered.v1", audience=OFFICES):
    """A supervisor's order, ``number`` of the lot's orders from 1: which texts, never what they say. ``reference``: the
    order's number on paper."""

    number: int
    places: tuple[Place, ...]
    ground: ErasureGround
    reference: str
    by: str
    at: datetime
    signed: SignedAct


class LotDataErased(Event, topic="lot.personal-data-erased.v1", audience=EVERYONE):
    """Carried out: what is left of each event. Its leaf still commits to what was there; the salt is gone with it. The
    database admits no other change of an event, and a record no other event without a salt, than one told here.

    ``stripped``: the same for who has the events and not the database."""

    order: int
    erased: tuple[Erased, ...]
    stripped: tuple[Stripped, ...]
    by: str
    at: datetime
    signed: SignedAct


class LotErasureDone(Event, topic="lot.erasure-done.v1", audience=EVERYONE):
    """It is done, and whoever made something of the lot's events makes it anew."""

    order: int
    at: datetime
