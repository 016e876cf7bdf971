"""The opening in a terminal: everything public on one screen, also without colour; frames folded as they come."""

import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from rich.console import Console

from bidding.application.platform import described
from bidding.cli.hall import screen
from bidding.cli.telling import told
from bidding.cli.watch import Hall
from bidding.domain.disclosure import SPECTATOR, view, visible
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import SpareUse
from tests.domain.opening.hall import HOST, OFFICER, bidder
from tests.domain.opening.hall import Hall as Opening
from tests.domain.opening.test_record import eventful
from tests.domain.opening.test_rerun import decision, missing
from tests.domain.opening.test_spare import HANDED, accepted


@pytest.fixture(scope="module")
def story() -> list[Event]:
    """All public events of an opening that went through to the signed record."""
    hall = eventful()
    hall.sign(HOST)
    hall.sign(OFFICER)
    return [event for event in hall.events if visible(event, SPECTATOR)]


def printed(lot: Lot, last: str = "") -> str:
    console = Console(file=io.StringIO(), width=200, no_color=True)
    console.print(screen(lot, datetime(2026, 3, 31, 1, 30, tzinfo=UTC), last))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def test_a_finished_opening_shows_all_that_was_public(story: list[Event]) -> None:
    lot = view("lot-1", story, SPECTATOR)
    shown = printed(lot, "that was all")
    for entry in lot.opening.roll:
        assert entry.name in shown
    for wanted in ("announced", "¥", lot.opening.record_hash, "signed by", "that was all"):
        assert wanted in shown
    assert "\x1b" not in shown


def test_before_the_roll_nothing_tells_who_bids(story: list[Event]) -> None:
    end = next(number for number, event in enumerate(story) if event.TOPIC == "lot.submission-closed.v1")
    names = [entry.name for entry in view("lot-1", story, SPECTATOR).opening.roll]
    shown = printed(view("lot-1", story[:end], SPECTATOR))
    assert "deadline in" in shown
    assert not [name for name in names if name in shown]


def received(frame: dict[str, Any]) -> dict[str, Any]:
    """The frame as it comes out of a socket."""
    text: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(frame))
    return text


def state(story: list[Event], now: datetime) -> dict[str, Any]:
    lot = view("lot-1", story[:1], SPECTATOR)
    return received({"type": "state", "cursor": "feed", "position": 1, "now": now, "lot": lot})


async def test_frames_are_folded_into_the_very_lot_that_the_platform_shows(story: list[Event]) -> None:
    now = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
    hall = Hall()
    hall.take(state(story, now))
    for position, event in enumerate(story[1:], start=2):
        frame = {"type": "event", "position": position, "at": now, "event": described(event)}
        assert hall.take(received(frame)) == event
        assert hall.last
    assert hall.lot is not None
    assert hall.lot.opening == view("lot-1", story, SPECTATOR).opening
    assert hall.over
    assert hall.now is not None
    assert hall.now >= now


async def test_an_event_of_a_newer_platform_does_not_end_the_show(story: list[Event]) -> None:
    hall = Hall()
    now = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
    hall.take(state(story, now))
    before = hall.lot
    later = {"type": "event", "position": 9, "at": "x", "event": {"type": "lot.blockchain.v9", "height": 1}}
    assert hall.take(later) is None
    assert hall.lot == before


def test_every_event_of_an_opening_has_a_line_in_both_languages(
    story: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = view("lot-1", story, SPECTATOR)
    openings = [event for event in story if type(event).__module__ == "bidding.domain.opening.events"]
    assert len(openings) > 8
    for language in ("zh_CN.UTF-8", "en_US.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        for event in openings:
            assert event.TOPIC not in told(event, lot, "")


def test_a_spare_file_and_another_run_of_the_release_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-PAIN-05, R-OPEN-24: by the bidder's name, with the reason that was given."""
    hall = Opening(terms={"spare": SpareUse.OTHER_FAULT})
    hall.order("a", "b", "c")
    hall.release("a", "b")
    hall.end_window()
    hall.give(HANDED, bidder("c"))
    hall.give(accepted("c"), OFFICER)
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(substitute=""), OFFICER)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    lines = [told(event, hall.lot, "") for event in hall.events[-4:]]
    for line, wanted in zip(
        lines,
        (
            "c公司 brings its spare file: 解密服务中断",
            "spare file taken: c公司",
            "not published its form key",
            "run again",
        ),
        strict=True,
    ):
        assert wanted in line
