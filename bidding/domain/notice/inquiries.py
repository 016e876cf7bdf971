"""询问: what a supplier asks in 政府采购, with its three working days to answer (R-GP-21, 采购法 51, 采购条例 52)."""

from bidding.domain.command import Facts
from bidding.domain.errors import Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.commands import AnswerInquiry, Inquire
from bidding.domain.notice.events import InquiryAnswered, InquiryRaised
from bidding.domain.order import require_phase
from bidding.domain.periods import last_day, local_date
from bidding.domain.ruleset import GpRules
from bidding.domain.standstill import extended

#: About any matter of the procurement (采购法 51), so as long as there is one.
ASKED_IN = tuple(
    phase for phase in Phase if phase not in {Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED, Phase.TERMINATED}
)


def inquire(lot: Lot, command: Inquire, facts: Facts) -> list[Event]:
    """It stops nothing and is no condition of a 质疑; engineering has the objection instead (招投条例 22)."""
    require_phase(lot, *ASKED_IN, rule="R-GP-21")
    rules = rules_of(lot, facts)
    if not isinstance(rules, GpRules):
        raise OutOfOrder("inquiry-is-gp", rule="R-GP-21")
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule="R-GP-21")
    term = rules.periods.inquiry_answer
    return [
        InquiryRaised(
            number=len(lot.notice.inquiries) + 1,
            by=facts.actor.party,
            text=command.text,
            raised_at=facts.now,
            answer_by=last_day(local_date(facts.now), term.n, term.unit, calendar_of(facts)),
            signed=signed_of(facts),
        )
    ]


def answer_inquiry(lot: Lot, command: AnswerInquiry, facts: Facts) -> list[Event]:
    """A late answer is still due, and marked; days of suspension are none to answer in (R-TIME-07)."""
    require_phase(lot, *ASKED_IN, rule="R-GP-21")
    found = next((one for one in lot.notice.inquiries if one.number == command.number), None)
    if found is None:
        raise Unknown("inquiry-unknown", rule="R-GP-21", number=command.number)
    if found.answered_at is not None:
        raise OutOfOrder("inquiry-answered", rule="R-GP-21", number=command.number)
    if not command.answer.strip():
        raise Invalid("notice-text-missing", rule="R-GP-21")
    rules = rules_of(lot, facts)
    if not isinstance(rules, GpRules):
        raise ValueError("an inquiry was raised under 政府采购")
    last = extended(lot.control, found.raised_at, rules.periods.inquiry_answer, calendar_of(facts), facts.now)
    return [
        InquiryAnswered(
            number=found.number,
            answer=command.answer,
            answered_at=facts.now,
            late=local_date(facts.now) > last.last_day,
            signed=signed_of(facts),
        )
    ]
