"""R-DOC-02 (招投条例 15, 63): one alarm for each other thing that a medium comes to show, and its end."""

import pytest

from bidding.domain.command import Facts
from bidding.domain.errors import OutOfOrder
from bidding.domain.lot import Lot, evolve
from bidding.domain.media.commands import ReportEcho
from bidding.domain.media.decide import report_echo
from bidding.domain.media.events import EchoAltered, EchoRestored
from bidding.domain.parties import PLATFORM
from tests.domain.opening.hall import T0

TRUE, OTHER, THIRD = "aa" * 32, "bb" * 32, "cc" * 32


def report(lot: Lot, shown: str, *, medium: str = "m", item: str = "n") -> Lot:
    command = ReportEcho(medium=medium, item=item, kind="notice", hash=TRUE, shown=shown)
    for event in report_echo(lot, command, Facts(now=T0, actor=PLATFORM)):
        lot = evolve(lot, event)
    return lot


def test_what_is_shown_as_published_is_nothing_to_report() -> None:
    with pytest.raises(OutOfOrder) as refused:
        report(Lot(lot_id="lot-1"), TRUE)
    assert (refused.value.code, refused.value.rule) == ("echo-known", "R-DOC-02")


def test_the_same_alteration_is_reported_once_and_another_one_again() -> None:
    lot = report(Lot(lot_id="lot-1"), OTHER)
    with pytest.raises(OutOfOrder):
        report(lot, OTHER)
    (known,) = report(lot, THIRD).media.altered
    assert (known.shown, known.since) == (THIRD, T0)


def test_the_end_of_one_alteration_leaves_the_others() -> None:
    lot = report(report(report(Lot(lot_id="lot-1"), OTHER), OTHER, medium="x"), OTHER, item="c")
    lot = report(lot, TRUE)
    assert [(one.medium, one.item) for one in lot.media.altered] == [("x", "n"), ("m", "c")]


def test_the_events_say_what_was_published_and_what_is_shown() -> None:
    lot = Lot(lot_id="lot-1")
    command = ReportEcho(medium="m", item="n", kind="notice", hash=TRUE, shown=OTHER)
    facts = Facts(now=T0, actor=PLATFORM)
    (alarm,) = report_echo(lot, command, facts)
    assert alarm == EchoAltered(medium="m", item="n", kind="notice", hash=TRUE, shown=OTHER, at=T0)
    back = ReportEcho(medium="m", item="n", kind="notice", hash=TRUE, shown=TRUE)
    assert report_echo(evolve(lot, alarm), back, facts) == [
        EchoRestored(medium="m", item="n", kind="notice", hash=TRUE, at=T0)
    ]
