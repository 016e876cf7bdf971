"""The target T: what a sealed envelope is addressed to. Nothing sealed for one target opens as another."""

import msgspec

from bidding.crypto.canonical import Digest, Name, canonical
from bidding.crypto.suite import INTL_1

# Distinct labels: bytes made for one purpose mean nothing in the other.
WRAP_LABEL = b"bidding/sealed-bid/v1/wrap\0"
BODY_LABEL = b"bidding/sealed-bid/v1/body\0"


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`document_hash` is the hex SHA-256 of the tender document, versions count from 1."""

    document_hash: Digest
    document_version: int
    lot: Name
    bidder: Name
    envelope: Name
    bid_version: int
    suite: Name = INTL_1

    def canonical(self) -> bytes:
        return canonical(self)


def wrap_info(target: Target) -> bytes:
    """The HPKE `info` of a content key wrapped for one of the bidder's own keys."""
    return WRAP_LABEL + target.canonical()


def body_context(target: Target) -> bytes:
    """The Cobblestone-256 context of the envelope's body."""
    return BODY_LABEL + target.canonical()
