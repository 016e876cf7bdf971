"""招标投标情况书面报告: to the supervisor within fifteen days of the decision (R-ENG-23, 招投法 47)."""

from collections.abc import Iterator
from datetime import datetime

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation.report import text_hash, yuan
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.periods import SHANGHAI
from bidding.domain.ruleset import EngRules
from bidding.domain.standstill import extended

DECIDED = (Phase.DETERMINED, Phase.AWARDED, Phase.CONTRACTED)


def report_to_supervisor(lot: Lot, command: c.ReportToSupervisor, facts: Facts) -> list[Event]:
    """Once for each winner determined. A late report is still owed, and marked."""
    rules = rules_of(lot, facts)
    if not isinstance(rules, EngRules):
        raise OutOfOrder("supervisor-report-is-eng", rule="R-GEN-02")
    require_phase(lot, *DECIDED, rule="R-ENG-23")
    determined = lot.award.determined_at
    if determined is None:
        raise OutOfOrder("no-winner", rule="R-ENG-23")
    if lot.award.reported_to_supervisor is not None:
        raise Conflicting("supervisor-report-filed", rule="R-ENG-23", winner=lot.award.winner)
    term = rules.periods.report_to_supervisor
    due = extended(lot.control, determined, term, calendar_of(facts), facts.now).ends
    text = "\n".join((*_lines(lot, determined), f"招标人补充说明：{command.remarks.strip() or '无'}", ""))
    return [
        e.SupervisorReportFiled(
            winner=lot.award.winner,
            text=text,
            text_hash=text_hash(text),
            remarks=command.remarks.strip(),
            at=facts.now,
            due=due,
            late=facts.now >= due,
            signed=signed_of(facts),
        )
    ]


def _lines(lot: Lot, determined: datetime) -> Iterator[str]:
    """What the law asks of the report: scope, method and media, bids and committee, result (招投法 47)."""
    notice, evaluation, award = lot.notice, lot.evaluation, lot.award
    winner = next(one for one in evaluation.candidates if one.bidder == award.winner)
    yield f"招标投标情况书面报告：{notice.title}"
    yield f"标段编号：{notice.number}；招标人：{notice.tenderer_name}；招标代理机构：{notice.agency_name}"
    yield f"招标方式：{notice.method.value}；估算价：{yuan(notice.base_fen)}；规则版本：{notice.ruleset}"
    yield f"公告发布：{_day(notice.published_at)}；投标截止（开标）：{_day(notice.deadline)}"
    yield f"招标文件：第{notice.document_version}版；公告哈希：{notice.notice_hash}"
    yield f"投标人：{'；'.join(entry.name for entry in lot.opening.roll)}"
    yield f"开标记录哈希：{lot.opening.record_hash}"
    yield f"评标委员会：{len(evaluation.committee)}人，其中专家{evaluation.experts}人"
    yield f"评标报告：{_day(evaluation.reported_at)}，哈希：{evaluation.report_hash}"
    listed = (f"第{one.rank}名 {one.name}" if one.rank else one.name for one in evaluation.candidates)
    yield "中标候选人：" + "；".join(listed)
    yield f"公示：{_day(award.opens)}至{_day(award.until)}；异议：{len(award.objections)}件"
    for remedy in award.remedies:
        yield f"处理决定：{remedy.remedy.value}（{_day(remedy.at)}）：{remedy.reason}"
    if award.decision is not None:
        yield f"定标会：{_day(award.decision.at)}，{award.decision.method.value}，{award.decision.reason}"
    place = f"第{winner.rank}名" if winner.rank else "候选人不排序"
    yield f"中标人：{winner.name}，{place}，{yuan(winner.price_fen)}，{_day(determined)}确定"


def _day(instant: datetime | None) -> str:
    return "—" if instant is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d}"
