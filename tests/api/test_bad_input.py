"""Malformed, oversized, over-deep and over-clever bodies: refused by name and place, never repeated."""

import json
from typing import Any

import httpx2
import pytest

from bidding.api.examples import example
from bidding.api.limits import MAX_BODY, MAX_DEPTH
from tests.api.conftest import World
from tests.api.lots import file_lot, filing

PROJECT = example("admission/submit")["project"]
SECRET = "x-Zm9yYmlkZGVuLXRvLXJlcGVhdA-x"


async def sent(world: World, body: bytes, **headers: str) -> httpx2.Response:
    agency = await world.enrol("agency")
    head = {**agency.headers, **world.key(), "Content-Type": "application/json", **headers}
    return await world.http.post("/lots", content=body, headers=head)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"title": "' + SECRET.encode(),
        b"\xff\xfe{}",
        b'{"title": \xc3\x28}',
        b"{'title': 1}",
        b'{"title": NaN}',
        b'{"title": 01}',
        b"\x00",
    ],
)
async def test_what_is_no_json_is_refused(world: World, body: bytes) -> None:
    answer = await sent(world, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "body-malformed")
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": 7}, "$.title"),
        ({"title": None}, "$.title"),
        ({"section": "1"}, "$.section"),
        ({"section": 1.5}, "$.section"),
        ({"section": True}, "$.section"),
        ({"category": SECRET}, "$.category"),
        ({"fund_lines": {SECRET: 1}}, "$.fund_lines"),
        ({"fund_lines": [{"source": SECRET}]}, "$.fund_lines[0].source"),
        ({"fund_lines": [{"source": "预算", "amount_fen": SECRET}]}, "$.fund_lines[0].amount_fen"),
        ({"project": [SECRET]}, "$.project"),
        ({"project": {"name": SECRET}}, "$.project"),
        ({SECRET: 1}, "$"),
        ({"checklist": [{"item": "a", "provided": True, SECRET: 1}]}, "$.checklist[0]"),
        ({"estimate_fen": 10**30}, "$.estimate_fen"),
        ({"estimate_fen": 2**53}, "$.estimate_fen"),
        ({"project": {**PROJECT, "name": "a\0b"}}, "$.project.name"),
    ],
)
async def test_a_wrong_value_is_told_by_its_path_and_not_repeated(
    world: World, change: dict[str, Any], path: str
) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    answer = await world.post("/lots", {**filing(tenderer), **change}, agency)
    assert (answer.status_code, answer.json()["code"]) == (400, "body-invalid")
    assert answer.json()["found"]["path"] == path
    assert SECRET not in answer.text


async def test_a_wrong_value_inside_a_statement_is_told_by_its_path_in_the_request(world: World) -> None:
    lot = await file_lot(world)
    supervisor = await world.enrol("supervisor")
    said = supervisor.says("control/suspend", {"reason": SECRET, "order": 5}, lot.id)
    answer = await world.post(f"/lots/{lot.id}/control/suspend", said, supervisor)
    assert (answer.status_code, answer.json()["code"]) == (400, "body-invalid")
    assert answer.json()["found"]["path"] == "$.statement.body.order"
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"v": 2},
        {"v": 1, "act": "x", "lot": None, "by": "b", "credential": "c", "at": "now", "body": {}},
        {"v": 1, SECRET: 1},
        {"big": 2**60},
        {"body": {"deep": 1e400}},
    ],
)
async def test_a_malformed_statement_is_refused(world: World, statement: dict[str, Any]) -> None:
    lot = await file_lot(world)
    body = json.dumps({"statement": statement, "signature": "A" * 86}).replace("Infinity", "1e400")
    head = {**lot.operator.headers, **world.key(), "Content-Type": "application/json"}
    answer = await world.http.post(f"/lots/{lot.id}/control/suspend", content=body.encode(), headers=head)
    assert (answer.status_code, answer.json()["code"]) in {
        (422, "statement-malformed"),
        (400, "body-invalid"),
        (400, "body-malformed"),
    }
    assert SECRET not in answer.text


async def test_a_body_nested_too_deep_is_refused_before_it_is_parsed(world: World) -> None:
    bomb = b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    answer = await sent(world, bomb)
    assert (answer.status_code, answer.json()["code"]) == (400, "body-too-deep")
    assert answer.json()["found"] == {"limit": MAX_DEPTH}


async def test_brackets_inside_strings_are_no_nesting(world: World) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    answer = await world.post("/lots", {**filing(tenderer), "title": '["\\' * 200}, agency)
    assert answer.status_code == 201, answer.text


async def test_an_announced_oversized_body_is_refused_unread(world: World) -> None:
    answer = await sent(world, b"{}", **{"Content-Length": str(MAX_BODY + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unannounced_oversized_body_is_refused_at_the_limit(world: World) -> None:
    async def chunks() -> Any:
        yield b'{"title": "'
        for _ in range(MAX_BODY // 65536 + 1):
            yield b"x" * 65536

    agency = await world.enrol("agency")
    head = {**agency.headers, **world.key(), "Content-Type": "application/json"}
    answer = await world.http.post("/lots", content=chunks(), headers=head)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
async def test_a_body_that_does_not_say_it_is_json_is_refused(world: World, kind: str) -> None:
    answer = await sent(world, b"{}", **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-acceptable-type")


@pytest.mark.parametrize("lot", ["..%2f..%2fetc", "a%00b", "x" * 65, "%E4%B8%AD", "a'b"])
async def test_a_lot_id_that_none_can_have_is_refused(world: World, lot: str) -> None:
    agency = await world.enrol("agency")
    answer = await world.post(f"/lots/{lot}/notice/download", {}, agency)
    assert answer.status_code in {400, 404}
    assert "etc" not in answer.text


async def test_duplicate_idempotency_headers_are_refused(world: World) -> None:
    agency = await world.enrol("agency")
    headers = [
        ("Authorization", f"Bearer {agency.token}"),
        ("Idempotency-Key", "key-number-1"),
        ("Idempotency-Key", "key-number-2"),
    ]
    answer = await world.http.post("/lots", json={}, headers=headers)
    assert answer.json()["code"] == "idempotency-key-malformed"
