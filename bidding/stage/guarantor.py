"""A bank on the stage: it issues a bidder's electronic guarantee, with a certificate of its own."""

from datetime import UTC, date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bidding.crypto.guarantee import GuaranteeLetter, SignedGuarantee, issue_guarantee

BANK = "演示担保银行股份有限公司"
BANK_USCC = "91420900MA00000000"
DAYS = 365


def certificate_of(private: Ed25519PrivateKey, issued_on: date) -> bytes:
    """Self-signed, DER: whether an issuer is licensed is the committee's to know."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, BANK)])
    begins = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=DAYS))
        .sign(private, None)
        .public_bytes(Encoding.DER)
    )


def bid_guarantee(
    *,
    lot: str,
    principal: str,
    principal_uscc: str,
    beneficiary: str,
    amount_fen: int,
    issued_on: date,
    valid_until: date,
    document_sha256: str,
) -> SignedGuarantee:
    """``amount_fen`` in 分; ``document_sha256``: hex, of a file that goes into the bid."""
    private = Ed25519PrivateKey.generate()
    letter = GuaranteeLetter(
        kind="bid",
        number=f"BH-{issued_on.year}-{principal_uscc[-6:]}",
        issuer=BANK,
        issuer_uscc=BANK_USCC,
        principal=principal,
        principal_uscc=principal_uscc,
        beneficiary=beneficiary,
        lot=lot,
        amount_fen=amount_fen,
        issued_on=issued_on,
        valid_until=valid_until,
        document_sha256=document_sha256,
    )
    return issue_guarantee(letter, private, certificate_of(private, issued_on))
