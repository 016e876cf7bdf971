"""质疑 of the procedure and the result in 政府采购 (采购法 52–54, 采购条例 52–54, 94号令)."""

from datetime import UTC, datetime

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.state import Query
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.periods import Stop, closes_at, local_date
from bidding.domain.ruleset import GpRules
from bidding.domain.standstill import extended


def query(lot: Lot, command: c.Query, facts: Facts) -> list[Event]:
    """R-GP-20, R-GP-23: within seven working days of the end of the step, or of the announcement.

    What the query lacks is told all at once, so that it can be corrected within the term.
    """
    rules = _gp(lot, facts)
    ended = step_ended(lot, command.stage)
    if ended is None:
        raise OutOfOrder("query-step-not-ended", rule="R-GP-23", stage=command.stage.value)
    last = extended(lot.control, ended, rules.periods.query, calendar_of(facts), facts.now)
    if facts.now >= last.ends:
        raise TooLate("query-too-late", rule="R-GP-23", last_day=last.last_day)
    missing = [name for name in ("request", "facts") if not getattr(command, name).strip()]
    if missing or not all(one.strip() for one in command.matters):
        raise Invalid("query-incomplete", rule="R-OBJ-01", missing=missing or ["matters"])
    _require_first(lot, command.stage, facts)
    answer = rules.periods.query_answer
    return [
        e.QueryRaised(
            number=len(lot.award.queries) + 1,
            by=facts.actor.party,
            stage=command.stage,
            matters=command.matters,
            request=command.request,
            facts=command.facts,
            law=command.law,
            at=facts.now,
            due=closes_at(facts.now, answer.n, answer.unit, calendar_of(facts)).astimezone(UTC),
            holds=True,
            signed_already=lot.phase is Phase.CONTRACTED,
            signed=signed_of(facts),
        )
    ]


def step_ended(lot: Lot, stage: e.QueryStage) -> datetime | None:
    """R-GP-23, 采购条例 53: the last instant of the day from whose end the term to query counts.

    The result may be queried from the announcement on, though the term begins with its end. 废标 is a result too: the
    suppliers are told it with its reason at once, and its term begins with that (采购法 36, 52).
    """
    match stage:
        case e.QueryStage.OPENING:
            return lot.opening.ended_at
        case e.QueryStage.EVALUATION:
            return lot.evaluation.reported_at or lot.evaluation.voided_at
        case e.QueryStage.RESULT:
            until = lot.award.announced_until
            return voided_at(lot) if until is None else until - datetime.resolution


def voided_at(lot: Lot) -> datetime | None:
    """When the tender was voided with its bidders known: by the count after decryption or in the evaluation."""
    failure = lot.opening.failure
    if failure is not None:
        return failure.at if lot.opening.roll else None
    return lot.evaluation.voided_at


def assess(lot: Lot, command: c.AssessQuery, facts: Facts) -> list[Event]:
    """R-GP-29, 采购条例 54: the purchaser finds whether the result may change; the reason goes on record."""
    _gp(lot, facts)
    found = _open(lot, command.number)
    return [
        e.QueryAssessed(
            number=found.number,
            may_change_result=command.may_change_result,
            reason=command.reason,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def answer_query(lot: Lot, command: c.AnswerQuery, facts: Facts) -> list[Event]:
    """R-GP-21, 采购法 53: within seven working days, to the supplier and the others concerned."""
    rules = _gp(lot, facts)
    found = _open(lot, command.number)
    late = False
    if found.raised_at is not None:
        term = rules.periods.query_answer
        late = facts.now >= extended(lot.control, found.raised_at, term, calendar_of(facts), facts.now).ends
    return [
        e.QueryAnswered(
            number=found.number,
            stage=found.stage,
            matters=found.matters,
            answer=command.answer,
            upheld=command.upheld,
            at=facts.now,
            late=late,
            signed=signed_of(facts),
        )
    ]


def require_no_hold(lot: Lot) -> None:
    """R-GP-29: while a query that may change the result is open, nothing is signed."""
    if lot.award.holding:
        raise OutOfOrder("query-holds-signing", rule="R-GP-29", numbers=lot.award.holding)
    if lot.award.unremedied:
        raise OutOfOrder("remedy-pending", rule="R-OBJ-01", numbers=lot.award.unremedied)


def stops_of(lot: Lot) -> tuple[Stop, ...]:
    """The days on which queries held the contract: they are none of its thirty (R-GP-29, R-TIME-07)."""
    return tuple(
        (local_date(one.raised_at), None if one.answered_at is None else local_date(one.answered_at))
        for one in lot.award.queries
        if one.holds and one.raised_at is not None
    )


def _require_first(lot: Lot, stage: e.QueryStage, facts: Facts) -> None:
    """94号令 10 [M]: once for each step, where the document asks that."""
    mine = [one.number for one in lot.award.queries if (one.by, one.stage) == (facts.actor.party, stage)]
    if mine and terms_of(lot).one_query_per_step:
        raise Conflicting("query-twice", rule="R-GP-20", number=mine[0])


def _open(lot: Lot, number: int) -> Query:
    found = next((one for one in lot.award.queries if one.number == number), None)
    if found is None:
        raise Unknown("no-such-query", rule="R-GP-21", number=number)
    if found.answered_at is not None:
        raise Conflicting("query-answered", rule="R-GP-21", number=number)
    return found


def _gp(lot: Lot, facts: Facts) -> GpRules:
    """质疑 belongs to GP; in ENG it is an objection (R-GEN-02)."""
    rules = rules_of(lot, facts)
    if not isinstance(rules, GpRules):
        raise OutOfOrder("query-is-gp", rule="R-GEN-02")
    return rules
