"""Makes a duty holder's archive package of a lot that has ended (R-GP-18, R-ARCH-01; 档案条例 39)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

from bidding.application.bids import bid_stream
from bidding.application.deliveries import reader_stream
from bidding.application.keyring import Keyring, signed
from bidding.application.notice import document_key
from bidding.application.pieces import Pieces
from bidding.application.platform import Platform
from bidding.application.ports import Missing, Recorded
from bidding.application.record.export import Records
from bidding.application.record.package_format import (
    DOCUMENTS,
    ENVELOPES,
    EVENTS,
    FORMAT,
    LABEL,
    MANIFEST,
    METADATA,
    RECORD,
    SIGNATURE,
    ArchiveDuty,
    Manifest,
    Metadata,
    Packed,
    PackedEvent,
    member,
    recording_files,
)
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.instant import instant
from bidding.domain.archive.keeping import Retention, retention
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import view, visible
from bidding.domain.errors import Forbidden
from bidding.domain.event import encode
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor, Standing
from bidding.domain.permissions import standings
from bidding.domain.ruleset import by_version

#: Whose duty is whose; a bidder's also where no roll was ever published, by its own bid.
HOLDERS = {
    ArchiveDuty.TENDERER: Standing.TENDERER,
    ArchiveDuty.AGENCY: Standing.HOST,
    ArchiveDuty.BIDDER: Standing.PARTICIPANT,
    ArchiveDuty.PLATFORM: Standing.OPERATOR,
}


class Archives:
    def __init__(self, platform: Platform, records: Records, keyring: Keyring) -> None:
        self._platform, self._records, self._keyring = platform, records, keyring

    async def pack(self, lot_id: str, duty: ArchiveDuty, actor: Actor, target: Path) -> Manifest:
        """Write the actor's package to ``target``. Raises ``Forbidden``, ``TooEarly``, ``Unknown``, ``Unavailable``.

        Only events disclosed to the actor go in, its own bid's too where it is a bidder.
        """
        recorded, lot = await self._platform.recorded(lot_id, actor)
        mine = standings(actor, lot)
        own = await self._own(lot_id, actor) if duty is ArchiveDuty.BIDDER else []
        if HOLDERS[duty] not in mine and not own:
            raise Forbidden("archive-not-yours", rule="R-ARCH-01", duty=duty)
        kept = retention(lot, by_version(self._platform.rulesets, lot.notice.ruleset))
        events = [_packed("lot", one) for one in recorded if visible(one.event, mine)] + own
        record = await self._records.of(recorded, lot)
        with ZipFile(target, "x") as archive:
            packer = _Packer(archive)
            await packer.add(EVENTS, _one(canonical(events)))
            await packer.add(RECORD, _one(record))
            for path, key in self._objects(lot, duty) + await self._sealed(lot_id, duty, actor):
                await packer.add(path, self._platform.objects.get(key))
            for path, pieces in self._recordings(view(lot_id, (one.event for one in recorded), mine), duty):
                await packer.add(path, pieces.whole())
            about = self._metadata(lot, actor, kept, recorded, len(packer.files) + 1)
            await packer.add(METADATA, _one(canonical(about)))
            manifest = self._manifest(lot, duty, actor, kept, packer.files)
            sealed = await signed(LABEL, manifest, self._keyring.receipt_key(lot.notice.mode))
            await packer.add(MANIFEST, _one(sealed.payload))
            await packer.add(SIGNATURE, _one(b64(sealed.signature).encode()))
        return manifest

    async def _own(self, lot_id: str, actor: Actor) -> list[PackedEvent]:
        """The bidder's own streams: its bid with receipts, what it took and was delivered."""
        found = []
        for name, stream in (
            ("bid", bid_stream(lot_id, actor.party)),
            ("reader", reader_stream(self._keyring, lot_id, actor.party)),
        ):
            found += [_packed(name, one) for one in await self._platform.journal.load(stream)]
        return found if any(one.stream == "bid" for one in found) else []

    def _objects(self, lot: Lot, duty: ArchiveDuty) -> list[tuple[str, str]]:
        """(path, object) of the documents and, for tenderer and agency, of the opened envelopes (采购法 42)."""
        if lot.archive.disposed_at is not None:
            return []
        found = [
            (f"{DOCUMENTS}v{one.version}-{one.sha256}", document_key(lot, one.sha256))
            for one in lot.notice.documents
        ]
        if duty in (ArchiveDuty.TENDERER, ArchiveDuty.AGENCY):
            found += [
                (f"{ENVELOPES}{one.bidder}/{one.envelope}.zip", one.object_key)
                for one in lot.evaluation.envelopes
                if one.object_key
            ]
        return list(dict(found).items())

    def _recordings(self, lot: Lot, duty: ArchiveDuty) -> list[tuple[str, Pieces]]:
        """What was on the air, for tenderer and agency: picture and sound are kept with the papers (87号令 39 [M])."""
        if lot.archive.disposed_at is not None or duty not in (ArchiveDuty.TENDERER, ArchiveDuty.AGENCY):
            return []
        objects = self._platform.objects
        return [
            (path, Pieces.of(objects, lot, kind, number)) for path, kind, number, _ in recording_files(lot)
        ]

    async def _sealed(self, lot_id: str, duty: ArchiveDuty, actor: Actor) -> list[tuple[str, str]]:
        """A bidder's own envelopes as it sealed them."""
        if duty is not ArchiveDuty.BIDDER:
            return []
        recorded = await self._platform.journal.load(bid_stream(lot_id, actor.party))
        bid = replay_bid((one.event for one in recorded), lot=lot_id, bidder=actor.party)
        objects = bid.effective.objects if bid.effective is not None else ()
        return [(f"{ENVELOPES}{one.envelope}.sealed", one.key) for one in objects]

    def _metadata(
        self, lot: Lot, actor: Actor, kept: Retention, recorded: list[Recorded], count: int
    ) -> Metadata:
        return Metadata(
            source=b64(self._keyring.authority.certificate),
            title=lot.notice.title,
            number=lot.notice.number,
            begun=instant(recorded[0].recorded_at),
            ended=instant(kept.ended),
            responsible=(lot.notice.tenderer_name, lot.notice.agency_name),
            keeper=actor.name,
            term=f"{kept.years}年,至{kept.until}",
            basis=f"{kept.source} {kept.rule}",
            count=count,
        )

    def _manifest(
        self, lot: Lot, duty: ArchiveDuty, actor: Actor, kept: Retention, files: list[Packed]
    ) -> Manifest:
        key = self._keyring.receipt_key(lot.notice.mode)
        return Manifest(
            format=FORMAT,
            lot=lot.lot_id,
            mode=lot.notice.mode,
            duty=duty,
            party=actor.party,
            standings=tuple(sorted(standings(actor, lot))),
            made_at=instant(self._platform.lot_now(lot)),
            ended_at=instant(kept.ended),
            keep_years=kept.years,
            keep_until=kept.until.isoformat(),
            keep_rule=kept.rule,
            platform_key=b64(key.public),
            provider=key.provider,
            files=tuple(files),
        )


class _Packer:
    """Writes members and remembers what they were."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.files: list[Packed] = []

    async def add(self, path: str, content: AsyncIterator[bytes]) -> None:
        """In constant memory. A file that the store has lost is left out, and so is not in the manifest."""
        digest, length = hashlib.sha256(), 0
        try:
            first = await anext(content, b"")
        except Missing:
            return
        with member(self._archive, path) as out:
            chunk = first
            while chunk:
                digest.update(chunk)
                length += len(chunk)
                await asyncio.to_thread(out.write, chunk)
                chunk = await anext(content, b"")
        self.files.append(Packed(path=path, sha256=digest.hexdigest(), length=length))


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _packed(stream: str, one: Recorded) -> PackedEvent:
    return PackedEvent(
        stream=stream,
        recorded_at=instant(one.recorded_at),
        topic=one.event.TOPIC,
        state=encode(one.event).decode(),
    )
