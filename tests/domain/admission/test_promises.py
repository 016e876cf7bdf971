"""Deferrable documents and promises: R-NB-HM-01, R-NB-HM-02, R-NB-HM-03; F-56."""

from datetime import date, datetime
from typing import Any

import pytest

from bidding.domain.admission.catalogue import CATALOGUE, Need
from bidding.domain.admission.commands import KeepPromise, MarkPromises, Promise, VerifyPromise
from bidding.domain.admission.decide import DECIDERS, due
from bidding.domain.admission.events import PromiseBroken, PromiseKept
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.errors import Invalid, Refusal
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice import decide as notice
from bidding.domain.notice.terms import FORM
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.ruleset import choose
from bidding.domain.timeline import timeline
from bidding.domain.timeline.node import Light, Step
from tests.domain.lots import (
    RULESETS,
    admitted,
    at,
    booked,
    eng_filing,
    entries,
    facts,
    fold,
    noticed,
    publication,
    submitted,
)

DAY = date(2026, 3, 20)
PROMISE = Promise(item="price-limit", due=DAY, consequence="撤销受理")


def told(lot: Lot, command: Any, now: datetime | None = None) -> list[Event]:
    found: list[Event] = DECIDERS[type(command)](lot, command, facts(now=now or at(3)))
    return found


def give(lot: Lot, command: Any, now: datetime | None = None) -> Lot:
    return fold(lot, told(lot, command, now))


def refused(lot: Lot, command: Any, now: datetime | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        told(lot, command, now)
    return caught.value.code


def test_a_missing_secondary_document_is_accepted_with_a_clock() -> None:
    lot = give(admitted(), PROMISE)
    assert due(lot) == [("admission/mark-promises", end_of_day(DAY))]
    assert Promise.BINDING


@pytest.mark.parametrize("item", ["approval", "funding-proof", "planning-permit", FORM, "price", "signature"])
def test_main_items_and_whatever_belongs_to_a_bid_are_never_deferred(item: str) -> None:
    """R-NB-HM-03: the permit is none of the municipal category's items."""
    command = Promise(item=item, due=DAY, consequence="撤销受理")
    assert refused(admitted(), command) == "item-not-deferrable"


def test_no_catalogue_defers_bid_content() -> None:
    """招投条例 51: neither form, price, signature nor consortium agreement is an item that may follow."""
    codes = {one.code for items in CATALOGUE.values() for one in items if one.need is Need.DEFERRABLE}
    assert codes == {"price-limit", "sme-reservation", "planning-permit"}


def test_what_is_there_or_promised_or_past_is_not_promised() -> None:
    given = eng_filing(
        checklist=entries(
            "approval", "tender-scheme", "funding-proof", "agency-contract", "design", "price-limit"
        )
    )
    assert refused(submitted(given), PROMISE) == "item-provided"
    assert refused(give(admitted(), PROMISE), PROMISE) == "item-promised"
    assert refused(admitted(), PROMISE, at(20)) == "promise-day-past"
    assert refused(noticed(), PROMISE) == "wrong-phase"


def test_a_kept_promise_is_verified_and_its_clock_stops() -> None:
    lot = give(admitted(), PROMISE)
    assert refused(lot, VerifyPromise(item="price-limit", passed=True)) == "nothing-to-verify"
    keep = KeepPromise(item="price-limit", reference="18号")
    lot = give(lot, keep, at(19))
    assert due(lot) == []
    assert told(lot, MarkPromises(), at(21)) == []
    no = VerifyPromise(item="price-limit", passed=False)
    assert refused(lot, no) == "verification-without-reason"
    lot = give(lot, VerifyPromise(item="price-limit", passed=False, reason="未盖章"), at(19))
    assert due(lot), "what failed is owed again"
    lot = give(give(lot, keep, at(20)), VerifyPromise(item="price-limit", passed=True), at(20))
    assert refused(lot, keep) == "promise-ended"
    assert refused(lot, KeepPromise(item="design", reference="x")) == "no-such-promise"
    assert due(lot) == []


def test_a_broken_promise_revokes_the_acceptance() -> None:
    """R-NB-HM-02: before the notice nothing is published any more."""
    lot = give(booked(), PROMISE)
    assert told(lot, MarkPromises(), at(20, 23, 59)) == []
    (event,) = told(lot, MarkPromises(), at(21, 0, 0))
    assert isinstance(event, PromiseBroken)
    assert (event.item, event.by, event.consequence) == ("price-limit", "agency", "ACCEPTANCE_REVOKED")
    with pytest.raises(Invalid, match="promise-broken"):
        notice.publish(fold(lot, [event]), publication(), facts())
    assert due(fold(lot, [event])) == []


def test_after_the_notice_it_is_a_credit_record() -> None:
    lot = give(booked(), PROMISE)
    lot = fold(lot, notice.publish(lot, publication(), facts()))
    (event,) = told(lot, MarkPromises(), at(21, 0, 0))
    assert isinstance(event, PromiseBroken)
    assert event.consequence == "CREDIT_RECORD"


def test_what_comes_late_but_before_the_clock_looked_is_marked_late() -> None:
    (event,) = told(give(admitted(), PROMISE), KeepPromise(item="price-limit", reference="18号"), at(21))
    assert isinstance(event, PromiseKept)
    assert event.late


def test_the_timeline_reminds_three_days_before() -> None:
    """R-NB-HM-02, R-NB-ZX-02: the reminder is the node's yellow light."""
    lot = give(admitted(), PROMISE)
    rules = choose(RULESETS, Regime.ENG, at(3))

    def light(lot: Lot, now: datetime) -> Light:
        (one,) = [one for one in timeline(lot, rules, STATE_COUNCIL, now) if one.step is Step.PROMISE]
        assert one.about == "price-limit"
        return one.light

    assert [light(lot, at(day)) for day in (10, 18, 21)] == [Light.GREEN, Light.YELLOW, Light.RED]
    kept = give(lot, KeepPromise(item="price-limit", reference="18号"), at(19))
    assert light(kept, at(21)) is Light.GREEN
