"""The evaluation report 评标报告 as text: what the members sign, and what the offices receive.

Members appear by seat number: the report reaches tenderer and agency before the result, and until then
nobody outside the committee may learn a name (R-EVAL-05). The text depends on the lot alone, so the hash
that a member signs can be recomputed by anybody who holds the events.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bidding.domain.credit.lists import Severity
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.adjusting import factors_of
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.outcome import Candidate, Ranked
from bidding.domain.evaluation.requests import RequestKind
from bidding.domain.evaluation.sheets import GROUND_TEXT
from bidding.domain.evaluation.state import Signature
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.periods import SHANGHAI
from bidding.domain.ranking import TIES

SEVERITY = {Severity.MINOR: "轻微", Severity.GENERAL: "一般", Severity.SERIOUS: "严重"}
BRAND_CHOICE = {
    e.BrandChoice.SCORE: "得分最高",
    e.BrandChoice.PRICE: "报价最低",
    e.BrandChoice.DRAW: "相同，随机抽取",
}


def text_hash(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def draft_report(
    lot: Lot, priced: e.PricesScored, ranking: Sequence[Ranked], candidates: Sequence[Candidate]
) -> str:
    """What the members sign: everything but the signatures and dissents themselves."""
    names = {bid.bidder: bid.name for bid in opened_bids(lot)}
    seats = {member.party: member.seat for member in lot.evaluation.committee}
    return "\n".join(
        (
            *_head(lot),
            *_opened(lot),
            *_rejected(lot, names, seats),
            *_competition(lot, seats),
            *_points(lot, names, seats),
            *_prices(priced, names),
            *_grades(lot, names),
            *_ranking(ranking, candidates, lot.evaluation.same_brand, names),
            *_consultations(lot, names),
            "",
        )
    )


def final_report(lot: Lot) -> str:
    """The signed report: the draft, then how each member closed it, with every dissent in full (R-ENG-18)."""
    seats = {member.party: member.seat for member in lot.evaluation.committee}
    by_seat = sorted(lot.evaluation.signatures, key=lambda one: seats[one.member])
    lines = ["八、评标委员会成员签署", *(_signature(one, seats[one.member]) for one in by_seat), ""]
    return lot.evaluation.draft + "\n".join(lines)


def competition_statement(lot: Lot) -> str:
    """The committee's conclusion on competition, empty where it was not asked (R-EVAL-11)."""
    said = lot.evaluation.competition
    if not said:
        return ""
    lacking = sum(one.lacking for one in said)
    return (
        f"有效投标不足三个；成员{len(said)}人中{lacking}人认为明显缺乏竞争，"
        "评标委员会认定仍具有竞争性，继续评审"
    )


def _head(lot: Lot) -> list[str]:
    notice, terms, evaluation = lot.notice, terms_of(lot), lot.evaluation
    return [
        f"评标报告：{notice.title}",
        "",
        "一、基本情况",
        f"标段编号：{notice.number}；招标人：{notice.tenderer_name}；招标代理机构：{notice.agency_name}",
        f"规则版本：{notice.ruleset}；评标办法：{terms.method}；价格分值：{terms.price_points}",
        f"开标记录哈希：{lot.opening.record_hash}",
        f"评标委员会：{len(evaluation.committee)}人，其中专家{evaluation.experts}人，"
        f"{_instant(evaluation.unsealed_at)}全部签到",
    ]


def _opened(lot: Lot) -> list[str]:
    limit = lot.notice.price_limit_fen
    lines = ["二、开标情况", f"最高投标限价：{'无' if limit is None else yuan(limit)}"]
    reference = lot.opening.reference
    if reference is not None and reference.fen is not None:  # R-ENG-19, 招投条例 50
        lines.append(f"标底：{yuan(reference.fen)}，仅供参考，不作为否决投标和评分的依据")
    lines += [
        f"{bid.name}：报价{yuan(bid.price_fen)}，工期（交货期）{bid.duration_days}天，质量{bid.quality}，"
        f"负责人{bid.project_lead}"
        for bid in opened_bids(lot)
    ]
    return lines


def _rejected(lot: Lot, names: dict[str, str], seats: dict[str, int]) -> list[str]:
    lines = ["三、否决的投标"]
    for one in lot.evaluation.rejected:
        lines.append(
            f"{names[one.bidder]}：依据（{one.ground}）{GROUND_TEXT[one.ground]}；{one.reason}；页码：{one.page}"
        )
        lines += [
            f"  评委{seats[vote.member]}："
            + (f"否决，页码{vote.page}，{vote.reason}" if vote.reject else "不否决")
            for vote in one.votes
        ]
    return lines if len(lines) > 1 else [*lines, "无"]


def _competition(lot: Lot, seats: dict[str, int]) -> list[str]:
    if not lot.evaluation.competition:
        return []
    said = [
        f"  评委{seats[one.member]}：{'明显缺乏竞争' if one.lacking else '具有竞争性'}，{one.reason}"
        for one in lot.evaluation.competition
    ]
    return ["四、关于竞争性的意见", competition_statement(lot), *said]


def _points(lot: Lot, names: dict[str, str], seats: dict[str, int]) -> list[str]:
    titles = {criterion.id: criterion.title for criterion in terms_of(lot).criteria}
    factors = factors_of(terms_of(lot).price_formula)
    rejected = {one.bidder for one in lot.evaluation.rejected}
    lines = ["五、成员评分"]
    for sheet in lot.evaluation.sheets:
        for bid in sheet.bids:
            if bid.bidder in rejected:
                continue
            lines += [
                f"评委{seats[sheet.member]} {names[bid.bidder]} {titles[score.criterion]}：{score.points}分，"
                f"页码{score.page}，{score.reason}"
                for score in bid.scores
            ]
            lines += [
                f"评委{seats[sheet.member]} {names[bid.bidder]} {factors[one.factor].title}："
                f"评审价调整{one.amount_fen}分（人民币分），页码{one.page}，{one.reason}"
                for one in bid.adjustments
            ]
    return [*lines, *_reviewed(lot, names, seats, titles)] if len(lines) > 1 else [*lines, "本办法不打分"]


def _reviewed(
    lot: Lot, names: dict[str, str], seats: dict[str, int], titles: dict[str, str]
) -> Iterable[str]:
    """R-SCORE-05, 87号令 64: every correction after the points were seen, and what was confirmed instead."""
    for was in lot.evaluation.corrected:
        yield (
            f"复核：评委{seats[was.member]} {names[was.bidder]} {titles[was.criterion]} "
            f"由{was.was}分更正为{was.now}分"
        )
    for one in lot.evaluation.confirmed:
        if one.member in seats:
            yield (
                f"复核：评委{seats[one.member]} {names[one.bidder]} {titles[one.criterion]} "
                f"维持{one.points}分（其他成员平均{one.others}分），{one.reason}"
            )


def _prices(priced: e.PricesScored, names: dict[str, str]) -> list[str]:
    lines = ["六、价格评审", f"公式：{priced.formula}"]
    lines += [f"{step.text} = {step.value}" for step in priced.base_derivation]
    for one in priced.scores:
        lines.append(f"{names[one.bidder]}：报价{yuan(one.price_fen)}，评审价{one.evaluated_fen}分")
        lines += [f"  {step.text} = {step.value}" for step in one.derivation]
    return lines


def _grades(lot: Lot, names: dict[str, str]) -> list[str]:
    """R-SCORE-15: what decides between equals, with the records that each grade rests on."""
    evaluation = lot.evaluation
    if evaluation.graded_at is None:
        return []
    order = "、".join(TIES[terms_of(lot).method])
    lines = [f"总分相等时依次比较：{order}", "投标截止时的信用等级（1级最优）："]
    for one in evaluation.grades:
        because = "；".join(f"{record.basis}（{SEVERITY[record.severity]}）" for record in one.standing)
        if one.preferred is not msgspec.UNSET:
            because = f"守信，同等条件下优先（{'；'.join(one.preferred)}）"
        lines.append(f"  {names[one.bidder]}：{one.rank}级，{because or '无有效失信记录'}")
    return lines


def _ranking(
    ranking: Iterable[Ranked],
    candidates: Iterable[Candidate],
    brands: Iterable[e.SameBrandResolved],
    names: dict[str, str],
) -> list[str]:
    candidates = tuple(candidates)
    if any(one.reason for one in candidates):  # 评定分离 (R-DRAW-04)
        return ["七、定标候选人（不排序）", *(f"{one.name}：{one.reason}" for one in candidates)]
    lines = ["七、排序和中标候选人"]
    for one in ranking:
        total = (
            f"总分{one.total}（价格{one.price_score}，其他{one.technical}）" if one.total else "按评审价排序"
        )
        place = f"第{one.rank}名" if one.rank else "同品牌按一家计算、不参加推荐"
        lines.append(f"{place} {names[one.bidder]}：{total}，报价{yuan(one.price_fen)}")
    lines += [
        f"同品牌（{one.brand}）：由{names[one.kept]}参加推荐（{BRAND_CHOICE[one.choice]}），"
        f"其他投标人：{'、'.join(names[bidder] for bidder in one.others)}"
        for one in brands
    ]
    lines.append("中标候选人：" + "；".join(f"第{one.rank}名 {one.name}" for one in candidates))
    return lines


def _consultations(lot: Lot, names: dict[str, str]) -> list[str]:
    """招投条例 52, 87号令 60: what was asked and answered, and what low prices the committee was warned of."""
    evaluation = lot.evaluation
    lines = [
        f"异常低价提示：{names[one.bidder]}，报价{yuan(one.price_fen)}，"
        + "；".join(f"{step.text} {step.value}" for step in one.below)
        for one in evaluation.low_prices
    ]
    for one in evaluation.requests:
        if one.asked_at is None:
            continue
        answer = f"答复（{_instant(one.replied_at)}）：{one.reply}" if one.replied_at else "逾期未答复"
        asked = "说明报价合理性" if one.kind is RequestKind.LOW_PRICE else "澄清、说明"
        lines += [
            f"第{one.number}号要求，{names[one.bidder]}{asked}，页码{one.page}，{_instant(one.asked_at)}：{one.text}",
            f"  {answer}",
        ]
    lines += [
        f"{names[one.bidder]}的报价说明：{'采信' if one.accepted else '不采信'}，"
        f"成员{one.members}人中{one.against}人以报价过低为由否决"
        for one in evaluation.judgements
    ]
    return ["八、澄清、说明与异常低价", *lines] if lines else []


def _signature(one: Signature, seat: int) -> str:
    """R-ENG-18, 招投条例 53: who refuses to sign and does not state a dissent agrees."""
    if one.refused:
        return f"评委{seat}：拒绝签字且未陈述不同意见，视为同意评标结论"
    if one.dissent:
        return f"评委{seat}：签字，不同意见：{one.dissent}"
    return f"评委{seat}：签字，同意评标结论"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}元"


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
