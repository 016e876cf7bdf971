"""Makes a lot's record from its public events, and from what they refer to."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from bidding.application.admission import Parties
from bidding.application.bids import bid_stream
from bidding.application.keyring import Keyring, signed
from bidding.application.log.receipts import LogReceipts
from bidding.application.log.sequencer import BEAT
from bidding.application.platform import Platform, require_known
from bidding.application.ports import Missing, Recorded
from bidding.application.record.format import (
    FORMAT,
    SEAL_LABEL,
    BidReceipt,
    Certificate,
    LotRecord,
    RecordedEvent,
    RecordLog,
    Seal,
    SealBody,
    SealedForm,
    entries_root,
)
from bidding.application.record.logged import record_log
from bidding.application.spares import form_key
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.instant import instant
from bidding.crypto.padding import FORM
from bidding.domain.bid.state import BidVersion
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event, SignedAct, encode
from bidding.domain.lot import Lot
from bidding.domain.opening.events import BidsImported, KeyReleased, OfficeKeysPublished, RollPublished
from bidding.domain.registration.erasure import NOTHING_SAID

logger = structlog.get_logger(__name__)

#: Beats of the log that an export waits for at most.
PATIENCE = 4


class Records:
    """``log``: proofs of what is public; None: records without them."""

    def __init__(
        self,
        platform: Platform,
        parties: Parties,
        keyring: Keyring,
        log: LogReceipts | None = None,
    ) -> None:
        self._platform, self._parties, self._keyring, self._log = platform, parties, keyring, log

    async def export(self, lot_id: str) -> bytes:
        """The record of a noticed lot, as far as it has come. Raises ``Unknown``, ``Unavailable``."""
        return await self.of(*await self._platform.recorded(lot_id, None))

    async def of(self, recorded: Sequence[Recorded], lot: Lot) -> bytes:
        """The record of just these events: who puts others beside it has to read once. Raises as ``export`` does."""
        require_known(lot, None)
        public = [one for one in recorded if is_public(one.event)]
        events = tuple(
            RecordedEvent(
                position=one.feed_position or 0,
                recorded_at=instant(one.recorded_at),
                topic=one.event.TOPIC,
                state=encode(one.event).decode(),
            )
            for one in public
        )
        versions = await self._versions(lot)
        certificates = await self.certificates([one.event for one in public])
        receipts = tuple(
            BidReceipt(bidder=bidder, receipt=one.receipt, signature=one.receipt_signature)
            for bidder, one in versions.items()
        )
        forms = await self._forms(lot, versions)
        authority = b64(self._keyring.authority.certificate)
        receipt_key = self._keyring.receipt_key(lot.notice.mode)
        platform_key = b64(receipt_key.public)
        log = await self._proofs(
            lot.lot_id, [(str(one.event_id), event) for one, event in zip(public, events, strict=True)]
        )
        count, root = entries_root(authority, platform_key, events, certificates, receipts, forms, log)
        body = SealBody(
            format=FORMAT,
            lot=lot.lot_id,
            mode=lot.notice.mode,
            entries=count,
            root=root,
            provider=receipt_key.provider,
        )
        sealed = await signed(SEAL_LABEL, body, receipt_key)
        record = LotRecord(
            format=FORMAT,
            lot=lot.lot_id,
            mode=lot.notice.mode,
            authority=authority,
            platform_key=platform_key,
            events=events,
            certificates=certificates,
            receipts=receipts,
            forms=forms,
            seal=Seal(body=body, signature=b64(sealed.signature)),
            log=log,
        )
        return canonical(record)

    async def _proofs(self, lot_id: str, events: list[tuple[str, RecordedEvent]]) -> RecordLog | None:
        """Waits a little for the checkpoint that covers the last of them: one comes every second."""
        if self._log is None or not await self._log.begun():
            return None
        for _ in range(PATIENCE):
            found = record_log(await self._log.of_record(lot_id), events)
            if found is not None and len(found.leaves) == len(events):
                return found
            await asyncio.sleep(BEAT)
        return record_log(await self._log.of_record(lot_id), events)

    async def _versions(self, lot: Lot) -> dict[str, BidVersion]:
        """The bids on the published roll; before it none."""
        found = {}
        for entry in lot.opening.roll:
            recorded = await self._platform.journal.load(bid_stream(lot.lot_id, entry.bidder))
            bid = replay_bid((one.event for one in recorded), lot=lot.lot_id, bidder=entry.bidder)
            assert bid.effective is not None, "the roll holds bids in force only"
            found[entry.bidder] = bid.effective
        return found

    async def form_keys(self, lot: Lot) -> dict[str, str]:
        """Bidder → object, of the forms of imported bids that a record shows.

        As they were sealed, for their keys are public by then, and only theirs; of a spare file the form as it is.
        """
        return self._form_keys(lot, await self._versions(lot))

    def _form_keys(self, lot: Lot, versions: dict[str, BidVersion]) -> dict[str, str]:
        read_at = lot.opening.imported_at
        # A spare that was taken after the import was for the evaluation: the form was opened as it was sealed.
        spared = {
            one.bidder
            for one in lot.opening.spares
            if one.accepted_at is not None and read_at is not None and one.accepted_at <= read_at
        }
        return {
            one.bidder: form_key(lot, one.bidder)
            if one.bidder in spared
            else next(sealed.key for sealed in versions[one.bidder].objects if sealed.envelope == FORM)
            for one in lot.opening.imported
            if not one.lost
        }

    async def _forms(self, lot: Lot, versions: dict[str, BidVersion]) -> tuple[SealedForm, ...]:
        """What the store has lost is left out: whoever verifies is told which form is not there."""
        found = []
        for bidder, key in self._form_keys(lot, versions).items():
            try:
                body = b"".join([chunk async for chunk in self._platform.objects.get(key)])
            except Missing:
                logger.error("record.form-missing", lot=lot.lot_id, bidder=bidder)
                continue
            found.append(SealedForm(bidder=bidder, body=b64(body)))
        return tuple(found)

    async def certificates(self, events: list[Event]) -> tuple[Certificate, ...]:
        """Of every device that signed something in these events."""
        parties = sorted({party for event in events for party in signers(event)})
        found = []
        for party_id in parties:
            party = await self._parties.party(party_id)
            found += [
                Certificate(
                    credential=one.credential,
                    party=party_id,
                    certificate=one.certificate,
                    chain=one.chain,
                    uscc=party.uscc if one.licensed else "",
                )
                for one in party.credentials
                if one.certificate
            ]
        return tuple(sorted(found, key=lambda one: (one.party, one.credential)))


def acts(event: Event) -> list[SignedAct]:
    """The signed statements that an event keeps."""
    values = [getattr(event, name) for name in event.__struct_fields__]
    return [value for value in values if isinstance(value, SignedAct)]


def signers(event: Event) -> set[str]:
    """Parties whose certificates are needed to check the event."""
    said = (act for act in acts(event) if act != NOTHING_SAID)  # an erased statement names nobody
    found = {str(msgspec.json.decode(act.statement)["by"]) for act in said}
    match event:
        case RollPublished():
            found |= {entry.bidder for entry in event.roll}
        case KeyReleased():
            found.add(event.bidder)
        case OfficeKeysPublished():
            found.add(event.by)
        case BidsImported():
            found |= {one.bidder for one in event.results}
    return found
