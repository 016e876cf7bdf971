"""Pieces of a broadcast taken in, bounded, and made a record when it has ended (R-ROOM-01, R-ROOM-05)."""

import hashlib
from datetime import timedelta

import msgspec
import pytest

from bidding.application.broadcasts import BroadcastDesk, Index, Limits
from bidding.application.pieces import Pieces
from bidding.application.platform import Call
from bidding.application.ports import NoRoom
from bidding.domain.errors import Conflicting, Forbidden, Invalid, TooEarly, TooLate, Unknown
from bidding.domain.opening import commands as c
from tests import webm
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, SIGNED, T0, bidder
from tests.domain.opening.test_broadcasting import signed_in

HEAD = webm.head()
KEY, NEXT = webm.cluster(0, key=True), webm.cluster(900)
CAMERA = c.StartBroadcast(source="camera", notice="recording-is-public")
OPEN = Limits(reserve=0)


async def house_of(house: House, limits: Limits = OPEN) -> BroadcastDesk:
    """The roll is public, "a" and "b" have signed in, the host is on the air."""
    await house.plant(signed_in("a", "b").log)
    house.clock.instant = T0 + timedelta(minutes=5)
    await house.platform.execute(LOT, CAMERA, Call(actor=HOST, signed=SIGNED, idempotency_key="start"))
    return BroadcastDesk(house.platform, limits)


async def sent(desk: BroadcastDesk, *pieces: bytes) -> None:
    for number, data in enumerate(pieces):
        await desk.take(LOT, HOST, "broadcasts", 1, number, data)


def stored(house: House, number: int = 1) -> Pieces:
    return Pieces(house.platform.objects, "live", LOT, "broadcasts", number)


async def test_pieces_come_in_order_and_each_twice_if_an_answer_was_lost(house: House) -> None:
    desk = await house_of(house)
    with pytest.raises(Conflicting, match="piece-out-of-order"):
        await desk.take(LOT, HOST, "broadcasts", 1, 1, KEY)
    await sent(desk, HEAD, KEY, NEXT)
    await desk.take(LOT, HOST, "broadcasts", 1, 2, NEXT)
    with pytest.raises(Conflicting, match="piece-taken"):
        await desk.take(LOT, HOST, "broadcasts", 1, 2, KEY)
    with pytest.raises(Conflicting, match="piece-out-of-order"):
        await desk.take(LOT, HOST, "broadcasts", 1, 4, NEXT)
    assert await stored(house).last() == 2
    found = [piece async for piece in stored(house).all()]
    assert [one.data for one in found] == [HEAD, KEY, NEXT]
    assert [(one.at, one.key) for one in found[1:]] == [(0, True), (900, False)]


async def test_after_a_lost_line_the_same_broadcast_goes_on(house: House) -> None:
    desk = await house_of(house)
    await sent(desk, HEAD, KEY)
    house.clock.instant += timedelta(minutes=10)
    await BroadcastDesk(house.platform, OPEN).take(LOT, HOST, "broadcasts", 1, 2, NEXT)  # another process
    assert await stored(house).last() == 2


@pytest.mark.parametrize("data", [b"", b"MZ\x90", KEY])
async def test_nothing_but_webm_is_kept_or_relayed(house: House, data: bytes) -> None:
    desk = await house_of(house)
    with pytest.raises(Invalid, match="piece-unreadable"):
        await desk.take(LOT, HOST, "broadcasts", 1, 0, data)
    assert await stored(house).last() == -1


async def test_only_who_is_on_the_air_sends(house: House) -> None:
    desk = await house_of(house)
    with pytest.raises(Forbidden, match="not-on-air"):
        await desk.take(LOT, bidder("a"), "broadcasts", 1, 0, HEAD)
    with pytest.raises(Unknown, match="no-such-broadcast"):
        await desk.take(LOT, HOST, "broadcasts", 2, 0, HEAD)
    await sent(desk, HEAD)
    await house.platform.execute(LOT, c.EndBroadcast(), Call(actor=HOST, idempotency_key="end"))
    with pytest.raises(TooLate, match="broadcast-over"):
        await desk.take(LOT, HOST, "broadcasts", 1, 1, KEY)


async def test_more_than_the_rate_is_not_taken_and_later_it_is(house: House) -> None:
    desk = await house_of(house, Limits(rate=1000, reserve=0))
    large = webm.cluster(0, webm.block(key=True, frame=bytes(1_000_000)))
    await sent(desk, HEAD, large, large, large, large)
    with pytest.raises(TooEarly, match="broadcast-too-fast"):
        await desk.take(LOT, HOST, "broadcasts", 1, 5, large)
    house.clock.instant += timedelta(seconds=1100)
    await desk.take(LOT, HOST, "broadcasts", 1, 5, large)


async def test_many_small_pieces_are_no_way_around_it(house: House) -> None:
    desk = await house_of(house)
    await sent(desk, HEAD, *[NEXT] * 30)
    with pytest.raises(TooEarly, match="broadcast-too-fast"):
        await desk.take(LOT, HOST, "broadcasts", 1, 31, NEXT)


async def test_a_disk_that_fills_is_left_to_the_bids(house: House) -> None:
    desk = await house_of(house, Limits(reserve=2**60))
    with pytest.raises(NoRoom):
        await desk.take(LOT, HOST, "broadcasts", 1, 0, HEAD)
    assert await stored(house).last() == -1


async def test_the_record_of_it_is_the_hash_of_all_pieces_and_an_index(house: House) -> None:
    desk = await house_of(house)
    await sent(desk, HEAD, KEY, NEXT)
    with pytest.raises(Unknown):
        await desk.shown(LOT, None, "broadcasts", 2)
    await house.platform.execute(LOT, c.EndBroadcast(), Call(actor=HOST, idempotency_key="end"))
    await desk.keep(LOT)
    await desk.keep(LOT)  # nothing is left to be kept
    shown, pieces = await desk.shown(LOT, None, "broadcasts", 1)
    whole = HEAD + KEY + NEXT
    assert shown.recording is not None
    assert shown.recording.sha256 == hashlib.sha256(whole).hexdigest()
    assert (shown.recording.length, shown.recording.pieces) == (len(whole), 3)
    index = msgspec.json.decode(await pieces.index(), type=Index)
    assert index == Index(mime='video/webm;codecs="vp8,opus"', at=(0, 0, 900), keys=(1,))


async def test_a_broadcast_of_which_nothing_came_is_on_record_as_that(house: House) -> None:
    desk = await house_of(house)
    await house.platform.execute(LOT, c.EndBroadcast(), Call(actor=HOST, idempotency_key="end"))
    await desk.keep(LOT)
    shown, _ = await desk.shown(LOT, None, "broadcasts", 1)
    assert shown.recording is not None
    assert (shown.recording.length, shown.recording.pieces) == (0, 0)


async def test_a_bidders_voice_is_for_those_inside_alone(house: House) -> None:  # R-ROOM-05
    desk = await house_of(house)
    await house.platform.execute(LOT, c.GiveWord(bidder="a"), Call(actor=HOST, idempotency_key="word"))
    await desk.take(LOT, bidder("a"), "words", 1, 0, webm.head(webm.SOUND))
    with pytest.raises(Forbidden, match="not-on-air"):
        await desk.take(LOT, bidder("b"), "words", 1, 1, KEY)
    await desk.shown(LOT, bidder("b"), "words", 1)
    for guest in (None, bidder("z")):
        with pytest.raises(Unknown, match="no-such-broadcast"):
            await desk.shown(LOT, guest, "words", 1)
