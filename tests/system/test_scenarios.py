"""The five tenders, at once, on one platform; and their spectators, who all see the same."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bidding.client.watching import watch
from bidding.stage import opening
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

SPECTATORS = 6


async def test_all_five_tenders_end_as_they_must(performances: list[dict[str, Any]]) -> None:
    """R-SVC-01: every link from 进场受理 to the signed contract, for works, transport, water and government goods."""
    assert {one["title"]: one["error"] for one in performances if not one["ok"]} == {}
    assert len(performances) == 5
    assert all(step["ok"] for one in performances for step in one["steps"])


async def test_what_was_waived_adds_up_to_the_fen(performances: list[dict[str, Any]]) -> None:
    assert [one["waived_fen"] for one in performances].count(0) < len(performances)
    assert all(one["checks"] > 2 for one in performances)


async def test_every_bidders_receipts_are_checked_and_every_bundle_verified(
    performances: list[dict[str, Any]],
) -> None:
    """R-BID-04: also of a bid that was replaced, withdrawn, refused as late, or of a lot that was never opened."""
    for one in performances:
        bidders = {receipt["bidder"] for receipt in one["receipts"]}
        assert len(bidders) == len(one["receipts"]) >= 2
        assert all(
            receipt["kept"] >= 1 and receipt["checks"] > receipt["kept"] for receipt in one["receipts"]
        )
        assert len(one["bundles"]) == 2
        assert any(receipt["kept"] > 1 for receipt in one["receipts"]), "none was replaced, released or late"
    files = [Path(receipt["file"]) for one in performances for receipt in one["receipts"]]
    assert await asyncio.to_thread(lambda: all(file.stat().st_size > 1000 for file in files))


async def test_spectators_see_the_same_events_in_the_same_order(stand: Stand, folder: Path) -> None:
    async with tender(stand, folder, bidders=3) as play:
        seen: list[list[dict[str, Any]]] = [[] for _ in range(SPECTATORS)]
        tasks = [asyncio.create_task(_watch(play, frames)) for frames in seen]
        latecomer: list[dict[str, Any]] = []
        try:
            await all_hand_in(play)
            await approach(play, timedelta(minutes=5))
            await closed(play)
            middle = _end(seen[0])
            tasks.append(asyncio.create_task(_watch(play, latecomer, after=middle)))
            await opening.opening(play)
            last = (await play.agency.session.get(f"/lots/{play.lot}/events"))["events"][-1]["position"]
            await _until(lambda: all(_end(frames) >= last for frames in (*seen, latecomer)))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        published = await play.agency.session.get(f"/lots/{play.lot}/events")
        begun = seen[0][0]["position"]
        expected = [(one["position"], one["event"]) for one in published["events"]]
        assert all(_events(frames) == [one for one in expected if one[0] > begun] for frames in seen)
        assert _events(latecomer) == [one for one in expected if one[0] > middle]
        assert all([frame["type"] for frame in frames].count("state") == 1 for frames in seen)


async def _watch(play: Play, frames: list[dict[str, Any]], after: int | None = None) -> None:
    async with aclosing(watch(play.live_url, play.lot, after=after)) as stream:
        async for frame in stream:
            frames.append(frame)  # noqa: PERF401 - read while it grows


def _events(frames: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    return [(frame["position"], frame["event"]) for frame in frames if frame["type"] == "event"]


def _end(frames: list[dict[str, Any]]) -> int:
    return max((position for position, _ in _events(frames)), default=0)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - frames come over a socket
            await asyncio.sleep(0.02)
