"""Licensed authorities' certificates at the register (签名法 13, 16; R-SIGN-01, R-CRED-02, R-CRED-04, R-PAIN-10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid
from bidding.domain.event import SignedAct
from bidding.domain.parties import Actor
from bidding.domain.registration.commands import BindCertificate
from bidding.domain.registration.decide import Certified, Licensed, bind_certificate, lapse
from bidding.domain.registration.events import CredentialBound, CredentialKind, Kind, Level
from bidding.domain.registration.state import Credential, Party, evolve

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
USCC = "91420902MA4900002B"
FACTS = Facts(now=AT, actor=Actor(party="p"), signed=SignedAct(statement="{}", signature="x"))
UNIT = Party(party="p", version=2, name="湖北测试建设有限公司", uscc=USCC, verified_by="platform")
CERTIFIED = Certified(credential="ab" * 32, certificate="leaf", opening_certificate="enc", expires_at=AT)
FOUND = Licensed(
    authority="湖北CA",
    kinds=frozenset({CredentialKind.USBKEY, CredentialKind.MOBILE}),
    level=Level.HIGH,
    holder="湖北测试建设有限公司",
    usccs=frozenset({USCC}),
    signs=True,
    signing_key="key",
    chain=("issuing", "root"),
)


def asked(kind: CredentialKind = CredentialKind.USBKEY) -> BindCertificate:
    return BindCertificate(kind=kind, certificate="leaf", opening_key="A" * 43, label="U盾", possession="s")


def bound(party: Party = UNIT, kind: CredentialKind = CredentialKind.USBKEY, **found: Any) -> Party:
    [event] = bind_certificate(party, asked(kind), FACTS, CERTIFIED, msgspec.structs.replace(FOUND, **found))
    return evolve(party, event)


def refused(party: Party = UNIT, kind: CredentialKind = CredentialKind.USBKEY, **found: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        bound(party, kind, **found)
    return caught.value


def test_what_the_certificate_says_stands_in_the_register() -> None:
    device = bound().credential("ab" * 32)
    assert device == Credential(
        credential="ab" * 32,
        signing_key="key",
        certificate="leaf",
        opening_key="A" * 43,
        opening_certificate="enc",
        label="U盾",
        expires_at=AT,
        kind=CredentialKind.USBKEY,
        level=Level.HIGH,
        issuer="湖北CA",
        holder="湖北测试建设有限公司",
        chain=("issuing", "root"),
    )
    assert device.licensed
    assert bound().speaks_through("ab" * 32) == device


@pytest.mark.parametrize("usccs", [set(), {"91110000101623741K"}, {USCC, "91110000101623741K"}])
def test_it_names_this_unit_and_no_other(usccs: set[str]) -> None:
    refusal = refused(usccs=frozenset(usccs))
    assert (refusal.code, refusal.rule) == ("certificate-of-another", "R-SIGN-01")
    assert refusal.found == {"named": sorted(usccs), "uscc": USCC}


def test_a_key_that_is_not_for_signing_signs_nothing() -> None:
    assert refused(signs=False).code == "certificate-signs-nothing"


def test_only_what_the_authority_is_recognised_for_is_taken() -> None:
    refusal = refused(kind=CredentialKind.EBL)
    assert (refusal.code, refusal.found["kinds"]) == ("certificate-kind", ["MOBILE", "USBKEY"])


def test_persons_bind_none() -> None:
    person = msgspec.structs.replace(UNIT, kind=Kind.PERSON, uscc="")
    assert refused(person, usccs=frozenset({""})).code == "certificate-for-organisations"


def test_several_authorities_certificates_may_be_held_at_once() -> None:  # R-PAIN-10
    second = msgspec.structs.replace(CERTIFIED, credential="cd" * 32)
    found = msgspec.structs.replace(FOUND, authority="武汉CA")
    [event] = bind_certificate(bound(), asked(), FACTS, second, found)
    both = evolve(bound(), event)
    assert [one.issuer for one in both.credentials] == ["湖北CA", "武汉CA"]
    with pytest.raises(Conflicting, match="credential-known"):
        bind_certificate(both, asked(), FACTS, second, found)


def test_what_the_authority_revoked_signs_no_more_and_is_struck_off_once() -> None:
    party = bound()
    [event] = lapse(party, "ab" * 32, AT - timedelta(hours=1), AT)
    lapsed = evolve(party, event)
    assert lapsed.speaks_through("ab" * 32) is None
    assert lapsed.credentials[0].revoked == "湖北CA: revoked"
    assert lapse(lapsed, "ab" * 32, AT, AT) == []


def test_a_device_of_the_platform_never_lapses_by_an_outside_authority() -> None:
    device = CredentialBound(
        party="p",
        credential="ef" * 32,
        signing_key="key",
        certificate="c",
        opening_key="o",
        opening_certificate="",
        label="手机",
        signed=SignedAct(statement="{}", signature="x"),
        at=AT,
    )
    assert lapse(evolve(UNIT, device), "ef" * 32, AT, AT) == []
