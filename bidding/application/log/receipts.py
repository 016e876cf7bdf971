"""Receipts become proofs: what a party may know of a lot, each with its place in the log (R-BID-04)."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from bidding.application.bids import bid_stream
from bidding.application.log.history import committed, erased_commitments
from bidding.application.log.ports import LogStore, RawEvent
from bidding.application.log.reader import LogReader
from bidding.application.log.sequencer import LogIdentity
from bidding.application.platform import Platform, lot_stream
from bidding.application.prequalification import application_stream
from bidding.crypto.canonical import b64
from bidding.crypto.log.checkpoint import parse_checkpoint
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves
from bidding.crypto.log.leaf import LoggedEvent, logged_bytes
from bidding.crypto.log.note import parse_note
from bidding.crypto.log.proof import LogProof
from bidding.domain.award.events import QueryRaised, ResultObjectionRaised
from bidding.domain.complaint.events import ComplaintLodged
from bidding.domain.disclosure import is_public, shown_with_roll, sight, visible
from bidding.domain.event import Event, decode
from bidding.domain.lot import Lot
from bidding.domain.notice.events import DocumentObjectionRaised, InquiryAnswered, InquiryRaised
from bidding.domain.opening.events import HelpAnswered, HelpRequested
from bidding.domain.parties import Actor
from bidding.domain.prequalification.events import ApplicationReceived, ApplicationWithdrawn
from bidding.domain.timestamp.events import Timestamped

#: Of an applicant's stream: what it said itself. Reviews are not its to read.
APPLIED = {ApplicationReceived.TOPIC, ApplicationWithdrawn.TOPIC}


class Withheld(NamedTuple):
    """A leaf of the lot that is shown as what it commits to, and no more. ``number``: of the event in the lot, from 1;
    ``commitment``: 32 bytes."""

    number: int
    commitment: bytes
    proof: LogProof


class Stripped(NamedTuple):
    """A leaf whose event has had personal data erased on an order. ``event``: what is left of it; ``commitment``: 32
    bytes, to what was there."""

    event: LoggedEvent
    commitment: bytes
    proof: LogProof


class Proofs(NamedTuple):
    """``withheld``: of the lot's stated events those that not everybody may see; ``continued``: size of each stamped
    checkpoint → the consistency proof from it to the one of these proofs."""

    shown: DisclosedLeaves
    withheld: tuple[Withheld, ...]
    continued: Mapping[int, list[bytes]]
    stripped: tuple[Stripped, ...] = ()


class LogReceipts:
    """Discloses salts: the one place that does, after ``visible`` has decided."""

    def __init__(
        self,
        platform: Platform,
        store: LogStore,
        reader: LogReader,
        identity: LogIdentity,
        read_by: Callable[[str, str], str] | None = None,
    ) -> None:
        """``read_by``: lot, party → the stream of what that party took and was delivered; None: no such proofs."""
        self._platform, self._store, self._reader = platform, store, reader
        self._identity, self._read_by = identity, read_by

    async def begun(self) -> bool:
        """Whether there is a checkpoint at all."""
        return await self._reader.checkpoint() is not None

    async def of_lot(
        self, lot_id: str, actor: Actor | None, topics: Collection[str] = (), note: bytes | None = None
    ) -> DisclosedLeaves:
        """The lot's events that ``actor`` may see or has asked in, and those of its own bid, application and reading,
        as far as the checkpoint ``note``, else the newest, covers them; of ``topics`` only, if any are named. Of what
        had personal data erased nothing is left to disclose.

        Raises ``Unknown``, ``Unavailable``.
        """
        streams, shown = await self._known_to(lot_id, actor)
        shown = [one for one in shown if not topics or one.topic in topics]
        return await self._proved(lot_id, streams, shown, note)

    async def stripped_of_lot(self, lot_id: str, actor: Actor | None, note: bytes) -> tuple[Stripped, ...]:
        """Of the same events those that had personal data erased. Raises ``Unknown``, ``Unavailable``."""
        return await self._stripped(*await self._known_to(lot_id, actor), note)

    async def _known_to(self, lot_id: str, actor: Actor | None) -> tuple[list[str], list[RawEvent]]:
        """The streams, and of their events those that the actor may know."""
        _, lot = await self._platform.recorded(lot_id, actor)
        seen = sight(actor, lot)
        streams = [lot_stream(lot_id)]
        shown = [
            one
            for one, event in _decoded(await self._store.events_of(streams[0]))
            if visible(event, seen) or (actor is not None and _asked_by(event, lot) == actor.party)
        ]
        if actor is not None:
            bid, application = bid_stream(lot_id, actor.party), application_stream(lot_id, actor.party)
            shown += await self._store.events_of(bid)
            shown += [one for one in await self._store.events_of(application) if one.topic in APPLIED]
            streams += [bid, application]
            if self._read_by is not None:
                streams.append(self._read_by(lot_id, actor.party))
                shown += await self._store.events_of(streams[-1])
        return streams, shown

    async def of_record(self, lot_id: str) -> Proofs:
        """What anyone may know of the lot: its public events; once the roll is published, the bids on it; and as far
        as its history is stated, the hashes of all others.

        Raises ``Unknown``, ``Unavailable``.
        """
        note, checkpoint = await self._reader.newest()
        _, lot = await self._platform.recorded(lot_id, None)
        streams = [lot_stream(lot_id)]
        raw = await self._store.events_of(streams[0])
        shown = [one for one, event in _decoded(raw) if is_public(event)]
        known = {one.position for one in shown}
        leaves = await self._store.leaves_of(streams, checkpoint.size)
        others = [
            one
            for one in raw[: lot.timestamps.stated]
            if one.position not in known and one.position in leaves
        ]
        proofs = await self._reader.proofs([leaves[one.position] for one in others], note)
        erased = await erased_commitments(self._store, others)
        withheld = tuple(
            Withheld(one.version, committed(self._identity, one, erased), proof)
            for one, proof in zip(others, proofs, strict=True)
        )
        for stream in (bid_stream(lot_id, entry.bidder) for entry in lot.opening.roll):
            own = _decoded(await self._store.events_of(stream))
            shown += [one for one, event in own if shown_with_roll(event, lot)]
            streams.append(stream)
        return Proofs(
            await self._proved(lot_id, streams, shown, note),
            withheld,
            {
                size: await self._reader.consistency(size, checkpoint.size)
                for size in sorted(_stamped(raw))
                if size <= checkpoint.size
            },
            await self._stripped(streams, shown, note),
        )

    async def _stripped(self, streams: list[str], shown: list[RawEvent], note: bytes) -> tuple[Stripped, ...]:
        leaves = await self._store.leaves_of(streams, parse_checkpoint(parse_note(note).text).size)
        erased = [one for one in shown if not one.salt and one.position in leaves]
        commitments = await erased_commitments(self._store, erased)
        proofs = await self._reader.proofs([leaves[one.position] for one in erased], note)
        return tuple(
            Stripped(self._identity.logged(one), commitments[one.position], proof)
            for one, proof in zip(erased, proofs, strict=True)
        )

    async def _proved(
        self, lot_id: str, streams: list[str], shown: list[RawEvent], note: bytes | None = None
    ) -> DisclosedLeaves:
        if note is None:
            note, _ = await self._reader.newest()
        leaves = await self._store.leaves_of(streams, parse_checkpoint(parse_note(note).text).size)
        covered = [one for one in shown if one.position in leaves and one.salt]
        covered.sort(key=lambda one: one.position)
        proofs = await self._reader.proofs([leaves[one.position] for one in covered], note)
        return DisclosedLeaves(
            lot=lot_id,
            vkey=self._identity.key.vkey,
            leaves=tuple(
                Disclosed(
                    event=logged_bytes(self._identity.logged(one)).decode(),
                    proof=proof.text,
                    salt=b64(one.salt),
                )
                for one, proof in zip(covered, proofs, strict=True)
            ),
        )


def _stamped(rows: list[RawEvent]) -> set[int]:
    """Sizes of the checkpoints that authorities have stamped."""
    return {
        parse_checkpoint(parse_note(event.checkpoint.encode()).text).size
        for _, event in _decoded([one for one in rows if one.topic == Timestamped.TOPIC])
        if isinstance(event, Timestamped) and event.checkpoint
    }


def _decoded(rows: list[RawEvent]) -> list[tuple[RawEvent, Event]]:
    return [(one, decode(one.topic, one.state)) for one in rows]


def _asked_by(event: Event, lot: Lot) -> str | None:
    """Whose objection, question or complaint it is, or whose it answers: its author may read it, whoever else may not
    (R-DOC-03)."""
    match event:
        case HelpRequested() | HelpAnswered():
            return event.bidder
        case InquiryAnswered():
            return next((one.by for one in lot.notice.inquiries if one.number == event.number), None)
        case (
            DocumentObjectionRaised()
            | InquiryRaised()
            | ResultObjectionRaised()
            | QueryRaised()
            | ComplaintLodged()
        ):
            return event.by
    return None
