"""Time-stamp tokens as authorities of all kinds sign them: ``python -m tests.crypto.make_tokens`` writes the table.

Both `bidding verify` and the browser's verifier are held to it. Each token is over the bytes ``content``.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bidding.crypto.canonical import b64

TOKENS = Path(__file__).parents[1] / "vectors" / "timestamps" / "tokens.json"
CONTENT = b"the closing of submission"
AT = datetime(2026, 7, 13, 1, 30, 5, tzinfo=UTC)
DAY = timedelta(days=1)
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Held:
    certificate: x509.Certificate
    key: Key


@dataclass(frozen=True)
class Made:
    """One case. ``shown``: what the token brings beside its signer's certificate."""

    name: str
    holds: bool
    signer: Held
    shown: Sequence[Held] = ()
    roots: Sequence[Held] = ()
    hash: HashAlgorithm = field(default_factory=SHA256)
    over: bytes = b""
    spoilt: bool = False
    twice: bool = False
    named: Held | None = None


def curve(kind: ec.EllipticCurve | None = None) -> Key:
    return ec.generate_private_key(kind or ec.SECP256R1())


def certified(
    subject: str,
    key: Key,
    issuer: Held | None = None,
    *,
    ca: bool = False,
    room: int | None = None,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    critical: bool = True,
    days: tuple[datetime, datetime] = (AT - 30 * DAY, AT + 30 * DAY),
) -> Held:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(issuer.certificate.subject if issuer else named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(days[0])
        .not_valid_after(days[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=room if ca else None), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
    return Held(builder.sign(issuer.key if issuer else key, SHA256()), key)


def cases() -> list[Made]:
    root = certified("root", curve(), ca=True)
    other = certified("root", curve(), ca=True)
    large = certified("large root", rsa.generate_private_key(65537, 2048), ca=True)
    between = certified("between", rsa.generate_private_key(65537, 2048), large, ca=True)
    narrow = certified("narrow", curve(), root, ca=True, room=0)
    below = certified("below", curve(), narrow, ca=True)
    none = certified("none", curve(), root)
    old = certified("old", curve(), root, ca=True, days=(AT - 30 * DAY, AT - DAY))
    signer = certified("signer", curve(), root, purposes=STAMPING)
    wide = certified("wide signer", curve(ec.SECP384R1()), root, purposes=STAMPING)
    slow = certified("slow signer", rsa.generate_private_key(65537, 2048), between, purposes=STAMPING)

    def under(issuer: Held, **more: Any) -> Held:
        return certified("signer", curve(), issuer, **{"purposes": STAMPING, **more})

    server = under(root, purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))
    late = under(root, days=(AT + DAY, AT + 2 * DAY))
    gone = under(root, days=(AT - 2 * DAY, AT - DAY))
    return [
        Made("ECDSA on P-256, its root beside it", True, signer, (root,), (root,)),
        Made("no certificate but the signer's", True, signer, (), (root,)),
        Made("one of several roots", True, signer, (), (large, root)),
        Made("ECDSA on P-384 with SHA-384", True, wide, (), (root,), SHA384()),
        Made("RSA with SHA-512, its authorities in any order", True, slow, (large, between), (large,), SHA512()),
        Made("a root of the same name and another key", False, signer, (root,), (other,)),
        Made("an authority between that is missing", False, slow, (large,), (large,)),
        Made("a root that only the token brings", False, signer, (root,), (large,)),
        Made("a certificate for something else", False, server, (), (root,)),
        Made("a certificate without a purpose", False, under(root, purposes=()), (), (root,)),
        Made("a purpose that is not critical", False, under(root, critical=False), (), (root,)),
        Made("a certificate of later", False, late, (), (root,)),
        Made("a certificate that had run out", False, gone, (), (root,)),
        Made("an authority that had run out", False, under(old), (old,), (root,)),
        Made("an issuer that is no authority", False, under(none), (none,), (root,)),
        Made("more authorities than one allows", False, under(below), (below, narrow), (root,)),
        Made("signed over something else", False, signer, (), (root,), over=b"another"),
        Made("a signature with another last bit", False, signer, (), (root,), spoilt=True),
        Made("signed by two", False, signer, (), (root,), twice=True),
        Made("a signer whose certificate is not there", False, signer, (), (root,), named=wide),
    ]  # fmt: skip


def token(made: Made) -> bytes:
    info = tsp.TSTInfo(
        {
            "version": 1,
            "policy": "1.2.156.10197.9",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(CONTENT).digest(),
            },
            "serial_number": 7,
            "gen_time": AT,
        }
    ).dump()
    signed = [_signer(made, info), *([_signer(made, info)] if made.twice else [])]
    shown = [made.signer, *made.shown]
    content = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": made.hash.name}],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
            "certificates": [
                asn1.Certificate.load(one.certificate.public_bytes(Encoding.DER))
                for one in sorted(shown, key=lambda one: one.certificate.public_bytes(Encoding.DER))
            ],
            "signer_infos": signed,
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _signer(made: Made, info: bytes) -> cms.SignerInfo:
    named = made.named or made.signer
    certificate = asn1.Certificate.load(named.certificate.public_bytes(Encoding.DER))
    digest = hashlib.new(made.hash.name, made.over or info).digest()
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
        ]
    )
    key, message = made.signer.key, attributes.dump()
    if isinstance(key, rsa.RSAPrivateKey):
        algorithm, signature = "rsassa_pkcs1v15", key.sign(message, padding.PKCS1v15(), made.hash)
    else:
        algorithm, signature = f"{made.hash.name}_ecdsa", key.sign(message, ec.ECDSA(made.hash))
    if made.spoilt:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    issuer = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": made.hash.name}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
            "signature": signature,
        }
    )


def _told(made: Made) -> dict[str, Any]:
    pem = "".join(one.certificate.public_bytes(Encoding.PEM).decode() for one in made.roots)
    return {"name": made.name, "holds": made.holds, "roots": pem, "token": b64(token(made))}


if __name__ == "__main__":
    about = (
        "Tokens (DER, base64url) over the bytes of 'content', and whether each holds under its roots (PEM)."
    )
    written = {"about": about, "content": CONTENT.decode(), "cases": [_told(one) for one in cases()]}
    TOKENS.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")
