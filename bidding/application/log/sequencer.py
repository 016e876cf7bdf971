"""The one sequencer: follows the event log in batches and lets the tree grow, off the path of every write.

Each beat is one transaction: the new leaves' commitments, the new hashes of every level, and the signed checkpoint. A
process that ends between any two steps leaves the tree of the last beat; whoever leads next goes on from there. The
leadership is an advisory lock, and the transaction itself makes sure that the tree is as large as it was thought: two
that both believe to lead cannot make two histories.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from bidding.application.keyring import beside
from bidding.application.leading import lead
from bidding.application.log.export import TileExport
from bidding.application.log.places import leaves_for, places
from bidding.application.log.ports import Batch, Head, LogStore, RawEvent
from bidding.application.ports import Clock, Gate
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from bidding.crypto.log.growth import Run, Tree
from bidding.crypto.log.leaf import (
    LoggedEvent,
    commitment,
    cover,
    entry,
    internals_digest,
    logged_bytes,
    moment,
)
from bidding.crypto.log.note import NoteKey
from bidding.crypto.log.tiles import WIDTH, edge_tiles
from bidding.crypto.parts import DIGEST_SIZE, leaf_hash
from bidding.crypto.provider import PlatformKey

log = structlog.get_logger(__name__)

NAME = "log"
#: Seconds between two checkpoints: below one, so that an event is under a checkpoint within a second.
BEAT = 0.8
#: Events that one transaction takes in at most.
BATCH = 1024


class LogIdentity:
    """Who the log is. ``origin``: its name, never changed; ``private``: raw Ed25519, or the key that is held elsewhere;
    ``secret``: 32 bytes that tell cover leaves from events and metadata from its digest."""

    def __init__(self, origin: str, public: bytes, private: bytes | PlatformKey, secret: bytes) -> None:
        self.origin, self.private, self.secret = origin, private, secret
        self.key = NoteKey(origin, public)

    def logged(self, event: RawEvent) -> LoggedEvent:
        """What the leaf of this event commits to."""
        return LoggedEvent(
            id=event.event_id,
            internals=internals_digest(self.secret, event.event_id, event.version, event.metadata),
            recorded_at=moment(event.recorded_at),
            state=event.state.decode(),
            stream=event.stream,
            topic=event.topic,
        )


class Sequencer:
    """``pace``: leaves of a beat without more events than that."""

    def __init__(
        self,
        store: LogStore,
        gate: Gate,
        clock: Clock,
        identity: LogIdentity,
        export: TileExport,
        *,
        pace: int,
    ) -> None:
        self._store, self._gate, self._clock = store, gate, clock
        self._identity, self._export, self._pace = identity, export, pace
        self._head, self._tree = Head(), Tree()

    async def run(self) -> None:
        """For ever. A store that does not answer delays checkpoints, and loses none.

        Raises ``LogError`` if what is stored is no log of this identity: nothing must be signed upon it.
        """
        exporting = asyncio.create_task(self._export.run(), name="log export")
        try:
            await lead(self._gate, NAME, self._lead, part="log")
        finally:
            exporting.cancel()

    async def _lead(self) -> None:
        await self.load()
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self.beat()
            due = max(due + BEAT, loop.time())  # a beat that was missed is not made up for
            await asyncio.sleep(due - loop.time())

    async def load(self) -> None:
        """Take the tree from the store. Raises ``LogError`` if its checkpoint is not its own."""
        head = await self._store.head()
        wanted = edge_tiles(head.size)
        stored = await self._store.tiles([(one.level, one.number) for one in wanted])
        edge: dict[int, Sequence[bytes]] = {}
        for one in wanted:
            hashes = split(stored.get((one.level, one.number), b""))[: one.width]
            edge[one.level] = [leaf_hash(entry(one)) for one in hashes] if one.level == 0 else hashes
        tree = Tree(head.size, edge)
        if head.note is not None:
            checkpoint, _ = open_checkpoint(head.note, self._identity.key)
            if (checkpoint.size, checkpoint.root) != (tree.size, tree.root):
                raise LogError(what="the stored tree is not the one that its checkpoint was signed for")
        elif head.size:
            raise LogError(what="a stored tree without its checkpoint")
        self._head, self._tree = head, tree
        self._export.grown(tree.size)

    async def beat(self) -> Head:
        """One beat: all events that are there by now, in one batch or several. What holds then."""
        while True:
            events = await self._store.events(self._head.position, BATCH)
            until = self._clock.now()
            batch, tree = await self._signed_batch(events, until)
            if await self._store.save(batch):
                self._head, self._tree = batch.head, tree
                self._export.grown(tree.size)
            else:  # somebody else led: what he signed stands
                await self.load()
                continue
            if len(events) < BATCH:
                return self._head

    async def _signed_batch(self, events: Sequence[RawEvent], until: datetime) -> tuple[Batch, Tree]:
        key = self._identity.private
        if isinstance(key, bytes):
            return self._batch(events, until)
        return await beside(key, lambda: self._batch(events, until))

    def _batch(self, events: Sequence[RawEvent], until: datetime) -> tuple[Batch, Tree]:
        before, secret = self._tree.size, self._identity.secret
        count = leaves_for(len(events), self._pace)
        at = places([one.recorded_at for one in events], self._head.beat_at, until, count)
        placed = {before + place: event for place, event in zip(at, events, strict=True)}
        commitments = [
            commitment(logged_bytes(self._identity.logged(placed[leaf])), placed[leaf].salt)
            if leaf in placed
            else cover(secret, leaf)
            for leaf in range(before, before + count)
        ]
        tree, runs = self._tree.grown([leaf_hash(entry(one)) for one in commitments])
        checkpoint = Checkpoint(self._identity.origin, tree.size, tree.root)
        head = Head(
            size=tree.size,
            position=events[-1].position if events else self._head.position,
            beat_at=until,
            note=sign_checkpoint(checkpoint, self._identity.private).encoded,
        )
        return (
            Batch(
                before=before,
                head=head,
                commitments=[(first, data) for _, first, data in pieces(Run(0, before, tuple(commitments)))],
                runs=[piece for run in runs if run.level for piece in pieces(run)],
                leaves=[(event.position, leaf) for leaf, event in placed.items()],
            ),
            tree,
        )


def pieces(run: Run) -> list[tuple[int, int, bytes]]:
    """(level, first, bytes), cut where tiles end."""
    found, at = [], 0
    while at < len(run.hashes):
        first = run.first + at
        end = at + WIDTH - first % WIDTH
        found.append((run.level, first, b"".join(run.hashes[at:end])))
        at = end
    return found


def split(hashes: bytes) -> list[bytes]:
    """A tile's bytes as its hashes."""
    return [hashes[at : at + DIGEST_SIZE] for at in range(0, len(hashes), DIGEST_SIZE)]
