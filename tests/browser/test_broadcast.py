"""A host on the air, from its browser to those of guests, and the recording beside the replayed events (R-ROOM-01)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.test_agency import at_desk, press
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE = 60_000
#: Waits until it has gone on by a second, with a picture where there is one to come; answers how many it has shown.
_MOVED = """async (video, pictured) => {
  const began = video.currentTime
  const frames = () => video.getVideoPlaybackQuality().totalVideoFrames
  // On a busy machine the sound runs on before the first picture is decoded.
  for (let looked = 0; video.currentTime < began + 1 || (pictured && frames() === 0); looked += 1) {
    if (looked === 600) throw new Error(`it stands at ${video.currentTime}, ${video.readyState}, ${frames()} pictures`)
    await new Promise((again) => setTimeout(again, 50))
  }
  return frames()
}"""
#: Waits until a replay has shown a second of its recording, from the beginning again where it ran out before that.
_REPLAYED = """async () => {
  let played = 0
  let before = null
  let video = null
  for (let looked = 0; looked < 1200; looked += 1) {
    const found = document.querySelector('video')
    if (found !== video) [video, before] = [found, null]
    const step = video && before !== null ? video.currentTime - before : 0
    if (step > 0 && step < 0.5) played += step  // more than that was a leap to where the replay stands
    before = video?.currentTime ?? null
    const pictures = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0
    if (played >= 1 && pictures > 0) return pictures
    const again = [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === '从头播放')
    again?.click()
    await new Promise((next) => setTimeout(next, 50))
  }
  const stands = document.querySelector('output').innerText
  throw new Error(`${played} seconds shown, ${video?.readyState ?? 'no video'}, ${stands}`)
}"""
#: Seconds that a replay goes on for after the opening's last event.
_AFTERWARDS = 10


@pytest_asyncio.fixture(loop_scope="session")
async def play(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A tender whose room is open; nobody bids."""
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(tender(stand, ground / "broadcast", bidders=1))
        await approach(found, timedelta(minutes=10))
        yield found


async def watched(page: Page) -> None:
    """The picture moves, without sound until its viewer wants it."""
    await press(page, "观看画面")
    video = page.locator("video")
    await expect(page.get_by_text("画面直播中")).to_be_visible(timeout=PATIENCE)
    assert await video.evaluate(_MOVED, True) > 0
    assert await video.evaluate("(video) => video.muted")


async def test_guests_see_the_host_the_late_ones_too_and_the_recording_is_kept(
    visit: Visit, play: Play
) -> None:
    host = await at_desk(visit, play.agency, f"/app/agency/lots/{play.lot}/opening")
    hall = f"/app/lots/{play.lot}/hall"
    guest = await visit("phone", hall)
    camera = host.get_by_role("button", name="直播摄像头和麦克风")
    await expect(camera).to_be_disabled()  # before the host has said that it knows what is public
    await host.get_by_role("checkbox", name="我知道：画面和声音对所有人公开").check()
    await camera.click()
    await expect(host.get_by_text("直播中，平台已收到画面")).to_be_visible(timeout=PATIENCE)
    await sound(host)

    await watched(guest)
    await sound(guest)
    late = await visit("desktop", hall)
    await watched(late)

    # The host's page is lost and comes again: another broadcast, and whoever watches goes on with it.
    await host.reload()
    await host.get_by_role("checkbox", name="我知道：画面和声音对所有人公开").check()
    await approach(play, timedelta(seconds=25))
    await press(host, "共享桌面")
    await expect(host.get_by_text("直播中，平台已收到画面")).to_be_visible(timeout=PATIENCE)
    await expect(guest.get_by_text("主持人正在共享桌面")).to_be_visible(timeout=PATIENCE)
    assert await guest.locator("video").evaluate(_MOVED, True) > 0

    # Nobody bid, so it ends at the deadline; the picture does when the host says so.
    await play.wait_for("submission closes", lambda view: view["phase"] != "noticed")
    await asyncio.sleep(
        _AFTERWARDS
    )  # so that a page which is slow to load meets the picture still on the air
    await press(host, "停止直播")
    await expect(guest.get_by_text("主持人的画面已结束")).to_be_visible(timeout=PATIENCE)
    kept = await play.wait_for(
        "the recordings are hashed",
        lambda view: all(one["recording"] for one in view["opening"]["broadcasts"]),
    )
    for one in kept["opening"]["broadcasts"]:
        address = f"/lots/{play.lot}/broadcasts/{one['number']}/recording.webm"
        answer = await guest.request.get(address)
        assert one["recording"]["length"] > 0
        assert hashlib.sha256(await answer.body()).hexdigest() == one["recording"]["sha256"]
        assert answer.headers["cache-control"] == "public, max-age=86400, immutable"

    replay = await visit("desktop", f"/app/lots/{play.lot}/replay")
    await press(replay, "显示画面")
    await replay.get_by_label("速度").select_option("300")
    again = replay.get_by_role("button", name="从头播放")
    await expect(again).to_be_visible()
    await replay.get_by_label("速度").select_option("1")
    await again.click()
    assert await replay.evaluate(_REPLAYED) > 0
    await sound(replay)


async def test_a_bidder_is_given_the_word_and_heard_by_those_inside_alone(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    async with tender(stand, ground / "word", bidders=3) as play:
        await all_hand_in(play)
        await approach(play, timedelta(minutes=10))
        speaker = play.bidders[0].member
        await speaker.session.command(play.lot, "bid/sign-in", {})
        await closed(play)
        await play.agency.session.command(play.lot, "opening/publish-roll", {})

        host = await at_desk(visit, play.agency, f"/app/agency/lots/{play.lot}/opening")
        bidder = await at_desk(visit, speaker, f"/app/bidder/lots/{play.lot}/opening", "phone")
        listener = await at_desk(visit, play.supervisor, f"/app/lots/{play.lot}/hall")
        guest = await visit("desktop", f"/app/lots/{play.lot}/hall")
        await host.get_by_role("combobox", name="投标人", exact=True).select_option(speaker.party)
        await press(host, "请其发言")
        await expect(bidder.get_by_role("heading", name="主持人请您发言")).to_be_visible(timeout=PATIENCE)
        await press(bidder, "打开麦克风发言")
        await expect(bidder.get_by_text("正在发言", exact=True)).to_be_visible(timeout=PATIENCE)
        await sound(bidder)

        await press(listener, "收听")
        await expect(listener.get_by_text("正在收听")).to_be_visible(timeout=PATIENCE)
        assert await listener.locator("video").evaluate(_MOVED, False) == 0
        await expect(guest.get_by_role("region", name="投标人")).to_be_visible()
        await expect(guest.get_by_role("heading", name="投标人发言")).to_have_count(0)  # R-ROOM-05
        for path in ("index", "recording.webm"):
            refused = await guest.request.get(f"/lots/{play.lot}/words/1/{path}")
            assert refused.status == 404

        await press(bidder, "结束发言")
        await expect(listener.get_by_text("现在没有投标人发言")).to_be_visible(timeout=PATIENCE)
        kept = await play.wait_for(
            "the speech is hashed",
            lambda view: view["opening"]["words"][0]["recording"],
            play.agency.session,
        )
        assert kept["opening"]["words"][0]["recording"]["length"] > 0
        assert (await guest.request.get(f"/lots/{play.lot}/words/1/index")).status == 404
