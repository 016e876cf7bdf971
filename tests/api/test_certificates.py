"""R-SIGN-01, R-CRED-02, R-CRED-04, R-PAIN-10: a licensed authority's certificate is bound, logs in and signs."""

from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from bidding.application.identity import party_stream
from bidding.application.licensed import Authority as Recognised
from bidding.application.licensed import Certificates, NoStatus
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import request_binding
from bidding.crypto.public_keys import SoftSigner
from bidding.crypto.statement import Statement, sign_statement
from bidding.crypto.suite import key_id
from bidding.domain.registration.events import CredentialKind, CredentialLapsed, Level
from tests.api.conftest import World
from tests.api.devices import AT, Device
from tests.crypto.licensed import DAY, ENCRYPTS, NOW, Authority, made, name, usage


class Told:
    """What authorities say of what they revoked, by place."""

    def __init__(self) -> None:
        self.lists: dict[str, bytes] = {}
        self.silent = False

    async def revocation_list(self, place: str) -> bytes:
        if self.silent or place not in self.lists:
            raise NoStatus("TimeoutError")
        return self.lists[place]

    async def status(self, place: str, query: bytes) -> bytes:
        raise NoStatus("TimeoutError")


def entered(authority: Authority, title: str = "湖北CA") -> Recognised:
    return Recognised(
        name=title,
        kinds=frozenset({CredentialKind.USBKEY, CredentialKind.MOBILE}),
        level=Level.HIGH,
        roots=(authority.der,),
        lists=(title,),
    )


class Token(Device):
    """A key token: its key is certified by a licensed authority and bound to the party of ``owner``."""

    def __init__(self, owner: Device, by: Authority, subject: Any, kind: str = "p256", **fields: Any) -> None:
        super().__init__(owner.party)
        self.key = made(kind)
        self.signer = SoftSigner(self.key)
        self.certificate = by.issue(self.key.public_key(), subject, **fields)

    @property
    def id(self) -> str:
        return key_id(self.signer.public)

    def says(
        self, act: str, body: dict[str, Any], about: str | None = None, /, **changed: Any
    ) -> dict[str, Any]:
        said = super().says(act, body, about, **changed)
        statement = msgspec.convert(said["statement"], Statement)
        return {**said, "signature": b64(sign_statement(self.signer, statement).signature)}

    def asks(self, kind: str = "USBKEY", **fields: Any) -> dict[str, Any]:
        opening = self.keys.opening.public
        asked = request_binding(self.signer, self.party, "U盾", self.certificate, opening)
        return {
            "kind": kind,
            "certificate": b64(self.certificate),
            "opening_key": b64(opening),
            "label": "U盾",
            "possession": b64(asked.signature),
            **fields,
        }


class House:
    """The API with one recognised authority that has revoked nothing."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, Told()
        self.root = Authority(title="湖北CA根")
        world.identity.certificates = Certificates([entered(self.root)], self.told)
        self.told.lists["湖北CA"] = self.root.revokes()

    async def token(self, owner: Device, by: Authority | None = None, **fields: Any) -> Token:
        party = await self.world.identity.party(owner.party)
        return Token(owner, by or self.root, name(party.name, party.uscc), **fields)

    async def bind(self, owner: Device, body: dict[str, Any]) -> httpx2.Response:
        said = owner.says("registration/bind-certificate", body)
        return await self.world.post("/parties/me/certificates", said, owner)

    async def bound(self, **fields: Any) -> tuple[Device, Token]:
        owner = await self.world.enrol("bidder")
        token = await self.token(owner, **fields)
        answer = await self.bind(owner, token.asks())
        assert answer.status_code == 201, answer.text
        return owner, token


@pytest.fixture
def house(world: World) -> House:
    return House(world)


@pytest.mark.parametrize("kind", ["ed25519", "p256", "rsa"])
async def test_a_bound_token_logs_in_and_its_acts_count(house: House, kind: str) -> None:
    owner, token = await house.bound(kind=kind)
    assert (await house.world.log_in(token)).status_code == 201
    said = token.says("registration/revoke", {"credential": owner.id, "reason": "换用U盾"})
    answer = await house.world.post("/parties/me/credentials/revoke", said, token)
    assert answer.status_code == 200, answer.text
    kept = (await house.world.identity.party(owner.party)).speaks_through(token.id)
    assert kept is not None
    assert (kept.kind, kept.level, kept.issuer) == (CredentialKind.USBKEY, Level.HIGH, "湖北CA")
    assert kept.chain == (b64(house.root.der),)
    assert kept.opening_certificate  # by the platform, for the opening key that the token has none for


async def test_an_act_altered_after_the_token_signed_it_is_refused(house: House) -> None:
    owner, token = await house.bound()
    await house.world.log_in(token)
    said = token.says("registration/revoke", {"credential": owner.id, "reason": "换用U盾"})
    said["statement"]["body"]["reason"] = "别的"
    answer = await house.world.post("/parties/me/credentials/revoke", said, token)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature-invalid")


async def test_certificates_of_several_authorities_are_taken_and_published(house: House) -> None:
    second = Authority("rsa", title="武汉CA根")
    house.told.lists["武汉CA"] = second.revokes()
    house.world.identity.certificates = Certificates(
        [entered(house.root), entered(second, "武汉CA")], house.told
    )
    owner, token = await house.bound()
    other = await house.token(owner, second, kind="rsa")
    assert (await house.bind(owner, other.asks())).status_code == 201
    assert (await house.world.log_in(token)).status_code == 201
    assert (await house.world.log_in(other)).status_code == 201
    published = (await house.world.http.get("/parties/authorities")).json()["authorities"]
    assert [one["name"] for one in published] == ["湖北CA", "武汉CA"]
    assert published[0]["roots"] == [b64(house.root.der)]


async def test_a_pair_of_certificates_brings_its_own_encryption_key(house: House) -> None:
    owner = await house.world.enrol("bidder")
    token = await house.token(owner)
    party = await house.world.identity.party(owner.party)
    key = X25519PublicKey.from_public_bytes(token.keys.opening.public)
    subject = name(party.name, party.uscc)
    good = house.root.issue(key, subject, uses=usage(key_agreement=True))
    other = house.root.issue(made("p256").public_key(), subject, uses=ENCRYPTS)
    answer = await house.bind(owner, token.asks(encryption_certificate=b64(other)))
    assert (answer.status_code, answer.json()["code"]) == (422, "certificate-untrusted")
    answer = await house.bind(owner, token.asks(encryption_certificate=b64(good)))
    assert answer.status_code == 201, answer.text
    assert answer.json()["credentials"][-1]["opening_certificate"] == b64(good)


async def refused(house: House, token: Token, owner: Device, code: str, **fields: Any) -> None:
    answer = await house.bind(owner, token.asks(**fields))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert len((await house.world.identity.party(owner.party)).credentials) == 1


async def test_what_does_not_hold_is_refused_and_binds_nothing(house: House) -> None:
    owner = await house.world.enrol("bidder")
    party = await house.world.identity.party(owner.party)
    unknown = await house.token(owner, Authority(title="不知名CA"))
    await refused(house, unknown, owner, "certificate-untrusted")
    expired = await house.token(owner, since=NOW - 9 * DAY, until=NOW - DAY)
    await refused(house, expired, owner, "certificate-untrusted")
    another = Token(owner, house.root, name(party.name, "91110000101623741K"))
    await refused(house, another, owner, "certificate-of-another")
    sealing = await house.token(owner, uses=ENCRYPTS)
    await refused(house, sealing, owner, "certificate-signs-nothing")
    good = await house.token(owner)
    await refused(house, good, owner, "certificate-kind", kind="EBL")
    await refused(house, good, owner, "key-malformed", label="别的标签")
    house.told.lists["湖北CA"] = house.root.revokes(good.certificate)
    await refused(house, good, owner, "certificate-revoked")
    house.told.silent = True
    answer = await house.bind(owner, good.asks())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_none_is_taken_where_no_authority_is_recognised(house: House) -> None:
    owner = await house.world.enrol("bidder")
    token = await house.token(owner)
    house.world.identity.certificates = Certificates()
    await refused(house, token, owner, "certificate-untrusted")


async def test_revoked_by_its_authority_it_is_struck_off_at_its_next_act(house: House) -> None:
    owner, token = await house.bound()
    await house.world.log_in(token)
    house.told.lists["湖北CA"] = house.root.revokes(token.certificate)
    said = token.says("registration/revoke", {"credential": owner.id, "reason": "x"})
    answer = await house.world.post("/parties/me/credentials/revoke", said, token)
    assert (answer.status_code, answer.json()["code"]) == (422, "certificate-refused")
    recorded = await house.world.platform.journal.load(party_stream(owner.party))
    [lapsed] = [one.event for one in recorded if isinstance(one.event, CredentialLapsed)]
    assert (lapsed.issuer, lapsed.revoked_at, lapsed.at) == ("湖北CA", NOW - timedelta(hours=1), AT)
    assert (await house.world.http.get("/parties/me", headers=token.headers)).status_code == 401
    assert (await house.world.log_in(token)).json()["code"] == "login-refused"
    assert (await house.world.http.get("/parties/me", headers=owner.headers)).status_code == 200


async def test_revoked_or_expired_it_does_not_log_in(house: House) -> None:
    _, token = await house.bound()
    house.world.clock.passes(timedelta(days=366))
    house.told.lists["湖北CA"] = house.root.revokes(until=NOW + timedelta(days=400))
    assert (await house.world.log_in(token)).json()["code"] == "login-refused"
    house.world.clock.instant = AT
    house.told.lists["湖北CA"] = house.root.revokes(token.certificate)
    assert (await house.world.log_in(token)).json()["code"] == "login-refused"


async def test_a_silent_authority_delays_and_a_dropped_one_ends(house: House) -> None:
    _, token = await house.bound()
    house.told.silent = True
    answer = await house.world.log_in(token)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "30"
    house.told.silent = False
    assert (await house.world.log_in(token)).status_code == 201
    house.world.identity.certificates = Certificates()
    assert (await house.world.log_in(token)).json()["code"] == "login-refused"
