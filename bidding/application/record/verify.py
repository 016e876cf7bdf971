"""Checks a lot's record: no server, no network, no trust in the platform beyond its public key.

Order: the file's form and seal → every event → every signed act → manifests and receipts → session keys →
key releases → the forms opened again → the draw → the announced table → the opening record → prices and award →
time-stamps.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from cryptography import x509

from bidding.application.record.acts import check_acts
from bidding.application.record.awards import check_award
from bidding.application.record.format import (
    FORMAT,
    SEAL_LABEL,
    LotRecord,
    entries_root,
)
from bidding.application.record.openings import check_opening
from bidding.application.record.read import Faulty, Read
from bidding.application.record.timestamps import check_timestamps
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.disclosure import is_public
from bidding.domain.event import decode, encode


class Check(NamedTuple):
    """One thing that was checked. ``fault``: empty if it holds."""

    name: str
    fault: str = ""

    @property
    def ok(self) -> bool:
        return not self.fault


def verify_record(
    data: bytes, platform_key: bytes | None = None, time_roots: Sequence[x509.Certificate] = ()
) -> list[Check]:
    """All checks in order. One that fails ends the list: what follows would rest on it.

    ``platform_key``: the raw receipt key that you trust; None takes the file's own word for it, and the
    result then only says that the file is consistent in itself. ``time_roots``: of time-stamp authorities that you
    trust; without one, tokens are compared with the events, and whoever signed them is believed.
    """
    done: list[Check] = []
    try:
        done += _checks(data, platform_key, time_roots)
    except Faulty as fault:
        done += [*fault.before, Check(fault.check, fault.reason)]
    return done


def _checks(data: bytes, platform_key: bytes | None, time_roots: Sequence[x509.Certificate]) -> list[Check]:
    done: list[Check] = []

    def passed(name: str) -> None:
        done.append(Check(name))

    def guarded(name: str, check: Callable[[], Iterator[str]]) -> None:
        """Every name that ``check`` yields has held; anything it cannot read is a fault of the record."""
        current = name
        try:
            for current in check():
                passed(current)
        except Faulty as fault:
            raise Faulty(fault.check, fault.reason, tuple(done)) from fault
        except (
            CryptoError,
            msgspec.MsgspecError,
            KeyError,
            LookupError,
            ValueError,
            AssertionError,
        ) as error:
            raise Faulty(name, f"{type(error).__name__}: {error}", tuple(done)) from error

    record = _form(data)
    passed("file: canonical form, nothing added or left out")
    _seal(record, platform_key)
    passed(
        "seal: signed by the platform key you gave"
        if platform_key
        else f"seal: signed by the key in the file ({_fingerprint(record)}); compare it with the published one"
    )
    read = _events(record, done)
    passed(f"events: {len(record.events)} public events, each in its canonical form and order")
    guarded("acts", lambda: check_acts(read))
    guarded("opening", lambda: check_opening(read))
    guarded("award", lambda: check_award(read))
    guarded("time-stamps", lambda: check_timestamps(read, time_roots))
    return done


def _form(data: bytes) -> LotRecord:
    try:
        record = parse_canonical(data, LotRecord)
    except CryptoError as error:
        raise Faulty("file", str(error)) from error
    if canonical(record) != data:
        raise Faulty("file", "not the canonical form of its content")
    return record


def _seal(record: LotRecord, platform_key: bytes | None) -> None:
    count, root = entries_root(
        record.authority,
        record.platform_key,
        record.events,
        record.certificates,
        record.receipts,
        record.forms,
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


def _events(record: LotRecord, done: list[Check]) -> Read:
    events, last = [], 0
    for one in record.events:
        where = f"event {one.position}"
        try:
            event = decode(one.topic, one.state.encode())
        except (KeyError, msgspec.MsgspecError) as error:
            raise Faulty("events", f"{where}: {type(error).__name__}", tuple(done)) from error
        if encode(event).decode() != one.state or not is_public(event) or one.position <= last:
            raise Faulty("events", f"{where}: not canonical, not public or out of order", tuple(done))
        last = one.position
        events.append(event)
    return Read(record=record, events=tuple(events))


def _fingerprint(record: LotRecord) -> str:
    return b64(hashlib.sha256(record.platform_key.encode()).digest())[:16]
