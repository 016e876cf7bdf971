"""Read models: a projection's writes and checkpoint stand or fall together; lists page without shifting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.errors import AlreadyClaimed, StaleTracking
from storage.events import Tracking
from storage.readmodels import LotFilter, LotRow, ReadModels, Timer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def models(database: Database) -> ReadModels:
    return ReadModels(database)


def lot(lot_id: str, **changed: Any) -> LotRow:
    row: dict[str, Any] = {
        "lot_id": lot_id,
        "project_id": "project-1",
        "title": "孝南区道路改造工程",
        "category": "市政",
        "regime": "ENG",
        "mode": "live",
        "phase": "noticed",
        "region": "420902",
        "deadline": NOW + 24 * HOUR,
        "opening_at": NOW + 24 * HOUR,
        "noticed_at": NOW,
        "tenderer": "party-1",
        "agency": None,
        "updated_feed_position": 1,
        "doc": b"{}",
    }
    return LotRow(**(row | changed))


# Projections


async def test_an_event_is_applied_once_and_its_writes_stand_with_its_checkpoint(models: ReadModels) -> None:
    async with models.transaction(Tracking("timers", 5)) as tx:
        await tx.set_timer("lot-1", "deadline", NOW)
    for position in (5, 4):
        with pytest.raises(StaleTracking):
            async with models.transaction(Tracking("timers", position)) as tx:
                await tx.set_timer("lot-2", "deadline", NOW)

    async def failing() -> None:
        async with models.transaction(Tracking("timers", 6)) as tx:
            await tx.set_timer("lot-3", "deadline", NOW)
            raise KeyError

    with pytest.raises(KeyError):
        await failing()
    assert [timer.subject for timer in await models.due(NOW)] == ["lot-1"]
    assert await models.tracked("timers") == 5
    assert await models.tracked("unknown") == 0


async def test_of_two_processes_at_the_same_event_one_applies_it(models: ReadModels) -> None:
    async def apply(name: str) -> None:
        async with models.transaction(Tracking("lots", 1)) as tx:
            await tx.set_timer(name, "deadline", NOW)
            await asyncio.sleep(0)

    results = await asyncio.gather(*(apply(f"lot-{n}") for n in range(4)), return_exceptions=True)
    assert sorted(str(type(r)) for r in results) == sorted([str(type(None))] + [str(StaleTracking)] * 3)
    assert len(await models.due(NOW)) == 1


async def test_a_reset_empties_the_models_for_a_replay(models: ReadModels) -> None:
    async with models.transaction(Tracking("lots", 9)) as tx:
        await tx.set_timer("lot-1", "deadline", NOW)
        await tx.upsert_lot(lot("lot-1"))
        await tx.claim("uscc", "91420900MA", "party-1")
    await models.reset("lots")
    assert await models.tracked("lots") == 0
    assert await models.due(NOW) == []
    assert await models.get_lot("lot-1") is None
    assert await models.holder("uscc", "91420900MA") is None
    async with models.transaction(Tracking("lots", 1)):
        pass


# Timers


async def test_timers_come_due_in_order(models: ReadModels) -> None:
    async with models.transaction() as tx:
        await tx.set_timer("lot-2", "deadline", NOW + HOUR, b"2")
        await tx.set_timer("lot-1", "deadline", NOW, b"1")
        await tx.set_timer("lot-1", "window", NOW + 2 * HOUR)
    assert await models.next_due() == NOW
    assert await models.due(NOW - HOUR) == []
    assert await models.due(NOW + HOUR) == [
        Timer(subject="lot-1", kind="deadline", due_at=NOW, payload=b"1"),
        Timer(subject="lot-2", kind="deadline", due_at=NOW + HOUR, payload=b"2"),
    ]
    assert len(await models.due(NOW + 9 * HOUR, limit=1)) == 1


async def test_a_timer_moves_and_is_cleared(models: ReadModels) -> None:
    async with models.transaction() as tx:
        await tx.set_timer("lot-1", "deadline", NOW)
        await tx.set_timer("lot-1", "deadline", NOW + HOUR)
        await tx.set_timer("lot-1", "window", NOW + 2 * HOUR)
        await tx.set_timer("lot-2", "window", NOW + 3 * HOUR)
    assert await models.next_due() == NOW + HOUR
    async with models.transaction() as tx:
        await tx.clear_timer("lot-1", "deadline")
        await tx.clear_timer("lot-1", "deadline")
    assert await models.next_due() == NOW + 2 * HOUR
    async with models.transaction() as tx:
        await tx.clear_timer("lot-1")
    assert await models.next_due() == NOW + 3 * HOUR


# Lots


async def test_a_lot_is_replaced_as_a_whole(models: ReadModels) -> None:
    async with models.transaction() as tx:
        await tx.upsert_lot(lot("lot-1", agency="party-2"))
        assert (await tx.get_lot("lot-1")) == lot("lot-1", agency="party-2")
        await tx.upsert_lot(lot("lot-1", phase="opened", deadline=None, doc=b'{"a":1}'))
    assert await models.get_lot("lot-1") == lot("lot-1", phase="opened", deadline=None, doc=b'{"a":1}')
    assert await models.get_lot("unknown") is None


async def test_pages_are_complete_and_do_not_shift_when_lots_change_or_arrive(models: ReadModels) -> None:
    async with models.transaction() as tx:
        for n in range(25):
            await tx.upsert_lot(lot(f"lot-{n:02}", noticed_at=None if n % 5 == 0 else NOW + (n // 3) * HOUR))
    seen: list[LotRow] = []
    after: str | None = None
    while True:
        page = await models.list_lots(after=after, limit=4)
        seen += page.rows
        async with models.transaction() as tx:
            await tx.upsert_lot(lot(f"newer-{len(seen)}", noticed_at=NOW + 1000 * HOUR))
            await tx.upsert_lot(lot("lot-01", phase="opened", updated_feed_position=len(seen)))
        after = page.after
        if after is None:
            break
    old = [row.lot_id for row in seen if row.lot_id.startswith("lot-")]
    assert sorted(old) == [f"lot-{n:02}" for n in range(25)]
    times = [row.noticed_at or datetime.max.replace(tzinfo=UTC) for row in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LotFilter(), {"a", "b", "c", "e"}),
        (LotFilter(mode="test"), {"d"}),
        (LotFilter(mode=None), {"a", "b", "c", "d", "e"}),
        (LotFilter(category="房建"), {"b"}),
        (LotFilter(regime="GP"), {"c"}),
        (LotFilter(phases=["opened", "closed"]), {"a", "b"}),
        (LotFilter(region="4209"), {"a", "b", "e"}),
        (LotFilter(region="4209%"), set()),
        (LotFilter(project_id="project-2"), {"b"}),
        (LotFilter(tenderer="party-9"), {"c"}),
        (LotFilter(agency="party-8"), {"c"}),
        (LotFilter(text="100%"), {"c"}),
        (LotFilter(noticed=True), {"a", "b", "c"}),
        (LotFilter(noticed=False), {"e"}),
        (LotFilter(deadline_before=NOW), {"b"}),
        (LotFilter(deadline_after=NOW, regime="ENG"), {"a", "e"}),
        (LotFilter(category="房建", regime="GP"), set()),
    ],
)
async def test_filters(models: ReadModels, wanted: LotFilter, expected: set[str]) -> None:
    async with models.transaction() as tx:
        await tx.upsert_lot(lot("a", phase="opened"))
        await tx.upsert_lot(lot("b", category="房建", phase="closed", project_id="project-2", deadline=NOW))
        await tx.upsert_lot(
            lot("c", regime="GP", region="420100", tenderer="party-9", agency="party-8", title="100% 节能灯")
        )
        await tx.upsert_lot(lot("d", mode="test"))
        await tx.upsert_lot(lot("e", noticed_at=None))
    page = await models.list_lots(wanted)
    assert {row.lot_id for row in page.rows} == expected
    assert page.after is None


@pytest.mark.parametrize("cursor", ["", "x", "%", "e30", "WyJub3cnIiwiYSJd", "WyJub3ciLDFd", "目录"])
async def test_a_cursor_that_is_not_ours_is_refused(models: ReadModels, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await models.list_lots(after=cursor)


async def test_a_list_goes_through_its_index_whatever_the_number_of_lots(
    models: ReadModels, database: Database
) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO lots SELECT 'lot-' || n, 'p', 't', 'c', 'ENG', 'live', 'noticed', '4209', NULL, "
            "NULL, now() - n * interval '1 minute', 'party', NULL, n, '{}' FROM generate_series(1, 20000) n"
        )
        await connection.execute("SET LOCAL enable_sort = off")  # would be the sign of reading them all
        plan = await connection.fetch(
            "EXPLAIN SELECT lot_id FROM lots WHERE mode = 'live' AND (listed_at, lot_id) < (now(), 'lot-9') "
            "ORDER BY listed_at DESC, lot_id DESC LIMIT 51"
        )
    text = "\n".join(row[0] for row in plan)
    assert "lots_listed" in text, text
    assert "Sort" not in text, text


# Claims


async def test_a_value_names_one_party(models: ReadModels) -> None:
    async with models.transaction(Tracking("parties", 1)) as tx:
        await tx.claim("uscc", "91420900MA", "party-1")
        await tx.claim("uscc", "91420900MA", "party-1")  # again: harmless
        await tx.claim("credential", "device-1", "party-1")
    with pytest.raises(AlreadyClaimed) as refused:
        async with models.transaction(Tracking("parties", 2)) as tx:
            await tx.claim("uscc", "91420900MA", "party-2")
    assert refused.value.holder == "party-1"
    assert "91420900MA" not in str(refused.value)
    assert await models.tracked("parties") == 1
    assert await models.holder("uscc", "91420900MA") == "party-1"
    assert await models.claims("party-1") == [("credential", "device-1"), ("uscc", "91420900MA")]


async def test_concurrent_claims_have_one_winner(models: ReadModels) -> None:
    async def claim(party: str) -> None:
        async with models.transaction() as tx:
            await tx.claim("uscc", "91420900MA", party)

    results = await asyncio.gather(*(claim(f"party-{n}") for n in range(5)), return_exceptions=True)
    assert sum(isinstance(r, AlreadyClaimed) for r in results) == 4


async def test_a_released_value_is_free(models: ReadModels) -> None:
    async with models.transaction() as tx:
        await tx.claim("credential", "device-1", "party-1")
        await tx.release("credential", "device-1")
        await tx.claim("credential", "device-1", "party-2")
    assert await models.holder("credential", "device-1") == "party-2"
