"""Objections to the prequalification document, and what they stop (R-ENG-06, R-ENG-07; 质疑: R-GP-20, R-GP-21).

Until the last one is answered applications are not closed and nobody reviews; then the deadline gets back the whole
days that the tender stood still (招投条例 22, R-TIME-07). A 质疑 is answered while all goes on (采购法 52, 53).
"""

from datetime import date, datetime, timedelta

from bidding.domain.calendar import next_workday
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.periods import answer_by, reply_term, same_hour
from bidding.domain.notice.prequalifying import ApplicationDeadlineMoved, PrequalificationTerms
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date, query_term
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.noticing import terms_of
from bidding.domain.prequalification.state import PrequalificationObjection
from bidding.domain.ruleset import EngRules, RuleSet
from bidding.domain.standstill import extended


def object_to_prequalification(lot: Lot, command: c.ObjectToPrequalification, facts: Facts) -> list[Event]:
    """In its time; whoever might apply may, having applied or not."""
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-06")
    rules = rules_of(lot, facts)
    last, rule = _until(rules, terms_of(lot), facts)
    if local_date(facts.now) > last:
        raise TooLate("document-objection-too-late", rule=rule, last_day=last)
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule=rule)
    missing = [name for name in ("request", "facts") if not getattr(command, name).strip()]
    if missing and not isinstance(rules, EngRules):
        raise Invalid("query-incomplete", rule="R-OBJ-01", missing=missing)
    answer = answer_by(rules, facts.now, calendar_of(facts))
    return [
        e.PrequalificationObjectionRaised(
            number=len(lot.prequalification.objections) + 1,
            by=facts.actor.party,
            text=command.text,
            raised_at=facts.now,
            answer_by=answer.day,
            rule=answer.rule,
            signed=signed_of(facts),
            suspends=isinstance(rules, EngRules),
            request=command.request,
            facts=command.facts,
            law=command.law,
        )
    ]


def _until(rules: RuleSet, terms: PrequalificationTerms, facts: Facts) -> tuple[date, str]:
    """ENG, 招投条例 22: two days before the deadline. GP, 采购条例 53: seven working days from the end of
    the notice period, never after the deadline."""
    closes = local_date(terms.deadline)
    if isinstance(rules, EngRules):
        term = rules.periods.objection_to_prequalification
        return closes - timedelta(days=term.n), term.rule
    periods = rules.periods
    # A deadline at the end of a day is written as 0:00 of the next.
    open_day = local_date(terms.deadline - timedelta(microseconds=1))
    query = query_term(local_date(terms.noticed_at), periods.notice.n, periods.query.n, calendar_of(facts))
    return min(query.last_day_to_query, open_day), periods.query.rule


def answer_prequalification(
    lot: Lot, command: c.AnswerPrequalificationObjection, facts: Facts
) -> list[Event]:
    """For everybody to read, without the objector's name. A late answer is still due, and marked (R-ENG-07)."""
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-07")
    rules, terms, calendar = rules_of(lot, facts), terms_of(lot), calendar_of(facts)
    found = next((one for one in lot.prequalification.objections if one.number == command.number), None)
    if found is None or found.raised_at is None:
        raise Unknown("document-objection-unknown", rule="R-ENG-07", number=command.number)
    if found.answered_at is not None:
        raise Conflicting("prequalification-objection-answered", rule="R-ENG-07", number=command.number)
    if not command.answer.strip():
        raise Invalid("notice-text-missing", rule="R-ENG-07")
    last = extended(lot.control, found.raised_at, reply_term(rules), calendar, facts.now).last_day
    answered = e.PrequalificationObjectionAnswered(
        number=found.number,
        question=found.question,
        answer=command.answer,
        answered_at=facts.now,
        late=local_date(facts.now) > last,
        signed=signed_of(facts),
    )
    others = [one for one in lot.prequalification.unanswered if one.number != found.number]
    stood = _stood(lot, found, facts.now)
    if others or not stood or not found.suspends:
        return [answered]
    day = next_workday(local_date(terms.deadline) + timedelta(days=stood), calendar)
    moved = ApplicationDeadlineMoved(
        previous=terms.deadline, deadline=same_hour(terms.deadline, day), rule="R-TIME-07"
    )
    return [answered, moved]


def _stood(lot: Lot, last: PrequalificationObjection, now: datetime) -> int:
    """Whole days since the tender came to stand: since the first of the objections that overlap up to now."""
    began = last.raised_at or now
    for one in sorted(lot.prequalification.objections, key=lambda each: each.number, reverse=True):
        if (
            one.raised_at is not None
            and one.suspends
            and (one.answered_at is None or one.answered_at >= began)
        ):
            began = min(began, one.raised_at)
    return (local_date(now) - local_date(began)).days
