"""What no route and no field may ever ask for: money for registering or reading, and anybody's face."""

import json
import re
from typing import Any

import msgspec
import pytest

from bidding.api.openapi import document
from bidding.api.problems import STATUS
from bidding.domain.command import COMMANDS
from bidding.domain.event import TOPICS
from bidding.domain.money.events import KeptKind, Kind
from bidding.domain.registration.state import Party

API: dict[str, Any] = json.loads(document())
MONEY = re.compile(r"fee|price|pay|amount|_fen|charge|invoice|deposit|费|款", re.IGNORECASE)
FACE = re.compile(
    r"face|facial|biometric|portrait|selfie|fingerprint_image|iris|人脸|指纹图像", re.IGNORECASE
)
#: Where one registers, logs in, reads what is published or takes the tender document.
FREE_TAGS = ("主体注册", "登录", "公开信息", "媒介与对接")


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, one)
        for path, item in API["paths"].items()
        for method, one in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def asked(operation: dict[str, Any]) -> set[str]:
    """The names of everything that a request to this operation may hold."""
    found = {one["name"] for one in operation.get("parameters", ())}
    pending, seen = [operation.get("requestBody", {})], set[str]()
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            found |= set(node.get("properties", {}))
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                pending.append(API["components"]["schemas"][name])
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    return found


FREE = [
    pytest.param(one, id=f"{method} {path}")
    for path, method, one in operations()
    if one["tags"][0].startswith(FREE_TAGS) or path.endswith("/documents/{version}")
]


# R-PLAT-04 (20号令 9 [M], 45), R-DOC-01: free registration, free reading


@pytest.mark.parametrize("operation", FREE)
def test_neither_registering_nor_reading_asks_for_money(operation: dict[str, Any]) -> None:
    names = asked(operation)
    assert {name for name in names if MONEY.search(name)} == set()


def test_the_looked_at_routes_are_those_of_registering_and_reading() -> None:
    """What the rule's test looks at is not empty, and its look finds what it should."""
    assert len(FREE) > 15
    filing = next(one for path, _, one in operations() if path == "/lots/{lot_id}/money/raise-receivable")
    assert {name for name in asked(filing) if MONEY.search(name)} >= {"amount_fen"}


def test_no_answer_of_the_platform_is_that_payment_is_required() -> None:
    assert 402 not in STATUS.values()
    assert [path for path, _, one in operations() if "402" in one["responses"]] == []


def test_what_can_be_charged_is_a_closed_list_without_registration_or_reading() -> None:
    assert {str(kind) for kind in Kind} == {"BID_DEPOSIT", "PERFORMANCE_BOND", "INFO_FEE"}
    assert {str(kind) for kind in KeptKind} == {"QUALITY_DEPOSIT", "WAGES_DEPOSIT"}


# R-CRYP-05 (个保法 28–30, 55): identity is a device's signature; no face is asked for, so no template can be kept


@pytest.mark.parametrize("name", [*COMMANDS, *TOPICS])
def test_no_command_and_no_event_has_a_field_for_a_face(name: str) -> None:
    kind: type[msgspec.Struct] = COMMANDS[name] if name in COMMANDS else TOPICS[name]
    assert [one for one in kind.__struct_fields__ if FACE.search(one)] == []


def test_neither_the_register_nor_the_api_has_one() -> None:
    assert [one for one in Party.__struct_fields__ if FACE.search(one)] == []
    names = {
        field for schema in API["components"]["schemas"].values() for field in schema.get("properties", {})
    }
    assert len(names) > 300
    assert {one for one in names if FACE.search(one)} == set()
