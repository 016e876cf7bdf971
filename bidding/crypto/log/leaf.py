"""What of an event stands in the log: a salted commitment, so that nothing shows before it is disclosed.

An event is disclosed by its salt and its canonical form. Without the salt (32 random bytes) nobody can tell which
event a leaf is, or that it is one: cover leaves are commitments too (``docs/decisions`` 0010). Personal data and its
salt can be erased; leaf and proofs stay.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from bidding.crypto.canonical import Digest, Name
from bidding.crypto.errors import LogError

SALT_SIZE = 32

_encoder = msgspec.json.Encoder(order="sorted")

Moment = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        min_length=27,
        max_length=27,
    ),
]
"""The database's instant, in microseconds: a cut one would leave room for back-dating."""


class LoggedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the leaf commits to. ``state``: the event's canonical JSON, byte for byte as in the event log.

    ``internals``: a keyed digest of who caused it and how, and of its place in its stream; only the platform can show
    what it is of. A party may be shown the rest, and versions and positions count events that it may not see: the
    leaf's index says the order.
    """

    id: Name
    internals: Digest
    recorded_at: Moment
    state: str
    stream: Name
    topic: Name
    v: Literal[1] = 1


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of the log. ``c``: SHA-256(salt ‖ canonical event)."""

    c: Digest
    v: Literal[1] = 1


def moment(at: datetime) -> Moment:
    """``at`` (timezone-aware) in UTC with six decimals."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def parse_moment(text: Moment) -> datetime:
    """The timezone-aware datetime. LogError for a date that there is not."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise LogError(what="not an instant") from None


def logged_bytes(event: LoggedEvent) -> bytes:
    """Its canonical JSON: what ``canonical`` gives, for integers and ASCII keys in their order without the detour."""
    return _encoder.encode(event)


def commitment(event: bytes, salt: bytes) -> bytes:
    """SHA-256(salt ‖ canonical event), 32 bytes. LogError for a salt of another length: it would move bytes between
    the two."""
    if len(salt) != SALT_SIZE:
        raise LogError(what="a salt is 32 bytes")
    return hashlib.sha256(salt + event).digest()


def entry(committed: bytes) -> bytes:
    """The canonical ``Leaf`` of a commitment: what the tree hashes and bundles hold."""
    return b'{"c":"%b","v":1}' % committed.hex().encode("ascii")


def event_entry(event: LoggedEvent, salt: bytes) -> bytes:
    """The entry of an event."""
    return entry(commitment(logged_bytes(event), salt))


def cover(key: bytes, index: int) -> bytes:
    """The commitment of the cover leaf at ``index``: to nothing, which only who holds ``key`` can tell from an event's.

    Derived from its place, so that a sequencer that starts again makes the same ones, and an auditor with the key
    can show that a leaf hides no event.
    """
    salt = hmac.digest(key, b"bidding/log/cover/v1\0" + index.to_bytes(8, "big"), "sha256")
    return commitment(b"", salt)


def internals_digest(key: bytes, event_id: str, version: int, metadata: bytes) -> Digest:
    """Keyed: version, actor and address are guessable, so a plain hash of them would tell them."""
    told = b"bidding/log/internals/v1\0" + event_id.encode() + b"\0%d\0" % version + metadata
    return hmac.digest(key, told, "sha256").hex()
