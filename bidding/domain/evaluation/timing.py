"""The time of the evaluation, and more of it where more than a third call it too short (R-EVAL-09, R-ENG-16)."""

from bidding.domain.command import Facts
from bidding.domain.committee import must_extend
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.asking import require_sitting
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase


def set_time(lot: Lot, command: c.SetTime, facts: Facts) -> list[Event]:
    """招投条例 48: the tenderer plans the time by size and difficulty. Once set, only the members lengthen it."""
    require_phase(lot, Phase.OPENING, Phase.OPENED, Phase.EVALUATING, rule="R-STATE-01")
    if lot.evaluation.time_minutes:
        raise Conflicting("time-already-set", rule="R-EVAL-09", minutes=lot.evaluation.time_minutes)
    return [e.EvaluationTimeSet(minutes=command.minutes, at=facts.now, signed=signed_of(facts))]


def call_time_short(lot: Lot, command: c.CallTimeShort, facts: Facts) -> list[Event]:
    """The voice that makes *more than* a third extends, by the longest that one of the callers needs."""
    member = require_sitting(lot, facts)
    evaluation, rules = lot.evaluation, rules_of(lot, facts).committee
    if rules.extend_share is None:
        raise OutOfOrder("time-vote-is-eng", rule="R-EVAL-09")
    if not evaluation.time_minutes:
        raise OutOfOrder("no-time-set", rule="R-EVAL-09")
    if member in {one.member for one in evaluation.time_calls}:
        raise Conflicting("time-called-already", rule="R-EVAL-09")
    called = e.TimeCalledShort(
        member=member, minutes=command.minutes, reason=command.reason, at=facts.now, signed=signed_of(facts)
    )
    calls = [one.minutes for one in evaluation.time_calls] + [command.minutes]
    if not must_extend(rules, members=evaluation.size, say_too_short=len(calls)):
        return [called]
    extended = e.EvaluationTimeExtended(
        minutes=max(calls), calls=len(calls), members=evaluation.size, at=facts.now
    )
    return [called, extended]
