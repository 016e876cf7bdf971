"""The electronic seal and the signature made with it (GB/T 38540-2020): SM2 with SM3, ASN.1 in DER.

``dataHash`` is ambiguous in the field: the plain SM3 of the signed file, or with SM2's Z in front of it. The plain one
is made, both are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from asn1crypto import core

from bidding.crypto import sm2
from bidding.crypto.chain import read_holder, verify_chain
from bidding.crypto.errors import CertificateError, SealError

VERSION = 4
SM2_WITH_SM3, SM3 = "1.2.156.10197.1.501", "1.2.156.10197.1.401"
#: certListType: certificates themselves, or their SM3 hashes.
_CERTIFICATES, _HASHES = 1, 2


class _Sequence(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    pass


class _Header(_Sequence):
    _fields: ClassVar = [("id", core.IA5String), ("version", core.Integer), ("vid", core.IA5String)]


class _Octets(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = core.OctetString


class _Property(_Sequence):
    _fields: ClassVar = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("cert_list_type", core.Integer),
        ("cert_list", _Octets),
        ("create_date", core.GeneralizedTime),
        ("valid_start", core.GeneralizedTime),
        ("valid_end", core.GeneralizedTime),
    ]


class _Picture(_Sequence):
    _fields: ClassVar = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class _Info(_Sequence):
    _fields: ClassVar = [
        ("header", _Header),
        ("es_id", core.IA5String),
        ("property", _Property),
        ("picture", _Picture),
    ]


class _Seal(_Sequence):
    _fields: ClassVar = [
        ("info", _Info),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


class _Signed(_Sequence):
    _fields: ClassVar = [
        ("version", core.Integer),
        ("eseal", _Seal),
        ("time_info", core.GeneralizedTime),
        ("data_hash", core.OctetBitString),
        ("property_info", core.IA5String),
    ]


class _Signature(_Sequence):
    _fields: ClassVar = [
        ("to_sign", _Signed),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


@dataclass(frozen=True)
class Sealed:
    """What a verified signature says. ``uscc``: of the unit whose certificate signed, empty if it names none."""

    seal: str
    name: str
    holder: str
    uscc: str
    at: datetime
    plain: bool


def make_seal(
    maker: sm2.SM2Signer,
    certificate: bytes,
    *,
    identifier: str,
    name: str,
    signers: Sequence[bytes],
    picture: tuple[str, bytes, int, int],
    since: datetime,
    until: datetime,
) -> bytes:
    """A seal, DER, as its maker (制章机构) signs it. ``certificate``: the maker's; ``signers``: whose keys may use it;
    ``picture``: kind, bytes, millimetres wide and high."""
    kind, data, width, height = picture
    info = _Info(
        {
            "header": {"id": "ES", "version": VERSION, "vid": "bidding"},
            "es_id": identifier,
            "property": {
                "type": 1,
                "name": name,
                "cert_list_type": _HASHES,
                "cert_list": [sm2.sm3(one) for one in signers],
                "create_date": since,
                "valid_start": since,
                "valid_end": until,
            },
            "picture": {"type": kind, "data": data, "width": width, "height": height},
        }
    )
    signature = sm2.as_der(maker.sign(_made_over(info, certificate)))
    made = _Seal({"info": info, "cert": certificate, "algorithm": SM2_WITH_SM3, "signature": signature})
    return bytes(made.dump())


def sign_with_seal(
    signer: sm2.SM2Signer, certificate: bytes, eseal: bytes, content: bytes, place: str, at: datetime
) -> bytes:
    """The signature over ``content`` (bytes of the signature description at ``place``), DER, dataHash plain."""
    said = _Signed(
        {
            "version": VERSION,
            "eseal": _Seal.load(eseal, strict=True),
            "time_info": at.astimezone(UTC).replace(microsecond=0),
            "data_hash": sm2.sm3(content),
            "property_info": place,
        }
    )
    signature = sm2.as_der(signer.sign(said.dump()))
    made = _Signature(
        {"to_sign": said, "cert": certificate, "algorithm": SM2_WITH_SM3, "signature": signature}
    )
    return bytes(made.dump())


def seal_in(signature: bytes) -> bytes:
    """The seal that the signature carries, DER. SealError."""
    return bytes(_read(signature)["to_sign"]["eseal"].dump())


def verify_seal(
    signature: bytes, content: bytes, place: str, roots: Sequence[bytes], makers: Sequence[bytes]
) -> Sealed:
    """What the signature says, if it holds over ``content`` for ``place``.

    ``roots``: of the authorities that certify signers, ``makers``: of those that certify seal makers (DER).
    Certificates and seal count as of the signature's own instant. SealError says what does not hold.
    """
    found = _read(signature)
    said, certificate = found["to_sign"], bytes(found["cert"].native)
    at: datetime = said["time_info"].native
    signs = read_holder(certificate)
    _require(
        found["algorithm"].native == SM2_WITH_SM3 and len(signs.public) == 64, "not signed by SM2 with SM3"
    )
    held = sm2.verify(signs.public, said.dump(), found["signature"].native)
    _require(held and signs.signs, "the signature does not hold")
    _require(said["property_info"].native == place, "a signature for another place")
    digest, plain = said["data_hash"].native, sm2.sm3(content)
    _require(digest in (plain, sm2.sm3(sm2.z_of(signs.public) + content)), "signed other bytes")
    _chained(certificate, roots, at)
    name = _verify_made(said["eseal"], certificate, makers, at)
    (uscc,) = signs.usccs if len(signs.usccs) == 1 else ("",)
    identifier = said["eseal"]["info"]["es_id"].native
    return Sealed(identifier, name, signs.name, uscc, at, digest == plain)


def _verify_made(seal: Any, signer: bytes, makers: Sequence[bytes], at: datetime) -> str:
    """The seal's name, if its maker made it, it is in its days, and the signer's certificate is in its list."""
    info, maker = seal["info"], bytes(seal["cert"].native)
    key = read_holder(maker).public
    held = sm2.verify(key, _made_over(info, maker), seal["signature"].native)
    _require(held and seal["algorithm"].native == SM2_WITH_SM3, "the seal is not its maker's")
    _chained(maker, makers, at)
    about = info["property"]
    _require(about["valid_start"].native <= at <= about["valid_end"].native, "the seal is out of its days")
    listed = [bytes(one.native) for one in about["cert_list"]]
    wanted = signer if about["cert_list_type"].native == _CERTIFICATES else sm2.sm3(signer)
    _require(wanted in listed, "the certificate is not in the seal's list: the seal must be made anew")
    return str(about["name"].native)


def _made_over(info: Any, certificate: bytes) -> bytes:
    """GB/T 38540, 6.2: the seal's information, the maker's certificate and the algorithm."""
    return b"".join(
        bytes(one.dump())
        for one in (info, core.OctetString(certificate), core.ObjectIdentifier(SM2_WITH_SM3))
    )


def _chained(certificate: bytes, roots: Sequence[bytes], at: datetime) -> None:
    try:
        verify_chain(certificate, [], roots, at)
    except CertificateError as error:
        raise SealError(reason=error.reason) from None


def _read(signature: bytes) -> Any:
    try:
        found = _Signature.load(signature, strict=True)
        _ = found.native
    except (ValueError, TypeError) as error:
        raise SealError(reason="not a seal's signature") from error
    _require(found.dump(force=True) == signature, "not written as DER")
    return found


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise SealError(reason=reason)
