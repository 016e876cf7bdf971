"""tus over a real uvicorn: a foreign client (tuspy), an HTTP library and raw sockets."""

import asyncio
import base64
import contextlib
import hashlib
import io
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx2
import pytest
import uvicorn
from fastapi import Request
from tusclient.client import TusClient

from bidding.api.app import UVICORN, create_app
from bidding.api.services import Services
from bidding.api.turnstile import Turnstile
from bidding.api.tus import Admission, tus_router
from storage.database import Database
from storage.objects.directory import DirectoryStore
from storage.uploads import PART
from tests.storage.conftest import database
from tests.storage.objects.conftest import directory_store, root
from tests.storage.objects.test_contract import made
from tests.storage.uploads.conftest import MAGIC, OWNER, Clock, Desk, opened

__all__ = ["database", "directory_store", "root"]

MAX_SIZE = 64 << 20
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}
DATA = MAGIC + made(PART + 70_001)


@dataclass(frozen=True)
class Bidder:
    party: str


@dataclass
class Site:
    """A running server, its uploads behind it, and an HTTP client of one bidder."""

    port: int
    desk: Desk
    http: httpx2.AsyncClient
    admitted: list[tuple[str, dict[str, str], int]]
    issued: list[str]
    talking: list[asyncio.StreamWriter] = field(default_factory=list)

    async def create(self, length: int, **headers: str) -> str:
        answer = await self.http.post("/uploads", headers={**TUS, "Upload-Length": str(length), **headers})
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def offset(self, location: str) -> int:
        answer = await self.http.head(location, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["cache-control"] == "no-store"
        return int(answer.headers["upload-offset"])

    async def patch(self, location: str, offset: int, data: bytes, **headers: str) -> httpx2.Response:
        return await self.http.patch(
            location, content=data, headers={**BYTES, "Upload-Offset": str(offset), **headers}
        )

    async def raw(self, location: str, offset: int, announced: int) -> asyncio.StreamWriter:
        """The head of a PATCH on a connection of its own; the body is up to the test."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.talking.append(writer)
        head = f"PATCH {location} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWNER}\r\n"
        for name, value in (BYTES | {"Upload-Offset": str(offset), "Content-Length": str(announced)}).items():
            head += f"{name}: {value}\r\n"
        writer.write(head.encode() + b"\r\n")
        return writer

    async def until(self, location: str, offset: int) -> None:
        """The server notices a cut in its own time."""
        async with asyncio.timeout(60):
            while await self.offset(location) != offset:
                await self.desk.database.fetchval("SELECT pg_sleep(0.01)")

    async def content(self, location: str) -> bytes:
        upload = await self.desk.uploads.find(OWNER, location.rpartition("/")[2])
        return await self.desk.content(upload)


@pytest.fixture
async def site(directory_store: DirectoryStore, database: Database) -> AsyncIterator[Site]:
    async with standing(directory_store, database) as made_site:
        yield made_site


@contextlib.asynccontextmanager
async def standing(
    directory_store: DirectoryStore,
    database: Database,
    turnstile: Turnstile | None = None,
    idle_timeout: float = 20.0,
) -> AsyncIterator[Site]:
    """``idle_timeout``: longer than any test leaves a request waiting, but for the one that falls silent."""
    clock = Clock()
    admitted: list[tuple[str, dict[str, str], int]] = []
    issued: list[str] = []

    async def authenticate(request: Request) -> Bidder:
        return Bidder(request.headers["authorization"].removeprefix("Bearer "))

    async def admit(party: Bidder, metadata: Mapping[str, str], length: int) -> Admission:
        admitted.append((party.party, dict(metadata), length))
        return Admission(
            "bid",
            metadata.get("lot", ""),
            clock() + timedelta(days=1),
            upload_id=issued.pop() if issued else None,
        )

    async with opened(directory_store, database, clock) as desk:
        router = tus_router(
            desk.uploads,
            authenticate=authenticate,
            admit=admit,
            max_size=MAX_SIZE,
            idle_timeout=idle_timeout,
            turnstile=turnstile,
        )
        absent = cast(Any, None)
        app = create_app(
            Services(platform=absent, identity=absent, login=absent, scans=absent), routers=(router,)
        )
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off", **UVICORN)
        server = uvicorn.Server(config)
        listening = config.bind_socket()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        port = listening.getsockname()[1]
        headers = {"Authorization": f"Bearer {OWNER}"}
        try:
            async with httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60
            ) as http:
                site = Site(port, desk, http, admitted, issued)
                try:
                    yield site
                finally:
                    for writer in site.talking:
                        writer.close()
        finally:
            server.should_exit = True
            await serving
            listening.close()


def said(answer: httpx2.Response, status: int, code: str) -> bool:
    """Whether it is that problem, told as tus and RFC 9457 want it."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["tus-resumable"] == "1.0.0"
    return bool(answer.json()["code"] == code)


# What a foreign client does


@pytest.mark.parametrize("chunk", [PART // 3, PART, 64 << 20])
async def test_tuspy_uploads_stops_and_resumes(site: Site, chunk: int) -> None:
    def upload() -> str:
        client = TusClient(
            f"http://127.0.0.1:{site.port}/uploads", headers={"Authorization": f"Bearer {OWNER}"}
        )
        first = client.uploader(file_stream=io.BytesIO(DATA), chunk_size=100_000, metadata={"lot": "标段-1"})
        first.upload_chunk()  # type: ignore[no-untyped-call]  # tuspy has half its types
        second = client.uploader(file_stream=io.BytesIO(DATA), chunk_size=chunk, url=first.url)
        assert second.offset == 100_000
        second.upload()
        return str(first.url)

    url = await asyncio.to_thread(upload)
    assert site.admitted == [(OWNER, {"lot": "标段-1"}, len(DATA))]
    location = url[url.index("/uploads") :]
    assert await site.content(location) == DATA
    result = await site.desk.uploads.completed(OWNER, location.rpartition("/")[2])
    assert result.part_hashes[0] == hashlib.sha256(DATA[:PART]).digest()


async def test_the_server_says_what_it_can(site: Site) -> None:
    for path in ("/uploads", "/uploads/anything"):
        answer = await site.http.options(path)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert answer.headers["tus-max-size"] == str(MAX_SIZE)
        assert answer.headers["tus-checksum-algorithm"] == "sha256"
        assert set(answer.headers["tus-extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "expiration",
            "termination",
            "checksum",
        }


# Creation


async def test_the_id_the_application_issued_is_in_the_address(site: Site) -> None:
    issued = secrets.token_urlsafe(24)
    site.issued += [issued, issued]
    assert await site.create(100) == f"/uploads/{issued}"
    assert await site.create(100) == f"/uploads/{issued}"  # asked again: the same one
    site.issued.append(issued)
    answer = await site.http.post("/uploads", headers=TUS | {"Upload-Length": "101"})
    assert said(answer, 409, "tus-taken")


async def test_a_creation_may_bring_the_first_bytes(site: Site) -> None:
    headers = BYTES | {"Upload-Length": str(len(DATA))}
    answer = await site.http.post("/uploads", content=DATA[:5000], headers=headers)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "5000")
    expires = parsedate_to_datetime(answer.headers["upload-expires"])
    assert expires == site.desk.clock() + timedelta(days=1)
    location = answer.headers["location"]
    answer = await site.patch(location, 5000, DATA[5000:])
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(DATA)))
    assert "upload-expires" not in answer.headers
    assert await site.content(location) == DATA


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": str(MAX_SIZE + 1)}, 413, "tus-too-large"),
        ({"Upload-Length": "0"}, 400, "tus-bad-request"),
        ({"Upload-Length": "-1"}, 400, "tus-bad-request"),
        ({"Upload-Length": "1e3"}, 400, "tus-bad-request"),
        ({}, 400, "tus-bad-request"),
        ({"Upload-Defer-Length": "1"}, 400, "tus-bad-request"),
        ({"Upload-Length": "9", "Upload-Metadata": "lot !!"}, 400, "tus-bad-request"),
        ({"Upload-Length": "9", "Upload-Metadata": "lot MQ==,lot MQ=="}, 400, "tus-bad-request"),
        ({"Upload-Length": "9", "Upload-Metadata": "lot " + "A" * 5000}, 400, "tus-bad-request"),
        ({"Upload-Length": "9", "Tus-Resumable": "0.2.2"}, 412, "tus-version"),
    ],
    ids=str,
)
async def test_a_bad_creation_creates_nothing(
    site: Site, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await site.http.post("/uploads", headers=TUS | headers)
    assert said(answer, status, code)
    assert site.admitted == []
    assert await site.desk.database.fetchval("SELECT count(*) FROM uploads") == 0


# Cut and resume


@pytest.mark.parametrize("cut", [0, 1, 7, 8, 65_535, PART - 1, PART, PART + 1, len(DATA) - 1])
async def test_cut_here_and_resumed_the_content_is_the_same(site: Site, cut: int) -> None:
    location = await site.create(len(DATA))
    writer = await site.raw(location, 0, len(DATA))
    writer.write(DATA[:cut])
    await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    # The HTTP server drops what it had not handed on when the cut came, 64 KiB at most; then the client goes on
    # as any does: ask, send from there, and ask again while the cut request is still putting its bytes away.
    seen = [0]
    async with asyncio.timeout(60):
        while True:
            seen.append(await site.offset(location))
            answer = await site.patch(location, seen[-1], DATA[seen[-1] :])
            if answer.status_code not in (409, 423):
                break
    assert answer.status_code == 204, answer.text
    assert seen == sorted(seen)
    assert seen[-1] <= cut
    assert await site.content(location) == DATA


async def test_a_client_that_falls_silent_is_let_go_and_may_resume(
    directory_store: DirectoryStore, database: Database
) -> None:
    async with standing(directory_store, database, idle_timeout=0.5) as site:
        location = await site.create(len(DATA))
        writer = await site.raw(location, 0, len(DATA))
        writer.write(DATA[:1000])
        await writer.drain()
        await site.until(location, 1000)  # the connection stays open
        answer = await site.patch(location, 1000, DATA[1000:])
        assert answer.status_code == 204
        assert await site.content(location) == DATA


async def test_a_chunked_body_needs_no_length(site: Site) -> None:
    async def body() -> AsyncIterator[bytes]:
        for at in range(0, len(DATA), 100_000):
            yield DATA[at : at + 100_000]

    location = await site.create(len(DATA))
    answer = await site.http.patch(location, content=body(), headers=BYTES | {"Upload-Offset": "0"})
    assert answer.status_code == 204, answer.text
    assert await site.content(location) == DATA


# Refusals


async def test_a_wrong_offset_is_told_where_the_upload_stands(site: Site) -> None:
    location = await site.create(len(DATA))
    await site.patch(location, 0, DATA[:100])
    for offset in (0, 99, 101):
        assert said(await site.patch(location, offset, DATA[offset:]), 409, "tus-offset")
    assert await site.offset(location) == 100


async def test_a_wrong_checksum_discards_the_request(site: Site) -> None:
    location = await site.create(len(DATA))
    right = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = await site.patch(location, 0, DATA, **{"Upload-Checksum": f"sha256 {wrong}"})
    assert said(answer, 460, "tus-checksum")
    assert await site.offset(location) == 0
    for bad in ("md5 AAAA", "sha256 AAAA", "sha256", f"sha256 {wrong}x"):
        answer = await site.patch(location, 0, DATA, **{"Upload-Checksum": bad})
        assert said(answer, 400, "tus-bad-request")
    answer = await site.patch(location, 0, DATA, **{"Upload-Checksum": f"sha256 {right}"})
    assert answer.status_code == 204
    assert await site.content(location) == DATA


async def test_more_than_declared_is_refused_before_and_while_it_comes(site: Site) -> None:
    location = await site.create(100)
    assert said(await site.patch(location, 0, DATA[:101]), 413, "tus-too-large")

    async def body() -> AsyncIterator[bytes]:
        yield DATA[:50]
        yield DATA[50:101]

    answer = await site.http.patch(location, content=body(), headers=BYTES | {"Upload-Offset": "0"})
    assert said(answer, 413, "tus-too-large")
    assert await site.offset(location) <= 100


async def test_two_requests_at_once_are_not_mixed(site: Site) -> None:
    location = await site.create(len(DATA))
    writer = await site.raw(location, 0, len(DATA))
    writer.write(DATA[:10])
    await writer.drain()
    async with asyncio.timeout(60):
        while (answer := await site.patch(location, 0, b"")).status_code == 204:
            pass  # the first request has not begun yet
    assert said(answer, 423, "tus-locked")
    assert int(answer.headers["retry-after"]) > 0
    writer.write(DATA[10:])
    await writer.drain()
    await site.until(location, len(DATA))
    writer.close()
    assert await site.content(location) == DATA


async def test_plaintext_is_refused_and_not_kept(site: Site) -> None:
    """R-BID-10.1"""
    location = await site.create(1000)
    assert said(await site.patch(location, 0, b"%PDF-1.7" + bytes(992)), 422, "tus-not-sealed")
    assert said(await site.patch(location, 0, DATA[:1000]), 410, "tus-gone")
    answer = await site.http.head(location, headers=TUS)
    assert answer.status_code == 410


async def test_a_body_of_another_type_is_not_taken(site: Site) -> None:
    location = await site.create(100)
    answer = await site.patch(location, 0, b"x", **{"Content-Type": "application/octet-stream"})
    assert said(answer, 415, "tus-content-type")


# Ending, and browsers that know GET and POST only


async def test_a_terminated_upload_is_gone(site: Site) -> None:
    location = await site.create(100)
    await site.patch(location, 0, DATA[:50])
    assert (await site.http.delete(location, headers=TUS)).status_code == 204
    assert said(await site.http.delete(location, headers=TUS), 410, "tus-gone")
    assert said(await site.patch(location, 50, DATA[50:100]), 410, "tus-gone")


async def test_a_complete_upload_cannot_be_terminated_or_written(site: Site) -> None:
    location = await site.create(100)
    await site.patch(location, 0, DATA[:100])
    assert said(await site.http.delete(location, headers=TUS), 409, "tus-complete")
    assert said(await site.patch(location, 100, b""), 409, "tus-complete")


async def test_the_method_may_stand_in_a_header(site: Site) -> None:
    location = await site.create(100)

    async def post(method: str, content: bytes = b"", **headers: str) -> httpx2.Response:
        named = {**BYTES, "X-HTTP-Method-Override": method, **headers}
        return await site.http.post(location, content=content, headers=named)

    assert (await post("PATCH", DATA[:100], **{"Upload-Offset": "0"})).status_code == 204
    assert (await post("HEAD")).headers["upload-offset"] == "100"
    assert said(await post("DELETE"), 409, "tus-complete")
    assert said(await post("PUT"), 400, "tus-bad-request")


# Others


async def test_somebody_elses_upload_looks_like_one_that_never_was(site: Site) -> None:
    """R-GEN-04: not a byte of the answers differs, the id in the path apart."""
    theirs = await site.create(100, **{"Upload-Metadata": "lot MQ=="})
    await site.patch(theirs, 0, DATA[:50])
    never = "/uploads/" + secrets.token_urlsafe(24)
    other = {"Authorization": "Bearer party-2"}

    def blurred(answer: httpx2.Response, location: str) -> tuple[int, str, list[tuple[str, str]]]:
        text = answer.text.replace(location.rpartition("/")[2], "")
        text = re.sub(r'"(instance|trace|request)[^,}]*', "", text)
        kept = {"date", "content-length", "x-request-id"}
        return answer.status_code, text, sorted((k, v) for k, v in answer.headers.items() if k not in kept)

    for method, headers in (
        ("HEAD", TUS),
        ("PATCH", BYTES | {"Upload-Offset": "50"}),
        ("PATCH", BYTES | {"Upload-Offset": "0"}),
        ("DELETE", TUS),
    ):
        content = b"x" if method == "PATCH" else b""
        one, two = [
            blurred(await site.http.request(method, at, headers=headers | other, content=content), at)
            for at in (theirs, never)
        ]
        assert one == two
        assert one[0] == 404
    assert await site.offset(theirs) == 50


async def test_no_answer_counts_or_orders_uploads(site: Site) -> None:
    before = await site.http.post("/uploads", headers=TUS | {"Upload-Length": "100"})
    for _ in range(5):
        await site.create(100)
    after = await site.http.post("/uploads", headers=TUS | {"Upload-Length": "100"})
    assert {*before.headers} == {*after.headers}
    told = ("location", "date", "x-request-id")
    assert [v for k, v in before.headers.items() if k not in told] == [
        v for k, v in after.headers.items() if k not in told
    ]
