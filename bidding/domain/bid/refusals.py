"""Why a handed-in bid does not count: a closed list, with texts in ``messages/bid.toml`` (R-BID-01)."""

from enum import StrEnum

import msgspec


class RefusalCode(StrEnum):
    """LATE is decided here; the others are found by the application's cryptographic checks."""

    LATE = "LATE"
    MALFORMED = "MALFORMED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    WRONG_LOT = "WRONG_LOT"
    WRONG_BIDDER = "WRONG_BIDDER"
    WRONG_DOCUMENT_VERSION = "WRONG_DOCUMENT_VERSION"
    WRONG_VERSION = "WRONG_VERSION"
    WRONG_SUITE = "WRONG_SUITE"
    WRONG_POLICY = "WRONG_POLICY"
    WRONG_ENVELOPES = "WRONG_ENVELOPES"
    WRONG_KEY = "WRONG_KEY"
    PLAINTEXT = "PLAINTEXT"
    INCOMPLETE = "INCOMPLETE"
    TRUNCATED = "TRUNCATED"
    ROOT_MISMATCH = "ROOT_MISMATCH"
    HEADER_MISMATCH = "HEADER_MISMATCH"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first check that failed, and in which envelope if it is one's."""

    code: RefusalCode
    envelope: str = ""


def message_code(code: str) -> str:
    """The name of the refusal's text: ``WRONG_LOT`` → ``bid-wrong-lot``."""
    return "bid-" + code.lower().replace("_", "-")
