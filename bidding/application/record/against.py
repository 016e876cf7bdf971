"""A record checked, and what a party kept of the log laid against it (``bidding receipt check``)."""

import msgspec

from bidding.application.record.bundle_format import FORMAT as BUNDLE
from bidding.application.record.bundle_format import Bundle
from bidding.application.record.format import FORMAT as RECORD
from bidding.application.record.format import LotRecord
from bidding.application.record.kept_leaves import CHECK, check_kept
from bidding.application.record.read import Faulty
from bidding.application.record.steps import Check, Steps
from bidding.application.record.verify import check_record, form_of
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.note import NoteKey


def verify_against(
    record: bytes, kept: bytes, where: str, platform_key: bytes | None = None, log_key: NoteKey | None = None
) -> list[Check]:
    """All checks of the record, or of the one in a bundle, and last of what was kept (``bidding receipt fetch``)."""
    steps = Steps()
    try:
        read = check_record(_record(record), platform_key, steps, (), log_key)
        steps.passed(f"{CHECK}: {check_kept(form_of(kept, DisclosedLeaves), read, where)}")
    except Faulty as fault:
        steps.failed(fault)
    return steps.done


class _Inner(msgspec.Struct, frozen=True):
    lot: str = ""


class _Kind(msgspec.Struct, frozen=True):
    """A bundle has its lot in its record."""

    format: str = ""
    lot: str = ""
    record: _Inner = _Inner()


def lot_of_record(data: bytes) -> str:
    """Of a record, or of the one in a bundle; empty for any other file."""
    kind = _kind(data)
    return (kind.lot or kind.record.lot) if kind.format in (BUNDLE, RECORD) else ""


def _kind(data: bytes) -> _Kind:
    try:
        return msgspec.json.decode(data, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Kind()


def _record(data: bytes) -> LotRecord:
    return form_of(data, Bundle).record if _kind(data).format == BUNDLE else form_of(data, LotRecord)
