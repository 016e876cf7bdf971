"""Checks a party's proofs offline: no server, no trust in the platform beyond the log's key."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import msgspec

from bidding.application.log.ontime import IN_TIME, closing_leaf, late
from bidding.application.receipts import RELEASE_RECEIPT_LABEL
from bidding.application.record.steps import Check
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.log.disclosed import FORMAT, Disclosed, DisclosedLeaves, Proved, prove
from bidding.crypto.log.leaf import parse_moment
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.crypto.log.policy import LogPolicy
from bidding.crypto.log.proof import parse_proof
from bidding.crypto.signing import RECEIPT_LABEL, REFUSAL_LABEL, Signed, verify_bytes
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.bid.events import BidReceived, BidRefused
from bidding.domain.event import Event, decode
from bidding.domain.notice.events import ClarificationDelivered, ClarificationIssued, DocumentDownloaded
from bidding.domain.opening.events import KeyReleased

#: What the names of readers' streams begin with.
READER = "reader-"
#: Within which a clarification reaches every reader: the clock delivers it at once, and makes up for its own outages.
DELIVERY = timedelta(hours=1)

_LABELS: dict[type[Event], str] = {
    BidReceived: RECEIPT_LABEL,
    BidRefused: REFUSAL_LABEL,
    KeyReleased: RELEASE_RECEIPT_LABEL,
}


class _Fault(Exception):
    def __init__(self, check: str, reason: str) -> None:
        super().__init__(check, reason)
        self.check, self.reason = check, reason


def check_leaves(
    data: bytes,
    log: NoteKey | None = None,
    platform_key: bytes | None = None,
    kept: Mapping[str, str] | None = None,
    policy: LogPolicy | None = None,
) -> list[Check]:
    """All checks in order; the first that fails ends the list.

    ``log``: the key that you trust; None takes the file's word for it. ``policy``: that key, and the witnesses of whom
    a quorum must have cosigned each checkpoint. ``platform_key``: raw, of receipts. ``kept``:
    receipts that the party kept by other means, name → canonical text; each must be in the log.
    """
    done: list[Check] = []
    try:
        done.extend(Check(name) for name in _checks(data, log, platform_key, kept or {}, policy))
    except _Fault as fault:
        done.append(Check(fault.check, fault.reason))
    except (CryptoError, msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
        done.append(Check("file 文件", f"{type(error).__name__}: {error}"))
    return done


def _checks(
    data: bytes,
    log: NoteKey | None,
    platform_key: bytes | None,
    kept: Mapping[str, str],
    policy: LogPolicy | None,
) -> Iterator[str]:
    leaves = parse_canonical(data, DisclosedLeaves)
    named = parse_vkey(leaves.vkey)
    _require(leaves.format == FORMAT, "file 文件", "of another format")
    trusted = {key for key in (log, policy and policy.log_key) if key is not None}
    _require(trusted <= {named}, "log key 日志公钥", "the file is of another log than the one you trust")
    yield f"log key 日志公钥: {leaves.vkey}"
    proved = sorted((_proved(one, named, policy) for one in leaves.leaves), key=lambda one: one.index)
    _one_history(proved)
    size = max((one.checkpoint.size for one in proved), default=0)
    seen = "" if policy is None else f", cosigned by {policy.quorum} of {len(policy.witnesses)} witnesses"
    yield f"proofs 包含证明: {len(proved)} leaves under a signed checkpoint of {size}{seen}"
    instants = [one.event.recorded_at for one in proved]
    _require(instants == sorted(instants), "order 顺序", "a leaf is older than one before it: back-dated")
    yield "order 顺序: no leaf is older than one before it"
    events = [_event(one, leaves.lot) for one in proved]
    reading = {one.event.stream for one in proved if one.event.stream.startswith(READER)}
    _require(len(reading) <= 1, "events 事件", "of two readers")
    yield from _receipts(events, platform_key, kept)
    yield from _in_time(proved, events)
    yield from _delivered(proved, events)


def _proved(one: Disclosed, log: NoteKey, policy: LogPolicy | None) -> Proved:
    try:
        proved = prove(one, log)
        if policy is not None:
            policy.open(parse_proof(one.proof).checkpoint)
        return proved
    except CryptoError as error:
        raise _Fault("proofs 包含证明", str(error)) from error


def _one_history(proved: list[Proved]) -> None:
    roots: dict[int, bytes] = {}
    for one in proved:
        same = roots.setdefault(one.checkpoint.size, one.checkpoint.root) == one.checkpoint.root
        _require(same, "proofs 包含证明", f"two checkpoints of {one.checkpoint.size} leaves: two histories")
    _require(len({one.index for one in proved}) == len(proved), "proofs 包含证明", "two events at one leaf")


def _event(one: Proved, lot: str) -> Event:
    event = decode(one.event.topic, one.event.state.encode())
    own = one.event.stream == f"lot-{lot}" or one.event.stream.startswith(
        (f"bid-{lot}-", f"application-{lot}-")
    )
    # The name of a reader's stream leads nowhere, and to no lot (decision 0009): what is in it is of readers alone.
    own |= one.event.stream.startswith(READER) and isinstance(
        event, DocumentDownloaded | ClarificationDelivered
    )
    _require(own, "events 事件", f"leaf {one.index} is of another lot")
    return event


def _receipts(events: list[Event], platform_key: bytes | None, kept: Mapping[str, str]) -> Iterator[str]:
    found: set[str] = set()
    for event in events:
        label = _LABELS.get(type(event))
        if label is None:
            continue
        assert isinstance(event, BidReceived | BidRefused | KeyReleased)
        found.add(event.receipt)
        if platform_key is not None:
            signed = Signed(event.receipt.encode(), unb64(event.receipt_signature))
            try:
                verify_bytes(label, signed, platform_key)
            except CryptoError as error:
                raise _Fault("receipts 回执", f"{event.receipt_number}: {error}") from error
    said = "" if platform_key is None else ", signed by the platform"
    yield f"receipts 回执: {len(found)} in the log{said}"
    for name, text in kept.items():
        _require(text in found, f"kept 留存回执 {name}", "is not in the log: the platform has dropped it")
        yield f"kept 留存回执 {name}: in the log"


def _in_time(proved: list[Proved], events: list[Event]) -> Iterator[str]:
    placed = [(one.index, event) for one, event in zip(proved, events, strict=True)]
    fault, closed = late(placed), closing_leaf(placed)
    _require(not fault, "in time 按时", fault)
    if closed is None:
        yield "in time 按时: submission is not closed in this file"
        return
    for leaf, event in placed:
        if isinstance(event, IN_TIME):
            yield f"in time 按时: {event.TOPIC} at leaf {leaf}, closed at leaf {closed}"


def _delivered(proved: list[Proved], events: list[Event]) -> Iterator[str]:
    """R-DOC-04: every clarification was delivered to who took the document, once. One of less than ``DELIVERY`` before
    the newest leaf may still be under way."""
    placed = list(zip(proved, events, strict=True))
    took = [one.index for one, event in placed if isinstance(event, DocumentDownloaded)]
    if not took:
        return
    came = [(event.number, one.index) for one, event in placed if isinstance(event, ClarificationDelivered)]
    issued = [(event, one) for one, event in placed if isinstance(event, ClarificationIssued)]
    numbers, at = {event.number for event, _ in issued}, dict(came)
    check, newest = "deliveries 送达", max(parse_moment(one.event.recorded_at) for one in proved)
    _require(len(at) == len(came) and set(at) <= numbers, check, "twice, or of no clarification of this lot")
    yield f"{check}: the document taken {len(took)} times, first at leaf {took[0]}"
    for event, one in issued:
        due = newest - parse_moment(one.event.recorded_at) >= DELIVERY and one.index > took[0]
        _require(event.number in at or not due, check, f"clarification {event.number} was never delivered")
        if event.number in at:
            yield f"{check}: clarification {event.number}, issued at leaf {one.index}, delivered at {at[event.number]}"


def _require(holds: bool, check: str, reason: str) -> None:
    if not holds:
        raise _Fault(check, reason)
