"""Objections to the tender document (异议: R-ENG-06, R-ENG-07; 质疑: R-GP-20, R-GP-21)."""

from bidding.domain.command import Facts
from bidding.domain.errors import Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.commands import AnswerObjection, Object
from bidding.domain.notice.events import (
    DeadlineMoved,
    DocumentObjectionAnswered,
    DocumentObjectionRaised,
)
from bidding.domain.notice.periods import answer_by, answered_late, deadline_after_answer, objection_until
from bidding.domain.notice.state import DocumentObjection, evolve
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet


def object_to_document(lot: Lot, command: Object, facts: Facts) -> list[Event]:
    """Raise an objection: in ENG it stops the tender until it is answered (招投条例 22)."""
    require_phase(lot, Phase.NOTICED, rule="R-ENG-06")
    rules, calendar = rules_of(lot, facts), calendar_of(facts)
    until = objection_until(rules, lot.notice, calendar)
    if local_date(facts.now) > until.day:
        raise TooLate("document-objection-too-late", rule=until.rule, last_day=until.day)
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule=until.rule)
    answer = answer_by(rules, facts.now, calendar)
    return [
        DocumentObjectionRaised(
            number=len(lot.notice.objections) + 1,
            by=facts.actor.party,
            text=command.text,
            raised_at=facts.now,
            answer_by=answer.day,
            rule=answer.rule,
            suspends=lot.notice.regime is Regime.ENG,
            signed=signed_of(facts),
        )
    ]


def answer_objection(lot: Lot, command: AnswerObjection, facts: Facts) -> list[Event]:
    """Answer it, for everybody to read, without the objector's name. A late answer is still due, and marked.

    The last answer lets the tender go on; the deadline moves by what the standstill cost (R-TIME-07).
    """
    require_phase(lot, Phase.NOTICED, rule="R-ENG-07")
    objection = _open(lot, command.number)
    if not command.answer.strip():
        raise Invalid("notice-text-missing", rule="R-ENG-07")
    rules = rules_of(lot, facts)
    answered = DocumentObjectionAnswered(
        number=objection.number,
        question=objection.question,
        answer=command.answer,
        answered_at=facts.now,
        late=answered_late(rules, objection, lot.control, facts.now, calendar_of(facts)),
        signed=signed_of(facts),
    )
    return [answered, *_resumed(lot, objection, answered, rules, facts)]


def _resumed(
    lot: Lot,
    objection: DocumentObjection,
    answered: DocumentObjectionAnswered,
    rules: RuleSet,
    facts: Facts,
) -> list[Event]:
    notice = evolve(lot.notice, answered)
    standing_still = any(other.suspends for other in notice.open_objections)
    if standing_still or not objection.suspends or notice.deadline is None:
        return []
    moved = deadline_after_answer(rules, notice, objection, facts.now, calendar_of(facts))
    if moved is None:
        return []
    return [DeadlineMoved(previous=notice.deadline, deadline=moved, rule="R-TIME-07")]


def _open(lot: Lot, number: int) -> DocumentObjection:
    for objection in lot.notice.objections:
        if objection.number == number:
            if objection.answered_at is not None:
                raise OutOfOrder("document-objection-answered", rule="R-ENG-07", number=number)
            return objection
    raise Unknown("document-objection-unknown", rule="R-ENG-07", number=number)
