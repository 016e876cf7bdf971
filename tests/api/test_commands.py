"""The generic command routes: keys, versions, signatures, standings (issue 2, "Bad input and faults")."""

from typing import Any

import httpx2
import msgspec
import pytest

from bidding.api.commands import routed
from bidding.domain.command import COMMANDS
from bidding.domain.parties import Standing
from tests.api.conftest import World
from tests.api.devices import Device
from tests.api.lots import Filed, file_lot, filing

DEFECT = {"defects": [{"item": "design", "reason": "缺少横断面图"}]}
#: Commands of a lot's phases whose streams are not the lot's: a room, the register of credit.
OWN_ROUTES = {
    "booking/create-room",
    "credit/attest",
    "credit/decide-conduct",
    "credit/list",
    "credit/repair",
    "performance/make-commitment",
    "performance/report-commitment",
}
SUSPENSION = {"reason": "收到投诉", "order": "督〔2026〕3号"}


def told(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def correct(world: World, lot: Filed, body: Any = DEFECT, **headers: str) -> httpx2.Response:
    return await world.post(f"/lots/{lot.id}/admission/request-correction", body, lot.operator, **headers)


async def suspended(world: World, lot: Filed, /, **changed: Any) -> httpx2.Response:
    supervisor = await world.enrol("supervisor")
    await world.post(f"/parties/{supervisor.party}/roles", {"role": "supervisor"}, lot.operator)
    said = supervisor.says("control/suspend", SUSPENSION, lot.id, **changed)
    return await world.post(f"/lots/{lot.id}/control/suspend", said, supervisor, **{"If-Match": lot.etag})


def test_every_command_that_a_person_may_give_has_a_route_and_no_other() -> None:
    names = {command.NAME for command in routed()}
    for name, command in COMMANDS.items():
        elsewhere = name.startswith(("registration/", "experts/")) or name in OWN_ROUTES
        assert (name in names) == (not elsewhere and bool(command.BY - {Standing.PLATFORM})), name


async def test_a_filed_lot_has_an_address_and_a_version(world: World) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    answer = await world.post("/lots", filing(tenderer), agency)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert answer.headers["location"] == f"/lots/{said['lot']}"
    assert answer.headers["etag"] == f'"{said["version"]}"'


async def test_the_answer_holds_the_new_events_and_no_place_in_the_log(world: World) -> None:
    lot = await file_lot(world)
    answer = await correct(world, lot, **{"If-Match": lot.etag})
    said = answer.json()
    assert [event["type"] for event in said["events"]] == ["lot.correction-requested.v1"]
    assert answer.headers["etag"] == f'"{said["version"]}"'
    assert "position" not in answer.text


async def test_a_retried_filing_gets_the_first_lot(world: World) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    headers = {**agency.headers, "Idempotency-Key": "one-and-the-same"}
    answers = [await world.http.post("/lots", json=filing(tenderer), headers=headers) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].content == answers[1].content


async def test_a_command_needs_an_idempotency_key(world: World) -> None:
    lot = await file_lot(world)
    path = f"/lots/{lot.id}/admission/request-correction"
    answer = await world.http.post(path, json=DEFECT, headers={**lot.operator.headers, "If-Match": lot.etag})
    assert told(answer) == (400, "idempotency-key-required")
    assert "UUID" in answer.json()["next"]


@pytest.mark.parametrize("key", ["short", "x" * 129, "with blank inside", '""', "tab\tinside"])
async def test_a_malformed_idempotency_key_is_refused(world: World, key: str) -> None:
    lot = await file_lot(world)
    answer = await correct(world, lot, **{"If-Match": lot.etag, "Idempotency-Key": key})
    assert told(answer) == (400, "idempotency-key-malformed")


async def test_a_replay_gets_the_first_answer_and_does_nothing(world: World) -> None:
    lot = await file_lot(world)
    headers = {"If-Match": lot.etag, "Idempotency-Key": "one-and-the-same"}
    first = await correct(world, lot, **headers)
    assert first.status_code == 200, first.text
    second = await correct(world, lot, **headers | {"Idempotency-Key": '"one-and-the-same"'})
    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["etag"] == first.headers["etag"]


async def test_a_key_of_another_request_is_refused(world: World) -> None:
    lot = await file_lot(world)
    headers = {"If-Match": lot.etag, "Idempotency-Key": "one-and-the-same"}
    await correct(world, lot, **headers)
    other = {"defects": [{"item": "design", "reason": "另一个理由"}]}
    assert told(await correct(world, lot, other, **headers)) == (422, "idempotency-key-reused")
    admit = f"/lots/{lot.id}/admission/admit"
    assert told(await world.post(admit, {}, lot.operator, **headers)) == (422, "idempotency-key-reused")


async def test_one_partys_keys_are_nothing_to_another(world: World) -> None:
    lot = await file_lot(world)
    key = {"Idempotency-Key": "one-and-the-same"}
    assert (await world.post("/lots", filing(lot.tenderer), lot.agency, **key)).status_code == 201
    assert (await world.post("/lots", filing(lot.tenderer), lot.tenderer, **key)).status_code == 201


async def test_a_guarded_command_without_if_match_is_refused_with_what_to_do(world: World) -> None:
    lot = await file_lot(world)
    answer = await correct(world, lot)
    assert told(answer) == (428, "if-match-required")
    assert "ETag" in answer.json()["next"]


async def test_a_stale_version_is_refused_and_nothing_happens(world: World) -> None:
    lot = await file_lot(world)
    assert (await correct(world, lot, **{"If-Match": lot.etag})).status_code == 200
    version = (await world.platform.load(lot.id)).version
    answer = await correct(world, lot, **{"If-Match": lot.etag})
    assert told(answer) == (412, "lot-changed")
    assert (await world.platform.load(lot.id)).version == version


@pytest.mark.parametrize("tag", ["*", "1", 'W/"1"', '"1", "2"', '"01"', '"-1"', '"x"', ""])
async def test_anything_but_one_strong_version_is_a_malformed_if_match(world: World, tag: str) -> None:
    lot = await file_lot(world)
    assert told(await correct(world, lot, **{"If-Match": tag})) == (400, "if-match-malformed")


async def test_a_command_out_of_order_is_refused(world: World) -> None:
    lot = await file_lot(world)
    said = lot.agency.says("award/issue-notice", {}, lot.id)
    path = f"/lots/{lot.id}/award/issue-notice"
    answer = await world.post(path, said, lot.agency, **{"If-Match": lot.etag})
    assert told(answer) == (409, "wrong-phase")


async def test_a_signed_command_is_carried_out_and_kept_word_for_word(world: World) -> None:
    lot = await file_lot(world)
    answer = await suspended(world, lot)
    assert answer.status_code == 200, answer.text
    event = next(one for one in answer.json()["events"] if one["type"] == "lot.suspended.v1")
    statement = msgspec.json.decode(event["signed"]["statement"])
    assert (statement["act"], statement["body"]) == ("control/suspend", SUSPENSION)


async def test_the_spelling_of_the_statement_does_not_matter_its_content_does(world: World) -> None:
    lot = await file_lot(world)
    supervisor = await world.enrol("supervisor")
    await world.post(f"/parties/{supervisor.party}/roles", {"role": "supervisor"}, lot.operator)
    said = supervisor.says("control/suspend", SUSPENSION, lot.id)
    said["statement"] = dict(reversed(said["statement"].items()))
    path, match = f"/lots/{lot.id}/control/suspend", {"If-Match": lot.etag}
    changed = {**said, "statement": {**said["statement"], "body": {**SUSPENSION, "order": "别的"}}}
    assert told(await world.post(path, changed, supervisor, **match)) == (422, "signature-invalid")
    assert (await world.post(path, said, supervisor, **match)).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("act", "control/lift"),
        ("lot", "another-lot"),
        ("lot", None),
        ("by", "0" * 24),
    ],
)
async def test_a_statement_for_something_else_is_refused(world: World, field: str, value: Any) -> None:
    lot = await file_lot(world)
    answer = await suspended(world, lot, **{field: value})
    assert told(answer) == (422, "statement-mismatch")
    assert answer.json()["found"] == {"field": field}


async def test_another_devices_signature_is_refused(world: World) -> None:
    lot = await file_lot(world)
    supervisor = await world.enrol("supervisor")
    await world.post(f"/parties/{supervisor.party}/roles", {"role": "supervisor"}, lot.operator)
    other = Device(supervisor.party)
    path, match = f"/lots/{lot.id}/control/suspend", {"If-Match": lot.etag}
    said = other.says("control/suspend", SUSPENSION, lot.id)
    assert told(await world.post(path, said, supervisor, **match)) == (422, "statement-mismatch")
    forged = supervisor.says("control/suspend", SUSPENSION, lot.id)
    forged["signature"] = said["signature"]
    assert told(await world.post(path, forged, supervisor, **match)) == (422, "signature-invalid")


async def test_a_binding_command_does_not_come_unsigned(world: World) -> None:
    lot = await file_lot(world)
    answer = await world.post(f"/lots/{lot.id}/control/suspend", SUSPENSION, lot.operator)
    assert told(answer) == (400, "body-invalid")


async def test_somebody_elses_lot_does_not_exist_before_its_notice(world: World) -> None:
    lot = await file_lot(world)
    stranger = await world.enrol("bidder")
    hidden = await world.post(f"/lots/{lot.id}/notice/download", {}, stranger)
    absent = await world.post("/lots/no-such-lot/notice/download", {}, stranger)
    assert told(hidden) == told(absent) == (404, "no-such-lot")


async def test_the_standing_decides_not_the_login(world: World) -> None:
    lot = await file_lot(world)
    answer = await world.post(f"/lots/{lot.id}/admission/admit", {}, lot.agency, **{"If-Match": lot.etag})
    assert told(answer) == (403, "not-permitted")


async def test_a_party_that_waits_for_verification_gives_no_command(world: World) -> None:
    waiting = await world.enrol("agency", uscc="91350211M0000XUF46")
    tenderer = await world.enrol("tenderer")
    assert told(await world.post("/lots", filing(tenderer), waiting)) == (403, "party-waits")


async def test_commands_need_a_login(world: World) -> None:
    assert told(await world.post("/lots", {})) == (401, "login-needed")


async def test_platform_commands_have_no_route(world: World) -> None:
    lot = await file_lot(world)
    answer = await world.post(f"/lots/{lot.id}/opening/close", {}, lot.operator)
    assert told(answer) == (404, "no-such-page")
