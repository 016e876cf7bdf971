"""Whether the event log still is what the tree commits to: finds what the owner of the database has altered.

Every event is committed to again and compared with its leaf, but for those whose personal data were erased: such a one
has no salt any more, and stands if a later event, which is what its own leaf commits to, says on whose order it was
erased and what is left (``bidding.domain.registration.erasure``). Every other leaf must be the cover of its place; the
tree over all leaves must be the one that the newest checkpoint, and each one kept elsewhere, was signed for. Who alters
events has to alter commitments too, then hashes, then the checkpoint, and has neither the log's key nor the copies of
witnesses and parties.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from bidding.application.log.ports import LogStore, RawEvent
from bidding.application.log.sequencer import BATCH, LogIdentity, split
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.growth import Tree
from bidding.crypto.log.leaf import commitment, cover, entry, logged_bytes
from bidding.crypto.log.tiles import WIDTH, partial_width
from bidding.crypto.parts import leaf_hash
from bidding.domain.archive.events import LotDataErased, LotErasureOrdered
from bidding.domain.registration.erasure import digest
from bidding.domain.registration.events import Erased, ErasureOrdered, PersonalDataErased


class Erasure(NamedTuple):
    """An event whose personal data are erased, lawfully: the event at ``by`` says so. Nothing is wrong with it."""

    position: int
    leaf: int
    by: int


class Finding(NamedTuple):
    """Something that does not fit. ``position``: of the event log, 0 where it is not about one event."""

    fault: str
    position: int = 0
    leaf: int = -1


async def audit(
    store: LogStore,
    identity: LogIdentity,
    kept: Sequence[bytes] = (),
    told: Callable[[Erasure], None] = lambda erasure: None,
    tell: Callable[[int], None] = lambda done: None,
) -> AsyncIterator[Finding]:
    """Everything that does not fit. ``kept``: checkpoints that somebody else kept; ``told``: each event that was erased
    on an order; ``tell``: how many leaves are done. Raises ``Unavailable``."""
    head = await store.head()
    erased = _Erased(told)
    marks, wrong = _marks(identity, kept, head.note)
    for finding in wrong:
        yield finding
    events = _Events(store, head.position)
    tree, levels = Tree(), dict[int, list[bytes]]()
    for number in range(-(-head.size // WIDTH)):
        first, end = number * WIDTH, min(head.size, (number + 1) * WIDTH)
        stored = split((await store.tiles([(0, number)])).get((0, number), b""))[: end - first]
        positions = {leaf: position for position, leaf in await store.leaves_between(first, end)}
        for leaf, committed in enumerate(stored, start=first):
            async for finding in _leaf(identity, events, erased, leaf, committed, positions.get(leaf)):
                yield finding
        if len(stored) < end - first:
            yield Finding("leaves are missing", leaf=first + len(stored))
            return
        for cut in (*sorted(size for size in marks if first < size < end), end):
            tree, runs = tree.grown(
                [leaf_hash(entry(one)) for one in stored[tree.size - first : cut - first]]
            )
            for run in runs:
                if run.level:
                    levels.setdefault(run.level, []).extend(run.hashes)
            if cut in marks and tree.root != marks.pop(cut).root:
                yield Finding(f"the tree of {cut} leaves is not the one of a signed checkpoint", leaf=cut - 1)
        tell(end)
    for finding in erased.unordered():
        yield finding
    for mark in marks.values():
        yield Finding(f"a checkpoint of {mark.size} leaves was signed, of which there are {head.size}")
    async for event in events.rest():
        yield Finding("an event without a leaf", event.position)
    for level, hashes in levels.items():
        for number in range(-(-len(hashes) // WIDTH)):
            wanted = hashes[number * WIDTH : (number + 1) * WIDTH][: partial_width(level, number, head.size)]
            if (
                split((await store.tiles([(level, number)])).get((level, number), b""))[: len(wanted)]
                != wanted
            ):
                yield Finding(f"tile {number} of level {level} is not that of its leaves")


async def _leaf(
    identity: LogIdentity,
    events: "_Events",
    erased: "_Erased",
    leaf: int,
    committed: bytes,
    position: int | None,
) -> AsyncIterator[Finding]:
    if position is None:
        if committed != cover(identity.secret, leaf):
            yield Finding("a leaf that is no event's and no cover", leaf=leaf)
        return
    before = events.last
    event = await events.at(position)
    if event is None:
        yield Finding("the event of a leaf is missing", position, leaf)
        return
    if before is not None and event.position != before.position + 1:
        yield Finding("an event without a leaf, or out of order", before.position + 1, leaf)
    if before is not None and event.recorded_at < before.recorded_at:
        yield Finding("earlier than the event before it", position, leaf)
    if not event.salt:
        erased.found(event, leaf)
        return
    try:
        expected = commitment(logged_bytes(identity.logged(event)), event.salt)
    except (LogError, UnicodeDecodeError):
        expected = b""
    if committed != expected:
        yield Finding("not the event that its leaf commits to", position, leaf)
    else:
        erased.follow(event)


def _marks(
    identity: LogIdentity, kept: Sequence[bytes], newest: bytes | None
) -> tuple[dict[int, Checkpoint], list[Finding]]:
    """Signed checkpoints by size, and what is wrong with them."""
    marks: dict[int, Checkpoint] = {}
    wrong = []
    for note in (*kept, *(() if newest is None else (newest,))):
        try:
            checkpoint, _ = open_checkpoint(note, identity.key)
        except LogError as error:
            wrong.append(Finding(f"a checkpoint: {error}"))
            continue
        if marks.setdefault(checkpoint.size, checkpoint) != checkpoint:
            wrong.append(Finding(f"two checkpoints of {checkpoint.size} leaves"))
    return marks, wrong


class _Ordered(msgspec.Struct, frozen=True):
    number: int


class _Said(msgspec.Struct, frozen=True):
    """Of the register's erasing events, and of a lot's: what both say."""

    order: int
    erased: tuple[Erased, ...]


class _Erased:
    """Erased events, until the one that says so comes: always a later one."""

    def __init__(self, told: Callable[[Erasure], None]) -> None:
        self._told = told
        self._waiting: dict[str, tuple[RawEvent, int]] = {}
        self._orders: set[tuple[str, int]] = set()

    def found(self, event: RawEvent, leaf: int) -> None:
        self._waiting[event.event_id] = event, leaf

    def follow(self, event: RawEvent) -> None:
        """``event``: one that is what its leaf commits to."""
        if event.topic in (ErasureOrdered.TOPIC, LotErasureOrdered.TOPIC):
            self._orders.add((event.stream, msgspec.json.decode(event.state, type=_Ordered).number))
        elif event.topic in (PersonalDataErased.TOPIC, LotDataErased.TOPIC):
            said = msgspec.json.decode(event.state, type=_Said)
            if (event.stream, said.order) not in self._orders:
                return
            for one in said.erased:
                erased, leaf = self._waiting.get(one.event, (None, -1))
                # What a later order erased further has what that order left.
                if erased is not None and digest(erased.state, erased.metadata) == one.left:
                    del self._waiting[one.event]
                    self._told(Erasure(erased.position, leaf, event.position))

    def unordered(self) -> Iterator[Finding]:
        for event, leaf in self._waiting.values():
            yield Finding("not the event that its leaf commits to", event.position, leaf)


class _Events:
    """The event log in order, up to ``end``, read in pages."""

    def __init__(self, store: LogStore, end: int) -> None:
        self._store, self._end = store, end
        self._page: Iterator[RawEvent] = iter(())
        self._ahead: RawEvent | None = None
        self._read = 0
        self.last: RawEvent | None = None

    async def at(self, position: int) -> RawEvent | None:
        """The event at this position, passing over those before it; None if there is none."""
        while (event := await self._peek()) is not None and event.position <= position:
            self._ahead = None
            if event.position == position:
                self.last = event
                return event
        return None

    async def rest(self) -> AsyncIterator[RawEvent]:
        while (event := await self._peek()) is not None:
            self._ahead = None
            yield event

    async def _peek(self) -> RawEvent | None:
        if self._ahead is None:
            self._ahead = next(self._page, None)
        if self._ahead is None:
            page = await self._store.events(self._read, BATCH)
            self._page = iter(one for one in page if one.position <= self._end)
            self._read = page[-1].position if page else self._read
            self._ahead = next(self._page, None)
        return self._ahead
