"""R-GEN-04 (招投条例 36, 39): before the opening the log tells nobody how many bid, nor when, nor that anyone does."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bidding.application.log.ports import Head, RawEvent
from bidding.application.log.reader import entries
from bidding.application.log.sequencer import Sequencer
from bidding.compose.log import StorageLog
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.leaf import Leaf, LoggedEvent
from bidding.crypto.log.proof import LogProof
from tests.log.conftest import IDENTITY, LogHouse

#: What happens secretly at each beat, on two platforms.
QUIET, BUSY = (0, 0, 0, 0, 0, 0), (0, 1, 6, 0, 8, 3)


async def seen(house: LogHouse, activity: tuple[int, ...]) -> list[Head]:
    found = []
    for events in activity:
        for _ in range(events):
            await house.happen()
        found.append(await house.sequencer.beat())
    return found


@pytest.mark.parametrize("activity", [QUIET, BUSY], ids=["nobody bids", "many do"])
async def test_sizes_are_the_same_whether_anybody_bids(house: LogHouse, activity: tuple[int, ...]) -> None:
    found = await seen(house, activity)
    assert [one.size for one in found] == [8, 16, 24, 32, 40, 48]
    for one in found:
        assert one.note is not None
        _, note = open_checkpoint(one.note, IDENTITY.key)
        assert len(note.text.split("\n")) == 4  # origin, size, root: nothing else to tell by


async def test_leaves_of_events_and_covers_look_alike(house: LogHouse) -> None:
    await seen(house, BUSY)
    stored = (await house.store.tiles([(0, 0)]))[0, 0]
    leaves = entries(stored)
    assert len(leaves) == len(set(leaves)) == 48
    assert {len(one) for one in leaves} == {len(leaves[0])}
    for one in leaves:
        parse_canonical(one, Leaf)
    assert not any(stored[at : at + 32] in (bytes(32), b"\xff" * 32) for at in range(0, len(stored), 32))


class Told(StorageLog):
    """Events with the instants that the test gives them, by position."""

    instants: dict[int, datetime]

    async def events(self, after: int, limit: int) -> list[RawEvent]:
        found = await super().events(after, limit)
        return [replace(one, recorded_at=self.instants[one.position]) for one in found]


class Beats:
    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


@pytest.mark.parametrize("before", [(), (10,), (10, 390), (0, 110, 220)])
async def test_a_party_that_samples_the_log_counts_nobody_else(
    house: LogHouse, before: tuple[int, ...]
) -> None:
    """The leaf of its own event, 450 ms into the beat, is the fifth of eight whatever others did before."""
    store, beats = Told(house.log), Beats()
    sequencer = Sequencer(store, house.gate, beats, IDENTITY, house.export, pace=8)
    await sequencer.beat()
    milliseconds = (*before, 450)
    positions = [(await house.happen())[0] for _ in milliseconds]
    store.instants = {
        position: beats.instant + timedelta(milliseconds=one)
        for position, one in zip(positions, milliseconds, strict=True)
    }
    beats.instant += timedelta(milliseconds=800)
    head = await sequencer.beat()
    leaves = dict(await store.leaves_between(8, head.size))
    assert (leaves[positions[-1]], head.size) == (8 + 4, 16)


def test_nothing_disclosed_holds_a_position() -> None:
    """Nor a version: of a lot's stream it counts the events that its reader may not see."""
    assert set(LoggedEvent.__struct_fields__) == {
        *("id", "internals", "recorded_at", "state", "stream", "topic", "v"),
    }
    assert set(LogProof.__struct_fields__) == {"index", "path", "checkpoint", "extra"}
