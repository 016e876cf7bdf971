"""What the caller did not bring is its own fault and said so (``ValueError``); what the lot lacks is the actor's."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.application.rulesets import load_rulesets
from bidding.domain.bidfate import Decryption, decide_fate
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.command import Facts
from bidding.domain.committee import check_committee, must_extend
from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.drawing import pick
from bidding.domain.given import calendar_of, deadline_of, random_bytes, regime_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.periods import objection_until
from bidding.domain.opening.transcript import transcripts
from bidding.domain.periods import Unit, act_within, local_date
from bidding.domain.regime import Regime
from bidding.domain.ruleset import choose
from bidding.domain.scoring.exact import mean
from tests.domain.lots import AGENCY, NOW, noticed

BARE = Facts(now=NOW, actor=AGENCY)
LAW = choose(load_rulesets(), Regime.ENG, NOW)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: signed_of(BARE), "a binding command came without its signed statement"),
        (lambda: calendar_of(BARE), "this decision counts days: it needs the calendar"),
        (lambda: random_bytes(BARE, 1), "this decision needs random bytes"),
        (lambda: check_committee(LAW.committee, members=5, experts=6), "6 experts among 5 members"),
        (lambda: check_committee(LAW.committee, members=5, experts=-1), "-1 experts among 5 members"),
        (lambda: must_extend(LAW.committee, members=5, say_too_short=6), "6 voices of 5 members"),
        (lambda: must_extend(LAW.committee, members=5, say_too_short=-1), "-1 voices of 5 members"),
        (lambda: pick((), bytes), "nobody to draw from"),
        (lambda: mean([]), "the mean of no price"),
        (lambda: local_date(datetime(2026, 3, 2)), "a naive datetime has no date in Beijing time"),  # noqa: DTZ001  # that is the case
        (
            lambda: act_within(date(2026, 3, 2), -1, Unit.DAY, STATE_COUNCIL),
            "a period cannot be -1 days long",
        ),
        (lambda: transcripts(noticed()), "this lot draws nothing"),
        (
            lambda: objection_until(LAW, Lot(lot_id="lot-1").notice, STATE_COUNCIL),
            "only a noticed lot has a document to object to",
        ),
        (
            lambda: decide_fate(
                regime=Regime.ENG,
                deposit_held=False,
                deadline=NOW,
                uploads=(),
                pull_outs=(),
                decryption=Decryption(),
            ),
            "a bidder who never uploaded has no bid",
        ),
    ],
)
def test_the_callers_fault_is_named(asked: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=r".") as fault:
        asked()
    assert str(fault.value) == said


def test_the_bounds_themselves_are_no_fault() -> None:
    assert check_committee(LAW.committee, members=5, experts=5).ok
    assert not check_committee(LAW.committee, members=5, experts=0).ok
    assert must_extend(LAW.committee, members=5, say_too_short=5)
    assert not must_extend(LAW.committee, members=5, say_too_short=0)
    assert mean([Fraction(2), Fraction(4)]) == 3
    assert act_within(date(2026, 3, 2), 0, Unit.DAY, STATE_COUNCIL).last_day == date(2026, 3, 2)
    assert local_date(datetime(2026, 3, 2, 16, tzinfo=UTC)) == date(2026, 3, 3)


@pytest.mark.parametrize("asked", [terms_of, deadline_of, regime_of])
def test_what_only_a_notice_gives_waits_for_it(asked: Callable[[Lot], Any]) -> None:  # R-STATE-01
    with pytest.raises(OutOfOrder) as refused:
        asked(replace(Lot(lot_id="lot-1"), phase=Phase.ADMITTED))
    assert (refused.value.code, refused.value.rule) == ("wrong-phase", "R-STATE-01")
    assert refused.value.found == {"phase": "admitted", "needed": ["noticed"]}
    assert asked(noticed()) is not None
