"""Problem details (RFC 9457): one shape for every refusal, in the reader's language, with a page for each type."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

import bidding
from bidding.api.problems import PORT_CODES, STATUS, status_of
from bidding.application import ports
from bidding.application.messages import Language, catalogue, catalogues, language_of, text
from bidding.domain import errors
from tests.api.conftest import World

PACKAGE = Path(bidding.__file__).parent
MEMBERS = {"type", "title", "status", "detail", "next", "code", "instance"}


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(subclasses(one) for one in kind.__subclasses__()))


def literal_codes() -> dict[str, str]:
    """Every code that a refusal is raised with anywhere in the package → where."""
    refusals = {one.__name__ for one in subclasses(errors.Refusal)}
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            code = node.args[0]
            if name in refusals and isinstance(code, ast.Constant) and isinstance(code.value, str):
                found[code.value] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
    return found


def test_every_refusal_has_words() -> None:
    missing = {code: where for code, where in literal_codes().items() if code not in catalogue()}
    assert not missing


def test_a_code_stands_in_one_catalogue_only() -> None:
    times = Counter(code for entries in catalogues().values() for code in entries)
    assert [code for code, count in times.items() if count > 1] == []


def test_the_search_for_codes_finds_them() -> None:
    assert {"uscc-taken", "login-refused", "body-malformed", "no-such-lot"} <= literal_codes().keys()


@pytest.mark.parametrize("code", sorted(code for code in catalogue() if not code.startswith("title-")))
def test_every_text_is_complete_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    assert all(one.strip() for one in (entry.zh, entry.en, entry.zh_next, entry.en_next))


@pytest.mark.parametrize("kind", sorted(subclasses(errors.Refusal) | subclasses(ports.PortError), key=str))
def test_every_refusal_has_a_status_with_a_title(kind: type[Exception]) -> None:
    assert f"title-{status_of(kind)}" in catalogue()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Forbidden, 403),
        (errors.Unknown, 404),
        (errors.Suspended, 409),
        (errors.TooLate, 409),
        (errors.Invalid, 422),
        (ports.NoRoom, 507),
        (ports.Unavailable, 503),
    ],
)
def test_the_table_of_statuses(kind: type[Exception], status: int) -> None:
    assert status_of(kind) == status


def test_ports_speak_in_codes_of_the_catalogue() -> None:
    assert set(PORT_CODES.values()) <= catalogue().keys()
    assert set(PORT_CODES) <= STATUS.keys()


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.8,zh;q=0.7", "en"),
        ("fr,en;q=0.3", "en"),
        ("fr", "zh"),
        ("en;q=0", "zh"),
        ("en;q=banana", "zh"),
        (",;=,,", "zh"),
    ],
)
def test_the_language_is_negotiated(accept: str, language: Language) -> None:
    assert language_of(accept) == language


def test_texts_take_what_was_found_and_never_fail_for_want_of_it() -> None:
    found: dict[str, Any] = {"phase": "noticed", "needed": ["closed", "opened"]}
    assert "closed、opened" in text("wrong-phase", "zh", found).detail
    assert "closed, opened" in text("wrong-phase", "en", found).detail
    assert "…" in text("wrong-phase", "en", {}).detail
    assert "{" not in text("no-such-code", "zh", {}).detail


async def test_a_problem_has_all_its_members_and_names_its_page(world: World) -> None:
    answer = await world.http.get("/parties/me", headers={"Accept-Language": "en"})
    said = answer.json()
    assert said.keys() >= MEMBERS
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    assert said["status"] == answer.status_code == 401
    assert said["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    page = await world.http.get(said["type"])
    assert page.json()["en"] == said["detail"]


async def test_chinese_is_the_default(world: World) -> None:
    answer = await world.http.get("/parties/me")
    assert answer.json()["title"] == "需要登录"


async def test_the_page_is_html_for_browsers_and_loads_nothing(world: World) -> None:
    page = await world.http.get("/problems/uscc-taken", headers={"Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "此统一社会信用代码" in page.text
    assert "each registers once" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in page.text


@pytest.mark.parametrize("code", ["no-such-code", "title-404", "..%2f..%2fetc", "<script>"])
async def test_a_page_that_does_not_exist_is_a_problem_itself(world: World, code: str) -> None:
    answer = await world.http.get(f"/problems/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")
    assert "script" not in answer.text


async def test_unknown_addresses_and_methods_are_problems(world: World) -> None:
    absent = await world.http.get("/nothing/here")
    assert (absent.status_code, absent.json()["code"]) == (404, "no-such-page")
    wrong = await world.http.put("/healthz")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert wrong.headers["allow"] == "GET"


async def test_a_bad_parameter_is_named_and_not_repeated(world: World) -> None:
    operator = await world.operator()
    answer = await world.http.get("/parties/s3cret-value", headers=operator.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-invalid")
    assert answer.json()["found"]["path"] == "party"
    assert "s3cret" not in answer.text


async def test_every_answer_carries_the_security_headers(world: World) -> None:
    answers: list[httpx2.Response] = [
        await world.http.get("/healthz"),
        await world.http.get("/nothing"),
        await world.http.get("/openapi.json"),
        await world.http.post("/sessions", content=b"{"),
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


async def test_request_ids_are_the_servers_own_and_differ(world: World) -> None:
    sent = {"X-Request-Id": "mine"}
    ids = {(await world.http.get("/healthz", headers=sent)).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert "mine" not in ids
