"""Decisions on what was contested: queries, remedies, complaints, and the report about it all."""

from collections.abc import Iterator

from bidding.application.rulebook.decision import Decision, clock, decided, of
from bidding.domain.award import events as award
from bidding.domain.complaint import events as complaint
from bidding.domain.control import events as control


@decided.register
def _query_answered(event: award.QueryAnswered) -> Iterator[Decision]:
    zh, en = ("成立", "upheld") if event.upheld else ("不成立", "not upheld")
    yield of(
        "R-GP-21",
        f"质疑 {event.number}({event.stage.value}){zh}",
        f"query {event.number} ({event.stage.value}) {en}",
        about=str(event.number),
        reasons=(*event.matters, f"答 A: {event.answer}"),
    )


@decided.register
def _query_assessed(event: award.QueryAssessed) -> Iterator[Decision]:
    zh, en = ("可能", "may") if event.may_change_result else ("不会", "cannot")
    yield of(
        "R-GP-29",
        f"质疑 {event.number} {zh}影响结果",
        f"query {event.number} {en} change the result",
        about=str(event.number),
        reasons=(event.reason,),
    )


@decided.register
def _remedy(event: award.RemedyDecided) -> Iterator[Decision]:
    numbers = ", ".join(str(number) for number in event.numbers)
    yield of(
        event.rule,
        f"处理决定({event.basis.value} {numbers}):{event.remedy.value}",
        f"remedy ({event.basis.value} {numbers}): {event.remedy.value}",
        about=", ".join(event.barred),
        reasons=(event.reason, event.law),
    )


@decided.register
def _reported(event: award.SupervisorReportFiled) -> Iterator[Decision]:
    zh, en = ("逾期", "late") if event.late else ("按期", "in time")
    yield of(
        "R-ENG-23",
        f"向监督部门提交书面报告({zh})",
        f"written report to the supervisor filed ({en})",
        about=event.winner,
        reasons=(f"SHA-256 {event.text_hash}",),
    )


@decided.register
def _complaint_accepted(event: complaint.ComplaintAccepted) -> Iterator[Decision]:
    zh, en = (",逾期", ", late") if event.late else ("", "")
    due, subject = clock(event.due), event.subject.value
    yield of(
        "R-ENG-28",
        f"受理投诉 {event.number}({subject}){zh},{due} 前处理",
        f"complaint {event.number} ({subject}) taken in{en}; to be decided before {due}",
        about=str(event.number),
        reasons=tuple(one.text for one in event.matters),
    )


@decided.register
def _complaint_refused(event: complaint.ComplaintRefused) -> Iterator[Decision]:
    yield of(
        "R-ENG-28",
        f"投诉 {event.number} 不予受理:{event.ground.value}",
        f"complaint {event.number} not taken in: {event.ground.value}",
        about=str(event.number),
        reasons=(event.reason,),
    )


@decided.register
def _complaint_decided(event: complaint.ComplaintDecided) -> Iterator[Decision]:
    zh, en = ("成立", "upheld") if event.ground is None else (f"驳回:{event.ground.value}", "dismissed")
    yield of(
        "R-ENG-28",
        f"投诉 {event.number}({event.subject.value}){zh}",
        f"complaint {event.number} ({event.subject.value}) {en}",
        about=str(event.number),
        reasons=(event.findings, event.law),
    )


@decided.register
def _complaint_withdrawn(event: complaint.ComplaintWithdrawn) -> Iterator[Decision]:
    number = event.number
    yield of("R-ENG-28", f"投诉 {number} 撤回", f"complaint {number} withdrawn", about=str(number))


@decided.register
def _expired(event: control.SuspensionExpired) -> Iterator[Decision]:
    zh, en = "投诉期间的暂停满三十日,恢复", "thirty days of suspension are over"
    yield of("R-GP-22", zh, en, about=str(event.complaint))


@decided.register
def _ordered(event: control.SupervisionOrderIssued) -> Iterator[Decision]:
    kind = event.kind.value
    zh, en = f"监督指令 {event.number}:{kind}", f"supervision order {event.number}: {kind}"
    yield of("R-PLAT-11", zh, en, about=str(event.number), reasons=(event.text, *event.wanted))


@decided.register
def _produced(event: control.EventsProduced) -> Iterator[Decision]:
    count = len(event.produced)
    zh, en = (
        f"按指令 {event.number} 提供 {count} 条记录",
        f"{count} events handed over on order {event.number}",
    )
    yield of("R-PLAT-11", zh, en, about=str(event.number))
