"""The record as the checks read it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import unb64
from bidding.crypto.signing import Signed
from bidding.domain.event import Event
from bidding.domain.lot import Lot, replay

if TYPE_CHECKING:
    from bidding.application.record.verify import Check

E = TypeVar("E", bound=Event)


class Faulty(Exception):
    """The record does not hold. ``check``: which; ``before``: what held until then."""

    def __init__(self, check: str, reason: str, before: "tuple[Check, ...]" = ()) -> None:
        super().__init__(f"{check}: {reason}")
        self.check, self.reason, self.before = check, reason, before


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


def signed(text: str, signature: str) -> Signed:
    """CryptoError if the signature is not strict base64url."""
    return Signed(text.encode(), unb64(signature))


def require(holds: bool, check: str, reason: str) -> None:
    if not holds:
        raise Faulty(check, reason)
