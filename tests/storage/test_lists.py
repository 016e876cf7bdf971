"""Lists of subjects: one row of each and period, newest first, as it stood when a period ended."""

from __future__ import annotations

from typing import Any

import pytest

from storage.database import Database
from storage.errors import StaleTracking
from storage.events import Tracking
from storage.readmodels import ListEntry, ReadModels


@pytest.fixture
def models(database: Database) -> ReadModels:
    return ReadModels(database)


def entry(subject: str, place: int, **changed: Any) -> ListEntry:
    fields: dict[str, Any] = {"list": "parties", "subject": subject, "place": place, "doc": b"{}"}
    return ListEntry(**fields | changed)


async def put(models: ReadModels, *entries: ListEntry) -> None:
    async with models.transaction() as tx:
        for one in entries:
            await tx.upsert_entry(one)


def subjects(found: list[ListEntry]) -> list[str]:
    return [one.subject for one in found]


async def test_an_entry_is_replaced_and_keeps_its_place(models: ReadModels) -> None:
    await put(models, entry("a", 1, tags=("waiting",)), entry("b", 2))
    await put(models, entry("a", 99, text="甲公司", owner="局", doc=b"1"))
    found = await models.lists.page("parties")
    assert subjects(found) == ["b", "a"]
    assert (found[1].place, found[1].tags, found[1].text, found[1].owner, found[1].doc) == (
        1,
        (),
        "甲公司",
        "局",
        b"1",
    )


async def test_a_write_stands_with_its_checkpoint(models: ReadModels) -> None:
    async with models.transaction(Tracking("lists", 5)) as tx:
        await tx.upsert_entry(entry("a", 1))
    with pytest.raises(StaleTracking):
        async with models.transaction(Tracking("lists", 5)) as tx:
            await tx.upsert_entry(entry("b", 2))
    assert subjects(await models.lists.page("parties")) == ["a"]
    await models.reset("lists")
    assert await models.lists.page("parties") == []


async def test_pages_filters_and_searches(models: ReadModels) -> None:
    await put(
        models,
        *(
            entry(f"s{n}", n, tags=("waiting",) if n % 2 else (), text=f"第{n}公司\n9142{n}")
            for n in range(6)
        ),
        entry("other", 7, list="conduct"),
    )
    assert subjects(await models.lists.page("parties", limit=2)) == ["s5", "s4"]
    assert subjects(await models.lists.page("parties", after=4, limit=2)) == ["s3", "s2"]
    assert subjects(await models.lists.page("parties", tag="waiting")) == ["s5", "s3", "s1"]
    assert subjects(await models.lists.page("parties", text="第3公")) == ["s3"]
    assert subjects(await models.lists.page("parties", text="%")) == []
    assert len(await models.lists.page("parties", limit=0)) == 1


async def test_a_subject_is_told_as_it_stood_when_the_period_ended(models: ReadModels) -> None:
    """The filter is applied to that row, not to an earlier one that fits."""
    await put(
        models,
        entry("a", 1, period=2026, tags=("owing",), doc=b"26"),
        entry("a", 1, period=2028, doc=b"28"),
        entry("b", 2, period=2027, tags=("owing",), doc=b"27"),
    )

    async def owing(until: int) -> list[bytes]:
        return [one.doc for one in await models.lists.page("parties", tag="owing", until=until)]

    assert [await owing(year) for year in (2025, 2026, 2027, 2028)] == [[], [b"26"], [b"27", b"26"], [b"27"]]
    assert [one.doc for one in await models.lists.page("parties")] == [b"27", b"28"]


async def test_owners_in_the_order_of_their_names(models: ReadModels) -> None:
    await put(
        models, entry("a", 1, owner="乙"), entry("b", 2, owner="甲"), entry("c", 3, owner="乙"), entry("d", 4)
    )
    assert sorted(await models.lists.owners("parties")) == sorted(["乙", "甲"])
    first = (await models.lists.owners("parties", limit=1))[0]
    rest = await models.lists.owners("parties", after=first)
    assert {first, *rest} == {"乙", "甲"}
    assert subjects(await models.lists.page("parties", owners=["乙"])) == ["c", "a"]


async def test_a_page_goes_through_its_index_however_many_subjects_there_are(
    models: ReadModels, database: Database
) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO list_entries SELECT 'parties', 's' || n, 0, n, '', '{}', '', '{}' "
            "FROM generate_series(1, 20000) n"
        )
        await connection.execute("SET LOCAL enable_sort = off")  # would be the sign of reading them all
        plan = await connection.fetch(
            "EXPLAIN SELECT subject FROM list_entries WHERE list = 'parties' AND place < 900 "
            "ORDER BY place DESC LIMIT 51"
        )
    text = "\n".join(row[0] for row in plan)
    assert "list_entries_place" in text, text
    assert "Sort" not in text, text
