"""经评审的最低投标价法 with published factors: R-SCORE-09, R-EVAL-03; 12号令 31."""

import pytest
from msgspec.structs import replace

from bidding.application.rulesets import load_rulesets
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.sheets import Adjustment, BidScores
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import choose
from bidding.domain.scoring import EngLowestEvaluated, FormulaFault, PriceFactor, formula_faults
from tests.domain.evaluation.tender import NOW, YUAN, Desk, tender

PAYMENT = PriceFactor(
    id="payment",
    title="付款条件",
    standard="预付款每高一个百分点加 1000 元",
    least_fen=0,
    most_fen=50_000 * YUAN,
)
EARLY = PriceFactor(
    id="early", title="提前竣工", standard="每提前一日减 2000 元", least_fen=-60_000 * YUAN, most_fen=0
)
FORMULA = EngLowestEvaluated(factors=(PAYMENT, EARLY))
PRICES = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
AMOUNTS = {"a": (30_000, 0), "b": (0, 0), "c": (0, -50_000)}


def seated(formula: EngLowestEvaluated = FORMULA, prices: dict[str, int] = PRICES) -> Desk:
    lot = tender(
        prices, method=Method.ENG_LOWEST_EVALUATED, price_formula=formula, criteria=(), price_points="0"
    )
    return Desk(lot).seat()


def said(factor: str, yuan: int) -> Adjustment:
    return Adjustment(factor=factor, amount_fen=yuan * YUAN, reason="按招标文件标准计算", page="7")


def sheet(amounts: dict[str, tuple[int, int]] = AMOUNTS) -> c.SubmitScores:
    return c.SubmitScores(
        sheet=tuple(
            BidScores(bidder=bidder, scores=(), adjustments=(said("payment", more), said("early", less)))
            for bidder, (more, less) in amounts.items()
        )
    )


def refused(command: c.SubmitScores, at: Desk | None = None) -> Invalid:
    at = at or seated()
    with pytest.raises(Invalid) as caught:
        at.give(command, at.members[0])
    return caught.value


def one(*adjustments: Adjustment) -> c.SubmitScores:
    bids = tuple(BidScores(bidder=bidder, scores=(), adjustments=adjustments) for bidder in PRICES)
    return c.SubmitScores(sheet=bids)


def test_the_lowest_evaluated_price_wins_and_how_it_came_about_can_be_read() -> None:
    at = seated()
    for member in at.members:
        at.give(sheet(), member)
    at.give(c.Compile())
    evaluation = at.lot.evaluation
    assert [(one.bidder, one.evaluated_fen) for one in evaluation.ranking] == [
        ("c", str(690_000 * YUAN)),
        ("b", str(720_000 * YUAN)),
        ("a", str(730_000 * YUAN)),
    ]
    # the contract's price is the one that was bid (R-SCORE-03)
    assert evaluation.candidates[0].price_fen == PRICES["c"]
    (steps,) = [price.derivation for price in evaluation.prices if price.bidder == "c"]
    assert [(step.text, step.value) for step in steps] == [
        ("投标报价", str(740_000 * YUAN)),
        ("评审因素“付款条件”：预付款每高一个百分点加 1000 元", "0"),
        ("评审因素“提前竣工”：每提前一日减 2000 元", str(-50_000 * YUAN)),
        (f"评审价：报价 + 评审因素调整额 {-50_000 * YUAN}", str(690_000 * YUAN)),
    ]
    assert "c公司 提前竣工：评审价调整-5000000分（人民币分），页码7，按招标文件标准计算" in evaluation.draft


def test_every_published_factor_is_judged_once_and_no_other() -> None:
    assert refused(one(said("payment", 0), said("early", 0), said("brand", 1))).code == "factor-unpublished"
    assert refused(one(said("payment", 0))).found["missing"] == ["early"]
    assert refused(one(said("payment", 0), said("payment", 0))).code == "factors-incomplete"
    assert refused(one(said("payment", 1)), seated(EngLowestEvaluated())).code == "factor-unpublished"


@pytest.mark.parametrize(
    ("payment", "early", "fits"), [(50_000, -60_000, True), (50_001, 0, False), (-1, 0, False), (0, 1, False)]
)
def test_an_amount_stays_within_the_bounds_of_the_tender_document(
    payment: int, early: int, fits: bool
) -> None:
    command = one(said("payment", payment), said("early", early))
    if fits:
        at = seated()
        assert at.give(command, at.members[0])
    else:
        assert refused(command).code == "adjustment-out-of-bounds"


def test_something_of_the_price_is_left() -> None:
    at = seated(prices={"a": 50_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN})
    assert refused(one(said("payment", 0), said("early", -50_000)), at).code == "adjustments-eat-the-price"


def test_members_agree_on_every_amount_or_the_one_who_erred_corrects_it() -> None:
    """R-SCORE-05: nothing of a published standard is to be judged; what agrees stays as it is."""
    at = seated()
    for member in at.members[1:]:
        at.give(sheet(), member)
    erring = at.members[0]
    at.give(sheet({**AMOUNTS, "a": (20_000, 0)}), erring)
    with pytest.raises(OutOfOrder) as caught:
        at.give(c.Compile())
    assert caught.value.found == {"differing": [{"bidder": "a", "criterion": "payment"}]}
    with pytest.raises(Invalid, match="points-final"):
        at.give(sheet({**AMOUNTS, "b": (1, 0)}), erring)
    at.give(sheet(), erring)
    assert at.give(c.Compile())


@pytest.mark.parametrize(
    "factors",
    [
        (PAYMENT, PAYMENT),
        (replace(PAYMENT, title=" "),),
        (replace(PAYMENT, standard=""),),
        (replace(PAYMENT, id=""),),
        (replace(PAYMENT, least_fen=1, most_fen=1),),
    ],
)
def test_a_factor_without_name_standard_or_bounds_is_not_published(factors: tuple[PriceFactor, ...]) -> None:
    rules = choose(load_rulesets(), Regime.ENG, NOW)
    faults = formula_faults(EngLowestEvaluated(factors=factors), rules, LotObject.WORKS)
    assert faults == (FormulaFault.FACTORS_UNCLEAR,)
    assert formula_faults(FORMULA, rules, LotObject.WORKS) == ()
