"""信用承诺制: a promise stood for the proof of qualification; the winner's is checked before the notice (R-NB-HM-04).

Practice: 赣财购〔2023〕8号, 合肥 HFGS-2022-015. Where the promise was false the award is void, the next candidate may
be determined, and the credit register hears of it.
"""

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase


def check_proof(lot: Lot, command: c.CheckProof, facts: Facts) -> list[Event]:
    """Once for each winner that promised; ``evidence`` says what was seen, or what shows the promise false."""
    require_phase(lot, Phase.DETERMINED, rule="R-NB-HM-04")
    winner = lot.award.winner
    if not promised(lot, winner):
        raise OutOfOrder("nothing-promised", rule="R-NB-HM-04", bidder=winner)
    if winner in lot.award.proved:
        raise Conflicting("proof-checked", rule="R-NB-HM-04", bidder=winner)
    if not command.evidence.strip():
        raise Invalid("proof-without-evidence", rule="R-NB-HM-04")
    return [
        e.ProofChecked(
            bidder=winner,
            holds=command.holds,
            evidence=command.evidence.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def require_proved(lot: Lot) -> None:
    """Raises ``OutOfOrder`` while the winner's promise has not been checked."""
    winner = lot.award.winner
    if promised(lot, winner) and winner not in lot.award.proved:
        raise OutOfOrder("proof-unchecked", rule="R-NB-HM-04", bidder=winner)


def promised(lot: Lot, bidder: str) -> bool:
    return any(one.bidder == bidder and one.promised for one in lot.evaluation.qualification)
