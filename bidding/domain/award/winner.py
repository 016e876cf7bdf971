"""Who wins: rank one, or the next where the law lets a rank be passed over (R-ENG-29, R-GP-14)."""

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.deciding import require_decided
from bidding.domain.award.remedies import result_since, standing_candidates
from bidding.domain.command import Facts
from bidding.domain.conflict.decide import require_settled
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.ruleset import EngRules, GpRules, RuleSet
from bidding.domain.standstill import extended
from bidding.domain.waiver import Charge

#: A winner may still fall away between the decision and the filed contract; the next is then determined.
REOPENED = (Phase.DETERMINED, Phase.AWARDED)


def determine(lot: Lot, command: c.DetermineWinner, facts: Facts) -> list[Event]:
    """ENG: after the publicity, no objection open (R-ENG-22). GP: within five working days of the report,
    those of a suspension left out (R-TIME-07)."""
    rules = rules_of(lot, facts)
    first = Phase.PUBLICISED if isinstance(rules, EngRules) else Phase.EVALUATED
    require_phase(lot, first, *REOPENED, rule="R-STATE-01")
    if isinstance(rules, EngRules):
        _require_publicity_over(lot, facts)
    if lot.award.unremedied:
        raise OutOfOrder("remedy-pending", rule="R-OBJ-01", numbers=lot.award.unremedied)
    due, since = None, result_since(lot)
    if isinstance(rules, GpRules) and lot.phase is first and since is not None:
        term = rules.periods.winner_fixed
        due = extended(lot.control, since, term, calendar_of(facts), facts.now).ends
        if facts.now >= due and not command.late_reason.strip():
            raise TooLate("determination-late", rule="R-GP-14", due=due)
    chosen = next((one for one in standing_candidates(lot) if one.bidder == command.bidder), None)
    if chosen is None:
        raise Unknown("not-a-candidate", rule="R-ENG-29", bidder=command.bidder)
    if chosen.bidder == lot.award.winner:
        raise Conflicting("winner-determined", rule="R-ENG-29", bidder=chosen.bidder)
    require_settled(lot, chosen.bidder)
    require_decided(lot, chosen.bidder)
    _check_passed_over(lot, chosen, command.passed_over, rules)
    late = due is not None and facts.now >= due
    return [
        e.WinnerDetermined(
            bidder=chosen.bidder,
            rank=chosen.rank,
            passed_over=command.passed_over,
            at=facts.now,
            due=due,
            late_reason=command.late_reason.strip() if late else "",
            signed=signed_of(facts),
        )
    ]


def _require_publicity_over(lot: Lot, facts: Facts) -> None:
    if lot.award.until is None or facts.now < lot.award.until:
        raise TooEarly("publicity-running", rule="R-ENG-21", until=lot.award.until)
    if lot.award.open_objections:
        raise OutOfOrder("result-objections-open", rule="R-ENG-22", numbers=lot.award.open_objections)


def _check_passed_over(
    lot: Lot, chosen: Candidate, passed_over: tuple[e.PassedOver, ...], rules: RuleSet
) -> None:
    """R-ENG-29, 招投条例 55 (GP: 采购条例 43): a listed ground with evidence for each one passed over.

    Those are all ranked higher, and the winner determined before. Of parallel candidates either may win.
    """
    needed = {
        one.bidder
        for one in standing_candidates(lot)
        if one.rank < chosen.rank or one.bidder == lot.award.winner
    }
    rule = "R-ENG-29" if isinstance(rules, EngRules) else "R-GP-14"
    given = [one.bidder for one in passed_over]
    if needed - set(given):
        raise Invalid("higher-rank-first", rule=rule, passed_over=sorted(needed - set(given)))
    if len(given) != len(needed):
        raise Invalid("passed-over-needlessly", rule=rule, bidders=sorted(given))
    bare = [one.bidder for one in passed_over if not one.evidence.strip()]
    if bare:
        raise Invalid("passed-over-without-evidence", rule=rule, bidders=bare)
    waiver = lot.notice.waiver
    bond_waived = waiver is not None and waiver.performance_bond is Charge.WAIVED
    grounds = {one.ground for one in passed_over}
    if bond_waived and e.PassedOverGround.NO_PERFORMANCE_BOND in grounds:
        raise Invalid("bond-waived-no-ground", rule="R-WAIVE-05")
