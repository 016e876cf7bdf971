"""Reading streams, prefixes and the whole log."""

from __future__ import annotations

from typing import Any

import pytest

from storage import events
from storage.events import EventLog
from tests.storage.samples import commit, event


async def test_a_stream_is_read_by_versions_in_either_direction(log: EventLog) -> None:
    await log.append(commit(*(event("a", version) for version in range(1, 6)), event("b", 1)))

    async def versions(**asked: Any) -> list[int]:
        return [e.version for e in await log.select_events("a", **asked)]

    assert await versions() == [1, 2, 3, 4, 5]
    assert await versions(gt=2) == [3, 4, 5]
    assert await versions(gt=1, lte=4, limit=2) == [2, 3]
    assert await versions(desc=True, limit=1) == [5]
    assert await versions(desc=True, lte=3) == [3, 2, 1]
    assert await log.select_events("unknown") == []


async def test_a_prefix_takes_all_its_streams_and_no_others_in_position_order(log: EventLog) -> None:
    names = [
        "lot/1/bid/z",
        "lot/1",
        "lot/10/bid/a",
        "lot/1/bid/a",
        "lot/1/标段",
        "lot",
        "lot/1/\U0010ffff",
        "lot0",
    ]
    for name in names:
        await log.append(commit(event(name, 1)))
    assert [e.stream for e in await log.select_prefix("lot/1/")] == [
        "lot/1/bid/z",
        "lot/1/bid/a",
        "lot/1/标段",
        "lot/1/\U0010ffff",
    ]
    assert [e.stream for e in await log.select_prefix("lot/1/标")] == ["lot/1/标段"]
    assert await log.select_prefix("nothing") == []


async def test_a_prefix_may_end_before_the_surrogates(log: EventLog) -> None:
    await log.append(commit(event("p\ud7ff1", 1), event("p\ue000", 1)))
    assert [e.stream for e in await log.select_prefix("p\ud7ff")] == ["p\ud7ff1"]


@pytest.mark.parametrize("prefix", ["", "lot/\U0010ffff"])
async def test_a_prefix_without_an_upper_end_is_refused(log: EventLog, prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        await log.select_prefix(prefix)


@pytest.mark.parametrize("read", ["stream", "prefix", "feed", "log"])
async def test_reads_go_through_an_index_in_a_large_log(log: EventLog, read: str) -> None:
    async with log.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO events SELECT n, CASE WHEN n % 3 = 0 THEN n / 3 END, gen_random_uuid(), "
            "'lot/' || n / 20 || '/x', n % 20 + 1, 't', '{}', '{}', now(), '' "
            "FROM generate_series(1, 60000) n"
        )
    query, arguments = {
        "stream": (events._STREAM, ("'lot/7/x'", "0", "100", "100")),
        "prefix": (events._PREFIX, ("'lot/77/'", "'lot/770'")),
        "feed": (events._FEED_OF, ("0", "50", "'lot/77/'", "'lot/770'")),
        "log": (events._LOG, ("500", "600", "50")),
    }[read]
    for number, argument in reversed(list(enumerate(arguments, start=1))):
        query = query.replace(f"${number}", argument)
    plan = "\n".join(row[0] for row in await log.database.fetch(f"EXPLAIN {query}"))
    assert "Seq Scan" not in plan, plan
    assert "Index" in plan, plan


async def test_the_log_is_read_by_topics_and_bounds(log: EventLog) -> None:
    await log.append(commit(*(event("a", n, topic=f"t{n % 2}") for n in range(1, 7))))
    assert [e.position for e in await log.select_notifications(2, 10, 5, ["t1"])] == [3, 5]
    assert [e.position for e in await log.select_notifications(2, 2, inclusive_of_start=False)] == [3, 4]
    assert [e.position for e in await log.select_notifications(None, 2)] == [1, 2]
