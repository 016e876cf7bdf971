"""Checks a bundle, and rebuilds the lot from it alone: no database, no server.

Order: the file's form → the bundle's seal → the record within, step by step → the events added, the acts in them →
the history that both give → scores, as far as what was disclosed allows.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from cryptography import x509

from bidding.application.record.acts import check_acts
from bidding.application.record.bundle_files import check_files
from bidding.application.record.bundle_format import (
    FORMAT,
    LABEL,
    OWN_STREAMS,
    Bundle,
    DisclosedEvent,
    body_of,
)
from bidding.application.record.disclosed import CHECK as DISCLOSED_LOG
from bidding.application.record.disclosed import check_disclosed_log
from bidding.application.record.escrow import PART as ESCROW
from bidding.application.record.escrow import check_trial
from bidding.application.record.history import CHECK as HISTORY
from bidding.application.record.history import check_history
from bidding.application.record.read import Faulty, Read, event_of, require
from bidding.application.record.scores import check_scores
from bidding.application.record.steps import Check, Steps, Tell, untold
from bidding.application.record.verify import check_record, form_of
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.log.note import NoteKey
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.bid.state import Bid
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from bidding.domain.lot import Lot, replay


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the bundle's holder knows. ``bid``: its own, empty where it has none."""

    lot: Lot
    bid: Bid


def verify_bundle(
    data: bytes,
    platform_key: bytes | None = None,
    files: Path | None = None,
    time_roots: Sequence[x509.Certificate] = (),
    tell: Tell = untold,
    *,
    log_key: NoteKey | None = None,
    ca_roots: Sequence[bytes] = (),
) -> list[Check]:
    """All checks in order, each told as it is done; one that fails ends the list.

    ``platform_key``: the raw key that you trust; ``files``: a folder of sealed or opened envelopes and documents,
    each checked against the roots and hashes in the bundle; ``time_roots``, ``log_key``, ``ca_roots``: as
    ``verify_record`` has them.
    """
    steps = Steps(tell)
    try:
        bundle = form_of(data, Bundle)
        steps.passed("bundle: canonical form, nothing added or left out")
        _seal(bundle, platform_key)
        steps.passed(f"bundle seal: by the platform, as disclosed to {bundle.party or 'anyone'}")
        public = check_record(bundle.record, platform_key, steps, time_roots, log_key, ca_roots)
        added = _disclosed(bundle)
        steps.passed(f"disclosed: {len(added)} further events, as disclosed to {', '.join(bundle.standings)}")
        merged = _merged(bundle, public, added)
        steps.run(DISCLOSED_LOG, lambda: check_disclosed_log(bundle, public, added, log_key))
        steps.run("disclosed acts", lambda: _acts(bundle, added, ca_roots))
        steps.run(HISTORY, lambda: check_history(bundle.record.lot, merged, _bid(bundle, added)))
        if len(merged) > len(public.events):
            whole = Read(record=bundle.record, events=merged, keys=public.keys, owners=public.owners)
            steps.run(ESCROW, lambda: check_trial(whole))
            steps.run("scores", lambda: check_scores(whole))
        if files is not None:
            folder = files
            steps.run("files", lambda: check_files(folder, public, merged))
    except Faulty as fault:
        steps.failed(fault)
    return steps.done


def rebuild_bundle(data: bytes) -> History:
    """The state that the bundle's events give. Raises ``Faulty`` for what is no bundle."""
    bundle = form_of(data, Bundle)
    added = _disclosed(bundle)
    public = [
        event_of(one.topic, one.state, "events", f"event {one.position}") for one in bundle.record.events
    ]
    merged = _merged(bundle, Read(record=bundle.record, events=tuple(public)), added)
    return History(lot=replay(bundle.record.lot, merged), bid=_bid(bundle, added))


def _seal(bundle: Bundle, platform_key: bytes | None) -> None:
    body = body_of(
        bundle.record,
        bundle.party,
        bundle.standings,
        bundle.disclosed,
        bundle.certificates,
        bundle.seal.body.provider,
    )
    require(
        bundle.format == FORMAT and bundle.seal.body == body, "bundle seal", "the seal is for other entries"
    )

    def signed() -> Iterator[str]:
        key = unb64(bundle.record.platform_key)
        require(platform_key in (None, key), "bundle seal", "sealed by another key than the one you gave")
        verify_bytes(LABEL, Signed(canonical(body), unb64(bundle.seal.signature)), key)
        yield ""

    Steps().run("bundle seal", signed)


def _disclosed(bundle: Bundle) -> tuple[tuple[DisclosedEvent, Event], ...]:
    """Every added event, if stream and place fit. Whether this reader had to see it was the exporter's rule at that
    time, which a later version need not share: the seal says to whom it was disclosed."""
    found, last = [], 0
    for number, one in enumerate(bundle.disclosed, start=1):
        where = f"event {number} ({one.topic})"
        event = event_of(one.topic, one.state, "disclosed", where)
        if one.stream == "lot":
            require(
                one.topic.startswith("lot.") and not is_public(event),
                "disclosed",
                f"{where}: public, and so out of place",
            )
            require(last <= one.after <= len(bundle.record.events), "disclosed", f"{where}: out of order")
            last = one.after
        else:
            own = one.stream in OWN_STREAMS and one.topic.startswith(f"{one.stream}.") and bool(bundle.party)
            require(own and one.after == 0, "disclosed", f"{where}: of no stream that one's own can be")
        found.append((one, event))
    return tuple(found)


def _merged(
    bundle: Bundle, public: Read, added: tuple[tuple[DisclosedEvent, Event], ...]
) -> tuple[Event, ...]:
    """The lot's events in their order: public ones, and the added ones between them."""
    lot = [(one.after, event) for one, event in added if one.stream == "lot"]
    merged: list[Event] = []
    for place, event in enumerate(public.events):
        while lot and lot[0][0] <= place:
            merged.append(lot.pop(0)[1])
        merged.append(event)
    return (*merged, *(event for _, event in lot))


def _acts(
    bundle: Bundle, added: tuple[tuple[DisclosedEvent, Event], ...], ca_roots: Sequence[bytes]
) -> Iterator[str]:
    certificates = (*bundle.record.certificates, *bundle.certificates)
    record = msgspec.structs.replace(bundle.record, certificates=certificates)
    read = Read(record=record, events=tuple(event for _, event in added))
    erased = frozenset(
        number for number, (one, _) in enumerate(added) if one.leaf is not None and one.leaf.commitment
    )
    for held in check_acts(read, [one.recorded_at for one, _ in added], ca_roots, erased):
        yield f"disclosed {held}"


def _bid(bundle: Bundle, added: tuple[tuple[DisclosedEvent, Event], ...]) -> Bid:
    mine = [event for one, event in added if one.stream == "bid"]
    return replay_bid(mine, lot=bundle.record.lot, bidder=bundle.party)
