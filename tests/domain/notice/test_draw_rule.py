"""The rule of a draw in the notice: R-DRAW-02, R-SCORE-12, R-SCORE-13."""

from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.errors import Forbidden, OutOfOrder
from bidding.domain.event import SignedAct
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice import decide
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening import commands as c
from bidding.domain.opening.drawing import anchor_draw
from bidding.domain.opening.events import DrawAnchored
from bidding.domain.parties import Actor, Role
from bidding.domain.scoring import (
    Coefficient,
    Deviation,
    DrawnReduction,
    DrawPool,
    DrawRule,
    MeanBase,
    MixedBase,
    Source,
    TrimPolicy,
    pools_of,
)
from tests.domain.lots import NOW, booked, company_filing, facts, noticed, publication, terms
from tests.domain.notice.test_terms import eng

ANCHOR, OTHER = "A" * 43, "B" * 42 + "A"
OFFICER = Actor(party="supervisor", roles=frozenset({Role.SUPERVISOR}))
K = Deviation(
    base=MeanBase(trim=TrimPolicy.ALL, factor=DrawnReduction(choices=("0.02", "0.01"))), e1="1", e2="0.5"
)
MIXED = Deviation(base=MixedBase(alpha_choices=("0", "0.01"), beta_choices=("0.03",)), e1="1", e2="0.5")


def rule(formula: Deviation = K, **changes: Any) -> DrawRule:
    return replace(DrawRule(pools=pools_of(formula), anchor=ANCHOR, reveal_minutes=10), **changes)


def anchored(lot: Lot | None = None, anchor: str = ANCHOR) -> Lot:
    lot = lot or booked(company_filing())
    (event,) = anchor_draw(lot, c.AnchorDraw(anchor=anchor), supervisors())
    return evolve(lot, event)


def supervisors(actor: Actor = OFFICER) -> Facts:
    return replace(facts(), actor=actor, now=NOW, signed=SignedAct(statement="{}", signature="c2ln"))


def publish(lot: Lot, formula: Deviation, draw: DrawRule | None, **changes: Any) -> NoticePublished:
    own = terms(document_says_no_deposit=False, price_formula=formula, draw=draw)
    events = decide.publish(lot, publication(text="现公开招标。", terms=own, **changes), facts())
    return next(event for event in events if isinstance(event, NoticePublished))


def test_a_formula_that_draws_is_published_with_its_rule() -> None:
    published = publish(anchored(), K, rule())
    assert published.terms.draw is not None
    (pool,) = published.terms.draw.pools
    assert (pool.coefficient, pool.values) == (Coefficient.K, ("0.01", "0.02"))


def test_two_coefficients_have_a_pool_each() -> None:
    assert [pool.coefficient for pool in pools_of(MIXED)] == [Coefficient.ALPHA, Coefficient.BETA]
    assert publish(anchored(), MIXED, rule(MIXED), price_limit_fen=11_000_000_00).terms.draw is not None


def test_the_chain_is_the_supervisors() -> None:
    for lot, anchor in ((booked(company_filing()), ANCHOR), (anchored(), OTHER)):
        with pytest.raises(Exception, match="draw-anchor-missing"):
            publish(lot, K, rule(anchor=anchor))


def test_a_later_head_replaces_an_earlier_one_until_the_notice() -> None:
    lot = anchored(anchored(), OTHER)
    assert publish(lot, K, rule(anchor=OTHER)).terms.draw is not None
    with pytest.raises(OutOfOrder):
        anchored(noticed())


def test_a_host_gives_no_head_of_a_chain() -> None:
    both = Actor(party="agency", roles=frozenset({Role.AGENCY, Role.SUPERVISOR}))
    lot = booked(company_filing())
    lot = replace(lot, admission=replace(lot.admission, host="agency"))
    with pytest.raises(Forbidden):
        anchor_draw(lot, c.AnchorDraw(anchor=ANCHOR), supervisors(both))


def test_the_head_is_shown_to_the_offices_before_the_notice() -> None:
    """A public event would tell the world of a lot that is not noticed yet."""
    assert DrawAnchored.AUDIENCE
    assert not any(one.value == "anyone" for one in DrawAnchored.AUDIENCE)


def test_a_mixed_base_needs_a_price_limit() -> None:
    lot = anchored()
    lot = replace(lot, admission=replace(lot.admission, price_limit_fen=None))
    with pytest.raises(Exception, match="mixed-base-needs-limit"):
        publish(lot, MIXED, rule(MIXED))


@pytest.mark.parametrize(
    "draw",
    [
        rule(pools=()),
        rule(pools=(DrawPool(coefficient=Coefficient.K, values=("0.01", "0.02"), sha256="00" * 32),)),
        rule(order=(Source.AGENCY, Source.SUPERVISOR, Source.BIDDERS, Source.BEACON, Source.RESERVE)),
        rule(MIXED),
    ],
)
def test_a_rule_that_is_not_the_formulas_is_refused(draw: DrawRule) -> None:
    assert eng(price_formula=K, draw=draw) == "draw-rule-differs"


@pytest.mark.parametrize("choices", [("0.02", "0.020"), ("-0.01", "0"), ("1", "0.5")])
def test_choices_are_different_numbers_that_reduce(choices: tuple[str, ...]) -> None:
    formula = replace(K, base=replace(K.base, factor=DrawnReduction(choices=choices)))
    assert eng(price_formula=formula, draw=rule(formula)) == "draw-choices-unlawful"


def test_a_formula_that_draws_nothing_has_no_rule() -> None:
    assert eng(draw=rule()) == "nothing-to-draw"
