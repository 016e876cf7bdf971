"""The opening record 开标记录 (R-OPEN-04, R-OPEN-30; 招投法 36): a pure function of the lot.

Whoever folds the lot's public events obtains it again, byte for byte: canonical JSON with ASCII keys,
integers and RFC 3339 instants. It holds everything that was public at the opening, and no secret.
"""

import hashlib
from typing import Any

import msgspec

from bidding.domain.lot import Lot
from bidding.domain.opening.outcomes import RollOutcome, outcomes
from bidding.domain.opening.parts import Drawing, Window

VERSION = 1


def record_text(lot: Lot) -> str:
    """The record as signed: its canonical JSON."""
    return msgspec.json.encode(opening_record(lot), order="sorted").decode()


def record_hash(lot: Lot) -> str:
    """Hex SHA-256 of ``record_text``."""
    return hashlib.sha256(record_text(lot).encode()).hexdigest()


def opening_record(lot: Lot) -> dict[str, Any]:
    """Amounts in 分, durations in days; null where nothing was said or opened.

    The offices' signatures are not in it: they are over it.
    """
    opening = lot.opening
    record: dict[str, Any] = {
        "v": VERSION,
        "lot": _lot(lot),
        "closed": {"at": opening.closed_at, "deadline": opening.deadline, "received": opening.received},
        "counts": opening.counts,
        "holds": opening.holds,
        "roll_published_at": opening.roll_published_at,
        "sessions": [
            {
                "office": keys.office,
                "session": keys.session,
                "forms_key": keys.forms_key,
                "evaluation_key": keys.evaluation_key,
                "form_private_key": _form_key(lot, keys.office),
            }
            for keys in sorted(opening.office_keys, key=lambda keys: keys.office)
        ],
        "release_window": _window(opening.release_window),
        "imported_at": opening.imported_at,
        "bids": [_bid(lot, one) for one in outcomes(lot)],
        "incidents": opening.incidents,
        "suspensions": lot.control.past,
        "announced": {
            "at": opening.announcement.at if opening.announcement else None,
            "table_hash": opening.announcement.table_hash if opening.announcement else None,
            "max_price_fen": opening.announcement.max_price_fen if opening.announcement else None,
        },
        "confirmation_window": _window(opening.confirmation_window),
        "objections": opening.objections,
        "silence": opening.silence,
    }
    if opening.reference is not None:  # 标底, published at the opening (R-ENG-19)
        record["reference"] = opening.reference
    terms = lot.notice.terms
    if terms is not None and terms.by_trustees:  # R-BID-06: who opened in the bidders' place, and who lied
        given = lot.escrow.given
        record["shares"] = [{"bidder": one.bidder, "trustee": one.trustee, "at": one.at} for one in given]
        record["false_shares"] = lot.escrow.false_shares
        record["faulty_deposits"] = lot.escrow.faulty_deposits
    if opening.withheld:  # runs that were given up, and who took whose place
        record["withheld"] = opening.withheld
    if opening.spares:  # R-PAIN-05: who brought a spare file, and who took it, when and why
        record["spares"] = opening.spares
    if opening.drawing != Drawing():  # R-DRAW-02: all that the coefficients follow from
        record["drawing"] = opening.drawing
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def _lot(lot: Lot) -> dict[str, Any]:
    notice = lot.notice
    return {
        "id": lot.lot_id,
        "number": notice.number,
        "title": notice.title,
        "regime": notice.regime,
        "mode": notice.mode,
        "tenderer": notice.tenderer_name,
        "agency": notice.agency_name,
        "notice_hash": notice.notice_hash,
        "document_version": notice.document_version,
        "document_sha256": notice.document.sha256 if notice.document else None,
        "ruleset": notice.ruleset,
    }


def _bid(lot: Lot, one: RollOutcome) -> dict[str, Any]:
    """One bidder: what was received, what was opened, how it ended and what follows from that."""
    opening, entry = lot.opening, one.entry
    released = next((known for known in opening.released if known.bidder == entry.bidder), None)
    imported = next((known for known in opening.imported if known.bidder == entry.bidder), None)
    fault = next((known for known in opening.faults if known.bidder == entry.bidder), None)
    revoked = next((known for known in opening.revoked if known.bidder == entry.bidder), None)
    return {
        "bidder": entry,
        "released_at": released.at if released else None,
        "release_sha256": hashlib.sha256(released.release.encode()).hexdigest() if released else None,
        "outcome": one.outcome,
        "term": one.term,
        "counts_toward_three": one.counts,
        "consequence": one.deposit,
        "may_claim_loss": one.may_claim_loss,
        "form": one.form,
        "plaintext_sha256": imported.plaintext_sha256 if imported else None,
        "not_opened": {"layer": imported.layer, "evidence": imported.evidence}
        if imported is not None and not imported.opened
        else None,
        "fault": fault,
        "revoked_at": revoked.requested_at if revoked else None,
        "confirmation": _confirmation(lot, one),
    }


def _confirmation(lot: Lot, one: RollOutcome) -> str:
    """confirmed, accepted-by-absence, accepted-by-silence, objected, unconfirmed, or "" if there was nothing to
    confirm."""
    opening, bidder = lot.opening, one.entry.bidder
    if one.form is None:
        return ""
    if any(known.bidder == bidder for known in opening.confirmed):
        return "confirmed"
    if opening.silence is not None and bidder in opening.silence.absent:
        return "accepted-by-absence"
    if opening.silence is None or bidder not in opening.silence.silent:
        return "objected" if any(known.bidder == bidder for known in opening.objections) else "unconfirmed"
    return "accepted-by-silence" if opening.silence.accepts else "unconfirmed"


def _window(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "opens": window.opens,
        "planned": window.planned,
        "ends": window.ends,
        "ended": window.ended,
        "extensions": window.extensions,
    }


def _form_key(lot: Lot, office: str) -> str | None:
    return next((secret.key for secret in lot.opening.form_keys if secret.office == office), None)
