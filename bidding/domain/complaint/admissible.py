"""Whether a complaint may be made at all: after which objection, about what, and until when."""

from datetime import date, datetime

import msgspec

from bidding.domain.award.events import QueryStage
from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Facts
from bidding.domain.complaint.commands import Lodge
from bidding.domain.complaint.events import Subject
from bidding.domain.errors import Invalid, TooEarly, TooLate
from bidding.domain.given import calendar_of
from bidding.domain.lot import Lot
from bidding.domain.periods import closes_at, complaint_until, end_of_day, last_day, local_date
from bidding.domain.ruleset import EngRules, GpRules, RuleSet
from bidding.domain.standstill import extended

STAGES = {
    Subject.OPENING: QueryStage.OPENING,
    Subject.EVALUATION: QueryStage.EVALUATION,
    Subject.RESULT: QueryStage.RESULT,
}


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """The author's earlier objection or query. ``due``: first instant too late to answer it."""

    number: int
    raised_at: datetime
    due: datetime
    answered_at: datetime | None
    matters: tuple[str, ...]


def require_admissible(lot: Lot, command: Lodge, facts: Facts, rules: RuleSet) -> None:
    """Raises ``Invalid`` (no objection before, or beyond it), ``TooEarly`` (its answer is not due yet), ``TooLate``."""
    rule = "R-ENG-27" if isinstance(rules, EngRules) else "R-GP-22"
    prior = _prior(lot, command, facts, rules)
    needed = isinstance(rules, GpRules) or command.subject not in {Subject.OTHER, Subject.EVALUATION}
    if prior is None and needed:
        raise Invalid("complaint-without-objection", rule=rule, subject=command.subject.value)
    _require_scope(command, prior, "R-GP-25" if isinstance(rules, GpRules) else rule)
    if prior is not None and prior.answered_at is None and facts.now < prior.due:
        raise TooEarly("complaint-answer-awaited", rule=rule, due=prior.due)
    calendar = calendar_of(facts)
    if isinstance(rules, EngRules):
        last = eng_last_day(rules, command.knew, prior, facts.now, calendar)
    else:
        last = None if prior is None else _gp_last_day(lot, rules, prior, facts.now, calendar)
    if last is not None and facts.now >= end_of_day(last):
        raise TooLate("complaint-too-late", rule=rule, last_day=last)


def eng_last_day(
    rules: EngRules, knew: date, prior: Prior | None, now: datetime, calendar: WorkCalendar
) -> date | None:
    """R-ENG-27, 招投条例 60: ten days from knowing, without the time the objection waited for its answer.

    None: the objection is unanswered, so the clock stands still. Nobody objects to what he does not know yet.
    """
    if knew > local_date(now):
        raise Invalid("complaint-knew-later", rule="R-ENG-27", latest=local_date(now))
    raised = None if prior is None else local_date(prior.raised_at)
    if raised is not None and knew > raised:
        raise Invalid("complaint-knew-later", rule="R-ENG-27", latest=raised)
    answered = None if prior is None or prior.answered_at is None else local_date(prior.answered_at)
    return complaint_until(
        knew, rules.periods.complaint.n, calendar, objection_raised=raised, objection_answered=answered
    )


def _gp_last_day(lot: Lot, rules: GpRules, prior: Prior, now: datetime, calendar: WorkCalendar) -> date:
    """R-GP-22, 采购法 55: fifteen working days from the end of the term to answer."""
    answer, term = rules.periods.query_answer, rules.periods.complaint
    ended = extended(lot.control, prior.raised_at, answer, calendar, prior.answered_at or now).last_day
    return last_day(ended, term.n, term.unit, calendar)


def _require_scope(command: Lodge, prior: Prior | None, rule: str) -> None:
    """采购条例 55: not beyond what was queried, but for what arises from the answer itself (94号令 20 [M])."""
    most = 0 if prior is None else len(prior.matters)
    answered = prior is None or prior.answered_at is not None
    beyond = [one.text for one in command.matters if not (0 if answered else 1) <= one.of <= most]
    if beyond:
        raise Invalid("complaint-beyond-objection", rule=rule, matters=beyond)


def _prior(lot: Lot, command: Lodge, facts: Facts, rules: RuleSet) -> Prior | None:
    """The author's own, to the same subject and of that number."""
    return next(
        (
            one
            for by, one in _objections(lot, command.subject, facts, rules)
            if by == facts.actor.party and one.number == command.objection
        ),
        None,
    )


def _objections(lot: Lot, subject: Subject, facts: Facts, rules: RuleSet) -> list[tuple[str, Prior]]:
    if subject in (Subject.DOCUMENT, Subject.PREQUALIFICATION):
        asked = lot.notice.objections if subject is Subject.DOCUMENT else lot.prequalification.objections
        return [
            (
                one.by,
                Prior(
                    number=one.number,
                    raised_at=one.raised_at,
                    due=end_of_day(one.answer_by),
                    answered_at=one.answered_at,
                    matters=(one.question,),
                ),
            )
            for one in asked
            if one.raised_at is not None and one.answer_by is not None
        ]
    if isinstance(rules, GpRules):
        return [
            (
                one.by,
                Prior(
                    number=one.number,
                    raised_at=one.raised_at,
                    due=one.due,
                    answered_at=one.answered_at,
                    matters=one.matters,
                ),
            )
            for one in lot.award.queries
            if one.raised_at is not None and one.due is not None and STAGES.get(subject) is one.stage
        ]
    return _eng_objections(lot, subject, facts, rules)


def _eng_objections(lot: Lot, subject: Subject, facts: Facts, rules: EngRules) -> list[tuple[str, Prior]]:
    reply, calendar = rules.periods.objection_reply, calendar_of(facts)
    if subject is Subject.OPENING:
        # 招投条例 44: answered on the spot; one that never was has waited as long as any other
        return [
            (
                one.bidder,
                Prior(
                    number=one.number,
                    raised_at=one.at,
                    due=closes_at(one.at, reply.n, reply.unit, calendar),
                    answered_at=one.answered_at,
                    matters=(one.text,),
                ),
            )
            for one in lot.opening.objections
        ]
    if subject is Subject.RESULT:
        return [
            (
                one.by,
                Prior(
                    number=one.number,
                    raised_at=one.raised_at,
                    due=one.due,
                    answered_at=one.answered_at,
                    matters=(one.text,),
                ),
            )
            for one in lot.award.objections
            if one.raised_at is not None and one.due is not None
        ]
    return []
