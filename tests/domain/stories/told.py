"""Whole stories of lots, each told by real decisions: the usual ways to the contract, and what goes otherwise."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bidding.domain.award import commands as a
from bidding.domain.award.events import RemedyKind
from bidding.domain.complaint import commands as p
from bidding.domain.control import commands as k
from bidding.domain.evaluation import commands as v
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase
from bidding.domain.money.book import book
from bidding.domain.notice import commands as n
from bidding.domain.opening import commands as c
from bidding.domain.opening.record import opening_record
from bidding.domain.opening.transcript import transcripts
from bidding.domain.parties import PLATFORM
from bidding.domain.performance import commands as f
from bidding.domain.regime import Regime
from bidding.domain.registry import due
from bidding.domain.scoring import Source
from tests.domain.award.test_remedies import AFTER as AFTER_PUBLICITY
from tests.domain.award.test_remedies import remedy
from tests.domain.complaint.cases import OFFICER as SUPERVISOR
from tests.domain.complaint.cases import complaint, eng, gp
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.lots import at, noticed_company
from tests.domain.money.test_ledger import contracted, rolled
from tests.domain.opening.drawhall import DrawHall
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, Hall, bidder
from tests.domain.performance.test_performance import FIRST, MILESTONES, WINNER, entered, give
from tests.domain.performance.test_performance import OWNER as BUYER
from tests.domain.prequalification.stage import AFTER, applied, ended, prequalifying, reviewed, seated
from tests.domain.stories.record import Act
from tests.domain.walk.lot import WholeLot

Kept = dict[str, Any]
DAY = timedelta(days=1)


def _act(hall: Hall) -> Act:
    return Act(hall.now, hall.lot, tuple(event for _, event in hall.log))


def _sat(desk: Desk) -> Act:
    return Act(desk.now, desk.lot, tuple(desk.events))


def _keep(hall: Hall, kept: Kept) -> None:
    kept.update({f"bid-{name}": bid for name, bid in hall.bids.items()})
    kept["book"] = book(hall.events)
    kept["due"] = due(hall.lot)
    if hall.lot.opening.announcement is not None:
        kept["record"] = opening_record(hall.lot)


def _whole(filing: str, kept: Kept) -> Iterator[Act]:
    hall = WholeLot(filing)
    while hall.lot.phase is not Phase.CONTRACTED:
        hall.step()
        hall.now += 7 * MINUTE
        yield _act(hall)
    for days in (40, 400):  # what is late by then, and what is over
        hall.now += days * DAY
        yield _act(hall)
    _keep(hall, kept)


def works(kept: Kept) -> Iterator[Act]:
    """Municipal works on budget money: everything waived, four bidders, no incident."""
    return _whole("D2", kept)


def private(kept: Kept) -> Iterator[Act]:
    """Works of a company on its own money."""
    return _whole("D6", kept)


def goods(kept: Kept) -> Iterator[Act]:
    """Goods in government procurement."""
    return _whole("GP", kept)


def disturbed(kept: Kept) -> Iterator[Act]:
    """An opening with a replaced bid, a withdrawn one, an outage, a key that never came, a form that does not open,
    objections, and a suspension."""
    hall = Hall(waived=False)
    for name in ("a", "b", "c", "d", "e", "f"):
        hall.submit(name)
    hall.submit("b")
    hall.withdraw("c")
    yield _act(hall)
    hall.order()
    yield _act(hall)
    hall.now += MINUTE
    number = hall.incident(minutes_ago=1)
    yield _act(hall)
    hall.now += 3 * MINUTE
    hall.recover(number)
    yield _act(hall)
    hall.release("a", "b", "d", "e")
    hall.end_window()
    yield _act(hall)
    hall.fault("f", "BIDDER")
    hall.form_keys()
    hall.bring_in(broken=[("e", "content")])
    yield _act(hall)
    hall.fault("e", "BIDDER")
    hall.give(c.Announce(), HOST)
    yield _act(hall)
    hall.confirm("a")
    hall.object("b")
    hall.object("d", "mismatch")
    yield _act(hall)
    for objection in hall.lot.opening.objections:
        hall.give(c.AnswerObjection(number=objection.number, answer="已核对，无误"), HOST)
    hall.give(k.Suspend(reason="核查", order="孝南监〔2026〕1号"), OFFICER)
    yield _act(hall)
    hall.now += 2 * DAY
    hall.give(k.Lift(reason="查毕"), OFFICER)
    yield _act(hall)
    hall.close_confirmation()
    for actor in (HOST, OFFICER):
        hall.sign(actor)
    yield _act(hall)
    _keep(hall, kept)


def drawn(kept: Kept) -> Iterator[Act]:
    """An opening that draws a coefficient: the agency does not come and its reserve takes its place."""
    hall = DrawHall()
    hall.freeze("a", "b", "c")
    yield _act(hall)
    hall.reveal(Source.SUPERVISOR)
    yield _act(hall)
    hall.reveal(Source.AGENCY)
    yield _act(hall)
    while hall.lot.opening.drawing.awaited is not None:
        hall.reveal(hall.lot.opening.drawing.awaited)
        yield _act(hall)
    hall.give(c.DrawCoefficients())
    hall.give(c.Announce(), HOST)
    yield _act(hall)
    kept["transcripts"] = transcripts(hall.lot)
    _keep(hall, kept)


def too_few(kept: Kept) -> Iterator[Act]:
    """Two bids at the deadline: never opened."""
    hall = Hall()
    hall.close("a", "b")
    yield _act(hall)
    _keep(hall, kept)


def evaluated(kept: Kept) -> Iterator[Act]:
    """A committee that asks, rejects one bid, disagrees with itself and reports."""
    prices = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
    desk = Desk(tender(prices)).seat()
    yield _sat(desk)
    vote = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")
    points = {"a": ("28", "8"), "b": ("30", "6"), "c": ("25.5", "10")}
    desk.mark(points, rejections=dict.fromkeys(desk.members[:3], (vote,)))
    yield _sat(desk)
    desk.report({desk.members[0]: "业绩认定过严"})
    yield _sat(desk)
    kept["due"] = due(desk.lot)


def deliberated(kept: Kept) -> Iterator[Act]:
    """A member who stands aside and is replaced, a request to a bidder, more time, and too few valid bids left."""
    prices = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
    desk = Desk(tender(prices))
    desk.give(v.SetTime(minutes=180))
    desk.give(v.DrawCommittee(representatives=("delegate",)))
    desk.give(v.SignIn(), desk.members[0])
    desk.give(v.Recuse(reason="与投标人有亲属关系"), desk.members[1])
    yield _sat(desk)
    for member in desk.members:
        if member not in desk.lot.evaluation.signed_in:
            desk.give(v.SignIn(), member)
    desk.open_envelopes()
    yield _sat(desk)
    first, second, third, *_ = desk.members
    desk.give(v.AskClarification(bidder="b", text="请说明", page="55", minutes=60), first)
    desk.give(v.SupportClarification(number=1), second)
    desk.give(v.SupportClarification(number=1), third)
    yield _sat(desk)
    desk.now += 20 * MINUTE
    desk.give(v.ReplyClarification(number=1, text="以文字说明为准"), "b")
    desk.give(v.CallTimeShort(minutes=30, reason="材料多"), first)
    desk.give(v.CallTimeShort(minutes=40, reason="材料多"), second)
    yield _sat(desk)
    vote = RejectionVote(bidder="c", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")
    desk.mark(rejections=dict.fromkeys(desk.members, (vote,)))
    desk.give(v.Compile(), PLATFORM)
    yield _sat(desk)
    for place, member in enumerate(desk.members):
        desk.give(v.StateCompetition(lacking=place == 0, reason="报价差距"), member)
    yield _sat(desk)
    kept["due"] = due(desk.lot)


def purchased(kept: Kept) -> Iterator[Act]:
    """Government procurement with small enterprises, a supplier found unqualified, and equal evaluated prices."""
    prices = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN, "e": 1}
    desk = Desk(tender(prices, regime=Regime.GP))
    desk.give(v.DrawCommittee(representatives=("delegate",)))
    for member in desk.members:
        desk.give(v.SignIn(), member)
    desk.open_envelopes()
    desk.qualify(unqualified=("e",), small=("c", "d"))
    yield _sat(desk)
    desk.mark().report()
    yield _sat(desk)
    kept["due"] = due(desk.lot)


def remedied(kept: Kept) -> Iterator[Act]:
    """An upheld objection to the result: the first candidate falls, the new order is publicised, the second wins."""
    prices = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
    desk = Desk(tender(prices)).seat().mark().report()
    desk.give(a.PubliciseCandidates())
    desk.give(a.ObjectToResult(text="第一候选人业绩不实"), "a")
    desk.give(a.AnswerResultObjection(number=1, answer="属实", upheld=True))
    yield _sat(desk)
    desk.now = AFTER_PUBLICITY
    first, second, *_ = (one.bidder for one in desk.lot.evaluation.candidates)
    desk.give(remedy(RemedyKind.NEXT_CANDIDATE, first), OWNER)
    yield _sat(desk)
    desk.give(a.PubliciseCandidates(late_reason="异议成立，重新公示"))
    yield _sat(desk)
    desk.now += 5 * DAY
    desk.give(a.DetermineWinner(bidder=second), OWNER)
    desk.give(a.IssueAwardNotice())
    yield _sat(desk)
    kept["due"] = due(desk.lot)


def complained(kept: Kept) -> Iterator[Act]:
    """An objection to the result, a complaint about it, and its decision."""
    desk = eng()
    yield _sat(desk)
    desk.give(complaint(), "a")
    yield _sat(desk)
    desk.now += DAY
    desk.give(p.Accept(number=1), SUPERVISOR)
    yield _sat(desk)
    for days in (10, 60):
        desk.now += days * DAY
        yield _sat(desk)
    kept["due"] = due(desk.lot)


def performed(kept: Kept) -> Iterator[Act]:
    """A contract delivered and invoiced, paid in part, late, with a repayment plan."""
    acts: list[tuple[Any, Any, Any]] = [
        (f.SetMilestones(milestones=MILESTONES), at(21, month=4), BUYER),
        (f.Deliver(milestone=1, on=date(2026, 6, 1)), at(2, month=6), WINNER),
        (f.Inspect(milestone=1, on=date(2026, 6, 3), passed=True), at(3, month=6), BUYER),
        (f.SendInvoice(invoice="FP1", milestone=1, amount_fen=FIRST), at(3, month=6), WINNER),
        (f.RecordPayment(invoice="FP1", amount_fen=FIRST // 2, on=date(2026, 6, 20)), at(20, month=6), BUYER),
        (f.MarkOverdue(), at(10, month=7), BUYER),
    ]
    lot = entered()
    yield Act(at(20, month=4), lot, ())
    for command, now, actor in acts:
        lot = give(lot, command, now, actor)
        yield Act(now, lot, ())
    kept["due"] = due(lot)


def prequalified(kept: Kept) -> Iterator[Act]:
    """Three apply, one is found unfit; the others are invited."""
    lot = prequalifying()
    for now in (at(2), at(9), at(14), at(17)):
        yield Act(now, lot, ())
    applicants = [applied(lot, name, at(10)) for name in ("a", "b", "c", "d")]
    lot = seated(lot)
    yield Act(AFTER, lot, ())
    against = sorted(lot.prequalification.members)[:3]
    judged = [reviewed(lot, one, *(against if one.applicant == "d" else ())) for one in applicants]
    lot, events = ended(lot, judged)
    yield Act(AFTER, lot, tuple(events))
    kept.update({f"application-{one.applicant}": one for one in judged})
    kept["due"] = due(lot)


def disputed(kept: Kept) -> Iterator[Act]:
    """The tender document objected to, answered late, a new document, and a stop for the complaint that follows."""
    hall = Hall()
    hall.now = at(18, month=5)
    hall.give(n.Object(text="资质要求过高"), bidder("a"))
    yield _act(hall)
    hall.now += 5 * DAY
    yield _act(hall)
    hall.give(n.AnswerObjection(number=1, answer="已修改"), HOST)
    yield _act(hall)
    hall.give(k.Suspend(reason="投诉核查", order="监督〔2026〕3号"), OFFICER)
    yield _act(hall)
    hall.give(k.Acknowledge(number=1), HOST)
    hall.now += 3 * DAY
    hall.give(k.Lift(reason="核查完毕"), OFFICER)
    yield _act(hall)
    hall.give(k.Terminate(reason="项目取消"), HOST)
    yield _act(hall)
    _keep(hall, kept)


def secured(kept: Kept) -> Iterator[Act]:
    """A lot that asks a deposit: paid and guaranteed, given back with interest, and the ledger of it."""
    lot = contracted(rolled(noticed_company(), "b1", "b2"))
    yield Act(at(20, month=4), lot, ())
    kept["due"] = due(lot)


def queried(kept: Kept) -> Iterator[Act]:
    """A query of the result in government procurement, unanswered, answered, and complained about."""
    desk = gp(answered=False)
    yield _sat(desk)
    desk.now += DAY
    desk.give(a.AnswerQuery(number=1, answer="属实"))
    yield _sat(desk)
    desk.give(complaint(), "b")
    desk.give(p.Accept(number=1), SUPERVISOR)
    yield _sat(desk)
    desk.now += 60 * DAY
    yield _sat(desk)
    kept["due"] = due(desk.lot)


STORIES: dict[str, Callable[[Kept], Iterator[Act]]] = {
    story.__name__: story
    for story in (
        works,
        private,
        goods,
        disturbed,
        drawn,
        too_few,
        evaluated,
        deliberated,
        purchased,
        remedied,
        complained,
        queried,
        performed,
        prequalified,
        disputed,
        secured,
    )
}
