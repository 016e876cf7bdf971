"""What is said in the hall: R-ROOM-01, R-ROOM-03, R-ROOM-05, R-OPEN-25; the room before T0: R-OPEN-20."""

from datetime import timedelta
from typing import Any

import pytest

from bidding.domain.control import commands as k
from bidding.domain.disclosure import SPECTATOR, view, visible
from bidding.domain.errors import Conflicting, Forbidden, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.opening import commands as c
from bidding.domain.opening.events import AnnouncementMade, HelpAnswered, MessageSaid, RoomOpened
from bidding.domain.opening.talking import require_trial
from bidding.domain.parties import Actor, Role
from bidding.domain.permissions import standings
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, MS, OFFICER, T0, Hall, bidder

OWNER = Actor(party="owner", roles=frozenset({Role.TENDERER}))
HOUR = timedelta(hours=1)


def room(**changes: Any) -> c.OpenRoom:
    named = {"procedure": "一、公布名单", "chair": "王敏", "reader": "李伟", "monitor": "陈静"}
    return c.OpenRoom(**{**named, **changes})


def opening() -> Hall:
    hall = Hall()
    hall.order("a", "b", "c")
    return hall


# -- R-ROOM-01: announcements -----------------------------------------------------------------------------


def test_the_host_announces_to_everybody_from_a_day_before_to_the_record() -> None:
    hall = Hall()
    hall.now = T0 - 24 * HOUR - MS
    with pytest.raises(TooEarly, match="room-not-open"):
        hall.give(c.MakeAnnouncement(text="请提前签到"), HOST)
    hall.now += MS
    (event,) = hall.give(c.MakeAnnouncement(text="请提前签到"), HOST)
    assert isinstance(event, AnnouncementMade)
    assert visible(event, SPECTATOR)
    hall.announce("a", "b", "c")
    hall.give(c.MakeAnnouncement(text="请核对唱标结果"), HOST)
    assert [(one.number, one.text) for one in hall.lot.opening.announcements] == [
        (1, "请提前签到"),
        (2, "请核对唱标结果"),
    ]
    assert len(view("lot-1", hall.events, SPECTATOR).opening.announcements) == 2  # the public replay has them


def test_it_may_be_announced_why_the_opening_stands_still() -> None:  # R-PLAT-11
    hall = opening()
    hall.give(k.Suspend(reason="收到投诉", order="暂停令1号"), OFFICER)
    hall.give(c.MakeAnnouncement(text="开标暂停,请等候"), HOST)


def test_nobody_else_announces() -> None:
    for actor in (OFFICER, CENTRE, OWNER, bidder("a")):
        with pytest.raises(Forbidden):
            opening().give(c.MakeAnnouncement(text="x"), actor)


# -- R-ROOM-01, R-ROOM-03: messages -----------------------------------------------------------------------


@pytest.mark.parametrize("actor", [bidder("a"), HOST, OFFICER, OWNER])
def test_those_inside_speak_from_the_roll_on(actor: Actor) -> None:
    hall = Hall()
    hall.close("a", "b", "c")
    with pytest.raises((OutOfOrder, Forbidden)):
        hall.give(c.Say(text="在线"), actor)
    hall.now += MINUTE
    hall.give(c.PublishRoll(), HOST)
    (event,) = hall.give(c.Say(text="在线"), actor)
    assert isinstance(event, MessageSaid)
    assert hall.lot.opening.messages[-1].by == actor.party


def test_who_did_not_bid_and_the_guests_read_nothing_of_it() -> None:  # R-ROOM-05
    hall = opening()
    (event,) = hall.give(c.Say(text="已解密"), bidder("a"))
    with pytest.raises(Forbidden):
        hall.give(c.Say(text="在线"), bidder("z"))
    assert not visible(event, SPECTATOR)
    assert not visible(event, standings(bidder("z"), hall.lot))
    for actor in (bidder("b"), HOST, OFFICER, OWNER, CENTRE):
        assert visible(event, standings(actor, hall.lot)), actor.party


def test_one_party_does_not_fill_the_hall() -> None:
    hall = opening()
    for _ in range(6):
        hall.give(c.Say(text="在线"), bidder("a"))
    with pytest.raises(TooEarly, match="speaking-too-fast") as refused:
        hall.give(c.Say(text="在线"), bidder("a"))
    assert refused.value.found["after"] == hall.now + MINUTE
    hall.give(c.Say(text="在线"), bidder("b"))
    hall.now += MINUTE
    hall.give(c.Say(text="在线"), bidder("a"))


# -- R-ROOM-01, R-OPEN-25: the private line ---------------------------------------------------------------


def helped(actor: Actor = HOST) -> tuple[Hall, Event]:
    hall = opening()
    hall.give(c.RequestHelp(text="证书锁定"), bidder("b"))
    hall.give(c.RequestHelp(text="网络不通"), bidder("a"))
    (event,) = hall.give(c.AnswerHelp(number=2, answer="请换网络"), actor)
    return hall, event


@pytest.mark.parametrize("actor", [HOST, CENTRE])
def test_host_and_centre_answer_and_no_other_bidder_reads_it(actor: Actor) -> None:
    hall, event = helped(actor)
    assert isinstance(event, HelpAnswered)
    assert event.bidder == "a"
    assert [one.answer for one in hall.lot.opening.help] == ["", "请换网络"]
    assert hall.lot.opening.help[1].answered_at == hall.now
    assert not visible(event, SPECTATOR)
    assert not visible(event, standings(bidder("b"), hall.lot))


def test_an_answer_is_added_to_and_not_repeated() -> None:
    hall, _ = helped()
    with pytest.raises(Conflicting, match="help-answered-so"):
        hall.give(c.AnswerHelp(number=2, answer="请换网络"), CENTRE)
    hall.give(c.AnswerHelp(number=2, answer="已电话联系"), CENTRE)
    assert hall.lot.opening.help[1].answer == "已电话联系"
    with pytest.raises(Unknown, match="no-such-help"):
        hall.give(c.AnswerHelp(number=3, answer="?"), HOST)


# -- R-OPEN-20: the room before T0 ------------------------------------------------------------------------


def test_the_room_opens_a_day_before_with_its_procedure_and_three_parts() -> None:
    hall = Hall()
    hall.now = T0 - 24 * HOUR - MS
    with pytest.raises(TooEarly, match="room-not-open"):
        hall.give(room(), HOST)
    hall.now += MS
    (event,) = hall.give(room(chair=" 王敏 "), HOST)
    assert isinstance(event, RoomOpened)
    assert visible(event, SPECTATOR)
    known = hall.lot.opening.room
    assert known is not None
    assert (known.chair, known.reader, known.monitor, known.procedure) == (
        "王敏",
        "李伟",
        "陈静",
        "一、公布名单",
    )


@pytest.mark.parametrize("changes", [{"reader": "王敏"}, {"monitor": " 李伟"}, {"chair": "陈静"}])
def test_nobody_has_two_parts(changes: dict[str, str]) -> None:
    with pytest.raises(Conflicting, match="one-person-two-parts"):
        Hall().give(room(**changes), HOST)


def test_the_parts_are_fixed_an_hour_before_and_can_still_be_named_late() -> None:
    hall = Hall()
    hall.give(room(), HOST)
    hall.now = T0 - HOUR - MS
    hall.give(room(chair="赵强"), HOST)
    hall.now += MS
    with pytest.raises(OutOfOrder, match="room-parts-fixed"):
        hall.give(room(chair="钱进"), HOST)
    late = Hall()
    late.now = T0 - MINUTE
    late.give(room(), HOST)
    late.now = T0
    late.give(c.Close())
    with pytest.raises(OutOfOrder):
        late.give(room(), HOST)


def test_the_decryption_is_tried_while_the_room_is_open_and_before_t0() -> None:
    lot = Hall().lot
    with pytest.raises(TooEarly, match="room-not-open"):
        require_trial(lot, T0 - 24 * HOUR - MS)
    require_trial(lot, T0 - 24 * HOUR)
    require_trial(lot, T0 - MS)
    with pytest.raises(TooLate, match="trial-over"):
        require_trial(lot, T0)
