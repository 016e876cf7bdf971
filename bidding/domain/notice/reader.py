"""A reader of the tender document: who took it and what was delivered, on a stream of its own.

These streams are secret until T0: their number would tell too (R-DOC-03).
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from bidding.domain.command import Facts
from bidding.domain.errors import OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.commands import Download
from bidding.domain.notice.events import (
    ClarificationDelivered,
    DeliveriesSealed,
    DocumentDownloaded,
    ProofRecipient,
)


class DownloadEntry(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    at: datetime


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` counts the stream's events; ``delivered``: numbers of the clarifications received."""

    version: int = 0
    downloads: tuple[DownloadEntry, ...] = ()
    delivered: tuple[int, ...] = ()

    @property
    def received_at(self) -> datetime | None:
        """When the document was first taken: from then on its reader may know what is wrong with it (R-GP-23)."""
        return self.downloads[0].at if self.downloads else None


def evolve(reader: Reader, event: Event) -> Reader:
    reader = msgspec.structs.replace(reader, version=reader.version + 1)
    match event:
        case DocumentDownloaded():
            entry = DownloadEntry(version=event.version, at=event.at)
            return msgspec.structs.replace(reader, downloads=(*reader.downloads, entry))
        case ClarificationDelivered():
            return msgspec.structs.replace(reader, delivered=(*reader.delivered, event.number))
        case _:
            return reader


def replay(events: Iterable[Event]) -> Reader:
    reader = Reader()
    for event in events:
        reader = evolve(reader, event)
    return reader


def seal_deliveries(recipients: tuple[ProofRecipient, ...], facts: Facts) -> list[Event]:
    """R-PRIV-01: named with the notice, so that no proof is ever written that nobody, or anybody, can read."""
    if not recipients:
        raise OutOfOrder("no-supervisor-for-proofs", rule="R-PRIV-01")
    return [DeliveriesSealed(recipients=recipients, at=facts.now)]


def download(lot: Lot, command: Download, facts: Facts, *, reader: Reader) -> list[Event]:
    """R-DOC-01: any registered party takes the document, free and without approval; it is logged, no more.

    Clarifications issued before come with it.
    """
    versions = [document.version for document in lot.notice.documents]
    wanted = command.version or lot.notice.document_version
    if wanted not in versions:
        raise Unknown("no-such-document", rule="R-DOC-01", version=command.version, versions=versions)
    return [
        DocumentDownloaded(lot=lot.lot_id, party=facts.actor.party, version=wanted, at=facts.now),
        *deliveries(lot, reader, facts.actor.party, facts.now),
    ]


def deliveries(lot: Lot, reader: Reader, party: str, now: datetime) -> list[Event]:
    """R-DOC-04: a delivery for each clarification that this reader has not received; none twice."""
    return [
        ClarificationDelivered(lot=lot.lot_id, party=party, number=clarification.number, at=now)
        for clarification in lot.notice.clarifications
        if clarification.number not in reader.delivered
    ]
