"""What a price formula does to sample prices, before it stands in a tender document (R-SCORE-01)."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta

from bidding.api.bodies import body_of
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer, json_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import GpRules, choose
from bidding.domain.scoring import (
    DecimalText,
    DrawPool,
    Draws,
    FormulaFault,
    Offer,
    PriceFormula,
    PriceScores,
    formula_faults,
    pools_of,
    score_prices,
)

router = APIRouter(prefix="/formulas", tags=[tag("notice")])

#: Exact fractions of many prices grow long: a sample is a sample.
MOST = 50


class AskPreview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``offers``: sample prices in one unit; ``limit``: 最高投标限价 in the same unit; ``draws``: if any are drawn."""

    regime: Regime
    object: LotObject
    formula: PriceFormula
    offers: Annotated[tuple[Offer, ...], Meta(min_length=1, max_length=MOST)]
    limit: DecimalText | None = None
    draws: Draws = Draws()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """``faults``: what keeps the formula from being published under the rules in force now.

    ``pools``: what the rule of its draw must declare, for a formula that draws coefficients (R-DRAW-02).
    """

    faults: tuple[FormulaFault, ...]
    ruleset: str
    result: PriceScores
    pools: tuple[DrawPool, ...] = ()


SAMPLE: dict[str, Any] = {
    "regime": "ENG",
    "object": "WORKS",
    "formula": {
        "kind": "deviation",
        "base": {"kind": "mean", "trim": "TRIM-A", "factor": {"kind": "fixed-float", "f": "-0.03"}},
        "e1": "0.3",
        "e2": "0.2",
        "full": "60",
    },
    "offers": [{"bid": "1", "price": "2688"}, {"bid": "2", "price": "2655"}, {"bid": "3", "price": "2701"}],
    "limit": "2800",
}


@router.post(
    "/preview",
    summary="Scores of sample prices · 报价得分试算",
    responses=json_answer(Preview),
    openapi_extra=json_body(AskPreview, SAMPLE),
)
async def preview(request: Request, actor: Acting, found: AtDesks) -> Response:
    """The scores that the evaluation would compute, each with its derivation. Nothing is recorded."""
    asked = await body_of(request, AskPreview)
    rules = choose(found.platform.rulesets, asked.regime, found.platform.clock.now())
    fewest = {"min_valid": rules.counts.min_suppliers.n} if isinstance(rules, GpRules) else {}
    answer = Preview(
        faults=formula_faults(asked.formula, rules, asked.object),
        ruleset=rules.version,
        pools=pools_of(asked.formula),
        result=score_prices(asked.formula, asked.offers, limit=asked.limit, draws=asked.draws, **fewest),
    )
    return Response(msgspec.json.encode(answer), media_type="application/json")
