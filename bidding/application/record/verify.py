"""Checks a lot's record: no server, no network, no trust in the platform beyond its public key.

Order: the file's form and seal → every event → every signed act → manifests and receipts → session keys →
key releases → the forms opened again → the draw → the announced table → the opening record → the experts →
prices and award → scores → time-stamps → every event's leaf in the log → every bid's before the closing leaf →
no event left out → the checkpoints that authorities stamped.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from cryptography import x509

from bidding.application.record.acts import check_acts
from bidding.application.record.awards import check_award
from bidding.application.record.bundle_files import check_files
from bidding.application.record.checkpoints import CHECK as CHECKPOINTS
from bidding.application.record.checkpoints import check_checkpoints
from bidding.application.record.complete import CHECK as COMPLETE
from bidding.application.record.complete import check_complete
from bidding.application.record.format import (
    FORMAT,
    SEAL_LABEL,
    LotRecord,
    entries_root,
)
from bidding.application.record.logged import CHECK as LOG
from bidding.application.record.logged import check_log, unsaid
from bidding.application.record.lotteries import check_experts
from bidding.application.record.ontime import CHECK as ON_TIME
from bidding.application.record.ontime import check_on_time
from bidding.application.record.openings import check_opening
from bidding.application.record.read import Faulty, Read, event_of, require
from bidding.application.record.scores import check_scores
from bidding.application.record.steps import Check, Steps, Tell, untold
from bidding.application.record.timestamps import check_timestamps
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.log.note import NoteKey
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.disclosure import is_public

T = TypeVar("T")


def verify_record(
    data: bytes,
    platform_key: bytes | None = None,
    time_roots: Sequence[x509.Certificate] = (),
    tell: Tell = untold,
    *,
    files: Path | None = None,
    log_key: NoteKey | None = None,
    ca_roots: Sequence[bytes] = (),
) -> list[Check]:
    """All checks in order, each told as it is done. One that fails ends the list: what follows would rest on it.

    ``platform_key``: the raw receipt key that you trust; None takes the file's own word for it, and the
    result then only says that the file is consistent in itself. ``time_roots``: of time-stamp authorities that you
    trust; without one, tokens are compared with the events, and whoever signed them is believed. ``log_key``: the
    verifiable log's, that you trust; a record without its proofs then fails. ``files``: a folder of what you kept.
    ``ca_roots``: of licensed authorities that you trust (DER); with none, the record's word is taken for them.
    """
    steps = Steps(tell)
    try:
        read = check_record(form_of(data, LotRecord), platform_key, steps, time_roots, log_key, ca_roots)
        if files is not None:
            folder = files
            steps.run("files", lambda: check_files(folder, read, read.events))
    except Faulty as fault:
        steps.failed(fault)
    return steps.done


def check_record(
    record: LotRecord,
    platform_key: bytes | None,
    steps: Steps,
    time_roots: Sequence[x509.Certificate] = (),
    log_key: NoteKey | None = None,
    ca_roots: Sequence[bytes] = (),
) -> Read:
    """Every step after the file's form was read. Raises ``Faulty``."""
    steps.passed("file: canonical form, nothing added or left out")
    _seal(record, platform_key)
    steps.passed(
        "seal: signed by the platform key you gave"
        if platform_key
        else f"seal: signed by the key in the file ({_fingerprint(record)}); compare it with the published one"
    )
    read = _events(record)
    steps.passed(f"events: {len(record.events)} public events, each in its canonical form and order")
    instants = [one.recorded_at for one in record.events]
    steps.run("acts", lambda: check_acts(read, instants, ca_roots, unsaid(read)))
    steps.run("opening", lambda: check_opening(read))
    steps.run("experts", lambda: check_experts(read))
    steps.run("award", lambda: check_award(read))
    steps.run("scores", lambda: check_scores(read))
    steps.run("time-stamps", lambda: check_timestamps(read, time_roots))
    steps.run(LOG, lambda: check_log(read, log_key))
    steps.run(ON_TIME, lambda: check_on_time(read, log_key))
    steps.run(COMPLETE, lambda: check_complete(read))
    steps.run(CHECKPOINTS, lambda: check_checkpoints(read))
    return read


def form_of(data: bytes, kind: type[T]) -> T:
    """The file as what it says it is. ``Faulty`` unless these are the canonical bytes of its content."""
    try:
        found = parse_canonical(data, kind)
    except CryptoError as error:
        raise Faulty("file", str(error)) from error
    if canonical(found) != data:
        raise Faulty("file", "not the canonical form of its content")
    return found


def _seal(record: LotRecord, platform_key: bytes | None) -> None:
    count, root = entries_root(
        record.authority,
        record.platform_key,
        record.events,
        record.certificates,
        record.receipts,
        record.forms,
        record.log,
    )
    body = record.seal.body
    said = (body.format, body.lot, body.mode, body.entries, body.root)
    if said != (record.format, record.lot, record.mode, count, root) or record.format != FORMAT:
        raise Faulty("seal", "the seal is for other entries")
    try:
        key = unb64(record.platform_key)
        if platform_key is not None and key != platform_key:
            raise Faulty("seal", f"sealed by another key than the one you gave ({_fingerprint(record)})")
        verify_bytes(SEAL_LABEL, Signed(canonical(body), unb64(record.seal.signature)), key)
    except CryptoError as error:
        raise Faulty("seal", str(error)) from error


def _events(record: LotRecord) -> Read:
    events, last = [], 0
    for one in record.events:
        where = f"event {one.position}"
        event = event_of(one.topic, one.state, "events", where)
        require(is_public(event) and one.position > last, "events", f"{where}: not public or out of order")
        last = one.position
        events.append(event)
    return Read(record=record, events=tuple(events))


def _fingerprint(record: LotRecord) -> str:
    return b64(hashlib.sha256(record.platform_key.encode()).digest())[:16]
