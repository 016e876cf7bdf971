"""R-SIGN-01, R-CRED-04 (签名法 13, 16): a licensed authority's certificate counts under a trusted root, in its days."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

from bidding.crypto import sm2
from bidding.crypto.chain import read_holder, verify_chain
from bidding.crypto.errors import CertificateError
from bidding.crypto.public_keys import SoftSigner, signed_by
from tests.crypto.licensed import CERTIFIES, DAY, ENCRYPTS, NOW, SIGNS, USCC, Authority, made, name
from tests.crypto.sm2_authority import SIGNS as SM2_SIGNS
from tests.crypto.sm2_authority import authority as sm2_authority
from tests.crypto.sm2_authority import issued as sm2_issued

KINDS = ("ed25519", "p256", "p384", "rsa")
HOLDER = name("湖北测试建设有限公司", USCC)


@pytest.mark.parametrize("kind", KINDS)
def test_a_chain_leads_to_the_root_and_the_key_signs(kind: str) -> None:
    root = Authority(kind)
    between = Authority(kind, "签发机构", parent=root)
    key = made(kind)
    leaf = between.issue(key.public_key(), HOLDER)
    assert verify_chain(leaf, [between.der], [root.der], NOW) == (between.der, root.der)
    holder = read_holder(leaf)
    assert (holder.name, holder.usccs, holder.signs) == ("湖北测试建设有限公司", frozenset({USCC}), True)
    signature = SoftSigner(key).sign(b"said")
    assert signed_by(holder.public, b"said", signature)
    assert not signed_by(holder.public, b"sa1d", signature)
    for place in (0, len(signature) - 1):
        spoilt = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not signed_by(holder.public, b"said", spoilt)
    assert not signed_by(holder.public, b"said", signature + b"\0")


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("unknown root", "no chain"),
        ("namesake", "no chain"),
        ("no intermediate", "no chain"),
        ("intermediate that is no authority", "no chain"),
        ("intermediate that may not certify", "no chain"),
        ("intermediate out of its days", "no chain"),
        ("too many below", "no chain"),
        ("holder out of its days", "not valid at that instant"),
        ("holder not yet in its days", "not valid at that instant"),
    ],
)
def test_every_fault_of_the_chain_is_refused(kind: str, case: str, reason: str) -> None:
    root = Authority(kind, path_length=0 if case == "too many below" else None)
    between = Authority(
        kind,
        "签发机构",
        parent=root,
        ca=case != "intermediate that is no authority",
        uses=SIGNS if case == "intermediate that may not certify" else CERTIFIES,
        until=NOW - DAY if case == "intermediate out of its days" else NOW + DAY,
    )
    since = NOW + DAY if case == "holder not yet in its days" else NOW - 9 * DAY
    until = NOW - DAY if case == "holder out of its days" else NOW + 9 * DAY
    leaf = between.issue(made(kind).public_key(), HOLDER, since=since, until=until)
    trusted = {"unknown root": Authority(kind, "另一机构"), "namesake": Authority(kind)}.get(case, root)
    given = [] if case == "no intermediate" else [between.der]
    with pytest.raises(CertificateError, match=reason):
        verify_chain(leaf, given, [trusted.der], NOW)


def test_an_authority_constrained_by_what_is_not_understood_is_refused() -> None:
    odd = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    names = x509.NameConstraints([x509.DNSName("example.cn")], None)
    for extension, critical in ((odd, True), (names, False)):
        root = Authority("ed25519", also=((extension, critical),))
        with pytest.raises(CertificateError, match="no chain"):
            verify_chain(root.issue(made("ed25519").public_key(), HOLDER), [], [root.der], NOW)


@pytest.mark.parametrize("byte", [40, -1])
def test_an_altered_certificate_is_refused(byte: int) -> None:
    root = Authority("p256")
    leaf = bytearray(root.issue(made("p256").public_key(), HOLDER))
    leaf[byte] ^= 1
    with pytest.raises(CertificateError):
        verify_chain(bytes(leaf), [], [root.der], NOW)


@pytest.mark.parametrize(
    "place", [NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER, NameOID.ORGANIZATIONAL_UNIT_NAME]
)
def test_the_credit_code_is_read_wherever_issuers_put_it(place: ObjectIdentifier) -> None:
    root = Authority()
    for text in (USCC, USCC.lower(), f"NTRCN-{USCC}"):
        leaf = root.issue(made("p256").public_key(), name("x", text, place))
        assert read_holder(leaf).usccs == {USCC}
    for text in ("91420902MA490000IB", USCC[:-1], f"X{USCC}"):
        assert not read_holder(root.issue(made("p256").public_key(), name("x", text, place))).usccs


def test_the_extension_of_gm_t_0015_names_the_unit_too() -> None:
    root, oid = Authority(), ObjectIdentifier("1.2.156.10260.4.1.4")
    for value in (USCC.encode(), b"\x13\x12" + USCC.encode(), b"\x0c\x12" + USCC.encode()):
        extension = x509.UnrecognizedExtension(oid, value)
        leaf = root.issue(made("p256").public_key(), name("x"), also=(extension,))
        assert read_holder(leaf).usccs == {USCC}


def test_what_a_certificate_is_for_is_read_and_must_be_said() -> None:
    root, key = Authority(), made("p256").public_key()
    sealed = read_holder(root.issue(key, HOLDER, uses=ENCRYPTS))
    assert (sealed.signs, sealed.encrypts) == (False, True)
    with pytest.raises(CertificateError, match="what its key is for"):
        read_holder(root.issue(key, HOLDER, uses=None))
    with pytest.raises(CertificateError, match="certifies no holder"):
        read_holder(root.issue(key, HOLDER, ca=True))
    with pytest.raises(CertificateError, match="not a certificate"):
        read_holder(b"none")


def test_weak_and_strange_keys_are_not_taken() -> None:
    root = Authority()
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256K1())):
        with pytest.raises(CertificateError, match="not taken"):
            read_holder(root.issue(key.public_key(), HOLDER))


def test_an_sm2_chain_as_openssl_makes_it_holds_and_its_key_signs(tmp_path: Path) -> None:  # R-CRYP-01
    root, other = sm2_authority(tmp_path, "root"), sm2_authority(tmp_path, "other")
    leaf = sm2_issued(tmp_path, holder="x", usage=SM2_SIGNS)
    holder = read_holder(leaf)
    at = holder.not_before + timedelta(minutes=1)
    assert verify_chain(leaf, [], [other, root], at) == (root,)
    with pytest.raises(CertificateError, match="no chain"):
        verify_chain(leaf, [], [other], at)
    assert len(holder.public) == 64
    signer = sm2.SM2Signer(bytes(31) + b"\x07")
    signature = signer.sign(b"said")
    assert signed_by(signer.public, b"said", signature)
    assert not signed_by(signer.public, b"sa1d", signature)
    assert not signed_by(holder.public, b"said", signature)
