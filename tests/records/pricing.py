"""Prices scored by the platform's own library, line by line, for the browser's engine to be compared with
(R-SCORE-01): ``python -m tests.records.pricing`` writes them."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bidding.domain.errors import Refusal
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
    Rounding,
    RoundingMode,
    Sme,
    Stacking,
    Step,
    TrimPolicy,
    score_prices,
)
from bidding.domain.scoring.formula import Base
from tests.domain.rules.test_derivations import CASES, Case

FILE = Path(__file__).parents[1] / "vectors" / "scores" / "prices.json"
#: Of each kind of formula, beside the cases that people read (``derivations.txt``).
DRAWN_AT_RANDOM = 12
#: The last of each is outside its set, or is missing.
KS, ALPHAS, BETAS = ("0.01", "0.015", "0.020"), ("0", "0.02"), ("0.03", "0.055")


def cases() -> Iterator[tuple[str, Case]]:
    yield from CASES.items()
    chance = random.Random("R-SCORE-01")
    for number in range(5 * DRAWN_AT_RANDOM):
        draws = Draws(
            k=chance.choice((*KS, "0.02", None)),
            alpha=chance.choice(ALPHAS),
            beta=chance.choice((*BETAS, "1")),
        )
        limit = chance.choice((None, "1000", "1050.5"))
        yield f"by chance {number + 1}", (_formula(chance, number % 5), _offers(chance), limit, draws)


def _formula(chance: random.Random, kind: int) -> PriceFormula:
    deductions = Deductions(
        small_micro=chance.choice(("0.10", "0.2")),
        consortium=chance.choice(("0", "0.04")),
        domestic=chance.choice(("0", "0.20", "0.8")),
        stacking=chance.choice(tuple(Stacking)),
        domestic_only_if_mixed=chance.random() < 0.7,
        sme_reserved=chance.random() < 0.2,
    )
    base, rounding = _base(chance), _rounding(chance)
    by_deviation: dict[str, Any] = {
        "base": base,
        "e1": chance.choice(("1.2", "0.35")),
        "e2": "0.3",
        "full": chance.choice(("100", "60")),
        "floor": chance.choice((None, "0", "40.5")),
        "rounding": rounding,
    }
    formulas: tuple[PriceFormula, ...] = (
        LowPriceFirst(weight=chance.choice(("30", "12.5")), deductions=deductions, rounding=rounding),
        GpLowestEvaluated(deductions=deductions),
        EngLowestEvaluated(),
        Deviation(**by_deviation),
        ReasonableLow(**by_deviation),
    )
    return formulas[kind]


def _base(chance: random.Random) -> Base:
    rounding = chance.choice((None, _rounding(chance)))
    factors: tuple[FixedFloat | DrawnReduction | None, ...] = (
        None,
        FixedFloat(f=chance.choice(("-0.05", "0.015"))),
        DrawnReduction(choices=KS),
    )
    mean = MeanBase(trim=chance.choice(tuple(TrimPolicy)), factor=chance.choice(factors), rounding=rounding)
    mixed = MixedBase(alpha_choices=ALPHAS, beta_choices=BETAS, cut="0.95", rounding=rounding)
    bases: tuple[Base, ...] = (mixed, mean, mean, GivenBase(value="940.5"))
    return chance.choice(bases)


def _rounding(chance: random.Random) -> Rounding:
    return Rounding(digits=chance.choice((0, 1, 2, 4)), mode=chance.choice(tuple(RoundingMode)))


def _offers(chance: random.Random) -> list[Offer]:
    """Prices often equal, and now and then one that nothing is left of."""
    found = []
    for number in range(chance.randint(3, 7)):
        amount = str(chance.choice((-25, 0, 40, -5000 if chance.random() < 0.1 else 12)))
        found.append(
            Offer(
                bid=chr(65 + number),
                price=chance.choice(("980", "1000", "1000.01", str(chance.randint(700, 1100)))),
                compliant=chance.random() < 0.9,
                sme=chance.choice(tuple(Sme)),
                domestic=chance.random() < 0.5,
                adjustment=amount,
                adjusted_by=(Step(text="付款条件", value=amount),) if amount != "0" else (),
            )
        )
    return found


def _found(case: Case) -> dict[str, Any]:
    formula, offers, limit, draws = case
    try:
        found: dict[str, Any] = msgspec.to_builtins(score_prices(formula, offers, limit=limit, draws=draws))
    except Refusal as refusal:
        return {"error": refusal.code}
    except ValueError:
        return {"error": ""}
    return found


def made() -> bytes:
    told = [
        {
            "name": name,
            "formula": msgspec.to_builtins(case[0]),
            "offers": msgspec.to_builtins(case[1]),
            "limit": case[2],
            "draws": {key: value for key, value in msgspec.to_builtins(case[3]).items() if value is not None},
            "found": _found(case),
        }
        for name, case in cases()
    ]
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in told)
    return ('{"cases":[\n' + ",\n".join(lines) + "\n]}\n").encode()


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(made())
