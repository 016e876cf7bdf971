"""Abnormally low prices: warned of, explained, judged (R-SCORE-05; 87号令 60, 12号令 21)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.lowprice import low_prices
from bidding.domain.evaluation.requests import RequestKind
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase
from bidding.domain.notice.terms import LowPriceShares
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import YUAN, Desk, sheet, tender

#: Mean 600 000 yuan; half of it 300 000; the next price above the lowest 700 000.
LOW = {"a": 260_000 * YUAN, "b": 700_000 * YUAN, "c": 720_000 * YUAN, "d": 720_000 * YUAN}
VOTE = RejectionVote(bidder="a", ground=Ground.PRICE, page="开标一览表", reason="报价低于成本且说明不成立")
NONE = LowPriceShares(of_mean="", of_next="", of_limit="")


def below(prices: dict[str, int], shares: LowPriceShares, **changes: Any) -> dict[str, list[str]]:
    lot = tender(prices, low_price=shares, **changes)
    return {one.bidder: [step.value for step in one.below] for one in low_prices(lot)}


def explained(at: Desk, *, answer: bool = True) -> Desk:
    ask = c.AskClarification(
        bidder="a", kind=RequestKind.LOW_PRICE, text="请书面说明报价组成", page="开标一览表", minutes=60
    )
    at.give(ask, at.members[0])
    for member in at.members[1:3]:
        at.give(c.SupportClarification(number=1), member)
    if answer:
        at.give(c.ReplyClarification(number=1, text="设备自有,本地有库存"), "a")
    else:
        at.now += timedelta(minutes=60)
    return at


def points(*bidders: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(bidders, ("30", "10"))


# The warning


def test_each_declared_share_is_compared_exactly() -> None:
    assert below(LOW, LowPriceShares(of_mean="0.50", of_next="", of_limit="")) == {"a": [str(300_000 * YUAN)]}
    assert below(LOW, LowPriceShares(of_mean="", of_next="0.50", of_limit="")) == {"a": [str(350_000 * YUAN)]}
    assert below(LOW, LowPriceShares(of_mean="", of_next="", of_limit="0.45")) == {"a": [str(450_000 * YUAN)]}
    assert below(LOW, NONE) == {}


def test_the_share_itself_is_not_below_it() -> None:
    shares = LowPriceShares(of_mean="", of_next="", of_limit="0.26")
    assert below(LOW, shares) == {}
    assert below({**LOW, "a": 260_000 * YUAN - 1}, shares) == {"a": [str(260_000 * YUAN)]}
    assert below(LOW, shares, limit=None) == {}


def test_a_bid_above_the_limit_does_not_lift_the_mean() -> None:
    prices = {"a": 400_000 * YUAN, "b": 500_000 * YUAN, "c": 2_000_000 * YUAN}
    assert below(prices, LowPriceShares(of_mean="0.50", of_next="", of_limit="")) == {}


def test_the_committee_is_warned_when_it_sits_and_nothing_else_follows() -> None:
    at = Desk(tender(LOW)).seat()
    (found,) = [event for event in at.events if isinstance(event, e.LowPricesFound)]
    assert [one.bidder for one in found.found] == ["a"]
    at.mark(points(*LOW)).report()
    assert at.lot.evaluation.rejected == ()
    assert "a" in {one.bidder for one in at.lot.evaluation.ranking}
    assert "异常低价提示：a公司，报价260000.00元" in at.lot.evaluation.report


def test_in_gp_the_warning_follows_the_qualification_review_where_it_changes_it() -> None:
    at = Desk(
        tender(LOW, regime=Regime.GP, low_price=LowPriceShares(of_mean="0.42", of_next="", of_limit=""))
    )
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    assert at.lot.evaluation.low_prices == ()  # 260 000 is not below 0.42 × 600 000
    at.qualify(unqualified=())
    assert at.lot.evaluation.low_prices == ()
    other = Desk(tender({**LOW, "a": 250_000 * YUAN}, regime=Regime.GP)).seat()
    assert sum(isinstance(event, e.LowPricesFound) for event in other.events) == 1


# No rejection for a low price before the bidder could explain


def test_a_vote_for_too_low_a_price_waits_for_the_chance_to_explain() -> None:
    at = Desk(tender(LOW)).seat()
    with pytest.raises(OutOfOrder) as refused:
        at.give(sheet(points("b", "c", "d"), (VOTE,)), at.members[0])
    assert (refused.value.code, refused.value.rule) == ("low-price-unexplained", "R-SCORE-05")


def test_an_ordinary_clarification_is_not_that_chance() -> None:
    at = Desk(tender(LOW)).seat()
    at.give(c.AskClarification(bidder="a", text="图纸缺页", page="9", minutes=10), at.members[0])
    for member in at.members[1:3]:
        at.give(c.SupportClarification(number=1), member)
    at.give(c.ReplyClarification(number=1, text="见附件二"), "a")
    with pytest.raises(OutOfOrder):
        at.give(sheet(points("b", "c", "d"), (VOTE,)), at.members[0])


def test_a_price_above_the_limit_needs_no_explanation() -> None:
    at = Desk(tender({**LOW, "a": 1_000_001 * YUAN})).seat()
    at.give(sheet(points("b", "c", "d"), (VOTE,)), at.members[0])


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize(("against", "accepted"), [(2, True), (3, False)])
def test_the_majority_judges_the_explanation_and_silence_too(
    against: int, accepted: bool, answer: bool
) -> None:
    at = explained(Desk(tender(LOW)).seat(), answer=answer)
    for place, member in enumerate(at.members):
        votes = (VOTE,) if place < against else ()
        given = points(*LOW) if accepted else points("b", "c", "d")
        at.give(sheet(points(*LOW) if not votes else given, votes), member)
    judged, *_ = at.give(c.Compile())
    assert judged == e.PriceExplanationJudged(
        bidder="a", accepted=accepted, replied=answer, against=against, members=5
    )
    assert ([one.bidder for one in at.lot.evaluation.rejected] == []) is accepted
    assert ("不采信" in at.lot.evaluation.draft) is not accepted
    assert at.lot.phase is Phase.EVALUATING


def test_a_judgement_is_void_when_a_member_leaves() -> None:
    at = explained(Desk(tender(LOW)).seat()).mark(points(*LOW))
    at.give(c.Compile())
    assert [one.bidder for one in at.lot.evaluation.judgements] == ["a"]
    at.give(c.Recuse(reason="亲属任职于投标人"), at.members[0])
    assert not at.lot.evaluation.judgements
    assert at.lot.evaluation.requests[0].reply == "设备自有,本地有库存"


def test_shares_of_earlier_notices_are_the_defaults() -> None:
    assert msgspec.json.decode(b"{}", type=LowPriceShares) == LowPriceShares()
