"""The evaluation's decisions (R-EVAL-…, R-SCORE-…), registered as this module is imported."""

from collections.abc import Iterator

import msgspec

from bidding.application.rulebook.decision import Decision, clock, decided, of, yuan
from bidding.domain.evaluation import events as evaluation
from bidding.domain.evaluation.sheets import GROUND_TEXT


@decided.register
def _qualified(event: evaluation.QualificationReviewed) -> Iterator[Decision]:
    for one in event.results:
        zh, en = ("资格合格", "qualified") if one.qualified else ("资格不合格", "not qualified")
        yield of("R-GP-10", zh, en, about=one.bidder, reasons=_stated(one.page, one.reason))


@decided.register
def _time_extended(event: evaluation.EvaluationTimeExtended) -> Iterator[Decision]:
    yield of(
        "R-EVAL-09",
        f"成员 {event.members} 人中 {event.calls} 人认为时间不足,延长 {event.minutes} 分钟",
        f"{event.calls} of {event.members} members call the time too short: {event.minutes} min more",
    )


@decided.register
def _asked(event: evaluation.ClarificationAsked) -> Iterator[Decision]:
    due = clock(event.due)
    yield of(
        "R-EVAL-10",
        f"评标委员会要求澄清 {event.number},{due} 前答复",
        f"the committee asks for clarification {event.number}, to be answered before {due}",
        about=event.bidder,
    )


@decided.register
def _examined(event: evaluation.CollusionExamined) -> Iterator[Decision]:
    """Signs, none of which decides anything; for committee and supervision."""
    unread = sum(len(one.unread) for one in event.bids)
    yield of(
        "R-EVAL-04",
        f"串通迹象比对:提示 {len(event.findings)} 项,未能读取的文件 {unread} 个",
        f"signs of collusion: {len(event.findings)}; files that could not be read: {unread}",
    )
    for one in event.findings:
        yield of(
            "R-EVAL-04",
            f"提示 {one.kind.value}",
            f"sign: {one.kind.value}",
            about=" ".join(one.bidders),
            reasons=one.evidence,
        )


@decided.register
def _low_prices(event: evaluation.LowPricesFound) -> Iterator[Decision]:
    for one in event.found:
        yield of(
            "R-SCORE-05",
            f"异常低价提示:{yuan(one.price_fen)}",
            f"warning of an abnormally low price: {yuan(one.price_fen)}",
            about=one.bidder,
            reasons=tuple(_derivation(step) for step in one.below),
        )


@decided.register
def _judged(event: evaluation.PriceExplanationJudged) -> Iterator[Decision]:
    zh, en = ("采信", "accepted") if event.accepted else ("不采信", "not accepted")
    yield of(
        "R-SCORE-05",
        f"报价说明{zh}({event.against}/{event.members} 票反对)",
        f"explanation of the price {en} ({event.against} of {event.members} against)",
        about=event.bidder,
    )


@decided.register
def _rejected(event: evaluation.BidRejected) -> Iterator[Decision]:
    votes = tuple(str(msgspec.to_builtins(vote)) for vote in event.votes)
    yield of(
        event.rule,
        f"否决:（{event.ground}）{GROUND_TEXT[event.ground]}",
        f"rejected on ground {event.ground}",
        about=event.bidder,
        reasons=(*_stated(event.page, event.reason), *votes),
    )


@decided.register
def _same_brand(event: evaluation.SameBrandResolved) -> Iterator[Decision]:
    yield of(
        "R-SCORE-05",
        f"同品牌（{event.brand}）按一家计算,保留（{event.choice.value}）",
        f"one brand ({event.brand}) counts once, kept by {event.choice.value}",
        about=event.kept,
        reasons=event.others,
    )


@decided.register
def _scored(event: evaluation.PricesScored) -> Iterator[Decision]:
    """How every price score came about; for the committee alone."""
    base = tuple(_derivation(step) for step in event.base_derivation)
    yield of(
        "R-SCORE-01",
        f"价格公式 {event.outcome},基准价 {event.base_fen or '—'}",
        f"price formula {event.outcome}, base {event.base_fen or '—'}",
        reasons=(event.formula, *base),
    )
    for score in event.scores:
        yield of(
            "R-SCORE-02",
            f"报价 {yuan(score.price_fen)},评审价 {score.evaluated_fen} 分,得分 {score.score or '—'}",
            f"price {yuan(score.price_fen)}, evaluated {score.evaluated_fen} fen, score {score.score or '—'}",
            about=score.bidder,
            reasons=tuple(_derivation(step) for step in score.derivation),
        )


@decided.register
def _voided(event: evaluation.EvaluationVoided) -> Iterator[Decision]:
    yield of(event.rule, f"废标:{event.decision}", f"void: {event.decision}", reasons=(event.reason,))


def _stated(page: str, reason: str) -> tuple[str, ...]:
    return (f"第 {page} 页 p. {page}" if page else "", reason)


def _derivation(step: msgspec.Struct) -> str:
    return " ".join(str(value) for value in msgspec.to_builtins(step).values())
