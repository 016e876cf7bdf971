"""What the supervisor decides of an objection that was upheld (R-OPEN-03; 招投条例 44, 60, 81)."""

from bidding.domain.bidcount import CountDecision
from bidding.domain.bidfate import CONSEQUENCES, BidOutcome, Fault
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.adjudicating import is_sha256
from bidding.domain.opening.announcing import announcement, resumed
from bidding.domain.opening.outcomes import consequence, expected, outcome_of
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime


def decide_objection(lot: Lot, command: c.DecideObjection, facts: Facts) -> list[Event]:
    """Dismissed, the opening goes on with what was left of its window; announced again, all confirm anew; where the
    fault touches the result and cannot be put right, the tender is void and held again (招投条例 81)."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-03")
    objection = next((one for one in lot.opening.objections if one.number == command.number), None)
    if objection is None:
        raise Unknown("no-such-objection", rule="R-OPEN-29", number=command.number)
    if not objection.upheld:
        raise OutOfOrder("objection-not-upheld", rule="R-OPEN-03", number=command.number)
    if objection.decided_at is not None:
        raise Conflicting("objection-decided", rule="R-OPEN-03", number=command.number)
    decided = e.OpeningObjectionDecided(
        number=command.number,
        decision=command.decision,
        reason=command.reason,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    match command.decision:
        case "reannounce":
            return [decided, *_announced_again(lot, command, facts)]
        case "retender":
            gp = lot.notice.regime is Regime.GP
            decision = CountDecision.VOID if gp else CountDecision.RETENDER
            failed = e.LotFailed(
                reason="opening-objection-upheld", decision=decision.value, rule="R-OPEN-03", at=facts.now
            )
            return [decided, failed]
        case _:
            return [decided, *resumed(lot, objection, facts.now)]


def _announced_again(lot: Lot, command: c.DecideObjection, facts: Facts) -> list[Event]:
    if lot.opening.announcement is None:
        raise OutOfOrder("not-announced", rule="R-OPEN-28")
    corrected = [_cleared(lot, command, facts)] if command.cleared else []
    for event in corrected:
        lot = evolve(lot, event)
    if expected(lot, rules_of(lot, facts)).decision is not CountDecision.CONTINUE:
        raise Invalid("cleared-bid-ends-the-count", rule="R-OPEN-09", bidder=command.cleared)
    return [*corrected, announcement(lot, facts, corrects=command.number)]


def _cleared(lot: Lot, command: c.DecideObjection, facts: Facts) -> e.FaultDecided:
    """R-BID-08: the earlier finding falls; the bid stays unopened, and its bidder may claim the loss."""
    standing = outcome_of(lot, command.cleared)
    if standing is None or standing.outcome is not BidOutcome.DEEMED_REVOKED:
        raise Invalid("not-found-at-fault", rule="R-BID-08", bidder=command.cleared)
    if not is_sha256(command.evidence_hash):
        raise Invalid("fault-without-evidence", rule="R-BID-08")
    outcome = BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT
    return e.FaultDecided(
        bidder=command.cleared,
        fault=Fault.OTHER.value,
        outcome=outcome.value,
        term=CONSEQUENCES[outcome][0],
        consequence=consequence(lot, standing.entry, outcome).value,
        evidence=command.reason,
        evidence_hash=command.evidence_hash,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
