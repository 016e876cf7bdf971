"""Checks an archive package offline, and rebuilds the lot's history from it alone: no database, no server."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import msgspec
from cryptography import x509

from bidding.application.record.format import LotRecord
from bidding.application.record.package_format import (
    DOCUMENTS,
    EVENTS,
    FORMAT,
    LABEL,
    MANIFEST,
    METADATA,
    RECORD,
    RECORDINGS,
    SIGNATURE,
    Manifest,
    Metadata,
    PackedEvent,
    recording_files,
)
from bidding.application.record.read import Faulty, require
from bidding.application.record.steps import Check
from bidding.application.record.verify import verify_record
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.log.note import NoteKey
from bidding.crypto.signing import Signed, verify
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.bid.state import Bid
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event, decode, encode
from bidding.domain.lot import Lot, replay
from bidding.domain.notice.events import DocumentIssued
from bidding.domain.notice.reader import Reader
from bidding.domain.notice.reader import replay as replay_reader

_CHUNK = 1024 * 1024


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """The history as the holder knows it. ``bid`` and ``reader``: a bidder's own, else empty."""

    lot: Lot
    bid: Bid
    reader: Reader


def rebuild(path: Path) -> Rebuilt:
    """Replay the package's events. Raises ``KeyError``, ``BadZipFile`` or ``CryptoError`` for what is no package."""
    with ZipFile(path) as archive:
        manifest = parse_canonical(archive.read(MANIFEST), Manifest)
        events = _events(archive)
    return Rebuilt(
        lot=replay(manifest.lot, events["lot"]),
        bid=replay_bid(events["bid"], lot=manifest.lot, bidder=manifest.party),
        reader=replay_reader(events["reader"]),
    )


def verify_package(
    path: Path,
    platform_key: bytes | None = None,
    time_roots: Sequence[x509.Certificate] = (),
    log_key: NoteKey | None = None,
    ca_roots: Sequence[bytes] = (),
) -> list[Check]:
    """All checks in order; one that fails ends the list. ``platform_key``: the raw key that you trust, ``time_roots``
    likewise of time-stamp authorities, ``log_key`` of the verifiable log, ``ca_roots`` of licensed authorities."""
    done: list[Check] = []
    try:
        with ZipFile(path) as archive:
            for check in _checks(archive, platform_key, time_roots, log_key, ca_roots):
                done.append(check)
                if not check.ok:
                    break
    except Faulty as fault:
        done.append(Check(fault.check, fault.reason))
    except (
        CryptoError,
        msgspec.MsgspecError,
        BadZipFile,
        KeyError,
        ValueError,
        NotImplementedError,
    ) as error:
        done.append(Check("package", f"{type(error).__name__}: {error}"))
    return done


def _checks(
    archive: ZipFile,
    platform_key: bytes | None,
    time_roots: Sequence[x509.Certificate],
    log_key: NoteKey | None,
    ca_roots: Sequence[bytes],
) -> Iterator[Check]:
    text = archive.read(MANIFEST)
    claimed = parse_canonical(text, Manifest)
    key = unb64(claimed.platform_key)
    require(platform_key in (None, key), "manifest", "signed by another key than the one you gave")
    manifest = verify(LABEL, Signed(text, unb64(archive.read(SIGNATURE).decode("ascii"))), key, Manifest)
    require(manifest.format == FORMAT, "manifest", "of another format")
    yield Check(f"manifest: signed by the platform, for {manifest.duty} {manifest.party}")
    names = [info.filename for info in archive.infolist()]
    listed = [one.path for one in manifest.files]
    require(
        sorted(names) == sorted([*listed, MANIFEST, SIGNATURE]),
        "files",
        "others are in the package than its manifest lists",
    )
    require({EVENTS, RECORD, METADATA} <= set(listed), "files", "events, record or metadata are missing")
    for one in manifest.files:
        require(
            _digest(archive, one.path) == (one.sha256, one.length),
            "files",
            f"{one.path}: other bytes than listed",
        )
    yield Check(f"files: {len(listed)}, each with its SHA-256")
    about = parse_canonical(archive.read(METADATA), Metadata)
    require(
        about.count == len(listed) and str(manifest.keep_until) in about.term,
        "metadata",
        "says something else",
    )
    until = date.fromisoformat(manifest.keep_until)
    yield Check(f"metadata: kept for {manifest.keep_years} years, until {until} ({manifest.keep_rule})")
    events = _events(archive)
    lot = replay(manifest.lot, events["lot"])
    yield Check(f"history: {lot.version} events of the lot replayed, phase {lot.phase}")
    yield from _record(archive, manifest, events["lot"], key, time_roots, log_key, ca_roots)
    yield from _documents(manifest, events["lot"])
    yield from _recordings(manifest, lot)


def _record(
    archive: ZipFile,
    manifest: Manifest,
    events: list[Event],
    key: bytes,
    time_roots: Sequence[x509.Certificate],
    log_key: NoteKey | None,
    ca_roots: Sequence[bytes],
) -> Iterator[Check]:
    """The public record holds by itself, and tells the same history."""
    data = archive.read(RECORD)
    for check in verify_record(data, key, time_roots, log_key=log_key, ca_roots=ca_roots):
        yield Check(f"record · {check.name}", check.fault)
        if not check.ok:
            return
    record = parse_canonical(data, LotRecord)
    public = [encode(event).decode() for event in events if is_public(event)]
    require(
        record.lot == manifest.lot and [one.state for one in record.events] == public,
        "history",
        "the public record tells another one",
    )
    yield Check("history: the same as in the public record")


def _documents(manifest: Manifest, events: list[Event]) -> Iterator[Check]:
    issued = {
        f"{DOCUMENTS}v{event.version}-{event.sha256}": event.sha256
        for event in events
        if isinstance(event, DocumentIssued)
    }
    files = {one.path: one.sha256 for one in manifest.files if one.path.startswith(DOCUMENTS)}
    require(
        files.items() <= issued.items(), "documents", "other bytes than the notice and clarifications name"
    )
    yield Check(f"documents: {len(files)} of {len(issued)} versions, as issued")


def _recordings(manifest: Manifest, lot: Lot) -> Iterator[Check]:
    """What was on the air is what the log has the hash of."""
    kept = {path: (one.sha256, one.length) for path, _, _, one in recording_files(lot)}
    files = [one for one in manifest.files if one.path.startswith(RECORDINGS)]
    for one in files:
        require(
            kept.get(one.path) == (one.sha256, one.length),
            "recordings",
            f"{one.path}: not what was kept when it had ended",
        )
    if kept:
        yield Check(f"recordings: {len(files)} of {len(kept)}, as they were kept")


def _events(archive: ZipFile) -> dict[str, list[Event]]:
    """By stream. Raises ``Faulty`` for an event that is not in its canonical form or unknown."""
    found: dict[str, list[Event]] = {"lot": [], "bid": [], "reader": []}
    for number, one in enumerate(parse_canonical(archive.read(EVENTS), tuple[PackedEvent, ...]), start=1):
        try:
            event = decode(one.topic, one.state.encode())
            found[one.stream].append(event)
        except (KeyError, msgspec.MsgspecError) as error:
            raise Faulty("history", f"event {number}: {type(error).__name__}") from error
        require(encode(event).decode() == one.state, "history", f"event {number}: not canonical")
    return found


def _digest(archive: ZipFile, path: str) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with archive.open(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
    return digest.hexdigest(), length
