"""What the platform certifies to a bidder. The application signs it; the domain says what it says.

Numbers are 128 random bits in base32, never sequential: the order and the count of bids are secrets until
the opening (R-BID-04, R-DOC-03).
"""

import base64
from datetime import datetime
from typing import Protocol

import msgspec

from bidding.domain.command import Facts
from bidding.domain.given import random_bytes

NUMBER_BYTES = 16


class ReceiptContent(msgspec.Struct, frozen=True, kw_only=True):
    """``roots``: envelope → hex root; ``length``: bytes of all sealed bodies; ``completed_at``: the decisive
    instant, in whole milliseconds (R-TIME-08); ``spare``: hex SHA-256 of the spare file, "" without one (R-PAIN-05)."""

    number: str
    lot: str
    bidder: str
    bid_version: int
    document_version: int
    manifest_hash: str
    roots: dict[str, str]
    length: int
    completed_at: datetime
    spare: str = ""


class RefusalContent(msgspec.Struct, frozen=True, kw_only=True):
    """``manifest_hash`` is empty if no manifest could be read, ``envelope`` if the fault is none's."""

    number: str
    lot: str
    bidder: str
    code: str
    refused_at: datetime
    envelope: str = ""
    manifest_hash: str = ""


class ApplicationContent(msgspec.Struct, frozen=True, kw_only=True):
    """Of a prequalification's application; ``content_hash``: hex SHA-256 of the signed statement."""

    number: str
    lot: str
    applicant: str
    content_hash: str
    received_at: datetime


class ReleaseContent(msgspec.Struct, frozen=True, kw_only=True):
    """``release_hash``: hex SHA-256 of the canonical key release."""

    number: str
    lot: str
    bidder: str
    release_hash: str
    received_at: datetime


Content = ReceiptContent | RefusalContent | ApplicationContent | ReleaseContent


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as issued: its canonical text and the platform's signature over it; ``provider``: who holds the key
    that the text names (R-CRYP-04)."""

    text: str
    signature: str
    provider: str = "soft"


class Issue(Protocol):
    """Signs with the platform's receipt key."""

    def __call__(self, content: Content, /) -> Issued: ...


def new_number(facts: Facts) -> str:
    return base64.b32encode(random_bytes(facts, NUMBER_BYTES)).decode("ascii").rstrip("=")
