"""R-CRED-01, F-43: the devices that a bid is sealed to, and whether they will still open it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bidding.domain.bid.decide import watch_devices
from bidding.domain.bid.devices import MARGIN, AlarmKind, device_alarms, unproved
from bidding.domain.bid.events import CredentialAlarmRaised, CredentialReminded
from bidding.domain.bid.reminding import remind_of_devices
from bidding.domain.command import Facts
from bidding.domain.parties import PLATFORM
from bidding.domain.registration.state import Credential
from tests.domain.opening.hall import MS, T0, Hall, bidder


def device(name: str, **changed: Any) -> Credential:
    return Credential(
        **{
            "credential": name,
            "signing_key": f"{name}/sign",
            "certificate": "c",
            "opening_key": f"{name}/open",
            "opening_certificate": "o",
            "label": name,
            **changed,
        }
    )


def alarms(*devices: Credential, to: tuple[str, ...] = ("pc/open",)) -> tuple[list[tuple[str, str]], bool]:
    found = device_alarms(to, devices, T0)
    return [(one.kind.value, one.credential) for one in found.alarms], found.must_reseal


def test_a_sound_device_raises_nothing() -> None:
    assert alarms(device("pc", expires_at=T0 + MARGIN + MS)) == ([], False)
    assert alarms(device("pc")) == ([], False)  # bound before its end was recorded


def test_a_certificate_must_last_a_day_beyond_the_deadline() -> None:
    assert alarms(device("pc", expires_at=T0 + MARGIN)) == ([("EXPIRES", "pc")], True)
    (alarm,) = device_alarms(("pc/open",), [device("pc", expires_at=T0 + MARGIN)], T0).alarms
    assert alarm.until == T0 + MARGIN


def test_a_renewed_certificate_with_an_old_bid_is_told() -> None:  # F-43
    old, renewed = device("pc", revoked="续办"), device("pc-2")
    assert alarms(old, renewed) == ([("REVOKED", "pc"), ("NOT_SEALED_TO", "pc-2")], True)


def test_while_another_device_opens_it_nothing_must_be_sealed_again() -> None:
    phone = device("phone", revoked="丢失")
    assert alarms(device("pc"), phone, to=("pc/open", "phone/open")) == ([("REVOKED", "phone")], False)
    assert alarms(device("pc"), device("phone")) == ([("NOT_SEALED_TO", "phone")], False)


def test_a_device_that_is_neither_used_nor_counts_is_nobodys_trouble() -> None:
    assert alarms(device("pc"), device("phone", revoked="丢失")) == ([], False)


def test_keys_of_another_suite_than_the_bids_are_not_missed() -> None:
    key = device("gm", suite="gm-1")
    assert alarms(device("pc"), key, to=("gm/open",)) == ([], False)
    assert alarms(device("pc"), key, device("pad", suite="gm-1"), to=("gm/open",)) == (
        [("NOT_SEALED_TO", "pad")],
        False,
    )


def test_a_bid_of_before_the_guard_is_not_judged() -> None:
    assert alarms(device("pc", revoked="x"), to=()) == ([], False)


@pytest.fixture
def hall() -> Hall:
    at = Hall()
    at.submit("a", recipients=("pc/open",))
    return at


def watch(at: Hall, *devices: Credential) -> list[Any]:
    facts = Facts(now=at.now, actor=bidder("a"))
    events = watch_devices(at.lot, facts, bid=at.bid("a"), credentials=devices)
    at.store(*events)
    return list(events)


def test_an_alarm_is_raised_when_it_changes_and_taken_back_when_all_is_well(hall: Hall) -> None:
    before = hall.lot
    assert watch(hall, device("pc")) == []
    (raised,) = watch(hall, device("pc", revoked="丢失"))
    assert isinstance(raised, CredentialAlarmRaised)
    assert (raised.alarms[0].kind, raised.must_reseal) == (AlarmKind.REVOKED, True)
    assert frozenset() == raised.AUDIENCE  # its bidder reads it in its own view, nobody else anywhere
    assert watch(hall, device("pc", revoked="丢失")) == []
    (over,) = watch(hall, device("pc"))
    assert (over.alarms, over.must_reseal) == ((), False)
    assert hall.lot == before  # R-GEN-04


def test_without_a_bid_or_after_the_deadline_there_is_nothing_to_seal_again(hall: Hall) -> None:
    bad = device("pc", revoked="丢失")
    assert (
        watch_devices(hall.lot, Facts(now=hall.now, actor=bidder("b")), bid=hall.bid("b"), credentials=[bad])
        == []
    )
    hall.now = T0
    assert watch(hall, bad) == []
    hall.now = T0 - timedelta(minutes=1)
    assert len(watch(hall, bad)) == 1
    hall.withdraw("a")
    assert watch(hall, device("pc")) == []


# The daily reminder


def remind(at: Hall, *devices: Credential) -> list[Any]:
    events = remind_of_devices(
        at.lot, Facts(now=at.now, actor=PLATFORM), bid=at.bid("a"), credentials=devices
    )
    at.store(*events)
    return [one for one in events if isinstance(one, CredentialReminded)]


def test_a_bidder_is_reminded_once_a_day_until_it_seals_again(hall: Hall) -> None:
    hall.now = T0 - timedelta(days=3)
    ending = device("pc", expires_at=T0 + MARGIN)
    (first,) = remind(hall, ending)
    assert ([one.kind for one in first.alarms], first.must_reseal) == ([AlarmKind.EXPIRES], True)
    assert remind(hall, ending) == []
    hall.now += timedelta(days=1)
    (second,) = remind(hall, ending)
    assert second.day == first.day + timedelta(days=1)
    hall.submit("a", recipients=("pc-2/open",))
    hall.now += timedelta(days=1)
    assert remind(hall, ending, device("pc-2")) == []


def test_the_day_is_the_one_in_beijing(hall: Hall) -> None:
    hall.now = datetime(2026, 6, 5, 15, 59, tzinfo=UTC)
    revoked = device("pc", revoked="续办")
    assert [one.day.day for one in remind(hall, revoked)] == [5]
    hall.now += timedelta(minutes=1)
    assert [one.day.day for one in remind(hall, revoked)] == [6]


def test_a_further_device_is_no_reason_to_remind_anybody(hall: Hall) -> None:
    assert remind(hall, device("pc"), device("phone")) == []
    (told,) = remind(hall, device("pc", revoked="x"), device("phone"))
    assert [one.kind for one in told.alarms] == [AlarmKind.REVOKED]


def test_nobody_is_reminded_of_what_can_no_longer_be_mended(hall: Hall) -> None:
    hall.now = T0
    assert remind(hall, device("pc", revoked="x")) == []
    hall.now = T0 - timedelta(days=1)
    hall.withdraw("a")
    assert remind(hall, device("pc", revoked="x")) == []


def test_the_reminder_names_nobody_to_anybody_else(hall: Hall) -> None:
    """R-GEN-04: it stands in the bidder's own stream, which has no audience, and the lot stays as it was."""
    before = hall.lot
    (told,) = remind(hall, device("pc", revoked="x"))
    assert frozenset() == told.AUDIENCE
    assert hall.lot == before


# The trial (R-CRED-03)


def test_nothing_is_sealed_to_a_device_that_has_not_passed_its_trial() -> None:
    proved, untried = device("pc", proved_at=T0), device("phone")
    assert unproved(("pc/open",), [proved, untried]) == ()
    assert unproved(("pc/open", "phone/open"), [proved, untried]) == ("phone",)


def test_a_printed_code_needs_no_trial_but_cannot_be_all_that_opens_a_bid() -> None:
    printed = device("code", signing_key="", recovery=True)
    proved = device("pc", proved_at=T0)
    assert unproved(("pc/open", "code/open"), [proved, printed]) == ()
    assert unproved(("code/open",), [proved, printed]) == ("code",)
