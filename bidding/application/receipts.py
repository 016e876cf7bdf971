"""Signs what the platform certifies (R-BID-04): receipts, refusals and acknowledged key releases."""

from typing import Literal

import msgspec

from bidding.crypto.canonical import b64
from bidding.crypto.instant import instant
from bidding.crypto.provider import PlatformKey
from bidding.crypto.receipt import Receipt, RefusalReceipt, sign_receipt, sign_refusal
from bidding.crypto.signing import Signed, sign
from bidding.domain.bid.receipts import (
    ApplicationContent,
    Content,
    Issue,
    Issued,
    ReceiptContent,
    RefusalContent,
    ReleaseContent,
)

APPLICATION_RECEIPT_LABEL = "bidding/application-receipt/v1"
RELEASE_RECEIPT_LABEL = "bidding/release-receipt/v1"


class ReleaseReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``release_hash``: hex SHA-256 of the canonical key release that arrived at ``received_at``."""

    receipt_number: str
    lot: str
    bidder: str
    release_hash: str
    received_at: str
    platform_key: str
    v: Literal[1] = 1


class ApplicationReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``content_hash``: hex SHA-256 of the statement that the applicant signed and that came at ``received_at``."""

    receipt_number: str
    lot: str
    applicant: str
    uscc: str
    content_hash: str
    received_at: str
    platform_key: str
    v: Literal[1] = 1


def issuing(key: PlatformKey, uscc: str) -> Issue:
    """The signer for one bidder's receipts on a lot, by the receipt key of its mode."""
    platform_key = key.id

    def issue(content: Content, /) -> Issued:
        signed: Signed
        match content:
            case ReceiptContent():
                signed = sign_receipt(
                    key,
                    Receipt(
                        receipt_number=content.number,
                        lot=content.lot,
                        bidder=content.bidder,
                        uscc=uscc,
                        bid_version=content.bid_version,
                        manifest_hash=content.manifest_hash,
                        roots=content.roots,
                        bytes=content.length,
                        completed_at=instant(content.completed_at),
                        spare=content.spare or msgspec.UNSET,
                        platform_key=platform_key,
                    ),
                )
            case RefusalContent():
                signed = sign_refusal(
                    key,
                    RefusalReceipt(
                        receipt_number=content.number,
                        lot=content.lot,
                        bidder=content.bidder,
                        code=content.code,
                        refused_at=instant(content.refused_at),
                        platform_key=platform_key,
                        envelope=content.envelope or None,
                        manifest_hash=content.manifest_hash or None,
                    ),
                )
            case ApplicationContent():
                signed = sign(
                    APPLICATION_RECEIPT_LABEL,
                    ApplicationReceipt(
                        receipt_number=content.number,
                        lot=content.lot,
                        applicant=content.applicant,
                        uscc=uscc,
                        content_hash=content.content_hash,
                        received_at=instant(content.received_at),
                        platform_key=platform_key,
                    ),
                    key,
                )
            case ReleaseContent():
                signed = sign(
                    RELEASE_RECEIPT_LABEL,
                    ReleaseReceipt(
                        receipt_number=content.number,
                        lot=content.lot,
                        bidder=content.bidder,
                        release_hash=content.release_hash,
                        received_at=instant(content.received_at),
                        platform_key=platform_key,
                    ),
                    key,
                )
        return Issued(text=signed.payload.decode(), signature=b64(signed.signature), provider=key.provider)

    return issue
