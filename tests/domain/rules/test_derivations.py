"""Every score says how it came about, line by line (R-SCORE-01): ``derivations.txt``, read as a bidder would.

``python -m tests.domain.rules.test_derivations`` writes them anew; read the diff.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bidding.domain.scoring import (
    Deductions,
    Deviation,
    DrawnReduction,
    Draws,
    EngLowestEvaluated,
    FixedFloat,
    GivenBase,
    GpLowestEvaluated,
    LowPriceFirst,
    MeanBase,
    MixedBase,
    Offer,
    PriceFormula,
    ReasonableLow,
    Sme,
    Stacking,
    Step,
    TrimPolicy,
    score_prices,
)

FILE = Path(__file__).with_name("derivations.txt")
PRICES = ("900", "850", "800", "780.55", "1000", "1000.01")
OFFERS = [Offer(bid=chr(65 + n), price=price) for n, price in enumerate(PRICES)]
PREFERRED = [
    Offer(bid="A", price="900", sme=Sme.SMALL_MICRO),
    Offer(bid="B", price="850", domestic=True),
    Offer(bid="C", price="870", sme=Sme.CONSORTIUM, domestic=True),
    Offer(bid="D", price="700", compliant=False),
    Offer(bid="E", price="1001"),
]
DEDUCTIONS = Deductions(small_micro="0.10", consortium="0.04", domestic="0.20")
MANY = [Offer(bid=f"{n:02}", price=str(1000 - 7 * n)) for n in range(12)]
ADJUSTED = [
    Offer(bid="A", price="900", adjustment="20", adjusted_by=(Step(text="质保期", value="20"),)),
    Offer(bid="B", price="905", adjustment="-10"),
    Offer(bid="C", price="1000.01"),
]
LIMIT = "1000"

Case = tuple[PriceFormula, list[Offer], str | None, Draws]
CASES: dict[str, Case] = {
    "low price first, deductions added": (
        LowPriceFirst(weight="30", deductions=DEDUCTIONS),
        PREFERRED,
        LIMIT,
        Draws(),
    ),
    "low price first, all over the budget": (LowPriceFirst(weight="30"), PREFERRED, "1", Draws()),
    "low price first, one over the budget, two too few": (
        LowPriceFirst(weight="30"),
        PREFERRED[:3],
        "860",
        Draws(),
    ),
    **{
        f"lowest evaluated, {stacking.value}": (
            GpLowestEvaluated(
                deductions=Deductions(
                    small_micro="0.10", consortium="0.04", domestic="0.20", stacking=stacking
                )
            ),
            PREFERRED,
            LIMIT,
            Draws(),
        )
        for stacking in Stacking
    },
    "reserved for small enterprises": (
        GpLowestEvaluated(deductions=Deductions(small_micro="0.10", domestic="0.20", sme_reserved=True)),
        PREFERRED,
        LIMIT,
        Draws(),
    ),
    "lowest evaluated price of works": (EngLowestEvaluated(), ADJUSTED, LIMIT, Draws()),
    "lowest evaluated price, all rejected": (EngLowestEvaluated(), ADJUSTED, "1", Draws()),
    "lowest evaluated price without a limit": (EngLowestEvaluated(), ADJUSTED, None, Draws()),
    **{
        f"deviation from the mean, {trim.value}": (
            Deviation(base=MeanBase(trim=trim), e1="1", e2="0.5"),
            MANY,
            LIMIT,
            Draws(),
        )
        for trim in TrimPolicy
    },
    "deviation, given base, floor": (
        Deviation(base=GivenBase(value="850"), e1="10", e2="5", floor="60"),
        OFFERS,
        LIMIT,
        Draws(),
    ),
    "deviation, fixed float": (
        Deviation(
            base=MeanBase(trim=TrimPolicy.ALL, factor=FixedFloat(f="0.98")), e1="1", e2="0.5", full="60"
        ),
        OFFERS,
        LIMIT,
        Draws(),
    ),
    "deviation, drawn reduction": (
        Deviation(
            base=MeanBase(trim=TrimPolicy.ALL, factor=DrawnReduction(choices=("0.01", "0.02"))),
            e1="1",
            e2="1",
        ),
        OFFERS,
        LIMIT,
        Draws(k="0.02"),
    ),
    "reasonable low price, mixed base": (
        ReasonableLow(
            base=MixedBase(alpha_choices=("0.01", "0.02"), beta_choices=("0.03", "0.05")), e1="1.2", e2="0.8"
        ),
        OFFERS,
        LIMIT,
        Draws(alpha="0.02", beta="0.03"),
    ),
    "reasonable low price, all over the limit": (
        ReasonableLow(base=MeanBase(trim=TrimPolicy.ALL), e1="1.2", e2="0.8", floor="0"),
        OFFERS,
        "1",
        Draws(),
    ),
}


def lines(case: Case) -> Iterator[str]:
    formula, offers, limit, draws = case
    found = score_prices(formula, offers, limit=limit, draws=draws)
    yield f"{found.decision.value} base {found.base} rejected {' '.join(found.rejected) or '-'}"
    yield from (f"  {step.text} = {step.value}" for step in found.base_derivation)
    for one in found.scores:
        yield f"  {one.bid}: evaluated {one.evaluated} score {one.score}"
        yield from (f"    {step.text} = {step.value}" for step in one.derivation)


def recorded() -> dict[str, str]:
    blocks = FILE.read_text("utf-8").split("\n\n") if FILE.exists() else []
    return dict(block.strip().split("\n", 1) for block in blocks)


@pytest.mark.parametrize("name", CASES)
def test_a_score_is_derived_line_by_line(name: str) -> None:
    assert "\n".join(lines(CASES[name])) == recorded()[name]


if __name__ == "__main__":
    FILE.write_text(
        "\n\n".join("\n".join((name, *lines(case))) for name, case in CASES.items()) + "\n", "utf-8"
    )
