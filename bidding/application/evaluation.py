"""The evaluation: the draw from the pool, and the envelopes opened for the committee alone."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from bidding.application.admission import Parties
from bidding.application.bids import bid_stream
from bidding.application.draws import arrange, fits_experts
from bidding.application.escrow import EscrowDesk
from bidding.application.experts import ExpertPool
from bidding.application.opening import OpeningDesk
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Missing
from bidding.application.relationships import Relationships
from bidding.application.shelves import Shelf
from bidding.application.spares import Spares
from bidding.application.traces import Names, OpenedEnvelope, read_traces
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.errors import Layer, OpeningError, WorkerDiedError
from bidding.crypto.manifest import Manifest
from bidding.crypto.opening import OpenedDocuments, open_documents
from bidding.crypto.padding import FORM
from bidding.crypto.release import KeyRelease, recover_cek
from bidding.crypto.spare import file_sha256
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.command import Command, Facts
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.commands import (
    DrawCommittee,
    DrawExperts,
    OpenExpertDraw,
    OpenExpertRound,
    RecordEnvelopes,
    RecordTraces,
    Recuse,
    RevealExpertDraw,
    SignIn,
)
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.evaluation.outcome import EnvelopeResult
from bidding.domain.evaluation.seating import draw_committee, recuse, sign_in
from bidding.domain.evaluation.ticketed import draw_experts, open_experts, open_round, reveal_experts
from bidding.domain.evaluation.traces import BidTraces
from bidding.domain.lot import Lot
from bidding.domain.relations import Unit

OPENED = "OPENED"
#: Seconds for the files of one bid: a file made to keep a reader busy costs its bid's search, no more.
READING = 300.0


class EvaluationDesk:
    """``scratch``: a folder for sealed bodies and archives while they are opened."""

    def __init__(
        self,
        platform: Platform,
        parties: Parties,
        pool: ExpertPool,
        opening: OpeningDesk,
        escrow: EscrowDesk,
        spares: Spares,
        workers: CryptoWorkers,
        scratch: Path,
    ) -> None:
        self._platform, self._parties, self._pool = platform, parties, pool
        self._opening, self._escrow, self._spares = opening, escrow, spares
        self._workers, self._scratch = workers, scratch
        self._relationships = Relationships(platform.journal, parties)

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            DrawCommittee: self._draw,
            OpenExpertRound: self._open_round,
            OpenExpertDraw: self._open_draw,
            RevealExpertDraw: self._reveal_draw,
            DrawExperts: self._draw_experts,
            SignIn: self._sign_in,
            Recuse: self._recuse,
        }

    async def _draw(self, lot: Lot, command: DrawCommittee, call: Call, facts: Facts) -> Plan:
        pool = await self._pool.pool()
        sent = await self._representatives(command.representatives)
        return Plan(
            events=draw_committee(
                lot,
                command,
                facts,
                pool=pool.members,
                representatives=sent,
                interests=await self._interests(lot),
            )
        )

    async def _open_round(self, lot: Lot, command: OpenExpertRound, call: Call, facts: Facts) -> Plan:
        pool = await self._pool.pool()
        interests = await self._interests(lot)
        return Plan(events=open_round(lot, command, facts, pool=pool.members, interests=interests))

    async def _open_draw(self, lot: Lot, command: OpenExpertDraw, call: Call, facts: Facts) -> Plan:
        pool = await self._pool.pool()
        sent = await self._representatives(command.representatives)
        return Plan(
            events=open_experts(
                lot,
                command,
                facts,
                pool=pool.members,
                representatives=sent,
                interests=await self._interests(lot),
            )
        )

    async def _representatives(self, named: Sequence[str]) -> list[PoolMember]:
        found = [await self._parties.party(party) for party in named]
        return [PoolMember(party=one.party, name=one.name) for one in found if one.verified and one.version]

    async def _reveal_draw(self, lot: Lot, command: RevealExpertDraw, call: Call, facts: Facts) -> Plan:
        fit = fits_experts(lot, lot.evaluation.lottery.drawing.awaited, command.value)
        return Plan(events=reveal_experts(lot, command, facts, finding=None if fit else "another-value"))

    async def _draw_experts(self, lot: Lot, command: DrawExperts, call: Call, facts: Facts) -> Plan:
        return Plan(events=draw_experts(lot, command, facts, arrange=arrange))

    async def _recuse(self, lot: Lot, command: Recuse, call: Call, facts: Facts) -> Plan:
        pool = await self._pool.pool()
        interests = await self._interests(lot)
        return Plan(events=recuse(lot, command, facts, pool=pool.members, interests=interests))

    async def _sign_in(self, lot: Lot, command: SignIn, call: Call, facts: Facts) -> Plan:
        pool = await self._pool.pool()
        interests = await self._interests(lot)
        return Plan(events=sign_in(lot, command, facts, pool=pool.members, interests=interests))

    async def _interests(self, lot: Lot) -> list[Unit]:
        """Every bidder and member with what it has declared by now, the tenderer and the agency (R-EVAL-08)."""
        bidding = [party for entry in lot.opening.roll for party in entry.parties]
        offices = [one for one in (lot.notice.tenderer, lot.notice.host) if one]
        return list((await self._relationships.units([*bidding, *offices])).values())

    async def open_envelopes(self, lot_id: str) -> None:
        """Open every envelope but the form of every opened bid, in worker processes; record each bid's results.

        What was recorded before stands, so a crash costs one bid's work; what failed is recorded with the layer
        that failed, for the committee. What is no bid's fault (a worker killed) is raised when the other bids
        are through.
        """
        lot = await self._platform.load(lot_id)
        tried = {one.bidder for one in lot.evaluation.envelopes}
        died: WorkerDiedError | None = None
        for bid in opened_bids(lot):
            if bid.bidder not in tried:
                try:
                    results = [one async for one in self._opened(lot, bid.bidder)]
                except WorkerDiedError as error:
                    died = error
                    continue
                if results:
                    await self._platform.act(lot_id, RecordEnvelopes(bids=tuple(results)))
        if died is not None:
            raise died

    async def examine(self, lot_id: str) -> None:
        """Read every opened bid's files for signs of collusion, in worker processes, and record them together.

        What no worker could read in its time is recorded as unread: silence would look like innocence.
        """
        lot = await self._platform.load(lot_id)
        if lot.evaluation.examined_at is not None:
            return
        bids = opened_bids(lot)
        uscc = {entry.bidder: entry.uscc for entry in lot.opening.roll}
        names = {
            bid.bidder: Names(name=bid.name, uscc=uscc[bid.bidder], project_lead=bid.project_lead)
            for bid in bids
        }
        traces = [await self._traces(lot, bid.bidder, names) for bid in bids]
        await self._platform.act(lot_id, RecordTraces(bids=tuple(traces)))

    async def _traces(self, lot: Lot, bidder: str, names: Mapping[str, Names]) -> BidTraces:
        stored = [one for one in lot.evaluation.envelopes if one.bidder == bidder and one.object_key]
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix="reading-") as folder:
            found, missing = list[OpenedEnvelope](), list[str]()
            for one in stored:
                archive = Path(folder, f"{one.envelope}.zip")
                try:
                    await self._fetch(one.object_key, archive)
                except Missing:
                    missing.append(one.envelope)
                    continue
                found.append(OpenedEnvelope(envelope=one.envelope, archive=archive))
            job = partial(read_traces, bidder, found, names)
            try:
                read: BidTraces = await asyncio.wait_for(self._workers.run(job), READING)
            except (TimeoutError, WorkerDiedError):
                read, missing = BidTraces(bidder=bidder, read=0), [one.envelope for one in stored]
        return msgspec.structs.replace(read, unread=(*missing, *read.unread))

    async def _fetch(self, key: str, path: Path) -> None:
        """Raises ``Missing``."""
        file = await asyncio.to_thread(path.open, "wb")
        with file:
            async for chunk in self._platform.objects.get(key):
                await asyncio.to_thread(file.write, chunk)

    async def _opened(self, lot: Lot, bidder: str) -> AsyncIterator[EnvelopeResult]:
        recorded = await self._platform.journal.load(bid_stream(lot.lot_id, bidder))
        version = replay_bid((one.event for one in recorded), lot=lot.lot_id, bidder=bidder).effective
        assert version is not None, "an opened bid is in force"
        manifest = parse_canonical(version.manifest.encode(), Manifest)
        if bidder in lot.opening.spared:
            async for result in self._from_spare(lot, manifest):
                yield result
            return
        content_key = self._content_keys(lot, manifest)
        for sealed in version.objects:
            if sealed.envelope == FORM:
                continue
            try:
                cek = content_key(sealed.envelope)
                yield await self._open(lot, bidder, manifest, sealed.envelope, sealed.key, cek)
            except OpeningError as error:
                yield EnvelopeResult(
                    bidder=bidder, envelope=sealed.envelope, status=error.layer.value.upper()
                )

    async def _from_spare(self, lot: Lot, manifest: Manifest) -> AsyncIterator[EnvelopeResult]:
        """The envelopes of a bid whose spare file was taken: their archives lie in it as they were sealed."""
        bidder = manifest.bidder
        try:
            async with self._spares.opened(lot, manifest) as (_, archives):
                for envelope, archive in archives.items():
                    await self._platform.objects.put_file(_target(lot, bidder, envelope), archive)
                    yield EnvelopeResult(
                        bidder=bidder,
                        envelope=envelope,
                        status=OPENED,
                        plaintext_sha256=await asyncio.to_thread(file_sha256, archive),
                        length=(await asyncio.to_thread(archive.stat)).st_size,
                        object_key=_target(lot, bidder, envelope),
                    )
        except (Missing, OpeningError) as error:
            layer = error.layer if isinstance(error, OpeningError) else Layer.ROOT
            for one in manifest.envelopes:
                if one.name != FORM:
                    yield EnvelopeResult(bidder=bidder, envelope=one.name, status=layer.value.upper())

    def _content_keys(self, lot: Lot, manifest: Manifest) -> Callable[[str], bytes]:
        """Envelope → content key, from the trustees if they have given it, else from the bidder's release."""
        if manifest.bidder in lot.escrow.recovered:
            return self._escrow.content_keys(lot, manifest).__getitem__
        released = next(one for one in lot.opening.released if one.bidder == manifest.bidder)
        release = parse_canonical(released.release.encode(), KeyRelease)
        secrets = {
            one.office: self._opening.evaluation_key_of(lot, one.office, one.key)
            for one in lot.opening.evaluation_keys
        }
        agency, supervisor = secrets["agency"], secrets["supervisor"]
        assert agency is not None
        assert supervisor is not None
        return lambda envelope: recover_cek(release, envelope, agency, supervisor)

    async def _open(
        self, lot: Lot, bidder: str, manifest: Manifest, envelope: str, key: str, cek: bytes
    ) -> EnvelopeResult:
        target = _target(lot, bidder, envelope)
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix="opening-") as folder:
            body, archive = Path(folder, "body.sealed"), Path(folder, "archive.zip")
            try:
                await self._fetch(key, body)
            except Missing:
                raise OpeningError(
                    layer=Layer.ROOT, envelope=envelope, reason="the stored body is missing"
                ) from None
            job = partial(open_documents, body, manifest, envelope, cek, archive, hash_content=True)
            opened: OpenedDocuments = await self._workers.run(job, outputs=[archive])
            await self._platform.objects.put_file(target, archive)
        return EnvelopeResult(
            bidder=bidder,
            envelope=envelope,
            status=OPENED,
            plaintext_sha256=(opened.body.content_sha256 or b"").hex(),
            length=opened.body.content_length,
            object_key=target,
        )


def _target(lot: Lot, bidder: str, envelope: str) -> str:
    return f"{Shelf.ENVELOPES.of(lot)}{bidder}/{envelope}.zip"
