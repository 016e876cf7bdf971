"""The final account 竣工结算: the winner's figure, the tenderer's agreement, told to the public (R-DATA-01).

The public platform exchanges what a contract came to and when the work was finished (SETTLE_PRICE, FINISH_TIME).
"""

from datetime import date

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.ruleset import GpRules


def propose_settlement(lot: Lot, command: c.ProposeSettlement, facts: Facts) -> list[Event]:
    """民法典 799, 16号部令 18: after everything is delivered and accepted, by who did the work; a later figure
    replaces one that is not agreed. In GP what goes beyond the contract needs a supplement first (R-GP-26)."""
    _require_finished(lot)
    contract = lot.contract.price_fen + lot.performance.supplements_fen
    if isinstance(rules_of(lot, facts), GpRules) and command.amount_fen > contract:
        raise Invalid(
            "settlement-over-contract", rule="R-GP-26", amount_fen=command.amount_fen, contract_fen=contract
        )
    if lot.performance.proposed_fen == command.amount_fen:
        return []
    return [e.SettlementProposed(amount_fen=command.amount_fen, at=facts.now, signed=signed_of(facts))]


def agree_settlement(lot: Lot, command: c.AgreeSettlement, facts: Facts) -> list[Event]:
    """The very figure that was proposed last: a stale agreement settles nothing."""
    finished = _require_finished(lot)
    proposed = lot.performance.proposed_fen
    if proposed is None:
        raise OutOfOrder("settlement-not-proposed", rule="R-DATA-01")
    if command.amount_fen != proposed:
        raise Conflicting("settlement-differs", rule="R-DATA-01", proposed_fen=proposed)
    return [
        e.ContractSettled(amount_fen=proposed, finished_on=finished, at=facts.now, signed=signed_of(facts))
    ]


def _require_finished(lot: Lot) -> date:
    """The day on which the last obligation was fulfilled; the winner does not answer for a slow inspection."""
    require_phase(lot, Phase.CONTRACTED, rule="R-DATA-01")
    performance = lot.performance
    if performance.settled_fen is not None:
        raise Conflicting("contract-settled", rule="R-DATA-01")
    days = [one.delivered_on for one in performance.obligations if one.done and one.delivered_on is not None]
    open_ones = [one.number for one in performance.obligations if not one.done]
    if open_ones or not days:
        raise OutOfOrder("contract-not-finished", rule="R-DATA-01", milestones=open_ones)
    return max(days)
