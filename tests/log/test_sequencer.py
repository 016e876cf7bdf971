"""The sequencer: every event once and in order, under a checkpoint, whenever and wherever it is killed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from bidding.application.log.export import PREFIX, full_tiles
from bidding.application.log.places import CROWD, leaves_for, places
from bidding.application.log.ports import Batch, Head, RawEvent, Tiles
from bidding.application.log.reader import entries
from bidding.application.log.sequencer import BATCH, LogIdentity, Sequencer
from bidding.application.ports import Unavailable
from bidding.compose.log import StorageLog
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import open_checkpoint, require_consistent
from bidding.crypto.log.leaf import event_entry
from bidding.crypto.log.proof import check_proof, parse_proof
from bidding.crypto.log.tiles import WIDTH, Tile, decode_bundle, tile_path
from bidding.crypto.parts import leaf_hash, root
from tests.log.conftest import IDENTITY, KEY, LogHouse, Now


class Killed(BaseException):
    """The process ends here."""


class Mortal(StorageLog):
    """Kills at the ``at``-th call, before it has reached the store or after."""

    def __init__(self, house: LogHouse, at: int, *, after: bool) -> None:
        super().__init__(house.log)
        self.at, self.after = at, after

    def _count(self, after: bool) -> None:
        if after is self.after:
            self.at -= 1
            if self.at == 0:
                raise Killed

    async def head(self) -> Head:
        self._count(False)
        found = await super().head()
        self._count(True)
        return found

    async def events(self, after: int, limit: int) -> list[RawEvent]:
        self._count(False)
        found = await super().events(after, limit)
        self._count(True)
        return found

    async def save(self, batch: Batch) -> bool:
        self._count(False)
        done = await super().save(batch)
        self._count(True)
        return done

    async def tiles(self, wanted: Sequence[tuple[int, int]]) -> Tiles:
        self._count(False)
        found = await super().tiles(wanted)
        self._count(True)
        return found


async def require_whole(house: LogHouse, events: int) -> None:
    """Every event has one leaf, in order, and everything fits."""
    head = await house.store.head()
    leaves = await house.store.leaves_between(0, head.size)
    assert [position for position, _ in leaves] == list(range(1, events + 1))
    assert await house.findings() == []


async def sequenced(house: LogHouse, position: int) -> None:
    while (await house.store.head()).position < position:  # noqa: ASYNC110 - the other process sets no event here
        await asyncio.sleep(0.05)


async def test_an_event_is_under_the_next_checkpoint_and_proved(house: LogHouse) -> None:
    [position] = await house.happen()
    head = await house.sequencer.beat()
    assert (head.size, head.position) == (8, position)
    [(_, leaf)] = await house.store.leaves_between(0, 8)
    [proof] = await house.reader.proofs([leaf])
    [event] = await house.store.events(0, 10)
    read = parse_proof(proof.text)
    assert check_proof(read, event_entry(IDENTITY.logged(event), event.salt), IDENTITY.key).size == 8
    with pytest.raises(LogError):
        await house.reader.proofs([8])


async def test_a_quiet_log_grows_as_a_busy_one_does(house: LogHouse) -> None:
    sizes = []
    for events in (0, 8, 0, 1, 3, 8):
        if events:
            await house.happen(events)
        sizes.append((await house.sequencer.beat()).size)
    assert sizes == [8, 16, 24, 32, 40, 48]
    await require_whole(house, 20)


async def test_each_checkpoint_continues_the_one_before(house: LogHouse) -> None:
    notes = []
    for events in (1, 300, 0, 2000, 5):
        if events:
            await house.happen(events)
        await house.sequencer.beat()
        notes.append(await house.note())
    checkpoints = [open_checkpoint(note, IDENTITY.key)[0] for note in notes]
    for number, new in enumerate(checkpoints):
        for old in checkpoints[: number + 1]:
            require_consistent(old, new, await house.reader.consistency(old.size, new.size))
    with pytest.raises(LogError):
        await house.reader.consistency(1, checkpoints[-1].size + 1)
    await require_whole(house, 2306)


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
async def test_it_is_killed_at_every_step_and_goes_on(house: LogHouse, after: bool) -> None:
    await house.sequencer.beat()
    for at in range(1, 10):
        before = await house.note()
        await house.happen(BATCH + 3)
        mortal = house.another(Mortal(house, at, after=after))
        with suppress(Killed):
            await mortal.load()
            await mortal.beat()
            await house.happen(2)
            await mortal.beat()
            await house.happen(2)
        reborn = house.another()
        await reborn.load()
        await house.happen(1)
        await reborn.beat()
        old, new = (open_checkpoint(note, IDENTITY.key)[0] for note in (before, await house.note()))
        require_consistent(old, new, await house.reader.consistency(old.size, new.size))
    await require_whole(house, await house.log.max_position())


async def test_two_that_believe_to_lead_make_one_history(house: LogHouse) -> None:
    first, second = house.another(), house.another()
    await first.load()
    await second.load()
    for sequencer in (first, second, second, first, second):
        await house.happen(3)
        await sequencer.beat()
    await require_whole(house, 15)


async def test_one_runs_and_another_takes_over(house: LogHouse) -> None:
    await house.happen(3)
    tasks = [asyncio.create_task(house.another().run()) for _ in range(2)]
    try:
        async with asyncio.timeout(60):
            await sequenced(house, 3)
            tasks[0].cancel()
            await asyncio.gather(tasks[0], return_exceptions=True)
            await house.happen(2)
            await sequenced(house, 5)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await require_whole(house, 5)


async def test_it_signs_nothing_upon_a_log_that_is_not_its_own(house: LogHouse) -> None:
    await house.sequencer.beat()
    stranger = LogIdentity("other.example", KEY.public, KEY.private, b"s" * 32)
    other = Sequencer(house.store, house.gate, Now(), stranger, house.export, pace=8)
    with pytest.raises(LogError):
        await other.load()


async def test_the_bundles_are_the_leaves_and_the_tiles_their_hashes(house: LogHouse) -> None:
    await house.happen(700)
    head = await house.sequencer.beat()
    assert head.size == 704
    bundles, hashes = [], b""
    for number, width in ((0, WIDTH), (1, WIDTH), (2, 192)):
        bundle = await house.reader.tile(Tile(None, number, width))
        tile = await house.reader.tile(Tile(0, number, width))
        assert bundle is not None
        assert tile is not None
        bundles += decode_bundle(bundle)
        hashes += tile
    assert hashes == b"".join(leaf_hash(one) for one in bundles)
    assert open_checkpoint(await house.note(), IDENTITY.key)[0].root == root(bundles)
    assert await house.reader.tile(Tile(1, 0, 2)) == root(bundles[:256]) + root(bundles[256:512])
    for absent in (
        Tile(None, 2, 193),
        Tile(0, 3, 1),
        Tile(1, 0, 3),
        Tile(2, 0, 1),
        Tile(0, 2**62),
        Tile(63, 0),
    ):
        assert await house.reader.tile(absent) is None


async def test_full_tiles_stand_in_the_object_store_at_their_paths(house: LogHouse) -> None:
    await house.happen(700)
    await house.sequencer.beat()
    await house.export.export(704)
    assert await house.store.exported() == 512
    for tile in (Tile(0, 0), Tile(0, 1), Tile(None, 0), Tile(None, 1)):
        stored = b"".join([chunk async for chunk in house.objects.get(PREFIX + tile_path(tile))])
        assert stored == await house.reader.tile(tile)
    assert await house.objects.size(PREFIX + "0/002") is None
    await house.export.export(704)
    assert await house.store.exported() == 512


def test_each_tile_is_written_when_it_is_full() -> None:
    assert full_tiles(0, 255) == []
    assert full_tiles(255, 513) == [Tile(None, 0), Tile(None, 1), Tile(0, 0), Tile(0, 1)]
    assert full_tiles(65_280, 65_536) == [Tile(None, 255), Tile(0, 255), Tile(1, 0)]
    every = [tile for size in range(0, 70_000, 500) for tile in full_tiles(size, size + 500)]
    assert len(every) == len(set(every)) == 273 + 273 + 1


async def test_before_the_first_beat_there_is_nothing(house: LogHouse) -> None:
    assert await house.reader.checkpoint() is None
    assert await house.reader.tile(Tile(0, 0, 1)) is None
    with pytest.raises(Unavailable):
        await house.reader.proofs([0])
    assert entries(b"") == []


SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def at(*milliseconds: int) -> list[datetime]:
    return [SINCE + timedelta(milliseconds=one) for one in milliseconds]


def test_a_place_follows_from_the_events_own_instant() -> None:
    """R-GEN-04: not from how many others came before it."""
    until = SINCE + timedelta(milliseconds=800)
    assert places(at(0, 250, 799), SINCE, until, 8) == [0, 2, 7]
    alone = places(at(450), SINCE, until, 8)
    assert alone == [4]
    assert places(at(10, 120, 230, 450), SINCE, until, 8)[-1] == alone[0]


def test_events_of_one_instant_stand_side_by_side_and_all_find_room() -> None:
    until = SINCE + timedelta(milliseconds=800)
    assert places(at(300, 300, 300), SINCE, until, 8) == [3, 4, 5]
    assert places(at(790, 790, 790), SINCE, until, 8) == [5, 6, 7]
    assert places(at(*[799] * 8), SINCE, until, 8) == list(range(8))
    assert places(at(-50, 900), SINCE, until, 8) == [0, 7]
    assert places(at(1, 2), None, until, 8) == [0, 1]
    with pytest.raises(ValueError, match="more events"):
        places(at(1, 2), SINCE, until, 1)


def test_a_crowd_is_filled_up() -> None:
    assert [leaves_for(events, 8) for events in (0, 1, 8, 9, 64, 65)] == [8, 8, 8, CROWD, CROWD, 2 * CROWD]
