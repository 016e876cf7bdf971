"""R-SCORE-01, R-EVAL-03: what the browser's verifier of scores is held to is what the platform's own code makes, and
what supervision was shown is enough to compute all of it again."""

import pytest
from msgspec.structs import replace

from bidding.application.record.scores import brands_of
from bidding.domain.disclosure import visible
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.compiling import ranking_of, scored_prices
from bidding.domain.evaluation.signing import reported
from bidding.domain.lot import Lot, evolve
from tests.records import opened, pricing, scored

DESKS = dict(scored.desks())


def test_the_files_for_the_browser_are_the_ones_that_are_made() -> None:
    assert pricing.made() == pricing.FILE.read_bytes(), "run: python -m tests.records.pricing"
    assert scored.made() == scored.FILE.read_bytes(), "run: python -m tests.records.scored"
    assert opened.made() == opened.FILE.read_bytes(), "run: python -m tests.records.opened"


@pytest.mark.parametrize("name", DESKS)
def test_supervision_computes_scores_ranks_and_report_from_what_it_was_shown(name: str) -> None:
    """Sheets are revealed, not shown as they come in: corrections follow from two reveals (R-SCORE-05)."""
    at = DESKS[name]
    lot, again = scored.before(at), 0
    prices: e.PricesScored | None = None
    for event in at.events:
        if not visible(event, scored.SUPERVISOR):
            continue
        match event:
            case e.PricesScored():
                prices = event
                assert scored_prices(lot) == event
            case e.BidsRanked():
                assert prices is not None
                assert ranking_of(lot, prices) == event
                assert brands_of(lot) == lot.evaluation.same_brand
                assert brands_of(_otherwise(lot)) != _otherwise(lot).evaluation.same_brand or not brands_of(
                    lot
                )
            case e.EvaluationReported():
                assert reported(lot, event.at) == event
                again += 1
        lot = evolve(lot, event)
    assert again


def _otherwise(lot: Lot) -> Lot:
    """R-SCORE-05: the first bid that stands for its brand exchanged with one that does not."""
    turned = tuple(
        replace(one, kept=one.others[0], others=(one.kept, *one.others[1:]))
        for one in lot.evaluation.same_brand[:1]
    )
    settled = (*turned, *lot.evaluation.same_brand[1:])
    return replace(lot, evaluation=replace(lot.evaluation, same_brand=settled))
