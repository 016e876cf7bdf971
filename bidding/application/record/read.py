"""The record as the checks read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.signing import Signed
from bidding.domain.errors import Refusal
from bidding.domain.event import Event, decode
from bidding.domain.lot import Lot, replay

E = TypeVar("E", bound=Event)

#: What reading made-up text, and computing with made-up figures, may come to.
UNREADABLE = (
    CryptoError,
    msgspec.MsgspecError,
    Refusal,
    LookupError,
    ValueError,
    ArithmeticError,
    AssertionError,
)


class Faulty(Exception):
    """It does not hold. ``check``: the step that fails; ``reason``: what is wrong, and where."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(f"{check}: {reason}")
        self.check, self.reason = check, reason


@dataclass(frozen=True)
class Read:
    """``keys``: credential → raw signing key, once its certificate has been checked."""

    record: LotRecord
    events: tuple[Event, ...]
    keys: dict[str, bytes] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def first(self, kind: type[E]) -> E | None:
        return next(iter(self.all(kind)), None)

    def last(self, kind: type[E]) -> E | None:
        return next(reversed(self.all(kind)), None)

    @property
    def lot(self) -> Lot:
        return replay(self.record.lot, self.events)

    def lot_before(self, event: Event) -> Lot:
        """The lot as it stood when ``event`` was decided."""
        return replay(self.record.lot, self.events[: self.events.index(event)])

    def keys_of(self, party: str) -> list[bytes]:
        return [self.keys[credential] for credential, owner in self.owners.items() if owner == party]


def event_of(topic: str, state: str, check: str, where: str) -> Event:
    """The event, whose text must be the canonical form (RFC 8785) of what it says: ``Faulty`` names ``check``.

    It is not encoded again: a later version that gives the event a further member still reads what stands there.
    """
    try:
        event = decode(topic, state.encode())
        written = canonical(msgspec.json.decode(state)).decode()
    except (KeyError, msgspec.MsgspecError, CryptoError, UnicodeError) as error:
        raise Faulty(check, f"{where}: {type(error).__name__}") from error
    require(written == state, check, f"{where}: not in its canonical form")
    return event


def signed(text: str, signature: str) -> Signed:
    """CryptoError if the signature is not strict base64url."""
    return Signed(text.encode(), unb64(signature))


def require(holds: bool, check: str, reason: str) -> None:
    if not holds:
        raise Faulty(check, reason)


@contextmanager
def step(check: str) -> Iterator[None]:
    """What cannot be read or does not verify inside is a fault of this step."""
    try:
        yield
    except UNREADABLE as error:
        raise Faulty(check, f"{type(error).__name__}: {error}") from error
