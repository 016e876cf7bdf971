"""What a committee member writes: points with reason and page, and votes to reject (R-EVAL-02, R-EVAL-03)."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

#: Decimal text without exponent, up to four decimals: what is signed and stored is what is computed with.
Points = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?$")]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
Page = Annotated[str, Meta(min_length=1, max_length=100)]


class Ground(StrEnum):
    """否决 grounds, a closed list (招投条例 51 (一)…(七), R-EVAL-02)."""

    UNSIGNED = "一"
    NO_JOINT_AGREEMENT = "二"
    NOT_QUALIFIED = "三"
    SEVERAL_BIDS = "四"
    PRICE = "五"
    NOT_RESPONSIVE = "六"
    COLLUSION = "七"


GROUND_TEXT: dict[Ground, str] = {
    Ground.UNSIGNED: "投标文件未经投标单位盖章和单位负责人签字",
    Ground.NO_JOINT_AGREEMENT: "投标联合体没有提交共同投标协议",
    Ground.NOT_QUALIFIED: "投标人不符合国家或者招标文件规定的资格条件",
    Ground.SEVERAL_BIDS: "同一投标人提交两个以上不同的投标文件或者投标报价",
    Ground.PRICE: "投标报价低于成本或者高于招标文件设定的最高投标限价",
    Ground.NOT_RESPONSIVE: "投标文件没有对招标文件的实质性要求和条件作出响应",
    Ground.COLLUSION: "投标人有串通投标、弄虚作假、行贿等违法行为",
}


class Score(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``criterion``: id in the tender document; ``page``: where in the bid the reason is found."""

    criterion: str
    points: Points
    reason: Reason
    page: Page


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``factor``: id in the tender document; ``amount_fen`` 分 that it adds to the price, negative: takes off
    (R-SCORE-09, 12号令 31)."""

    factor: str
    amount_fen: Annotated[int, Meta(ge=-(2**53 - 1), le=2**53 - 1)]
    reason: Reason
    page: Page


class BidScores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bidder: str
    scores: tuple[Score, ...]
    adjustments: tuple[Adjustment, ...] = ()


class RejectionVote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bidder: str
    ground: Ground
    page: Page
    reason: Reason


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One member's whole opinion. A bid the member votes to reject needs no points."""

    member: str
    bids: tuple[BidScores, ...]
    rejections: tuple[RejectionVote, ...] = ()


class MemberVote(msgspec.Struct, frozen=True, kw_only=True):
    """How one member voted on one bid; ``page`` and ``reason`` are empty where the vote was not to reject."""

    member: str
    reject: bool
    page: str = ""
    reason: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """Points changed after all had been seen, for one of the causes of R-SCORE-05."""

    member: str
    bidder: str
    criterion: str
    was: str
    now: str


def corrections(before: tuple[Sheet, ...], after: tuple[Sheet, ...]) -> tuple[Correction, ...]:
    """Each member's points ``after`` that are not what the same member gave ``before``."""
    was = {
        (sheet.member, bid.bidder, score.criterion): score.points
        for sheet in before
        for bid in sheet.bids
        for score in bid.scores
    }
    return tuple(
        Correction(
            member=sheet.member,
            bidder=bid.bidder,
            criterion=score.criterion,
            was=was[sheet.member, bid.bidder, score.criterion],
            now=score.points,
        )
        for sheet in after
        for bid in sheet.bids
        for score in bid.scores
        if was.get((sheet.member, bid.bidder, score.criterion), score.points) != score.points
    )
