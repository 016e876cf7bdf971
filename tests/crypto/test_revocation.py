"""R-SIGN-01 (签名法 22): whether an authority still stands behind a certificate, by its lists and its answers."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bidding.crypto.errors import CertificateError
from bidding.crypto.revocation import revoked_by_answer, revoked_by_list, status_query
from tests.crypto.licensed import DAY, NOW, RESPONDER, SIGNS, USCC, Authority, made, name

KINDS = ("ed25519", "p256", "rsa")
HOLDER = name("湖北测试建设有限公司", USCC)
POINT = x509.UniformResourceIdentifier("http://ca.example/1.crl")
HOUR = timedelta(hours=1)


def held(by: Authority, *also: x509.ExtensionType) -> bytes:
    return by.issue(made("p256").public_key(), HOLDER, also=also)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_in_force_says_who_is_revoked_and_since_when(kind: str) -> None:
    root = Authority(kind)
    one, other = held(root), held(root)
    crl = root.revokes(one)
    assert revoked_by_list(crl, one, root.der, NOW) == NOW - HOUR
    assert revoked_by_list(crl, other, root.der, NOW) is None
    pem = x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM)
    assert revoked_by_list(pem, one, root.der, NOW) == NOW - HOUR


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_out_of_date_of_another_or_altered_says_nothing(kind: str) -> None:
    root, namesake = Authority(kind), Authority(kind)
    one = held(root)
    with pytest.raises(CertificateError, match="out of date"):
        revoked_by_list(root.revokes(until=NOW - HOUR), one, root.der, NOW)
    with pytest.raises(CertificateError, match="another authority"):
        revoked_by_list(namesake.revokes(), one, root.der, NOW)
    with pytest.raises(CertificateError, match="another authority"):
        revoked_by_list(Authority(kind, "别家").revokes(), one, root.der, NOW)
    with pytest.raises(CertificateError, match="not a revocation list"):
        revoked_by_list(b"none", one, root.der, NOW)


def test_a_list_of_a_part_speaks_for_the_certificates_that_name_it() -> None:
    root = Authority()

    def part(**said: bool) -> x509.IssuingDistributionPoint:
        flags = {"only_contains_user_certs": False, "only_contains_ca_certs": False, "indirect_crl": False}
        return x509.IssuingDistributionPoint(
            full_name=[POINT],
            relative_name=None,
            only_some_reasons=None,
            only_contains_attribute_certs=False,
            **{**flags, **said},
        )

    points = x509.CRLDistributionPoints([x509.DistributionPoint([POINT], None, None, None)])
    named, unnamed = held(root, points), held(root)
    assert revoked_by_list(root.revokes(also=(part(),)), named, root.der, NOW) is None
    for crl, leaf in (
        (root.revokes(also=(part(),)), unnamed),
        (root.revokes(also=(part(only_contains_ca_certs=True),)), named),
        (root.revokes(also=(part(indirect_crl=True),)), named),
    ):
        with pytest.raises(CertificateError, match="other certificates"):
            revoked_by_list(crl, leaf, root.der, NOW)
    with pytest.raises(CertificateError, match="not whole"):
        revoked_by_list(root.revokes(also=(x509.DeltaCRLIndicator(1),)), named, root.der, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_says_whether_the_one_asked_about_is_revoked(kind: str) -> None:
    root = Authority(kind)
    one = held(root)
    assert status_query(one, root.der)
    assert revoked_by_answer(root.answers(one), one, root.der, NOW) is None
    assert revoked_by_answer(root.answers(one, revoked=True), one, root.der, NOW) == NOW - HOUR
    delegate = Authority(kind, "应答者", parent=root, ca=False, uses=SIGNS, also=RESPONDER)
    assert revoked_by_answer(root.answers(one, by=delegate), one, root.der, NOW) is None


def test_an_answer_of_another_about_another_or_out_of_date_says_nothing() -> None:
    root, namesake = Authority(), Authority()
    one, other = held(root), held(root)
    with pytest.raises(CertificateError, match="another certificate"):
        revoked_by_answer(root.answers(other), one, root.der, NOW)
    with pytest.raises(CertificateError, match="another certificate"):
        revoked_by_answer(namesake.answers(one), one, root.der, NOW)
    undelegated = Authority("p256", "应答者", parent=root, ca=False, uses=SIGNS)
    with pytest.raises(CertificateError, match="did not sign"):
        revoked_by_answer(root.answers(one, by=undelegated), one, root.der, NOW)
    with pytest.raises(CertificateError, match="out of date"):
        revoked_by_answer(root.answers(one), one, root.der, NOW + 2 * DAY)
    with pytest.raises(CertificateError, match="not a status answer"):
        revoked_by_answer(b"none", one, root.der, NOW)
