"""Notice and tender document: stored files, free downloads, blind delivery of clarifications (R-DOC-01…04)."""

import hashlib
from collections.abc import AsyncIterator, Mapping

import msgspec

from bidding.application.deliveries import Register, reader_stream, readers_of, sealed, supervisors
from bidding.application.keyring import Keyring
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Meta, Missing, VersionMoved, Write
from bidding.application.shelves import Shelf
from bidding.crypto.canonical import b64
from bidding.crypto.suite import INTL_1, spoken
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Forbidden, Invalid
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.commands import Clarify, Download, Object, Publish
from bidding.domain.notice.decide import clarify, publish
from bidding.domain.notice.objections import object_to_document
from bidding.domain.notice.reader import Reader, deliveries, download, replay, seal_deliveries
from bidding.domain.notice.terms import SUITES, DocumentRef
from bidding.domain.parties import PLATFORM, Actor

#: The largest tender document, in bytes.
MAX_DOCUMENT = 512 * 1024 * 1024
_PLATFORMS = Call(actor=PLATFORM)


def document_key(lot: Lot, sha256: str) -> str:
    return f"{Shelf.DOCUMENTS.of(lot)}{sha256}"


class NoticeDesk:
    """``offline_sha256``: of the offline sealing page, which every notice names; empty where none is served."""

    def __init__(
        self, platform: Platform, keyring: Keyring, register: Register, offline_sha256: str = ""
    ) -> None:
        self._platform, self._keyring, self._register = platform, keyring, register
        self._offline_sha256 = offline_sha256

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            Publish: self._publish,
            Clarify: self._clarify,
            Download: self._download,
            Object: self._object,
        }

    def platform_key(self, lot_id: str, suite: str = INTL_1) -> str:
        """The key of that suite that the lot's terms must name, for the evaluation (base64url).

        Refuses a suite that is not known or not installed here, as the notice would.
        """
        if suite not in SUITES:
            raise Invalid("suite-unknown", rule="R-PLAT-03", known=sorted(SUITES))
        if suite not in spoken():
            raise Invalid("suite-not-installed", rule="R-CRYP-01", suite=suite)
        return b64(self._keyring.evaluation_key(lot_id, suite).public)

    async def store_document(self, lot_id: str, actor: Actor, name: str, data: bytes) -> DocumentRef:
        """Keep a document of the host's, to be named by a notice or a clarification afterwards."""
        lot = await self._platform.load(lot_id)
        if lot.admission.host != actor.party:
            raise Forbidden("not-permitted", command="notice/publish", needed=["host"])
        digest = hashlib.sha256(data).hexdigest()
        await self._platform.objects.put(document_key(lot, digest), data)
        return DocumentRef(sha256=digest, name=name, length=len(data))

    def read_document(self, lot: Lot, sha256: str) -> AsyncIterator[bytes]:
        return self._platform.objects.get(document_key(lot, sha256))

    async def deliver(self, lot_id: str) -> None:
        """Every clarification to everybody who took the document; the host sees neither names nor number."""
        lot = await self._platform.load(lot_id)
        streams: dict[str, list[Event]] = {}
        for one in await self._platform.journal.load_prefix(readers_of(self._keyring, lot_id)):
            streams.setdefault(one.stream, []).append(one.event)
        now = self._platform.lot_now(lot)
        for stream, events in streams.items():
            reader = replay(events)
            delivered = deliveries(lot, reader, "", now)
            if delivered:
                write = Write(
                    stream=stream, expected=reader.version, events=sealed(delivered, stream, _PLATFORMS, ())
                )
                try:
                    await self._platform.journal.append([write], meta=Meta(actor=PLATFORM.party))
                except VersionMoved:
                    return await self.deliver(lot_id)
        return None

    async def reader(self, lot_id: str, party: str) -> Reader:
        recorded = await self._platform.journal.load(reader_stream(self._keyring, lot_id, party))
        return replay(one.event for one in recorded)

    async def _publish(self, lot: Lot, command: Publish, call: Call, facts: Facts) -> Plan:
        if lot.phase is Phase.ADMITTED and len(command.terms.suites) == 1:
            due = self.platform_key(lot.lot_id, command.terms.suites[0])
            if command.terms.platform_key != due:
                raise Invalid("platform-key-differs", rule="R-EVAL-01", platform_key=due)
        events = publish(lot, command, facts, offline_sha256=self._offline_sha256)
        await self._require_stored(lot, command.document)
        recipients = await supervisors(self._register)
        return Plan(events=[*seal_deliveries(recipients, facts), *events])

    async def _clarify(self, lot: Lot, command: Clarify, call: Call, facts: Facts) -> Plan:
        events = clarify(lot, command, facts)
        if command.document is not None:
            await self._require_stored(lot, command.document)
        return Plan(events=events)

    async def _download(self, lot: Lot, command: Download, call: Call, facts: Facts) -> Plan:
        party = call.actor.party
        reader = await self.reader(lot.lot_id, party)
        stream = reader_stream(self._keyring, lot.lot_id, party)
        events = sealed(
            download(lot, command, facts, reader=reader), stream, call, lot.notice.proof_recipients
        )
        version = command.version or lot.notice.document_version
        document = next(one for one in lot.notice.documents if one.version == version)
        key = document_key(lot, document.sha256)
        if await self._platform.objects.size(key) is None:
            raise Missing(key)  # and nobody's clock for a query has begun (R-GP-23)
        write = Write(stream=stream, expected=reader.version, events=events)
        return Plan(writes=[write], answer={"document": msgspec.to_builtins(document)}, unnamed=True)

    async def _object(self, lot: Lot, command: Object, call: Call, facts: Facts) -> Plan:
        reader = await self.reader(lot.lot_id, call.actor.party)
        return Plan(events=object_to_document(lot, command, facts, received=reader.received_at))

    async def _require_stored(self, lot: Lot, document: DocumentRef) -> None:
        if await self._platform.objects.size(document_key(lot, document.sha256)) != document.length:
            raise Invalid("document-not-uploaded", rule="R-DOC-02", sha256=document.sha256)
