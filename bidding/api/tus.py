"""Resumable uploads over HTTP: tus 1.0.0, core and the extensions creation, creation-with-upload,
expiration, termination and checksum (https://tus.io/protocols/resumable-upload).

The body goes from the socket straight into the upload's writer (`bidding.api.intake`): nothing is collected here,
and a writer that waits for its store stops the client through TCP. Whatever arrived before a cut stays. Uploads
are named by random ids and belong to one party: for everybody else they do not exist (R-GEN-04).
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Generic, Protocol, TypeVar

from fastapi import APIRouter, Request, Response

from bidding.api import tus_headers as headers
from bidding.api.intake import Intake, intake_of
from bidding.api.turnstile import TooManyWait, Turnstile
from bidding.api.tus_problems import (
    TUS_VERSION,
    BadTusRequest,
    NotYetReceived,
    UploadStalled,
    UploadTooLarge,
    problem_of,
)

EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
_NO_LIMIT = 1 << 62


class Party(Protocol):
    """Who is asking: `party` is the party id that owns uploads."""

    @property
    def party(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Admission:
    """What an admitted upload is for. `prefix` begins its object's key; unfinished, it ends at `expires_at`.

    `upload_id`: an unguessable id that was given out already; None: the store makes one.
    """

    purpose: str
    subject: str
    expires_at: datetime
    prefix: str = "uploads/"
    upload_id: str | None = None


class UploadView(Protocol):
    """An upload as its owner may see it; lengths in bytes."""

    @property
    def id(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def metadata(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def expires_at(self) -> datetime: ...


class Writer(Protocol):
    """Takes one request's body. `finish` returns the offset reached, all of it durable.

    `feed` takes bytes; `room` is where they may be received instead, and `took` is told how many came.
    """

    async def feed(self, chunk: bytes) -> None: ...
    async def room(self) -> memoryview: ...
    async def took(self, count: int) -> None: ...
    async def finish(self) -> int: ...


class UploadsPort(Protocol):
    """`storage.uploads.Uploads`, as far as this router needs it. Errors are told apart by their `code`."""

    async def create(
        self,
        *,
        owner: str,
        purpose: str,
        subject: str,
        length: int,
        expires_at: datetime,
        metadata: str,
        prefix: str,
        upload_id: str | None,
    ) -> UploadView: ...
    async def find(self, owner: str, upload_id: str) -> UploadView: ...
    async def abort(self, owner: str, upload_id: str) -> None: ...
    def writing(
        self, owner: str, upload_id: str, *, offset: int, checksum: bytes | None = None
    ) -> AbstractAsyncContextManager[Writer]: ...


T = TypeVar("T")
PartyT = TypeVar("PartyT", bound=Party)


#: Bodies taken in at once and waiting for it, where nobody said otherwise.
AT_ONCE, WAITING = 64, 2000
#: Seconds after which to come again: at random, so that not all come at once, and nothing of the queue shows.
COME_AGAIN = (2, 3, 4, 5)


class _ClientGone(Exception):
    pass


def tus_router(
    uploads: UploadsPort,
    *,
    authenticate: Callable[[Request], Awaitable[PartyT]],
    admit: Callable[[PartyT, Mapping[str, str], int], Awaitable[Admission]],
    max_size: int,
    path: str = "/uploads",
    idle_timeout: float = 30.0,
    turnstile: Turnstile | None = None,
) -> APIRouter:
    """Routes `path` and `path/{upload}`; raises `TusProblem`s and whatever `authenticate` and `admit` raise.

    `admit(party, metadata, length)` decides on each creation; metadata values are decoded text. `max_size` is
    in bytes; after `idle_timeout` seconds without a byte a request ends (408) and gives the upload free.
    `turnstile`: where bodies wait for their turn (R-PAIN-01).
    """
    places = turnstile or Turnstile(AT_ONCE, WAITING)
    tus = _Tus(uploads, authenticate, admit, max_size, idle_timeout, places)
    # FastAPI's body limit answers in plain text: lengths are checked here instead, as problems.
    router = APIRouter(prefix=path, max_body_size=_NO_LIMIT)

    def route(on: str, call: Callable[..., Any], method: str, status: int, summary: str) -> None:
        router.add_api_route(
            *(on, call), methods=[method], status_code=status, summary=summary, response_class=Response
        )

    route("", tus.options, "OPTIONS", 204, "What this upload server can do")
    route("", tus.create, "POST", 201, "Create an upload, optionally with its first bytes")
    route("/{upload}", tus.options, "OPTIONS", 204, "What this upload server can do")
    route("/{upload}", tus.head, "HEAD", 200, "How many bytes are there")
    route("/{upload}", tus.patch, "PATCH", 204, "Send bytes from Upload-Offset on")
    route("/{upload}", tus.terminate, "DELETE", 204, "End an unfinished upload and delete its bytes")
    route("/{upload}", tus.overridden, "POST", 204, "PATCH, DELETE or HEAD by X-HTTP-Method-Override")
    return router


class _Tus(Generic[PartyT]):
    def __init__(
        self,
        uploads: UploadsPort,
        authenticate: Callable[[Request], Awaitable[PartyT]],
        admit: Callable[[PartyT, Mapping[str, str], int], Awaitable[Admission]],
        max_size: int,
        idle_timeout: float,
        turnstile: Turnstile,
    ) -> None:
        self._turnstile = turnstile
        self._uploads = uploads
        self._authenticate = authenticate
        self._admit = admit
        self._max_size = max_size
        self._idle_timeout = idle_timeout

    async def options(self) -> Response:
        return _answer(
            204,
            {
                "Tus-Version": TUS_VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self._max_size),
                "Tus-Checksum-Algorithm": "sha256",
            },
        )

    async def create(self, request: Request) -> Response:
        headers.require_version(request)
        party = await self._authenticate(request)
        length = self._declared_length(request)
        with_body = headers.body_follows(request)
        checksum = None
        if with_body:
            headers.require_body_type(request)
            headers.require_room(request, length)
            checksum = headers.checksum(request)
        raw = request.headers.get("upload-metadata", "")
        admission = await self._admit(party, headers.metadata(raw), length)
        upload = await _port(
            self._uploads.create(
                owner=party.party,
                purpose=admission.purpose,
                subject=admission.subject,
                length=length,
                expires_at=admission.expires_at,
                metadata=raw,
                prefix=admission.prefix,
                upload_id=admission.upload_id,
            )
        )
        answer = {"Location": f"{request.url.path.rstrip('/')}/{upload.id}"} | _expiry(upload)
        if with_body:
            try:
                reached = await self._write(request, party.party, upload.id, 0, checksum)
            except _ClientGone:
                return _answer(400, {})
            except NotYetReceived as full:
                reached = 0  # the upload is there, and none of its bytes: the client sends them by PATCH
                answer["Retry-After"] = full.headers["Retry-After"]
            answer["Upload-Offset"] = str(reached)
        return _answer(201, answer)

    async def head(self, request: Request, upload: str) -> Response:
        headers.require_version(request)
        party = await self._authenticate(request)
        found = await _port(self._uploads.find(party.party, upload))
        answer = {"Upload-Offset": str(found.received), "Upload-Length": str(found.length)}
        if found.metadata:
            answer["Upload-Metadata"] = found.metadata
        return _answer(200, answer | (_expiry(found) if found.state == "open" else {}))

    async def patch(self, request: Request, upload: str) -> Response:
        headers.require_version(request)
        headers.require_body_type(request)
        party = await self._authenticate(request)
        offset = headers.number(request, "upload-offset")
        checksum = headers.checksum(request)
        found = await _port(self._uploads.find(party.party, upload))
        if offset == found.received:
            headers.require_room(request, found.length - offset)
        try:
            reached = await self._write(request, party.party, upload, offset, checksum)
        except _ClientGone:
            return _answer(400, {})
        return _answer(
            204, {"Upload-Offset": str(reached)} | (_expiry(found) if reached < found.length else {})
        )

    async def terminate(self, request: Request, upload: str) -> Response:
        headers.require_version(request)
        party = await self._authenticate(request)
        await _port(self._uploads.abort(party.party, upload))
        return _answer(204, {})

    async def overridden(self, request: Request, upload: str) -> Response:
        match request.headers.get("x-http-method-override", "").upper():
            case "PATCH":
                return await self.patch(request, upload)
            case "DELETE":
                return await self.terminate(request, upload)
            case "HEAD":
                return await self.head(request, upload)
        raise BadTusRequest("X-HTTP-Method-Override")

    async def _write(
        self, request: Request, owner: str, upload: str, offset: int, checksum: bytes | None
    ) -> int:
        async def write() -> int:
            async with self._uploads.writing(owner, upload, offset=offset, checksum=checksum) as writer:
                await _pour(request, writer, self._idle_timeout)
                return await writer.finish()

        try:
            async with self._turnstile.turn():
                return await _port(write())
        except TooManyWait:
            # The body is not kept: the client comes again and goes on where it was.
            raise NotYetReceived(retry_after=secrets.choice(COME_AGAIN)) from None

    def _declared_length(self, request: Request) -> int:
        if "upload-defer-length" in request.headers:
            raise BadTusRequest("Upload-Defer-Length")  # creation-defer-length is not offered
        length = headers.number(request, "upload-length")
        if length == 0:
            raise BadTusRequest("Upload-Length: 0")
        if length > self._max_size:
            raise UploadTooLarge(f"Tus-Max-Size: {self._max_size}")
        return length


async def _pour(request: Request, writer: Writer, idle_timeout: float) -> None:
    """The request's body into the writer: received there if the server can, else chunk by chunk."""
    intake = intake_of(request.scope)
    if intake is not None:
        await _pour_directly(intake, writer, idle_timeout)
        return
    clock = asyncio.get_running_loop().time
    receive = request.receive
    idle = asyncio.timeout(idle_timeout)
    try:
        async with idle:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _ClientGone
                body = message.get("body", b"")
                if body:
                    idle.reschedule(None)  # a slow store is no fault of the client's
                    await writer.feed(body)
                if not message.get("more_body", False):
                    idle.reschedule(None)
                    return
                idle.reschedule(clock() + idle_timeout)
    except TimeoutError:
        if not idle.expired():
            raise
        raise UploadStalled(close=True) from None


async def _pour_directly(intake: Intake, writer: Writer, idle_timeout: float) -> None:
    while intake.left:
        room = await writer.room()
        try:
            await intake.fill(room, idle_timeout=idle_timeout)
        except ConnectionResetError:
            raise _ClientGone from None
        except TimeoutError:
            raise UploadStalled(close=True) from None
        finally:
            await writer.took(intake.arrived)


async def _port(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except Exception as error:
        problem = problem_of(error)
        if problem is None or problem is error:
            raise
        raise problem from error


def _answer(status: int, answer: Mapping[str, str]) -> Response:
    return Response(
        status_code=status, headers={"Tus-Resumable": TUS_VERSION, "Cache-Control": "no-store", **answer}
    )


def _expiry(upload: UploadView) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)}
