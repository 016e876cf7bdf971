"""Objections to the tender document (异议: R-ENG-06, R-ENG-07; 质疑: R-GP-20, R-GP-21)."""

from datetime import datetime

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of, terms_of
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


def object_to_document(
    lot: Lot, command: Object, facts: Facts, *, received: datetime | None = None
) -> list[Event]:
    """Raise an objection: in ENG it stops the tender until it is answered (招投条例 22).

    ``received``: when the author took the document; None: never. A 质疑 is the right of who has it (94号令 11).
    """
    require_phase(lot, Phase.NOTICED, rule="R-ENG-06")
    rules, calendar = rules_of(lot, facts), calendar_of(facts)
    if lot.notice.regime is Regime.GP:
        if received is None:
            raise Forbidden("query-without-document", rule="R-GP-20")
        _require_content(lot, command, facts)
    until = objection_until(rules, lot.notice, calendar, received=received)
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
            request=command.request,
            facts=command.facts,
            law=command.law,
        )
    ]


def _require_content(lot: Lot, command: Object, facts: Facts) -> None:
    """94号令 10, 12 [M]: what a 质疑 lacks, all at once; and once only, where the document asks that."""
    missing = [name for name in ("request", "facts") if not getattr(command, name).strip()]
    if missing:
        raise Invalid("query-incomplete", rule="R-OBJ-01", missing=missing)
    mine = [one.number for one in lot.notice.objections if one.by == facts.actor.party]
    if mine and terms_of(lot).one_query_per_step:
        raise Conflicting("query-twice", rule="R-GP-20", number=mine[0])


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
