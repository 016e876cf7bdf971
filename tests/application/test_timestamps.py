"""R-CRYP-06 (GB/T 20520, RFC 3161): what a tender turns on is stamped by somebody else, and the record shows it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bidding.application.platform import lot_stream
from bidding.application.record.format import FORMAT, LotRecord, RecordedEvent, Seal, SealBody
from bidding.application.record.read import Faulty, Read
from bidding.application.record.timestamps import SKEW, check_timestamps
from bidding.application.timestamps import CheckpointStamper, NoAnswer, Stamper
from bidding.compose.settings import Settings
from bidding.compose.timestamps import HttpAuthority, NoRoots, stamping
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import TimestampError
from bidding.crypto.instant import instant
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.timestamp import LARGEST, check_token
from bidding.domain.event import EVERYONE, Event, encode
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening.events import OpeningEnded, RollPublished, SubmissionClosed, WindowEnded
from bidding.domain.timestamp.decide import CHECKPOINTED, STAMPED
from bidding.domain.timestamp.events import Timestamped
from tests.application.house import LOT, House
from tests.application.test_log_receipts import IDENTITY, Proofs
from tests.domain.opening.hall import Hall
from tests.time_authority import TimeAuthority, listening

#: When the events of a record were recorded, unless a test says otherwise: long before they are stamped.
BEFORE = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeAuthority]:
    with listening(TimeAuthority(tmp_path / "tsa")) as found:
        yield found


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[HttpAuthority]:
    client = HttpAuthority.of("国家授时", url)
    try:
        yield client
    finally:
        await client.close()


@pytest_asyncio.fixture
async def stamper(house: House, authority: TimeAuthority) -> AsyncIterator[Stamper]:
    async with asking(authority.url) as client:
        yield Stamper(house.platform, client, [authority.root])


def published() -> Hall:
    hall = Hall()
    hall.order("a", "b", "c")
    return hall


async def taken(house: House, stamper: Stamper) -> list[bool]:
    return [await stamper.take(one) for one in await house.platform.journal.load(lot_stream(LOT))]


async def stamps(house: House) -> list[Timestamped]:
    recorded = await house.platform.journal.load(lot_stream(LOT))
    return [one.event for one in recorded if isinstance(one.event, Timestamped)]


async def test_the_close_and_the_roll_are_stamped_and_nothing_else_is_sent(
    house: House, stamper: Stamper, authority: TimeAuthority
) -> None:
    await house.plant(published().log)
    await taken(house, stamper)
    found = await stamps(house)
    assert [one.subject for one in found] == [SubmissionClosed.TOPIC, RollPublished.TOPIC]
    assert len(authority.asked) == 2
    recorded = await house.platform.journal.load(lot_stream(LOT))
    for one in found:
        (content,) = [encode(each.event) for each in recorded if one.subject == each.event.TOPIC]
        assert one.imprint == hashlib.sha256(content).hexdigest()
        assert check_token(unb64(one.token), content, [authority.root]).instant == one.instant


async def test_an_event_stamped_before_a_crash_is_not_stamped_twice(house: House, stamper: Stamper) -> None:
    await house.plant(published().log)
    await taken(house, stamper)
    assert any(await taken(house, stamper))
    assert len(await stamps(house)) == 2


async def test_an_authority_that_is_down_or_answers_nonsense_delays_the_token_and_loses_none(
    house: House, stamper: Stamper, authority: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def asleep(seconds: float) -> None:
        pauses.append(seconds)

    authority.spoilt = [(503, b""), (200, b"<html>"), (200, b"\0" * (LARGEST + 1)), (302, b"")]
    await house.plant(published().log)
    monkeypatch.setattr("bidding.application.timestamps.asyncio.sleep", asleep)
    await taken(house, stamper)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    assert len(await stamps(house)) == 2


async def test_a_token_under_another_root_or_of_another_query_is_not_kept(
    house: House, authority: TimeAuthority, tmp_path: Path
) -> None:
    await house.plant(published().log)
    stranger = TimeAuthority(tmp_path / "stranger")
    (closed,) = [
        one
        for one in await house.platform.journal.load(lot_stream(LOT))
        if isinstance(one.event, SubmissionClosed)
    ]
    async with asking(authority.url) as client:
        with pytest.raises(TimestampError, match="certificate"):
            await Stamper(house.platform, client, [stranger.root])._token(closed)
        trusting = Stamper(house.platform, client, [authority.root])
        await trusting._token(closed)
        authority.spoilt = [(200, authority.answer(authority.asked[-1]))]
        with pytest.raises(TimestampError, match="Nonce"):
            await trusting._token(closed)


async def test_nobody_at_the_address_is_no_answer() -> None:
    async with asking("http://127.0.0.1:9/tsa") as client:
        with pytest.raises(NoAnswer, match="ConnectError"):
            await client.ask(b"query")


async def test_it_follows_the_log_from_where_it_was_and_begins_at_the_end_of_an_old_one(
    house: House, stamper: Stamper
) -> None:
    hall = published()
    before = next(number for number, (_, event) in enumerate(hall.log) if isinstance(event, RollPublished))
    await house.plant(hall.log[:before])
    assert await stamper.start() == await house.platform.journal.position()
    running = asyncio.create_task(stamper.run())
    try:
        await house.plant(hall.log[before:])
        async with asyncio.timeout(60):
            while not (found := await stamps(house)):  # noqa: ASYNC110 - another task's commit
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [one.subject for one in found] == [RollPublished.TOPIC]
    assert await stamper.start() >= before


async def test_one_that_began_on_an_empty_log_misses_nothing_when_it_comes_again(
    house: House, stamper: Stamper
) -> None:
    assert await stamper.start() == await house.platform.journal.position() == 0
    await house.plant(published().log)
    assert await stamper.start() == 0


async def test_authorities_without_roots_to_believe_are_no_settings(house: House, tmp_path: Path) -> None:
    named, nowhere = {"国家授时": "http://127.0.0.1:9/tsa"}, Proofs(house).reader
    unread = Settings(time_authorities=named, time_roots=tmp_path / "no.pem")
    with pytest.raises(NoRoots, match="BIDDING_TIME_ROOTS"):
        async with stamping(Settings(time_authorities=named), house.platform, nowhere):
            pass
    with pytest.raises(TimestampError, match="FileNotFoundError"):
        async with stamping(unread, house.platform, nowhere):
            pass
    async with stamping(Settings(), house.platform, nowhere) as stampers:
        assert stampers == []


# The log's checkpoints (issue 5): with the one that first covers the close all bids that were in time are stamped.


@pytest_asyncio.fixture
async def proofs(house: House) -> Proofs:
    made = Proofs(house)
    await made.sequencer.load()
    return made


@pytest_asyncio.fixture
async def of_checkpoints(
    house: House, authority: TimeAuthority, proofs: Proofs
) -> AsyncIterator[CheckpointStamper]:
    async with asking(authority.url) as client:
        yield CheckpointStamper(house.platform, client, [authority.root], proofs.reader)


async def test_the_checkpoint_that_first_covers_the_close_is_stamped_once(
    house: House, of_checkpoints: CheckpointStamper, proofs: Proofs, authority: TimeAuthority
) -> None:
    hall = published()
    close = next(number for number, (_, event) in enumerate(hall.log) if isinstance(event, SubmissionClosed))
    await house.plant(hall.log[: close + 1])
    first = (await proofs.sequencer.beat()).note or b""
    await house.plant(hall.log[close + 1 :])
    await proofs.sequencer.beat()
    await taken(house, of_checkpoints)
    await taken(house, of_checkpoints)  # as after a crash: refused
    (found,) = await stamps(house)
    assert (found.subject, found.checkpoint) == (SubmissionClosed.TOPIC, first.decode())
    assert found.imprint == hashlib.sha256(first).hexdigest()
    assert check_token(unb64(found.token), first, [authority.root]).instant == found.instant
    assert open_checkpoint(found.checkpoint.encode(), IDENTITY.key)[0].size > 0


async def test_it_waits_for_the_log_and_an_event_token_does_not(
    house: House, stamper: Stamper, of_checkpoints: CheckpointStamper, proofs: Proofs
) -> None:
    await house.plant(published().log)
    await taken(house, stamper)
    waiting = asyncio.create_task(taken(house, of_checkpoints))
    await asyncio.sleep(0)
    assert [one.checkpoint for one in await stamps(house)] == ["", ""]
    await proofs.sequencer.beat()
    async with asyncio.timeout(60):
        await waiting
    assert sum(bool(one.checkpoint) for one in await stamps(house)) == 1
    assert of_checkpoints.name != stamper.name


# what `bidding verify` makes of it


def read(events: list[Event], at: datetime = BEFORE) -> Read:
    body = SealBody(format=FORMAT, lot=LOT, mode="live", entries=0, root="")
    record = LotRecord(
        format=FORMAT,
        lot=LOT,
        mode="live",
        authority="",
        platform_key="",
        events=tuple(
            RecordedEvent(
                position=number, recorded_at=instant(at), topic=one.TOPIC, state=encode(one).decode()
            )
            for number, one in enumerate(events, start=1)
        ),
        certificates=(),
        receipts=(),
        forms=(),
        seal=Seal(body=body, signature=""),
    )
    return Read(record=record, events=tuple(events))


@pytest_asyncio.fixture
async def events(house: House, stamper: Stamper) -> list[Event]:
    await house.plant(published().log)
    await taken(house, stamper)
    return [one.event for one in await house.platform.journal.load(lot_stream(LOT))]


async def test_tokens_hold_over_the_events_of_the_record(
    events: list[Event], authority: TimeAuthority
) -> None:
    said = list(check_timestamps(read(events), [authority.root]))
    assert [one.split(" existed")[0] for one in said] == [
        "time-stamps: lot.submission-closed.v1",
        "time-stamps: lot.roll-published.v1",
    ]
    assert all(one.endswith("under a root that you gave") for one in said)
    assert all("--time-root" in one for one in check_timestamps(read(events), []))


async def test_a_token_over_a_checkpoint_holds_over_that_checkpoint(
    house: House, of_checkpoints: CheckpointStamper, proofs: Proofs, authority: TimeAuthority
) -> None:
    await house.plant(published().log)
    await proofs.sequencer.beat()
    await taken(house, of_checkpoints)
    events = [one.event for one in await house.platform.journal.load(lot_stream(LOT))]
    (said,) = check_timestamps(read(events), [authority.root])
    assert said.startswith("time-stamps: the checkpoint over lot.submission-closed.v1 existed at ")
    other = [
        msgspec.structs.replace(one, checkpoint=one.checkpoint.replace("log.example", "log.other"))
        if isinstance(one, Timestamped)
        else one
        for one in events
    ]
    for roots, reason in (([authority.root], "over other bytes"), ([], "something else than the record")):
        with pytest.raises((Faulty, TimestampError), match=reason):
            list(check_timestamps(read(other), roots))
    unclosed = [one for one in events if not isinstance(one, SubmissionClosed)]
    with pytest.raises(Faulty, match="not in the record"):
        list(check_timestamps(read(unclosed), []))


async def test_an_event_changed_after_its_stamp_is_found(
    events: list[Event], authority: TimeAuthority
) -> None:
    altered = [
        msgspec.structs.replace(one, received=one.received + 1) if isinstance(one, SubmissionClosed) else one
        for one in events
    ]
    with pytest.raises(Faulty, match="not in the record"):
        list(check_timestamps(read(altered), [authority.root]))
    forged = [
        msgspec.structs.replace(one, instant=one.instant - timedelta(hours=1))
        if isinstance(one, Timestamped)
        else one
        for one in events
    ]
    with pytest.raises(Faulty, match="something else than the record"):
        list(check_timestamps(read(forged), [authority.root]))


async def test_an_event_recorded_after_its_stamp_shows_a_clock_set_forward(
    events: list[Event], authority: TimeAuthority
) -> None:
    first = min(one.instant for one in events if isinstance(one, Timestamped))
    assert len(list(check_timestamps(read(events, first + SKEW), [authority.root]))) == 2
    with pytest.raises(Faulty, match="before it happened"):
        list(check_timestamps(read(events, first + SKEW + timedelta(seconds=1)), [authority.root]))


def test_every_stamped_event_is_public() -> None:
    """Their imprints go to an authority outside; what is secret is stamped by nobody."""
    assert all(kind.AUDIENCE == EVERYONE for kind in STAMPED)
    assert {SubmissionClosed, WindowEnded, OpeningEnded} == set(CHECKPOINTED) <= set(STAMPED)
    assert NoticePublished not in STAMPED


async def test_openssl_alone_verifies_a_kept_token_as_the_page_tells(
    house: House, stamper: Stamper, authority: TimeAuthority
) -> None:
    """docs/timestamps.md: no program of ours is needed."""
    await house.plant(published().log)
    await taken(house, stamper)
    for one in await stamps(house):
        assert authority.verifies(unb64(one.token), one.imprint)
        assert not authority.verifies(unb64(one.token), "0" * 64)
