"""What spectators may count: the public feed tells nothing of private events (R-GEN-04, R-DOC-03)."""

from __future__ import annotations

import asyncio

from storage.events import EventLog
from tests.storage.samples import commit, event


async def test_feed_positions_are_gapless_whatever_private_events_lie_between(log: EventLog) -> None:
    """R-GEN-04: with `position` as cursor a spectator would count the secret events between public ones."""
    await log.append(commit(event("lot", 1, public=True)))
    for n in range(19):
        await log.append(commit(event(f"bid-{n}", 1)))
    done = await log.append(
        commit(event("lot", 2, public=True), event("secret", 1), event("lot", 3, public=True))
    )
    assert (done.positions, done.feed_positions) == ([21, 22, 23], [2, None, 3])
    assert [e.feed_position for e in await log.select_feed(0, 100)] == [1, 2, 3]
    assert [e.public for e in await log.select_notifications(20, 10)] == [False, True, False, True]
    assert await log.max_feed_position() == 3


async def test_feed_positions_are_gapless_under_concurrent_batches(log: EventLog) -> None:
    await asyncio.gather(
        *(
            log.append(commit(event(f"s{n}", 1, public=n % 3 == 0), event(f"s{n}", 2, public=n % 2 == 0)))
            for n in range(300)
        )
    )
    feed = await log.select_feed(0, 1000)
    assert [e.feed_position for e in feed] == list(range(1, 251))
    assert [e.position for e in feed] == sorted(e.position for e in feed)


async def test_a_refused_commit_leaves_no_gap_in_the_feed(log: EventLog) -> None:
    await log.append(commit(event("a", 1, public=True)))
    await asyncio.gather(
        log.append(commit(event("a", 1, public=True))),
        log.append(commit(event("nul\x00", 1, public=True))),
        log.append(commit(event("b", 1, public=True))),
        return_exceptions=True,
    )
    assert [(e.stream, e.feed_position) for e in await log.select_feed(0, 10)] == [("a", 1), ("b", 2)]


async def test_a_lots_own_feed_pages_by_the_common_cursor(log: EventLog) -> None:
    for n in range(6):
        await log.append(commit(event(f"lot/1/e{n}", 1, public=True), event(f"lot/12/e{n}", 1, public=True)))
        await log.append(commit(event(f"lot/1/secret{n}", 1)))
    first = await log.select_feed(0, 4, "lot/1/")
    rest = await log.select_feed(first[-1].feed_position or 0, 4, "lot/1/")
    assert [e.feed_position for e in first + rest] == [1, 3, 5, 7, 9, 11]
    assert {e.stream for e in first + rest} == {f"lot/1/e{n}" for n in range(6)}
