"""R-NB-HS-01: an outside body over HTTP, signed, bounded, and never believed about another notice."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx2
import msgspec
import pydantic
import pytest

from bidding.application.bodies import BodySilent, LicenceNotice
from bidding.compose.bodies import LARGEST, HttpBody
from bidding.compose.settings import Settings
from bidding.domain.event import SignedAct
from bidding.domain.registration.bodies import BodyAnswer
from bidding.domain.registration.events import BodyState, Change, ChangeKind

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOTICE = LicenceNotice(
    key="p1-1",
    uscc="91110000101623741K",
    name="新单位",
    changes=(Change(kind=ChangeKind.NAME, before="单位", after="新单位", evidence="登字88号", at=AT),),
    consent=SignedAct(statement="{}", signature="c2ln"),
    certificate="Y2VydA",
    at=AT,
)
DONE = {"key": "p1-1", "state": "DONE", "reference": "CA-9", "text": "已换发"}


class Clock:
    def now(self) -> datetime:
        return AT


def body(answer: Callable[[httpx2.Request], httpx2.Response], secret: str = "shared") -> HttpBody:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return HttpBody("湖北CA", "https://ca.example/licence/", secret, Clock(), client)


def told(content: Any = DONE, status: int = 200) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda request: httpx2.Response(status, content=msgspec.json.encode(content))


def plain(content: bytes) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda request: httpx2.Response(200, content=content)


async def test_the_notice_is_put_under_its_key_and_signed_with_its_instant() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return told()(request)

    assert await body(answer).tell(NOTICE) == BodyAnswer(
        state=BodyState.DONE, reference="CA-9", text="已换发"
    )
    (request,) = asked
    assert (request.method, str(request.url)) == ("PUT", "https://ca.example/licence/p1-1")
    assert request.headers["Idempotency-Key"] == "p1-1"
    assert msgspec.json.decode(request.content, type=LicenceNotice) == NOTICE
    said = f"bidding/licence/v1\n{AT.isoformat()}\n".encode() + request.content
    assert request.headers["Bidding-Signature"] == hmac.new(b"shared", said, sha256).hexdigest()


async def test_without_a_secret_nothing_is_signed() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert "Bidding-Signature" not in request.headers
        return told()(request)

    assert (await body(answer, secret="").tell(NOTICE)).state is BodyState.DONE


@pytest.mark.parametrize("status", [400, 410, 422])
async def test_a_no_is_a_refusal(status: int) -> None:
    assert await body(told(status=status)).tell(NOTICE) == BodyAnswer(
        state=BodyState.REFUSED, text=f"HTTP {status}"
    )


@pytest.mark.parametrize(
    "answer",
    [
        told(status=503),
        told(status=404),
        told(status=302),
        told({**DONE, "key": "p2-1"}),
        told({**DONE, "state": "MAYBE"}),
        told("x" * (LARGEST + 1)),
        plain('{"key":"p1-1","state":"DONE","text":"已换发"}'.encode("gbk")),
        plain(b'{"key":"p1-1","more":' + b"[" * 20_000),
    ],
    ids=["down", "not there yet", "elsewhere", "another notice", "unreadable", "endless", "GBK", "nested"],
)
async def test_whatever_is_no_answer_about_this_notice_leaves_it_waiting(
    answer: Callable[[httpx2.Request], httpx2.Response],
) -> None:
    with pytest.raises(BodySilent):
        await body(answer).tell(NOTICE)


async def test_a_lost_connection_is_silence() -> None:
    def lost(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("x")

    with pytest.raises(BodySilent, match="ConnectError"):
        await body(lost).tell(NOTICE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"licence_bodies": {"湖北CA": "ftp://ca.example"}},
        {"licence_bodies": {}, "licence_secrets": {"湖北CA": "s"}},
    ],
)
def test_settings_name_addresses_and_secrets_of_known_bodies(wrong: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings(**wrong)
