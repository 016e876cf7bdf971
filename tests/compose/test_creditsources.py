"""R-CRDT-01: a credit source over HTTP, signed, asked again after an outage, and never believed about somebody else."""

import hmac
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import httpx2
import msgspec
import pydantic
import pytest

from bidding.application.creditsources import SourceSilent
from bidding.compose import creditsources
from bidding.compose.creditsources import HttpCreditSource
from bidding.compose.settings import Settings
from bidding.domain.credit.lists import CreditList

UNIT = "91110000101623741K"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LISTED = {
    "listing": "x1",
    "list": "SERIOUS",
    "basis": "鄂信〔2026〕3号",
    "since": "2026-01-05",
    "until": "2029-01-05",
}
SAID = {"uscc": UNIT, "at": "2026-03-02T01:00:01Z", "listings": [LISTED]}


class Clock:
    def now(self) -> datetime:
        return AT


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creditsources, "FIRST_PAUSE", 0.0)


def source(
    answer: Callable[[httpx2.Request], httpx2.Response], *, secret: str = "shared", attempts: int = 3
) -> HttpCreditSource:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return HttpCreditSource("信用中国", "https://credit.example/v1", secret, Clock(), client, attempts)


def told(content: Any = SAID, status: int = 200) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda request: httpx2.Response(status, content=msgspec.json.encode(content))


async def test_the_question_is_signed_with_its_instant_and_the_answer_is_the_listings() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return told()(request)

    (found,) = await source(answer).look_up(UNIT, "湖北测试公司")
    assert (found.list, found.basis, found.until) == (CreditList.SERIOUS, LISTED["basis"], date(2029, 1, 5))
    (request,) = asked
    query, at = request.url.query.decode(), request.headers["Bidding-At"]
    assert at == AT.isoformat()
    signed = hmac.new(b"shared", f"bidding/credit/v1\n{at}\n{query}".encode(), sha256).hexdigest()
    assert request.headers["Bidding-Signature"] == signed
    assert request.url.params["uscc"] == UNIT


async def test_of_an_answer_without_end_no_more_is_read_than_an_answer_may_hold() -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 65_536
            yield b" " * 65_536

    endlessly = source(lambda _: httpx2.Response(200, content=endless()), attempts=1)
    with pytest.raises(SourceSilent):
        await endlessly.look_up(UNIT, "湖北测试公司")
    assert given <= creditsources.LARGEST + 65_536


async def test_without_a_secret_nothing_is_signed() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert "Bidding-Signature" not in request.headers
        return told({**SAID, "listings": []})(request)

    assert await source(answer, secret="").look_up(UNIT, "x") == ()


@pytest.mark.parametrize("trouble", [503, 429, "lost"])
async def test_an_outage_is_asked_again_and_then_it_is_silent(trouble: int | str) -> None:
    tries = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal tries
        tries += 1
        if tries == 3:
            return told()(request)
        if isinstance(trouble, str):
            raise httpx2.ConnectError(trouble)
        return httpx2.Response(trouble)

    assert len(await source(answer).look_up(UNIT, "x")) == 1
    tries = 0
    with pytest.raises(SourceSilent) as caught:
        await source(answer, attempts=2).look_up(UNIT, "x")
    assert (caught.value.names, tries) == (("信用中国",), 2)


@pytest.mark.parametrize(
    "answer",
    [
        told({**SAID, "uscc": "91420902MA4900002B"}),
        told({"listings": []}),
        told("nothing"),
        told(status=403),
        told(status=302),
        told({**SAID, "listings": [{**LISTED, "list": "UNKNOWN"}]}),
        lambda request: httpx2.Response(200, content='{"uscc":"单位"}'.encode("gbk")),
        lambda request: httpx2.Response(200, content=b'{"more":' + b"[" * 20_000),
    ],
    ids=["another unit", "no code", "no object", "refused", "elsewhere", "another list", "GBK", "nested"],
)
async def test_what_is_no_answer_is_not_taken_for_a_clean_record(
    answer: Callable[[httpx2.Request], httpx2.Response],
) -> None:
    with pytest.raises(SourceSilent):
        await source(answer).look_up(UNIT, "x")


def test_settings_name_sources_by_address_and_secrets_by_source() -> None:
    good = Settings(
        credit_sources={"信用中国": "https://credit.example/v1"},
        credit_secrets={"信用中国": pydantic.SecretStr("shared")},
    )
    assert "shared" not in repr(good)
    with pytest.raises(pydantic.ValidationError, match="no address of a service: 信用中国"):
        Settings(credit_sources={"信用中国": "credit.example"})
    with pytest.raises(pydantic.ValidationError, match="not in BIDDING_CREDIT_SOURCES"):
        Settings(credit_secrets={"信用中国": pydantic.SecretStr("shared")})
