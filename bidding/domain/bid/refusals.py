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
    UNPROVED_DEVICE = "UNPROVED_DEVICE"
    # Who bids, not what was handed in (``entry``).
    OPERATOR_GROUP = "OPERATOR_GROUP"
    IS_TENDERER = "IS_TENDERER"
    AGENCY_RELATED = "AGENCY_RELATED"
    EXCLUDED_UNIT = "EXCLUDED_UNIT"
    NOT_PREQUALIFIED = "NOT_PREQUALIFIED"
    CONSORTIUM_CHANGED = "CONSORTIUM_CHANGED"
    CONSORTIUM_NOT_ADMITTED = "CONSORTIUM_NOT_ADMITTED"
    CONSORTIUM_MALFORMED = "CONSORTIUM_MALFORMED"
    CONSORTIUM_UNCONFIRMED = "CONSORTIUM_UNCONFIRMED"


#: The clause of a refusal that is about the bidder or its device; all others are R-BID-01.
RULES = {
    RefusalCode.UNPROVED_DEVICE: "R-CRED-03",
    RefusalCode.OPERATOR_GROUP: "R-PLAT-07",
    RefusalCode.IS_TENDERER: "R-ENG-31",
    RefusalCode.AGENCY_RELATED: "R-ENG-31",
    RefusalCode.EXCLUDED_UNIT: "R-GP-27",
    RefusalCode.NOT_PREQUALIFIED: "R-ENG-05",
    RefusalCode.CONSORTIUM_CHANGED: "R-ENG-30",
    RefusalCode.CONSORTIUM_NOT_ADMITTED: "R-ENG-30",
    RefusalCode.CONSORTIUM_MALFORMED: "R-ENG-30",
    RefusalCode.CONSORTIUM_UNCONFIRMED: "R-ENG-30",
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first check that failed, and in which envelope if it is one's; ``units``: whom it concerns."""

    code: RefusalCode
    envelope: str = ""
    units: tuple[str, ...] = ()


def rule_of(code: str) -> str:
    return RULES.get(RefusalCode(code), "R-BID-01")


def message_code(code: str) -> str:
    """The name of the refusal's text: ``WRONG_LOT`` → ``bid-wrong-lot``."""
    return "bid-" + code.lower().replace("_", "-")
