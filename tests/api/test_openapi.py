"""The OpenAPI document: committed, complete, with an example that works on every body."""

import re
from typing import Any

import msgspec
import pytest

from bidding.api.commands import routed
from bidding.api.examples import example
from bidding.api.openapi import FILE, document
from bidding.api.readers import HANDED_OVER
from bidding.api.tags import TAGS, tag
from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.statement import Statement
from bidding.domain.command import COMMANDS, Command

DOCUMENT: dict[str, Any] = msgspec.json.decode(document())
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict)
]
EXEMPLARY: list[type[Command]] = [
    *routed(),
    *(command for name, command in COMMANDS.items() if name.startswith(("registration/", "experts/"))),
]


def test_the_committed_document_is_the_one_that_the_code_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: python -m bidding.api.openapi"


def test_the_document_is_the_same_when_made_again() -> None:
    assert document() == document()


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for target in re.findall(r'"\$ref":"([^"]+)"', msgspec.json.encode(DOCUMENT).decode()):
        assert target.removeprefix("#/components/schemas/") in schemas, target


@pytest.mark.parametrize("command", EXEMPLARY, ids=lambda one: one.NAME)
def test_every_command_has_an_example_that_decodes_into_it(command: type[Command]) -> None:
    decoded = msgspec.json.decode(msgspec.json.encode(example(command.NAME)), type=command)
    assert isinstance(decoded, command)


def test_a_missing_example_is_named() -> None:
    with pytest.raises(KeyError, match="no example for bid/nonsense"):
        example("bid/nonsense")


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_operation_has_a_known_tag_and_every_json_body_an_example(
    name: str, operation: dict[str, Any]
) -> None:
    assert set(operation["tags"]) <= {tag.name for tag in TAGS}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        assert "example" in content


def test_signed_examples_are_statements_for_their_own_act() -> None:
    acts = set()
    for _, operation in OPERATIONS:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        statement = content.get("example", {}).get("statement")
        if statement is not None:
            acts.add(parse_canonical(canonical(statement), Statement).act)
    assert acts == {name for name, command in COMMANDS.items() if command.BINDING} | {
        "session/login",
        "session/confirm",
    }


@pytest.mark.parametrize("command", routed(HANDED_OVER), ids=lambda one: one.NAME)
def test_what_a_route_demands_follows_from_its_command(command: type[Command]) -> None:
    operation = DOCUMENT["paths"][f"/lots/{{lot_id}}/{command.NAME}"]["post"]
    required = {one["name"] for one in operation["parameters"] if one.get("required")}
    assert required == {"lot_id", "Idempotency-Key"} | ({"If-Match"} if command.GUARDED else set())
    signed = "statement" in operation["requestBody"]["content"]["application/json"]["example"]
    assert signed == command.BINDING
    assert operation["tags"] == [tag(command.NAME.partition("/")[0])]


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_operation_refuses_by_problem_details(name: str, operation: dict[str, Any]) -> None:
    assert "422" not in operation["responses"]
    refusal = operation["responses"]["4XX"]["content"]["application/problem+json"]
    assert refusal["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(names) == len(set(names))
