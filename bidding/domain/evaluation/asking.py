"""Questions to a bidder: only the committee's, in writing, and the answer changes nothing (R-EVAL-10)."""

import re
from datetime import timedelta

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import to_be_scored
from bidding.domain.evaluation.requests import ClarificationRequest
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase

#: 招投条例 52: a clause that names the bid's substance and changes it, once those that deny a change are left out.
CLAUSE = re.compile(r"[^，,。；;!！\n]+")
SUBSTANCE = re.compile(r"报价|投标价|总价|单价|工期|交货期|服务期|质量标准|质量等级|项目负责人|项目经理")
CHANGE = re.compile(
    r"(?:改|变更|调整|修改|修正|更正|更换|替换|下调|上调|下浮|降低|降|缩短|延长|提高)(?:为|成|至|到)"
    r"|下浮|让利|优惠"
)
DENIAL = re.compile(
    r"(?:不|未|无|没有|并非)(?:再|得|会|予|作|做|进行|存在|构成|涉及|需|应|能|可)*(?:任何|实质性)*的?"
    r"(?:改|变|调整|修改|修正|更正|更换|替换|下调|上调|下浮|降|缩短|延长|提高|让利|优惠)"
)


def ask_clarification(lot: Lot, command: c.AskClarification, facts: Facts) -> list[Event]:
    """招投条例 52: where the committee finds a clarification necessary. It is the committee's when more than
    half of its members have signed it, and not before."""
    member = require_sitting(lot, facts)
    if command.bidder not in {bid.bidder for bid in to_be_scored(lot)}:
        raise Unknown("bid-not-opened", rule="R-OPEN-02", bidder=command.bidder)
    number = len(lot.evaluation.requests) + 1
    proposed = e.ClarificationProposed(
        number=number,
        bidder=command.bidder,
        kind=command.kind,
        text=command.text,
        page=command.page,
        minutes=command.minutes,
        member=member,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [proposed]


def support_clarification(lot: Lot, command: c.SupportClarification, facts: Facts) -> list[Event]:
    """With the voice that makes more than half the request goes out, and its term begins."""
    member = require_sitting(lot, facts)
    request = next((one for one in lot.evaluation.requests if one.number == command.number), None)
    if request is None:
        raise Unknown("no-such-request", rule="R-EVAL-10", number=command.number)
    if request.asked_at is not None:
        raise Conflicting("request-sent", rule="R-EVAL-10", number=command.number)
    if member in request.voices:
        raise Conflicting("request-supported", rule="R-EVAL-10", number=command.number)
    events: list[Event] = [
        e.ClarificationSupported(number=request.number, member=member, at=facts.now, signed=signed_of(facts))
    ]
    if 2 * (len(request.voices) + 1) > lot.evaluation.size:
        events.append(
            e.ClarificationAsked(
                number=request.number,
                bidder=request.bidder,
                due=facts.now + timedelta(minutes=request.minutes),
                at=facts.now,
            )
        )
    return events


def reply_clarification(lot: Lot, command: c.ReplyClarification, facts: Facts) -> list[Event]:
    """F-27. What nobody asked for is refused in the same words as what was asked of another: neither tells
    the bidder what the committee asks others."""
    bidder = facts.actor.party
    request = next(
        (
            one
            for one in lot.evaluation.requests
            if (one.number, one.bidder) == (command.number, bidder) and one.asked_at is not None
        ),
        None,
    )
    if request is None:
        raise OutOfOrder("clarification-not-asked", rule="R-EVAL-10")
    if request.replied_at is not None:
        raise Conflicting("clarification-replied", rule="R-EVAL-10", number=request.number)
    if not request.awaits_reply(facts.now):
        raise TooLate("clarification-over", rule="R-EVAL-10", due=request.due)
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    changing = changes(command.text)
    if changing:
        raise Invalid("clarification-changes-bid", rule="R-EVAL-10", clause=changing[0])
    return [
        e.ClarificationReplied(
            number=request.number,
            bidder=bidder,
            text=command.text,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def changes(text: str) -> list[str]:
    """The clauses of a reply that would change the price or another thing of substance (招投条例 52).

    It finds what is said openly; what is said otherwise the committee sees, and disregards.
    """
    return [
        clause.strip()
        for clause in CLAUSE.findall(text)
        if SUBSTANCE.search(clause) and CHANGE.search(clause) and not DENIAL.search(clause)
    ]


def require_answered(lot: Lot, facts: Facts) -> None:
    """Raises ``OutOfOrder`` while a bidder may still answer: nobody scores before (招投条例 52)."""
    waiting = [one for one in lot.evaluation.requests if one.awaits_reply(facts.now)]
    if waiting:
        raise OutOfOrder(
            "clarification-open",
            rule="R-EVAL-10",
            numbers=[one.number for one in waiting],
            until=max(one.due for one in waiting if one.due is not None),
        )


def require_sitting(lot: Lot, facts: Facts) -> str:
    """The acting member's id: signed in, and the sheets not all in, which would come too late for a question."""
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    evaluation, member = lot.evaluation, facts.actor.party
    if member not in evaluation.signed_in:
        raise OutOfOrder("not-signed-in", rule="R-EVAL-07")
    if {one.member for one in evaluation.sheets} == set(evaluation.members) and not evaluation.vacant:
        raise OutOfOrder("sheets-are-in", rule="R-EVAL-10")
    return member


def own_requests(lot: Lot, bidder: str) -> tuple[ClarificationRequest, ...]:
    """What the committee asked this bidder, as the bidder may read it: without who stood behind it."""
    return tuple(
        ClarificationRequest(
            number=one.number,
            bidder=one.bidder,
            kind=one.kind,
            text=one.text,
            page=one.page,
            minutes=one.minutes,
            asked_at=one.asked_at,
            due=one.due,
            reply=one.reply,
            replied_at=one.replied_at,
        )
        for one in lot.evaluation.requests
        if one.bidder == bidder and one.asked_at is not None
    )
