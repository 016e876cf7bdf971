"""Registering over HTTP: possession, codes, the first operator, devices (F-01, R-CODE-01, R-PLAT-08)."""

import asyncio
from datetime import timedelta

import pytest

from bidding.crypto.authority import EnrolmentCA, Usage
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.trial import answer_trial
from bidding.domain.codes import make_uscc
from tests.api.conftest import BOOTSTRAP, World
from tests.api.devices import AT, Device

SOUND = "91110000101623741K"
REPORTED = "91350211M0000XUF46"
ORGANISATION = {"kind": "organisation", "name": "湖北测试建设有限公司", "requested_roles": ["bidder"]}


async def test_an_organisation_with_a_sound_code_is_verified_and_its_device_certified(
    world: World, authority: EnrolmentCA
) -> None:
    device = Device()
    answer = await world.post("/parties", device.enrols(**ORGANISATION, uscc=SOUND))
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["party"], said["verified"], said["roles"]) == (device.party, True, ["bidder"])
    [issued] = said["issued"]
    certified = authority.verify(unb64(issued["certificate"]), AT)
    assert (certified.party, certified.usage) == (device.party, Usage.SIGNING)
    assert certified.public == device.keys.signing.public
    opening = authority.verify(unb64(issued["opening_certificate"]), AT)
    assert (opening.usage, opening.public) == (Usage.OPENING, device.keys.opening.public)


async def test_a_doubtful_code_waits_until_an_operator_has_seen_the_proof(world: World) -> None:
    operator = await world.operator()
    device = await world.enrol("bidder", uscc=REPORTED)
    me = (await world.http.get("/parties/me", headers=device.headers)).json()
    assert (me["verified"], me["roles"]) == (False, [])
    answer = await world.post(f"/parties/{device.party}/verify", {"proof": "登记证明原件"}, operator)
    assert answer.status_code == 200, answer.text
    me = (await world.http.get("/parties/me", headers=device.headers)).json()
    assert (me["verified"], me["roles"]) == (True, ["bidder"])


@pytest.mark.parametrize("code", ["", "1", "9111000010162374IK"])
async def test_a_malformed_code_registers_nothing(world: World, code: str) -> None:
    device = Device()
    answer = await world.post("/parties", device.enrols(**ORGANISATION, uscc=code))
    assert (answer.status_code, answer.json()["code"]) == (422, "uscc-format")
    assert (await world.identity.party(device.party)).version == 0


async def test_one_organisation_registers_once(world: World) -> None:
    await world.enrol("bidder", uscc=SOUND)
    answer = await world.post("/parties", Device().enrols(**ORGANISATION, uscc=SOUND.lower()))
    assert (answer.status_code, answer.json()["code"]) == (409, "uscc-taken")


async def test_of_two_enrolments_of_one_organisation_at_once_exactly_one_stands(world: World) -> None:
    answers = await asyncio.gather(
        *(world.post("/parties", Device().enrols(**ORGANISATION, uscc=SOUND)) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


async def test_a_statement_signed_by_another_key_than_it_brings_is_refused(world: World) -> None:
    thief, victim = Device(), Device()
    body = {
        **ORGANISATION,
        "uscc": SOUND,
        "signing_key": victim.signing_key,
        "opening_key": thief.opening_key,
        "label": "x",
    }
    sent = thief.says("registration/enrol", body)
    assert (await world.post("/parties", sent)).json()["code"] == "statement-mismatch"
    forged = {**victim.says("registration/enrol", body), "signature": sent["signature"]}
    answer = await world.post("/parties", forged)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature-invalid")
    assert (await world.identity.party(victim.party)).version == 0


async def test_a_retry_gets_the_first_answer_and_another_body_is_refused(world: World) -> None:
    device, key = Device(), {"Idempotency-Key": "the-same-key"}
    sent = device.enrols(**ORGANISATION, uscc=SOUND)
    first = await world.http.post("/parties", json=sent, headers=key)
    again = await world.http.post("/parties", json=sent, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    other = await world.http.post(
        "/parties", json=device.enrols(**ORGANISATION | {"name": "别名"}, uscc=SOUND), headers=key
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_the_same_device_enrols_one_party_only(world: World) -> None:
    device = await world.enrol("bidder")
    answer = await world.post("/parties", device.enrols(**ORGANISATION, uscc=make_uscc("91", "420902", 777)))
    assert (answer.status_code, answer.json()["code"]) == (409, "credential-known")


async def test_the_bootstrap_code_makes_one_operator_and_no_second(world: World) -> None:
    operator = await world.operator()
    me = (await world.http.get("/parties/me", headers=operator.headers)).json()
    assert me["roles"] == ["operator"]
    again = Device().enrols(**ORGANISATION, uscc=make_uscc("12", "420902", 5))
    answer = await world.post("/parties", again | {"bootstrap_code": BOOTSTRAP})
    assert (answer.status_code, answer.json()["code"]) == (403, "bootstrap-refused")


async def test_a_wrong_bootstrap_code_registers_nothing_and_is_not_repeated(world: World) -> None:
    device = Device()
    sent = device.enrols(**ORGANISATION, uscc=SOUND) | {"bootstrap_code": "a-guess-at-it"}
    answer = await world.post("/parties", sent)
    assert (answer.status_code, answer.json()["code"]) == (403, "bootstrap-refused")
    assert "a-guess" not in answer.text
    assert (await world.identity.party(device.party)).version == 0


async def test_an_operator_makes_a_person_an_expert(world: World) -> None:
    operator = await world.operator()
    expert = await world.enrol("expert", kind="person", uscc="")
    early = await world.post(f"/parties/{expert.party}/roles", {"role": "expert"}, operator)
    assert (early.status_code, early.json()["code"]) == (409, "party-unverified")
    await world.post(f"/parties/{expert.party}/verify", {"proof": "身份证"}, operator)
    answer = await world.post(f"/parties/{expert.party}/roles", {"role": "expert"}, operator)
    assert answer.json()["roles"] == ["expert"]


async def test_nobody_grants_himself_a_role(world: World) -> None:
    bidder = await world.enrol("bidder", "supervisor")
    answer = await world.post(f"/parties/{bidder.party}/roles", {"role": "supervisor"}, bidder)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator-needed")


async def test_somebody_elses_registration_does_not_exist_for_others(world: World) -> None:
    operator = await world.operator()
    one, other = await world.enrol("bidder"), await world.enrol("bidder")
    hidden = await world.http.get(f"/parties/{one.party}", headers=other.headers)
    absent = await world.http.get(f"/parties/{'0' * 24}", headers=other.headers)
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"] == absent.json()["detail"]
    assert (await world.http.get(f"/parties/{one.party}", headers=one.headers)).status_code == 200
    assert (await world.http.get(f"/parties/{one.party}", headers=operator.headers)).status_code == 200


async def test_a_further_device_is_bound_by_an_old_one_and_logs_in(world: World) -> None:
    phone = await world.enrol("bidder")
    laptop = Device(phone.party)
    body = {
        "signing_key": laptop.signing_key,
        "opening_key": laptop.opening_key,
        "label": "笔记本",
        "possession": laptop.possession("笔记本"),
    }
    answer = await world.post("/parties/me/credentials", phone.says("registration/bind", body), phone)
    assert answer.status_code == 201, answer.text
    assert (await world.log_in(laptop)).status_code == 201


async def test_a_key_whose_holder_does_not_ask_for_it_is_not_bound(world: World) -> None:
    phone = await world.enrol("bidder")
    laptop = Device(phone.party)
    body = {
        "signing_key": laptop.signing_key,
        "opening_key": laptop.opening_key,
        "label": "笔记本",
        "possession": laptop.possession("别的标签"),
    }
    answer = await world.post("/parties/me/credentials", phone.says("registration/bind", body), phone)
    assert (answer.status_code, answer.json()["code"]) == (422, "key-malformed")


async def test_a_recovery_recipient_has_an_opening_key_only(world: World) -> None:
    phone = await world.enrol("bidder")
    printed = Device(phone.party)
    body = {"opening_key": printed.opening_key, "label": "纸质恢复码", "recovery": True}
    answer = await world.post("/parties/me/credentials", phone.says("registration/bind", body), phone)
    assert answer.status_code == 201, answer.text
    party = await world.identity.party(phone.party)
    assert [one.recovery for one in party.credentials] == [False, True]
    assert (await world.log_in(printed)).status_code == 401


async def test_a_revoked_device_is_out_at_once_and_cannot_log_in_again(world: World) -> None:
    phone = await world.enrol("bidder")
    laptop = Device(phone.party)
    body = {
        "signing_key": laptop.signing_key,
        "opening_key": laptop.opening_key,
        "label": "x",
        "possession": laptop.possession("x"),
    }
    await world.post("/parties/me/credentials", phone.says("registration/bind", body), phone)
    await world.log_in(laptop)
    said = phone.says("registration/revoke", {"credential": laptop.id, "reason": "丢失"})
    assert (await world.post("/parties/me/credentials/revoke", said, phone)).status_code == 200
    ended = await world.http.get("/parties/me", headers=laptop.headers)
    assert (ended.status_code, ended.json()["code"]) == (401, "session-ended")
    assert (await world.log_in(laptop)).json()["code"] == "login-refused"
    assert (await world.http.get("/parties/me", headers=phone.headers)).status_code == 200


async def test_a_device_whose_certificate_has_run_out_does_not_log_in(world: World) -> None:
    device = await world.enrol("bidder")
    world.clock.passes(timedelta(days=2 * 365 + 1))
    assert (await world.log_in(device)).json()["code"] == "login-refused"


async def test_a_bound_or_revoked_device_is_told_to_whoever_follows_the_party(
    world: World,
) -> None:  # R-CRED-01
    told: list[str] = []

    async def follow(party: str) -> None:
        told.append(party)

    world.identity.followers.append(follow)
    device = await world.enrol("bidder")
    second = Device(device.party)
    body = {
        "signing_key": second.signing_key,
        "opening_key": second.opening_key,
        "label": "手机",
        "possession": second.possession("手机"),
    }
    answer = await world.post("/parties/me/credentials", device.says("registration/bind", body), device)
    assert answer.status_code == 201, answer.text
    lost = device.says("registration/revoke", {"credential": second.id, "reason": "丢失"})
    assert (await world.post("/parties/me/credentials/revoke", lost, device)).status_code == 200
    assert told == [device.party, device.party]
    assert (await world.identity.party(device.party)).credentials[0].expires_at is not None


# The trial of a device (R-CRED-03)


async def trial_of(world: World, device: Device) -> bytes:
    """What the device decrypts, as it would."""
    answer = await world.http.post(
        "/parties/me/credentials/trial", json={"credential": device.id}, headers=device.headers
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["suite"] == "intl-1"
    return answer_trial(unb64(answer.json()["trial"]), device.keys.opening.private, device.id)


async def prove(world: World, device: Device, secret: bytes) -> tuple[int, str]:
    said = device.says("registration/prove", {"credential": device.id, "secret": b64(secret)})
    answer = await world.post("/parties/me/credentials/prove", said, device)
    return answer.status_code, answer.json().get("code", "")


async def test_a_device_is_proved_by_what_it_alone_decrypts(world: World) -> None:
    """R-CRED-03: a dummy decryption, once; the login says whether it is still to be done."""
    phone = await world.enrol("bidder")
    assert (await world.log_in(phone)).json()["proved"] is False
    assert (await world.identity.party(phone.party)).credentials[0].proved_at is None
    secret = await trial_of(world, phone)
    assert await prove(world, phone, secret) == (200, "")
    assert (await world.identity.party(phone.party)).credentials[0].proved_at is not None
    assert (await world.log_in(phone)).json()["proved"] is True
    assert await prove(world, phone, secret) == (409, "credential-proved-already")


async def test_a_guess_proves_nothing(world: World) -> None:  # R-CRED-03
    phone = await world.enrol("bidder")
    await trial_of(world, phone)
    assert await prove(world, phone, bytes(32)) == (422, "trial-failed")
    assert (await world.identity.party(phone.party)).credentials[0].proved_at is None


async def test_the_trial_of_one_device_is_none_of_another(world: World) -> None:  # R-CRED-03
    phone = await world.enrol("bidder")
    answer = await world.http.post(
        "/parties/me/credentials/trial", json={"credential": phone.id}, headers=phone.headers
    )
    with pytest.raises(MalformedKeyError):
        answer_trial(unb64(answer.json()["trial"]), Device().keys.opening.private, phone.id)
    with pytest.raises(MalformedKeyError):
        answer_trial(unb64(answer.json()["trial"]), phone.keys.opening.private, "00" * 32)
    stranger = await world.enrol("bidder")
    hidden = await world.http.post(
        "/parties/me/credentials/trial", json={"credential": phone.id}, headers=stranger.headers
    )
    assert (hidden.status_code, hidden.json()["code"]) == (404, "no-such-credential")
