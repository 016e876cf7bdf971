"""The archive package: a closed ZIP per duty holder (DA/T 103-2024 [M]), described by a signed manifest (R-ARCH-01).

``manifest.json`` lists every other file but ``manifest.sig``, which is the platform's signature over it. Members are
stored, not compressed, under one fixed date, so the same content makes the same bytes.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Annotated
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

from bidding.domain.lot import Lot
from bidding.domain.opening.broadcasting import recordings
from bidding.domain.opening.onair import Kind, Recording

FORMAT = "bidding/archive-package/v1"
LABEL = "bidding/archive/v1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
EVENTS = "events.json"
RECORD = "record.json"
METADATA = "metadata.json"
DOCUMENTS = "documents/"
ENVELOPES = "envelopes/"
RECORDINGS = "recordings/"

Text = Annotated[str, msgspec.Meta(max_length=50_000_000)]


class ArchiveDuty(StrEnum):
    """The four who must archive, each for itself."""

    TENDERER = "tenderer"
    AGENCY = "agency"
    BIDDER = "bidder"
    PLATFORM = "platform"


class Packed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file: ``sha256`` in hex, ``length`` in bytes."""

    path: str
    sha256: str
    length: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """``keep_until``: the last day on which nothing may be deleted, ISO; ``made_at``: the lot's instant;
    ``provider``: who holds the key that signs."""

    format: str
    lot: str
    mode: str
    duty: ArchiveDuty
    party: str
    standings: tuple[str, ...]
    made_at: str
    ended_at: str
    keep_years: int
    keep_until: str
    keep_rule: str
    platform_key: str
    files: tuple[Packed, ...]
    provider: str = "soft"


class Metadata(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    rename={
        "source": "来源",
        "title": "题名",
        "number": "档号",
        "begun": "形成时间",
        "ended": "办结时间",
        "responsible": "责任者",
        "keeper": "保管者",
        "term": "保管期限",
        "basis": "依据",
        "count": "件数",
    },
):
    """What an archivist asks of a file. ``source``: the platform that made it; ``responsible``: tenderer and agency."""

    source: str
    title: str
    number: str
    begun: str
    ended: str
    responsible: tuple[str, ...]
    keeper: str
    term: str
    basis: str
    count: int


class PackedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``stream``: lot, bid or reader; ``state``: the event's canonical JSON, byte for byte as in the log."""

    stream: str
    recorded_at: str
    topic: str
    state: Text


def recording_files(lot: Lot) -> Iterator[tuple[str, Kind, int, Recording]]:
    """Where each recording lies in a package: of those that its holder knows, if anything of it ever came."""
    for kind, number, recording in recordings(lot):
        if recording is not None and recording.pieces:
            yield f"{RECORDINGS}{kind}-{number}.webm", kind, number, recording


def member(archive: ZipFile, path: str) -> IO[bytes]:
    """Open a member to be written."""
    info = ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_STORED
    info.external_attr = 0o644 << 16
    return archive.open(info, "w", force_zip64=True)
