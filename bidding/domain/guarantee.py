"""Electronic guarantees 电子保函: what a guarantee says, and whether it is what was asked for (R-GUAR-01, R-GUAR-02).

The same check runs at packing, on the bidder's device, and at the opening, on the platform. It finds faults; whether
a guarantee is accepted is judged by people (practice: the committee), so none of this rejects a bid.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from bidding.domain.periods import local_date


class GuaranteeKind(StrEnum):
    BID = "bid"  # 投标保函
    PERFORMANCE = "performance"  # 履约保函


class SignatureState(StrEnum):
    """``UNCHECKED``: signed in a way that this platform cannot check; the reference says where it can be."""

    VALID = "VALID"
    INVALID = "INVALID"
    UNCHECKED = "UNCHECKED"
    UNREADABLE = "UNREADABLE"  # the letter itself is none


class GuaranteeFault(StrEnum):
    UNREADABLE = "UNREADABLE"
    WRONG_KIND = "WRONG_KIND"
    WRONG_LOT = "WRONG_LOT"
    WRONG_BENEFICIARY = "WRONG_BENEFICIARY"
    WRONG_PRINCIPAL = "WRONG_PRINCIPAL"
    AMOUNT_TOO_LOW = "AMOUNT_TOO_LOW"
    VALIDITY_TOO_SHORT = "VALIDITY_TOO_SHORT"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"


class OfferedGuarantee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A guarantee as its letter says it. ``amount_fen`` in 分; ``valid_until``: the last day it can be claimed on;
    ``document_sha256``: hex, of the guarantee document that lies in the bid.

    ``letter``: the canonical text that the issuer signed; ``signer``: subject of the certificate that verifies it,
    ``certificate_sha256`` its fingerprint; ``reference``: where a signature of another kind can be checked. Whether
    the signer is a licensed institution is judged, not computed.
    """

    letter: str
    signature: SignatureState
    kind: GuaranteeKind = GuaranteeKind.BID
    number: str = ""
    issuer: str = ""
    issuer_uscc: str = ""
    principal: str = ""
    principal_uscc: str = ""
    beneficiary: str = ""
    lot: str = ""
    amount_fen: int = 0
    issued_on: date | None = None
    valid_until: date | None = None
    document_sha256: str = ""
    signer: str = ""
    certificate_sha256: str = ""
    reference: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a guarantee has to cover. ``principal_uscc`` None: not known here (a bidder packing off-line)."""

    kind: GuaranteeKind
    lot: str
    beneficiary: str
    amount_fen: int
    valid_until: date
    principal_uscc: str | None = None


def bid_validity_ends(deadline: datetime, bid_validity_days: int) -> date:
    """The last day that bids bind: a guarantee holds no shorter (R-ENG-09, R-ENG-10; 招投条例 25, 26)."""
    return local_date(deadline) + timedelta(days=bid_validity_days)


def faults(offered: OfferedGuarantee, asked: Asked) -> tuple[GuaranteeFault, ...]:
    """Everything that is wrong at once, in the order of the enumeration; empty: it is what was asked for."""
    if offered.signature is SignatureState.UNREADABLE or offered.valid_until is None:
        return (GuaranteeFault.UNREADABLE,)
    principal = asked.principal_uscc
    found = {
        GuaranteeFault.WRONG_KIND: offered.kind is not asked.kind,
        GuaranteeFault.WRONG_LOT: offered.lot != asked.lot,
        GuaranteeFault.WRONG_BENEFICIARY: offered.beneficiary != asked.beneficiary,
        GuaranteeFault.WRONG_PRINCIPAL: principal is not None and offered.principal_uscc != principal,
        GuaranteeFault.AMOUNT_TOO_LOW: offered.amount_fen < asked.amount_fen,
        GuaranteeFault.VALIDITY_TOO_SHORT: offered.valid_until < asked.valid_until,
        GuaranteeFault.SIGNATURE_INVALID: offered.signature is SignatureState.INVALID,
    }
    return tuple(fault for fault, holds in found.items() if holds)
