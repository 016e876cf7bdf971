"""标底: at most one, secret until the opening, published there, a reference and nothing more (R-ENG-19).

招投条例 27, 50. Before the deadline only a commitment to it is handed in, so that neither platform nor centre knows
the figure; at the opening the host shows figure and salt, and anybody can hash them again. No rejection and no
score may rest on it: nothing in the evaluation reads it but the report, which prints it.
"""

import hashlib

import msgspec

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, regime_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.parts import Reference
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime


def commitment(lot_id: str, reference_fen: int, salt: str) -> str:
    """Hex SHA-256 of the canonical JSON of lot, figure (分) and salt (base64url of 32 random bytes)."""
    said = {"lot": lot_id, "reference_fen": reference_fen, "salt": salt}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def commit_reference(lot: Lot, command: c.CommitReference, facts: Facts) -> list[Event]:
    """Before the deadline, once: 一个招标项目只能有一个标底 (招投条例 27)."""
    require_phase(lot, Phase.NOTICED, rule="R-ENG-19")
    if regime_of(lot) is not Regime.ENG:
        raise OutOfOrder("reference-is-eng", rule="R-ENG-19")
    if facts.now >= deadline_of(lot):
        raise TooLate("reference-too-late", rule="R-ENG-19", deadline=deadline_of(lot))
    if lot.opening.reference is not None:
        raise Conflicting("reference-committed", rule="R-ENG-19")
    return [e.ReferencePriceCommitted(commitment=command.commitment, at=facts.now, signed=signed_of(facts))]


def reveal_reference(lot: Lot, command: c.RevealReference, facts: Facts) -> list[Event]:
    """After the announcement of the bids, so that it moves none of them, and before the record is signed."""
    reference = _waiting(lot)
    if lot.opening.announcement is None:
        raise OutOfOrder("not-announced", rule="R-OPEN-28")
    if commitment(lot.lot_id, command.reference_fen, command.salt) != reference.commitment:
        raise Invalid("reference-differs", rule="R-ENG-19")
    return [
        e.ReferencePriceRevealed(
            reference_fen=command.reference_fen, salt=command.salt, at=facts.now, signed=signed_of(facts)
        )
    ]


def abandon_reference(lot: Lot, command: c.AbandonReference, facts: Facts) -> list[Event]:
    """Figure or salt are lost: there is no 标底 then, as the supervisor records, and the opening goes on."""
    _waiting(lot)
    return [e.ReferencePriceAbandoned(reason=command.reason, at=facts.now, signed=signed_of(facts))]


def require_revealed(lot: Lot) -> None:
    """Raises ``OutOfOrder`` while a 标底 that was handed in is not published: the record must hold it."""
    reference = lot.opening.reference
    if reference is not None and not reference.settled:
        raise OutOfOrder("reference-not-revealed", rule="R-ENG-19")


def _waiting(lot: Lot) -> Reference:
    require_phase(lot, Phase.OPENING, rule="R-ENG-19")
    reference = lot.opening.reference
    if reference is None:
        raise OutOfOrder("reference-not-committed", rule="R-ENG-19")
    if reference.settled:
        raise Conflicting("reference-settled", rule="R-ENG-19")
    return reference
