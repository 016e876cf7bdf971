"""Receipts become proofs: what a party may know of a lot, each with its place in the log (R-BID-04)."""

from collections.abc import Collection

from bidding.application.bids import bid_stream
from bidding.application.log.ports import LogStore, RawEvent
from bidding.application.log.reader import LogReader
from bidding.application.log.sequencer import LogIdentity
from bidding.application.platform import Platform, lot_stream
from bidding.application.prequalification import application_stream
from bidding.crypto.canonical import b64
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves
from bidding.crypto.log.leaf import logged_bytes
from bidding.domain.award.events import QueryRaised, ResultObjectionRaised
from bidding.domain.complaint.events import ComplaintLodged
from bidding.domain.disclosure import sight, visible
from bidding.domain.event import Event, decode
from bidding.domain.notice.events import DocumentObjectionRaised, InquiryRaised
from bidding.domain.parties import Actor
from bidding.domain.prequalification.events import ApplicationReceived, ApplicationWithdrawn

#: Of an applicant's stream: what it said itself. Reviews are not its to read.
APPLIED = {ApplicationReceived.TOPIC, ApplicationWithdrawn.TOPIC}


class LogReceipts:
    """Discloses salts: the one place that does, after ``visible`` has decided."""

    def __init__(self, platform: Platform, store: LogStore, reader: LogReader, identity: LogIdentity) -> None:
        self._platform, self._store, self._reader = platform, store, reader
        self._identity = identity

    async def begun(self) -> bool:
        """Whether there is a checkpoint at all."""
        return await self._reader.checkpoint() is not None

    async def of_lot(self, lot_id: str, actor: Actor | None, topics: Collection[str] = ()) -> DisclosedLeaves:
        """The lot's events that ``actor`` may see or has asked in, and those of its own bid and application, as far as
        the newest checkpoint covers them; of ``topics`` only, if any are named. Raises ``Unknown``, ``Unavailable``.
        """
        _, lot = await self._platform.recorded(lot_id, actor)
        note, checkpoint = await self._reader.newest()
        seen = sight(actor, lot)
        streams = [lot_stream(lot_id)]
        shown = [
            one
            for one, event in _decoded(await self._store.events_of(streams[0]))
            if visible(event, seen) or (actor is not None and _asked_by(event) == actor.party)
        ]
        if actor is not None:
            bid, application = bid_stream(lot_id, actor.party), application_stream(lot_id, actor.party)
            shown += await self._store.events_of(bid)
            shown += [one for one in await self._store.events_of(application) if one.topic in APPLIED]
            streams += [bid, application]
        leaves = await self._store.leaves_of(streams, checkpoint.size)
        covered = [one for one in shown if one.position in leaves and (not topics or one.topic in topics)]
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


def _decoded(rows: list[RawEvent]) -> list[tuple[RawEvent, Event]]:
    return [(one, decode(one.topic, one.state)) for one in rows]


def _asked_by(event: Event) -> str | None:
    """Whose objection, question or complaint it is: its author may read it, whoever else may not (R-DOC-03)."""
    match event:
        case (
            DocumentObjectionRaised()
            | InquiryRaised()
            | ResultObjectionRaised()
            | QueryRaised()
            | ComplaintLodged()
        ):
            return event.by
    return None
