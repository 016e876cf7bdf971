"""Every decision of a lot with its clause, read off the events that somebody may see."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from bidding.application.rulebook import contested, evaluating, openings, qualifying, rulebook
from bidding.application.rulebook.decision import Decision, clock, decided, of, yuan
from bidding.domain.award import events as award
from bidding.domain.contract import events as contract
from bidding.domain.control import events as control
from bidding.domain.event import Event
from bidding.domain.money import events as money
from bidding.domain.notice import events as notice
from bidding.domain.regime import Regime
from bidding.domain.ruleset import CreditEffect
from bidding.domain.waiver import Charge

__all__ = ["PARTS", "Decision", "decided", "decisions"]

#: Modules that say the decisions of their phases; importing them is what registers those.
PARTS = (contested, evaluating, openings, qualifying)

CHARGES = {
    Charge.WAIVED: ("免收", "waived"),
    Charge.ALLOWED: ("可收", "allowed"),
    Charge.TARIFF: ("按费率", "by tariff"),
    Charge.HOLD: ("待定", "held"),
}
#: The same decision stands under another article in 政府采购, and its event does not say so.
IN_GP = {
    "R-ENG-07": "R-GP-21",
    "R-ENG-28": "R-GP-22",
    "R-ENG-29": "R-GP-14",
    "R-ENG-30": "R-GP-28",
    "R-ENG-31": "R-GP-27",
}


def decisions(events: Iterable[Event]) -> tuple[Decision, ...]:
    """In the order of the events; what is no decision is passed over."""
    rules = rulebook().rules
    found = []
    gp = False
    for event in events:
        gp = gp or (isinstance(event, notice.NoticePublished) and event.regime is Regime.GP)
        for one in decided(event):
            number = IN_GP.get(one.rule, one.rule) if gp else one.rule
            article = rules[number].article if number in rules else ""
            found.append(msgspec.structs.replace(one, rule=number, article=article, at=_instant(event)))
    return tuple(found)


@decided.register
def _pinned(event: notice.RulesetPinned) -> Iterator[Decision]:
    yield of("R-GEN-03", f"适用规则版本 {event.ruleset}", f"rule set {event.ruleset} applies")


@decided.register
def _noticed(event: notice.NoticePublished) -> Iterator[Decision]:
    deadline, first = clock(event.deadline), event.earliest_deadline
    yield of(
        event.deadline_rule,
        f"投标截止 {deadline},最早可为 {first}",
        f"deadline {deadline}; {first} would be the first lawful date",
    )
    offer = "R-GP-02" if event.regime is Regime.GP else "R-ENG-02"
    yield of(offer, f"文件提供至 {event.offer_until}", f"document offered until {event.offer_until}")
    waiver = event.waiver
    charges = (
        (("投标保证金", "bid deposit"), waiver.bid_deposit, waiver.bid_deposit_max_fen),
        (("履约保证金", "performance bond"), waiver.performance_bond, waiver.performance_bond_max_fen),
        (("信息服务费", "information fee"), waiver.info_fee, waiver.info_fee_fen),
    )
    zh, en = (
        "; ".join(f"{name[i]} {CHARGES[charge][i]}{_most(most)}" for name, charge, most in charges)
        for i in (0, 1)
    )
    skipped = tuple(f"{row.value}: 尚未施行 not yet in force" for row in waiver.skipped_by_date)
    yield of(
        "R-WAIVE-04",
        f"减免决策表 {waiver.row.value} 行:{zh}",
        f"waiver table, row {waiver.row.value}: {en}",
        reasons=(waiver.citation, *waiver.reasons, *skipped),
    )
    said = waiver.override
    if said is not msgspec.UNSET:
        table = (said.table_bid_deposit, said.table_performance_bond, said.table_info_fee)
        zh, en = ("、".join(CHARGES[charge][0] for charge in table), ", ".join(CHARGES[c][1] for c in table))
        yield of(
            "R-WAIVE-07",
            f"监督部门另行决定;决策表结果为 {zh}",
            f"decided otherwise by the supervisor; the table says {en}",
            about=said.order,
            reasons=(said.reason, *said.table_reasons),
        )

    if waiver.by_credit is not msgspec.UNSET:
        yield of(
            "R-NB-SS-02",
            "担保按信用分级",
            "guarantees are graded by credit",
            reasons=tuple(_effect(one) for one in waiver.by_credit),
        )


def _effect(one: CreditEffect) -> str:
    what = "" if one.charge is None else f" {one.charge.value} × {one.factor}"
    return f"{one.list.value}: {one.action.value}{what}, {one.months} 个月 months; {one.source}"


@decided.register
def _clarified(event: notice.ClarificationIssued) -> Iterator[Decision]:
    zh, en = ("可能影响投标", "may affect bids") if event.affects_bids else ("不影响投标", "affects no bid")
    yield of(
        "R-DOC-04",
        f"澄清 {event.number}:{zh}",
        f"clarification {event.number}: {en}",
        about=str(event.number),
        reasons=(event.text,),
    )


@decided.register
def _moved(event: notice.DeadlineMoved) -> Iterator[Decision]:
    # An incident's move names its kind behind the rule; a host's own wish has no rule at all.
    rule, _, cause = event.rule.partition(" ")
    yield of(
        rule or "R-TIME-05",
        f"投标截止由 {clock(event.previous)} 顺延至 {clock(event.deadline)}",
        f"deadline moved from {clock(event.previous)} to {clock(event.deadline)}",
        reasons=(cause,) if cause else (),
    )


@decided.register
def _document_answered(event: notice.DocumentObjectionAnswered) -> Iterator[Decision]:
    zh, en = ("逾期答复", "answered late") if event.late else ("已答复", "answered")
    yield of(
        "R-ENG-07",
        f"对招标文件的异议(质疑) {event.number} {zh}",
        f"objection {event.number} to the document {en}",
        about=str(event.number),
        reasons=(f"问 Q: {event.question}", f"答 A: {event.answer}"),
    )


@decided.register
def _publicised(event: award.CandidatesPublicised) -> Iterator[Decision]:
    until = clock(event.until)
    late = (event.late_reason,) if event.late_reason else ()
    yield of("R-ENG-21", f"候选人公示至 {until}", f"candidates publicised until {until}", reasons=late)
    for one in event.candidates:
        if one.reason:  # 评定分离: unranked
            yield of("R-DRAW-04", f"定标候选人 {one.name}", f"candidate {one.name}", about=one.bidder)
            continue
        yield of(
            "R-ENG-17",
            f"第 {one.rank} 候选人 {one.name}:{yuan(one.price_fen)},总分 {one.total or '—'}",
            f"candidate {one.rank}: {one.name}, {yuan(one.price_fen)}, total {one.total or '—'}",
            about=one.bidder,
        )
    for fallen in event.rejected:
        yield of(
            "R-EVAL-02",
            f"否决 {fallen.name}:{fallen.ground}",
            f"{fallen.name} rejected: {fallen.ground}",
            about=fallen.bidder,
            reasons=(fallen.reason,),
        )


@decided.register
def _result_answered(event: award.ResultObjectionAnswered) -> Iterator[Decision]:
    zh, en = ("逾期答复", "answered late") if event.late else ("已答复", "answered")
    yield of(
        "R-ENG-22",
        f"对结果的异议 {event.number} {zh}",
        f"objection {event.number} to the result {en}",
        about=str(event.number),
        reasons=(f"问 Q: {event.question}", f"答 A: {event.answer}"),
    )


@decided.register
def _met(event: award.DecisionMeetingHeld) -> Iterator[Decision]:
    votes = tuple(f"{vote.member} → {vote.bidder}: {vote.reason}" for vote in event.votes)
    yield of(
        "R-DRAW-04",
        f"定标会（{event.method.value}）选定",
        f"the decision meeting ({event.method.value}) chose",
        about=event.chosen,
        reasons=(event.reason, *votes),
    )


@decided.register
def _determined(event: award.WinnerDetermined) -> Iterator[Decision]:
    passed = tuple(f"{one.bidder}: {one.ground.value} {one.evidence}" for one in event.passed_over)
    yield of(
        "R-ENG-29",
        f"确定第 {event.rank} 名中标" if event.rank else "确定中标人（候选人不排序）",
        f"rank {event.rank} wins" if event.rank else "the winner is determined among unranked candidates",
        about=event.bidder,
        reasons=(*passed, *((event.late_reason,) if event.late_reason else ())),
    )


@decided.register
def _awarded(event: award.AwardNoticeIssued) -> Iterator[Decision]:
    due = clock(event.contract_due)
    yield of(
        "R-AWARD-01",
        f"中标通知书 {event.number}:{event.name},{yuan(event.price_fen)};{due} 前签订合同",
        f"award notice {event.number}: {event.name}, {yuan(event.price_fen)}; contract before {due}",
        about=event.winner,
    )


@decided.register
def _result(event: award.ResultAnnounced) -> Iterator[Decision]:
    until, query = clock(event.until), clock(event.query_until)
    yield of(
        "R-GP-23",
        f"结果公告至 {until},质疑至 {query}",
        f"result announced until {until}, queries until {query}",
    )


@decided.register
def _filed(event: contract.ContractFiled) -> Iterator[Decision]:
    zh, en = ("逾期", "late") if event.late else ("按期", "in time")
    yield of(
        "R-CONT-01",
        f"合同 {event.number} 双方签署({zh}),{yuan(event.price_fen)},与投标一致",
        f"contract {event.number} signed by both ({en}), {yuan(event.price_fen)}, as bid",
        about=event.winner,
        reasons=(f"SHA-256 {event.contract_hash}",),
    )


@decided.register
def _benefit(event: money.BenefitRecorded) -> Iterator[Decision]:
    yield of(
        event.rule,
        f"减免 {event.kind.value} {yuan(event.waived_fen)}({event.row} 行,{event.bids} 份投标)",
        f"{event.kind.value} waived: {yuan(event.waived_fen)} (row {event.row}, bids: {event.bids})",
        about=event.party,
    )


@decided.register
def _graded(event: money.GuaranteeGraded) -> Iterator[Decision]:
    general, asked = yuan(event.graded.general_fen), yuan(event.graded.asked_fen)
    yield of(
        "R-NB-SS-02",
        f"{event.kind.value} 按信用由 {general} 调整为 {asked}",
        f"{event.kind.value}: {asked} instead of {general}, by credit",
        about=event.bidder,
        reasons=tuple(
            f"{one.list.value} {one.decision}: {one.action.value} × {one.factor}, 至 until {one.until}; {one.basis}"
            for one in event.graded.grounds
        ),
    )


@decided.register
def _suspended(event: control.LotSuspended) -> Iterator[Decision]:
    zh, en = f"暂停(指令 {event.order})", f"suspended (order {event.order})"
    yield of("R-PLAT-11", zh, en, reasons=(event.reason,))


@decided.register
def _lifted(event: control.SuspensionLifted) -> Iterator[Decision]:
    yield of("R-PLAT-11", "恢复", "suspension lifted", reasons=(event.reason,))


@decided.register
def _terminated(event: control.LotTerminated) -> Iterator[Decision]:
    yield of(event.rule, "终止招标", "the tender is terminated", reasons=(event.reason,))


def _instant(event: Event) -> datetime | None:
    for name in ("at", "published_at", "notice_at", "issued_at", "answered_at", "signed_at"):
        found = getattr(event, name, None)
        if isinstance(found, datetime):
            return found
    return None


def _most(fen: int | None) -> str:
    return f" ≤ {yuan(fen)}" if fen else ""
