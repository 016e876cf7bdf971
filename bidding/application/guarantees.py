"""From a signed letter to what the domain judges (R-GUAR-01)."""

from bidding.crypto.errors import CanonicalError
from bidding.crypto.guarantee import SignedGuarantee, read_guarantee
from bidding.domain.guarantee import GuaranteeKind, OfferedGuarantee, SignatureState

_STATES = {True: SignatureState.VALID, False: SignatureState.INVALID, None: SignatureState.UNCHECKED}


def offered(said: SignedGuarantee) -> OfferedGuarantee:
    """What the letter says and whether its signature holds; a letter that is none is UNREADABLE, and refuses nothing:
    a bid opens whatever its guarantee is worth."""
    try:
        read = read_guarantee(said)
    except CanonicalError:
        return OfferedGuarantee(letter=said.letter, signature=SignatureState.UNREADABLE)
    letter = read.letter
    return OfferedGuarantee(
        letter=said.letter,
        signature=_STATES[read.valid],
        kind=GuaranteeKind(letter.kind),
        number=letter.number,
        issuer=letter.issuer,
        issuer_uscc=letter.issuer_uscc,
        principal=letter.principal,
        principal_uscc=letter.principal_uscc,
        beneficiary=letter.beneficiary,
        lot=letter.lot,
        amount_fen=letter.amount_fen,
        issued_on=letter.issued_on,
        valid_until=letter.valid_until,
        document_sha256=letter.document_sha256,
        signer=read.signer,
        certificate_sha256=read.certificate_sha256,
        reference=said.reference,
    )
