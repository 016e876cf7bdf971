"""Picture, shared desktop and voice in the hall: R-ROOM-01, R-ROOM-03, R-ROOM-05."""

from datetime import timedelta
from typing import Any

import pytest

from bidding.domain.bid import commands as b
from bidding.domain.control import commands as k
from bidding.domain.disclosure import SPECTATOR, view, visible
from bidding.domain.errors import Conflicting, Forbidden, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.opening import commands as c
from bidding.domain.opening import onair as e
from bidding.domain.opening.broadcasting import LONGEST, MOST, due, recordings, require_on_air, unkept
from bidding.domain.parties import PLATFORM, Actor
from bidding.domain.permissions import standings
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, MS, OFFICER, T0, Hall, bidder

HOUR = timedelta(hours=1)
CAMERA = c.StartBroadcast(source="camera", notice="recording-is-public")
KEPT: dict[str, Any] = {"sha256": "ab" * 32, "length": 3, "pieces": 2}


def early() -> Hall:
    """The room is open, and nobody knows who bids."""
    hall = Hall()
    hall.now = T0 - HOUR
    return hall


def signed_in(*names: str) -> Hall:
    """The roll is public; of "a", "b", "c" those named have signed in."""
    hall = Hall()
    for name in ("a", "b", "c"):
        hall.submit(name)
    hall.now = T0 - 30 * MINUTE
    for name in names:
        hall.give(b.SignIn(), bidder(name))
    hall.order()
    return hall


# -- R-ROOM-01: the host's broadcast ----------------------------------------------------------------------


def test_the_host_broadcasts_to_everybody_from_a_day_before() -> None:
    hall = Hall()
    hall.now = T0 - 24 * HOUR - MS
    with pytest.raises(TooEarly, match="room-not-open"):
        hall.give(CAMERA, HOST)
    hall.now += MS
    (event,) = hall.give(CAMERA, HOST)
    assert isinstance(event, e.BroadcastStarted)
    assert visible(event, SPECTATOR)
    assert event.until == hall.now + LONGEST
    (shown,) = view("lot-1", hall.events, SPECTATOR).opening.broadcasts
    assert (shown.number, shown.source, shown.by, shown.ended_at) == (1, "camera", "agency", None)


@pytest.mark.parametrize("actor", [OFFICER, CENTRE, bidder("a")])
def test_nobody_else_does(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        early().give(CAMERA, actor)


def test_another_ends_the_one_that_runs_as_after_a_reload() -> None:
    hall = early()
    hall.give(CAMERA, HOST)
    ended, begun = hall.give(c.StartBroadcast(source="desktop", notice="recording-is-public"), HOST)
    assert isinstance(ended, e.BroadcastEnded)
    assert isinstance(begun, e.BroadcastStarted)
    assert (ended.number, ended.reason, begun.number, begun.source) == (1, "replaced", 2, "desktop")


def test_the_host_stops_half_way_and_only_what_runs() -> None:
    hall = early()
    with pytest.raises(OutOfOrder, match="no-broadcast"):
        hall.give(c.EndBroadcast(), HOST)
    hall.give(CAMERA, HOST)
    (event,) = hall.give(c.EndBroadcast(), HOST)
    assert isinstance(event, e.BroadcastEnded)
    assert event.reason == "host"
    assert visible(event, SPECTATOR)
    with pytest.raises(OutOfOrder, match="no-broadcast"):
        hall.give(c.EndBroadcast(), HOST)


def test_one_that_is_forgotten_ends_by_itself() -> None:
    hall = early()
    hall.give(CAMERA, HOST)
    ends = hall.now + LONGEST
    assert due(hall.lot) == [(c.EndBroadcast.NAME, ends)]
    hall.now = ends - MS
    with pytest.raises(TooEarly, match="still-on-air"):
        hall.give(c.EndBroadcast(), PLATFORM)
    hall.now = ends
    (event,) = hall.give(c.EndBroadcast(), PLATFORM)
    assert isinstance(event, e.BroadcastEnded)
    assert event.reason == "time"
    assert due(hall.lot) == []


def test_what_a_lot_may_fill_of_the_store_has_an_end() -> None:
    hall = early()
    for _ in range(MOST):
        hall.give(CAMERA, HOST)
    with pytest.raises(TooLate, match="too-many-broadcasts"):
        hall.give(CAMERA, HOST)


def test_a_suspended_opening_may_be_explained_on_the_air() -> None:  # R-PLAT-11
    hall = signed_in()
    hall.give(k.Suspend(reason="收到投诉", order="暂停令1号"), OFFICER)
    hall.give(CAMERA, HOST)
    hall.give(c.EndBroadcast(), HOST)


def test_only_its_own_host_sends_and_only_while_it_runs() -> None:
    hall = early()
    with pytest.raises(Unknown, match="no-such-broadcast"):
        require_on_air(hall.lot, "broadcasts", 1, HOST, hall.now)
    hall.give(CAMERA, HOST)
    require_on_air(hall.lot, "broadcasts", 1, HOST, hall.now)
    for actor in (OFFICER, bidder("a")):
        with pytest.raises(Forbidden, match="not-on-air"):
            require_on_air(hall.lot, "broadcasts", 1, actor, hall.now)
    with pytest.raises(TooLate, match="broadcast-over"):
        require_on_air(hall.lot, "broadcasts", 1, HOST, hall.now + LONGEST)
    hall.give(c.EndBroadcast(), HOST)
    with pytest.raises(TooLate, match="broadcast-over"):
        require_on_air(hall.lot, "broadcasts", 1, HOST, hall.now)


# -- R-ROOM-01: the record of it --------------------------------------------------------------------------


def test_the_hash_of_a_whole_recording_is_put_on_record_once_when_it_has_ended() -> None:
    hall = early()
    keep = c.KeepRecording(kind="broadcasts", number=1, **KEPT)
    hall.give(CAMERA, HOST)
    with pytest.raises(OutOfOrder, match="nothing-to-keep"):
        hall.give(keep, PLATFORM)
    hall.give(c.EndBroadcast(), HOST)
    assert unkept(hall.lot) == [("broadcasts", 1)]
    (event,) = hall.give(keep, PLATFORM)
    assert isinstance(event, e.RecordingKept)
    assert visible(event, SPECTATOR)
    assert unkept(hall.lot) == []
    (shown,) = view("lot-1", hall.events, SPECTATOR).opening.broadcasts
    assert shown.recording == e.Recording(**KEPT, at=hall.now)
    with pytest.raises(OutOfOrder, match="nothing-to-keep"):
        hall.give(keep, PLATFORM)


def test_all_that_was_on_the_air_is_told_with_its_hash_and_to_a_guest_without_the_words() -> None:
    hall = signed_in("a", "b")
    hall.give(CAMERA, HOST)
    hall.give(c.GiveWord(bidder="a"), HOST)
    hall.give(c.EndWord(), HOST)
    hall.give(c.KeepRecording(kind="words", number=1, **KEPT), PLATFORM)
    spoken = e.Recording(**KEPT, at=hall.now)
    assert recordings(hall.lot) == [("broadcasts", 1, None), ("words", 1, spoken)]
    assert recordings(view("lot-1", hall.events, SPECTATOR)) == [("broadcasts", 1, None)]


# -- R-ROOM-01, R-ROOM-03, R-ROOM-05: a bidder's word -----------------------------------------------------


def test_no_bidder_has_a_voice_before_the_roll() -> None:  # R-ROOM-03
    with pytest.raises(OutOfOrder):
        early().give(c.GiveWord(bidder="a"), HOST)
    closed = Hall()
    closed.close("a", "b", "c")
    with pytest.raises(OutOfOrder):
        closed.give(c.GiveWord(bidder="a"), HOST)


def test_the_host_gives_the_word_to_one_that_signed_in() -> None:
    hall = signed_in("a", "b")
    for name in ("c", "z"):
        with pytest.raises(Forbidden, match="speaker-not-signed-in"):
            hall.give(c.GiveWord(bidder=name), HOST)
    for actor in (OFFICER, bidder("a")):
        with pytest.raises(Forbidden):
            hall.give(c.GiveWord(bidder="a"), actor)
    (event,) = hall.give(c.GiveWord(bidder="a", minutes=3), HOST)
    assert isinstance(event, e.WordGiven)
    assert event.until == hall.now + 3 * MINUTE
    require_on_air(hall.lot, "words", 1, bidder("a"), hall.now)
    with pytest.raises(Forbidden, match="not-on-air"):
        require_on_air(hall.lot, "words", 1, bidder("b"), hall.now)


def test_no_guest_hears_a_bidder_or_learns_that_one_speaks() -> None:  # R-ROOM-05
    hall = signed_in("a")
    events = hall.give(c.GiveWord(bidder="a"), HOST) + hall.give(c.EndWord(), HOST)
    events += hall.give(c.KeepRecording(kind="words", number=1, **KEPT), PLATFORM)
    for event in events:
        assert not visible(event, SPECTATOR)
        assert not visible(event, standings(bidder("z"), hall.lot))
        for actor in (bidder("b"), HOST, OFFICER):
            assert visible(event, standings(actor, hall.lot)), actor.party
    assert view("lot-1", hall.events, SPECTATOR).opening.words == ()


def test_one_speaks_at_a_time() -> None:
    hall = signed_in("a", "b")
    hall.give(c.GiveWord(bidder="a"), HOST)
    with pytest.raises(Conflicting, match="has-the-word"):
        hall.give(c.GiveWord(bidder="a"), HOST)
    ended, given = hall.give(c.GiveWord(bidder="b"), HOST)
    assert isinstance(ended, e.WordEnded)
    assert isinstance(given, e.WordGiven)
    assert (ended.number, ended.reason, given.number) == (1, "replaced", 2)
    with pytest.raises(TooLate, match="broadcast-over"):
        require_on_air(hall.lot, "words", 1, bidder("a"), hall.now)


@pytest.mark.parametrize(("actor", "reason"), [(HOST, "host"), (bidder("a"), "speaker")])
def test_host_and_speaker_end_it_and_nobody_else(actor: Actor, reason: str) -> None:
    hall = signed_in("a", "b")
    with pytest.raises(OutOfOrder, match="nobody-speaks"):
        hall.give(c.EndWord(), HOST)
    hall.give(c.GiveWord(bidder="a"), HOST)
    with pytest.raises(Forbidden, match="not-your-word"):
        hall.give(c.EndWord(), bidder("b"))
    (event,) = hall.give(c.EndWord(), actor)
    assert isinstance(event, e.WordEnded)
    assert event.reason == reason
    assert unkept(hall.lot) == [("words", 1)]


def test_its_minutes_are_over_by_themselves() -> None:
    hall = signed_in("a")
    hall.give(c.GiveWord(bidder="a", minutes=1), HOST)
    ends = hall.now + MINUTE
    assert (c.EndWord.NAME, ends) in due(hall.lot)
    with pytest.raises(TooEarly, match="still-on-air"):
        hall.give(c.EndWord(), PLATFORM)
    hall.now = ends
    (event,) = hall.give(c.EndWord(), PLATFORM)
    assert isinstance(event, e.WordEnded)
    assert event.reason == "time"
