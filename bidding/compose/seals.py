"""The platform's electronic seal on disk (GB/T 38540), as its maker and its certificate's authority handed it over.

``<folder>/seal.esl`` the seal, ``signer.pem`` the certificate that it lists, ``signer.key`` its SM2 private key (32
bytes, base64url), ``roots.pem`` and ``makers.pem`` the roots of signers' and seal makers' authorities."""

from datetime import datetime
from pathlib import Path

from bidding.application.papers import OfficeSeal
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.ofd.eseal import sign_with_seal, verify_seal
from bidding.crypto.ofd.package import Stamp
from bidding.crypto.sm2 import SM2Signer
from bidding.crypto.sm2_certificate import read_authorities


class NoSeal(Exception):
    """The folder's seal cannot be used; the text says why."""


def office_seal(folder: Path | None, now: datetime) -> OfficeSeal | None:
    """Tried at once: a seal that no verifier would take is not put on any paper. Raises ``NoSeal``."""
    if folder is None:
        return None
    try:
        (certificate, *_) = read_authorities((folder / "signer.pem").read_bytes())
        signer = SM2Signer(unb64((folder / "signer.key").read_text().strip()))
        eseal = (folder / "seal.esl").read_bytes()
        roots, makers = (
            read_authorities((folder / name).read_bytes()) for name in ("roots.pem", "makers.pem")
        )
        tried = sign_with_seal(signer, certificate, eseal, b"trial", "/trial", now)
        verify_seal(tried, b"trial", "/trial", roots, makers)
    except (OSError, ValueError, CryptoError) as error:
        raise NoSeal(f"{folder}: {error}") from error
    return OfficeSeal(Stamp(signer, certificate, eseal), roots, makers)
