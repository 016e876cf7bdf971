"""Makes a bundle: the public record, and every other event of the lot that the asker may see."""

from msgspec.structs import replace

from bidding.application.bids import bid_stream
from bidding.application.deliveries import reader_stream
from bidding.application.keyring import Keyring, signed
from bidding.application.log.receipts import LogReceipts
from bidding.application.platform import Platform
from bidding.application.ports import Recorded
from bidding.application.record.bundle_format import (
    FORMAT,
    LABEL,
    OWN_STREAMS,
    Bundle,
    BundleSeal,
    DisclosedEvent,
    body_of,
)
from bidding.application.record.export import Records
from bidding.application.record.format import LotRecord
from bidding.application.record.logged import Shown, leaf_proof, shown, stripped
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.instant import instant
from bidding.domain.disclosure import is_public, sight, visible
from bidding.domain.event import encode
from bidding.domain.parties import Actor


class Bundles:
    """``log``: proofs of what is disclosed; None: bundles without them."""

    def __init__(
        self, platform: Platform, records: Records, keyring: Keyring, log: LogReceipts | None = None
    ) -> None:
        self._platform, self._records, self._keyring, self._log = platform, records, keyring, log

    async def export(self, lot_id: str, actor: Actor | None) -> bytes:
        """The bundle of a noticed lot as far as it has come. ``actor`` None: what is public, and no more.

        Raises ``Unknown``, ``Unavailable``.
        """
        record = parse_canonical(await self._records.export(lot_id), LotRecord)
        recorded, lot = await self._platform.recorded(lot_id, actor)
        mine = sight(actor, lot)
        added, events, ids = [], [], []
        public = 0
        for one in recorded:
            if is_public(one.event):
                public += 1
            elif visible(one.event, mine):
                # what was appended since the record was made stands after all of it
                added.append(_disclosed("lot", min(public, len(record.events)), one))
                events.append(one.event)
                ids.append(str(one.event_id))
        for stream, one in await self._own(lot_id, actor):
            added.append(_disclosed(stream, 0, one))
            events.append(one.event)
            ids.append(str(one.event_id))
        added = await self._proved(record, actor, ids, added)
        known = {one.credential for one in record.certificates}
        certificates = tuple(
            one for one in await self._records.certificates(events) if one.credential not in known
        )
        party = actor.party if actor is not None else ""
        said = tuple(sorted(standing.value for standing in mine))
        key = self._keyring.receipt_key(lot.notice.mode)
        body = body_of(record, party, said, tuple(added), certificates, key.provider)
        sealed = await signed(LABEL, body, key)
        return canonical(
            Bundle(
                format=FORMAT,
                record=record,
                party=party,
                standings=said,
                disclosed=tuple(added),
                certificates=certificates,
                seal=BundleSeal(body=body, signature=b64(sealed.signature)),
            )
        )

    async def _proved(
        self, record: LotRecord, actor: Actor | None, ids: list[str], added: list[DisclosedEvent]
    ) -> list[DisclosedEvent]:
        """The same events, each with its leaf under the record's checkpoint."""
        if self._log is None or record.log is None or not added:
            return added
        disclosed = await self._log.of_lot(record.lot, actor, note=record.log.checkpoint.encode())
        erased = await self._log.stripped_of_lot(record.lot, actor, record.log.checkpoint.encode())
        known = (*map(shown, disclosed.leaves), *map(stripped, erased))
        found = {one.event.id: one for one in known}
        return [
            _with_leaf(one, found[event_id]) if event_id in found else one
            for event_id, one in zip(ids, added, strict=True)
        ]

    async def _own(self, lot_id: str, actor: Actor | None) -> list[tuple[str, Recorded]]:
        """A bidder's own bid and what it took and was delivered; nothing of anybody else's."""
        if actor is None:
            return []
        streams = zip(OWN_STREAMS, self._names(lot_id, actor.party), strict=True)
        return [(name, one) for name, stream in streams for one in await self._platform.journal.load(stream)]

    def _names(self, lot_id: str, party: str) -> tuple[str, str]:
        return bid_stream(lot_id, party), reader_stream(self._keyring, lot_id, party)


def _with_leaf(one: DisclosedEvent, proved: Shown) -> DisclosedEvent:
    name = proved.event.stream if one.stream == "reader" else ""
    return replace(one, leaf=leaf_proof(proved, one.state), name=name)


def _disclosed(stream: str, after: int, one: Recorded) -> DisclosedEvent:
    return DisclosedEvent(
        stream=stream,
        after=after,
        recorded_at=instant(one.recorded_at),
        topic=one.event.TOPIC,
        state=encode(one.event).decode(),
    )
