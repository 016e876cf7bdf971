"""The log in the domain's terms: every event comes back as it went in, and storage's errors by the ports' names."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest
from eventsourcing.persistence import OperationalError

from bidding.application.ports import (
    KeyReused,
    Meta,
    NoRoom,
    PortError,
    Request,
    Taken,
    Unavailable,
    VersionMoved,
    Write,
)
from bidding.compose.journal import EventJournal, named_by_the_application
from bidding.domain import registry
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from storage.errors import AlreadyClaimed, StorageFull, StorageUnavailable
from storage.events import EventLog, connect
from tests.domain.sampling import sample

SAMPLES = [sample(kind) for _, kind in sorted(registry.TOPICS.items())]
META = Meta(actor="agency", credential="a1", request="r1", causation="c1", address="192.0.2.1")
REQUEST = Request(scope="agency", key="key", hash=b"hash", answer=b"answer")


@pytest.fixture
async def log(pg_dsn: str) -> AsyncIterator[EventLog]:
    async with connect(pg_dsn) as opened:
        yield opened


@pytest.fixture
def journal(log: EventLog) -> EventJournal:
    return EventJournal(log, secrets.token_bytes)


def write(*events: Event, stream: str = "lot-1", expected: int = 0) -> Write:
    return Write(stream=stream, expected=expected, events=events)


async def test_every_type_of_event_comes_back_as_it_went_in(journal: EventJournal) -> None:
    appended = await journal.append([write(*SAMPLES)], meta=META)
    loaded = await journal.load("lot-1")
    assert [one.event for one in loaded] == SAMPLES
    assert loaded == appended
    assert {one.meta for one in loaded} == {META}
    assert [one.position for one in loaded] == list(range(1, len(SAMPLES) + 1))


async def test_the_feed_holds_public_events_alone_and_counts_nothing_else(journal: EventJournal) -> None:
    await journal.append([write(*SAMPLES)], meta=META)
    public = [one for one in SAMPLES if is_public(one)]
    fed = await journal.feed(0, 500)
    assert [one.event for one in fed] == public
    assert [one.feed_position for one in fed] == list(range(1, len(public) + 1))
    assert await journal.feed_end() == len(public) < len(SAMPLES)


async def test_an_empty_log_stands_at_nothing(journal: EventJournal) -> None:
    assert (await journal.position(), await journal.feed_end(), await journal.checkpoint("lots")) == (
        0,
        0,
        None,
    )
    assert await journal.load("lot-1") == await journal.feed(0, 9) == []
    assert await journal.answer("agency", "key") is None


async def test_streams_are_loaded_by_prefix_in_the_logs_order(journal: EventJournal) -> None:
    first, second, third = SAMPLES[:3]
    await journal.append([write(first, stream="bid-7-b"), write(second, stream="bid-7-a")], meta=META)
    await journal.append([write(third, stream="bid-77-a")], meta=META)
    assert [one.stream for one in await journal.load_prefix("bid-7-")] == ["bid-7-b", "bid-7-a"]


async def test_a_commit_over_streams_is_appended_whole_or_not_at_all(journal: EventJournal) -> None:
    await journal.append([write(SAMPLES[0])], meta=META)
    with pytest.raises(VersionMoved) as moved:
        await journal.append([write(SAMPLES[1], stream="room-1"), write(SAMPLES[1])], meta=META)
    assert (moved.value.stream, moved.value.expected, moved.value.found) == ("lot-1", 0, 1)
    assert await journal.load("room-1") == []


async def test_a_guard_that_moved_is_named(journal: EventJournal) -> None:
    await journal.append([write(SAMPLES[0])], meta=META)
    with pytest.raises(VersionMoved) as moved:
        await journal.append([write(SAMPLES[1], stream="bid-1-a")], meta=META, guards={"lot-1": 7})
    assert (moved.value.stream, moved.value.expected, moved.value.found) == ("lot-1", 7, 1)
    assert await journal.position() == 1


async def test_a_replayed_request_appends_nothing_and_finds_its_answer(journal: EventJournal) -> None:
    assert await journal.append([write(SAMPLES[0])], meta=META, request=REQUEST)
    assert await journal.append([write(SAMPLES[0])], meta=META, request=REQUEST) == []
    assert await journal.answer("agency", "key") == (b"hash", b"answer")
    assert await journal.position() == 1


async def test_another_request_under_the_same_key_is_refused(journal: EventJournal) -> None:
    await journal.append([write(SAMPLES[0])], meta=META, request=REQUEST)
    other = Request(scope="agency", key="key", hash=b"other", answer=b"")
    with pytest.raises(KeyReused):
        await journal.append([write(SAMPLES[1], expected=1)], meta=META, request=other)


async def test_a_subscription_gives_past_and_future_once(journal: EventJournal) -> None:
    await journal.append([write(*SAMPLES[:2])], meta=META)
    async with aclosing(journal.subscribe(1)) as events:
        assert (await anext(events)).position == 2
        coming = asyncio.ensure_future(anext(events))
        await journal.append([write(SAMPLES[2], expected=2)], meta=META)
        assert (await coming).event == SAMPLES[2]


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        (lambda: AlreadyClaimed("uscc", "9142", "a"), Taken),
        (lambda: StorageFull("disk"), NoRoom),
        (lambda: StorageUnavailable("gone"), Unavailable),
        (lambda: OperationalError("odd"), Unavailable),
    ],
)
def test_storages_errors_have_the_applications_names(
    stored: Callable[[], Exception], named: type[PortError]
) -> None:
    with pytest.raises(named) as raised, named_by_the_application():
        raise stored()
    assert type(raised.value) is named


async def test_a_database_that_went_away_is_unavailable(journal: EventJournal, log: EventLog) -> None:
    await log.close()
    with pytest.raises(Unavailable):
        await journal.load("lot-1")
