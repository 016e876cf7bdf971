"""What a refusal found is told in the reader's language, whole sentences in either."""

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest

import bidding
from bidding.api.bodies import decode
from bidding.application.messages import catalogue, text, word
from bidding.crypto.errors import Layer
from bidding.domain.codes import UsccReason
from bidding.domain.committee import CommitteeReason
from bidding.domain.errors import Refusal
from bidding.domain.guarantee import GuaranteeFault
from bidding.domain.prequalification.opening import INCOMPLETE
from bidding.domain.scoring.lawful import FormulaFault
from bidding.domain.waiver import hold_reasons
from bidding.domain.waiverinputs import WaiverInputs

SOURCES = {
    path: ast.parse(path.read_text("utf-8")) for path in Path(str(bidding.__file__)).parent.rglob("*.py")
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Errors whose reason becomes part of a refusal's text.
TOLD = {"CertificateError", "CanonicalError"}
#: Calls and variables by which the application says what it found.
FINDING = {"_refused", "NotWebM"}


def constants() -> Iterator[str]:
    """Every reason and finding that the source writes out."""
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in TOLD:
                    yield from _text(next(one.value for one in node.keywords if one.arg == "reason"))
                case ast.Call(func=ast.Name(id=name), args=[first]) if (
                    name in FINDING and "application" in path.parts
                ):
                    yield from _text(first)
                case ast.Call(keywords=keywords):
                    for one in keywords:
                        if one.arg in ("finding", "failure"):
                            yield from _text(one.value)
                case ast.Assign(targets=[ast.Name(id="finding")], value=value):
                    yield from _text(value)
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    for name_, value in zip(names, values, strict=True):
                        if isinstance(name_, ast.Name) and name_.id == "finding":
                            yield from _text(value)


def _text(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(said)) if said:
            yield said
        case ast.IfExp(body=body, orelse=other):
            yield from _text(body)
            yield from _text(other)


ENUMS: tuple[type[StrEnum], ...] = (CommitteeReason, UsccReason, FormulaFault, GuaranteeFault, Layer)
CODES = sorted(
    {one.value for kind in ENUMS for one in kind} | {INCOMPLETE} | set(hold_reasons(WaiverInputs()))
)


def test_the_scan_finds_reasons_and_findings() -> None:
    found = set(constants())
    assert {"not valid at that instant", "signature", "not-uploaded", "another-value", "size"} <= found


@pytest.mark.parametrize("said", sorted({*constants(), *CODES}))
def test_every_reason_has_its_chinese(said: str) -> None:
    assert CHINESE.search(word(said, "zh")), f"{said} has no entry in messages/words/reasons.toml"
    assert not CHINESE.search(word(said, "en"))


@pytest.mark.parametrize("said", CODES)
def test_a_code_is_words_in_english_too(said: str) -> None:
    assert word(said, "en") != said or said == said.lower()


class Body(msgspec.Struct, forbid_unknown_fields=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=3, pattern="^a")] = "aa"
    at: datetime | None = None
    kind: CommitteeReason = CommitteeReason.EVEN
    needed: Any = msgspec.field(default_factory=list)


class Needs(msgspec.Struct):
    name: str


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b'{"number":"x"}', Body),
        (b'{"number":0}', Body),
        (b'{"number":10}', Body),
        (b'{"name":"a"}', Body),
        (b'{"name":"aaaa"}', Body),
        (b'{"name":"ba"}', Body),
        (b'{"at":"yesterday"}', Body),
        (b'{"kind":"ODD"}', Body),
        (b'{"other":1}', Body),
        (b"{}", Needs),
        (b"[1]", Body),
        (b'{"number":', Body),
        (b'{"number":1}}', Body),
        (b'{"needed":90071992547409920}', Body),
        (b'{"needed":"\\u0000"}', Body),
    ],
)
def test_what_is_wrong_with_a_body_is_told_in_chinese_alone(sent: bytes, kind: type[Any]) -> None:
    with pytest.raises(Refusal) as refused:
        decode(sent, kind)
    reason = refused.value.found["reason"]
    assert CHINESE.search(word(reason, "zh")), reason
    assert word(reason, "en") == reason
    assert not re.search(
        r"Expected|Object|Invalid|unexpected|truncated",
        text(refused.value.code, "zh", refused.value.found).detail,
    )


def test_only_what_was_found_wrong_is_translated_and_never_a_name() -> None:
    assert "签名不符" in text("release-refused", "zh", {"finding": "signature"}).detail
    assert "the signature does not hold" in text("release-refused", "en", {"finding": "signature"}).detail
    several = text("committee-unlawful", "zh", {"reasons": ["EVEN", "SIZE_LT_5"], "members": 4, "experts": 3})
    assert "成员人数为双数、成员少于五人" in several.detail
    assert word("某机构自己的话", "zh") == "某机构自己的话"
    spare = text("spare-refused", "zh", {"finding": "another-digest", "sha256": "root"})
    assert spare.detail == "不是回执所载的备用文件(校验值不同):root。"


def test_every_text_with_a_finding_takes_it_in_both_languages() -> None:
    for code, entry in catalogue().items():
        for name in ("reason", "reasons", "finding", "failure", "faults"):
            told = [f"{{{name}}}" in said for said in (entry.zh + entry.zh_next, entry.en + entry.en_next)]
            assert told[0] == told[1], code


def test_an_enumeration_of_reasons_is_one_of_text() -> None:
    assert all(issubclass(kind, Enum) for kind in ENUMS)
