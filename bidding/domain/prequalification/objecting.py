"""Objections to the prequalification document, and what they stop (招投条例 22: R-ENG-06, R-ENG-07).

Until the last one is answered applications are not closed and nobody reviews; then the deadline gets back the whole
days that the tender stood still (R-TIME-07).
"""

from datetime import datetime, timedelta

from bidding.domain.calendar import next_workday
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.periods import answer_by, same_hour
from bidding.domain.notice.prequalifying import ApplicationDeadlineMoved
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.noticing import terms_of
from bidding.domain.prequalification.state import PrequalificationObjection
from bidding.domain.ruleset import EngRules
from bidding.domain.standstill import extended


def object_to_prequalification(lot: Lot, command: c.ObjectToPrequalification, facts: Facts) -> list[Event]:
    """Two days before the deadline at the latest; whoever might apply may, having applied or not."""
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-06")
    rules, terms = _eng(lot, facts), terms_of(lot)
    term = rules.periods.objection_to_prequalification
    last = local_date(terms.deadline) - timedelta(days=term.n)
    if local_date(facts.now) > last:
        raise TooLate("document-objection-too-late", rule=term.rule, last_day=last)
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule=term.rule)
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
        )
    ]


def answer_prequalification(
    lot: Lot, command: c.AnswerPrequalificationObjection, facts: Facts
) -> list[Event]:
    """For everybody to read, without the objector's name. A late answer is still due, and marked (R-ENG-07)."""
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-07")
    rules, terms, calendar = _eng(lot, facts), terms_of(lot), calendar_of(facts)
    found = next((one for one in lot.prequalification.objections if one.number == command.number), None)
    if found is None or found.raised_at is None:
        raise Unknown("document-objection-unknown", rule="R-ENG-07", number=command.number)
    if found.answered_at is not None:
        raise Conflicting("prequalification-objection-answered", rule="R-ENG-07", number=command.number)
    if not command.answer.strip():
        raise Invalid("notice-text-missing", rule="R-ENG-07")
    last = extended(lot.control, found.raised_at, rules.periods.objection_reply, calendar, facts.now).last_day
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
    if others or not stood:
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
        if one.raised_at is not None and (one.answered_at is None or one.answered_at >= began):
            began = min(began, one.raised_at)
    return (local_date(now) - local_date(began)).days


def _eng(lot: Lot, facts: Facts) -> EngRules:
    """In 政府采购 it would be a 质疑 (R-GEN-02)."""
    rules = rules_of(lot, facts)
    if not isinstance(rules, EngRules):
        raise OutOfOrder("prequalification-objection-is-eng", rule="R-GEN-02")
    return rules
