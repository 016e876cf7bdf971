"""Problem details (RFC 9457): one table from refusal to status, one way to say it, a page for each type.

::

    Refusal (bidding.domain.errors)
    └── ApiRefusal        what the border refuses before any rule of the domain is asked
        ├── BadRequest
        ├── TooLarge
        └── UnsupportedType
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from bidding.api.tus_problems import TusProblem
from bidding.application.login import Unauthenticated
from bidding.application.messages import Language, Text, catalogue, language_of, text
from bidding.application.platform import PreconditionFailed, PreconditionRequired
from bidding.application.ports import (
    Busy,
    KeyReused,
    Missing,
    NoRoom,
    PortError,
    Taken,
    Unavailable,
    VersionMoved,
)
from bidding.application.scans import TooMany
from bidding.domain.errors import (
    Conflicting,
    Forbidden,
    Invalid,
    OutOfOrder,
    Refusal,
    TooEarly,
    TooLate,
    Unknown,
)

MEDIA_TYPE = "application/problem+json"
RETRY_CLASH = 1  # seconds; a clash of two writers is over at once


class ApiRefusal(Refusal):
    pass


class BadRequest(ApiRefusal):
    pass


class TooLarge(ApiRefusal):
    pass


class UnsupportedType(ApiRefusal):
    pass


#: The one table. A class that is not listed has its nearest base's status.
STATUS: dict[type[Exception], int] = {
    BadRequest: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Unknown: 404,
    OutOfOrder: 409,
    TooEarly: 409,
    TooLate: 409,
    Conflicting: 409,
    Taken: 409,
    VersionMoved: 409,
    Missing: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedType: 415,
    Invalid: 422,
    KeyReused: 422,
    PreconditionRequired: 428,
    TooMany: 429,
    Busy: 503,
    Unavailable: 503,
    NoRoom: 507,
    PortError: 500,
    Refusal: 422,
}

#: What the ports report, in the words of the catalogue.
PORT_CODES: dict[type[PortError], str] = {
    KeyReused: "idempotency-key-reused",
    VersionMoved: "version-moved",
    Taken: "taken",
    Missing: "file-not-kept",
    NoRoom: "no-room",
    Busy: "not-yet-received",
    Unavailable: "unavailable",
}

#: Statuses that the router itself answers with.
HTTP_CODES = {404: "no-such-page", 405: "method-not-allowed", 413: "body-too-large"}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. ``type`` is a page; ``next`` says what to do now; ``found`` what the refusal is about."""

    type: str
    title: str
    status: int
    detail: str
    next: str
    code: str
    instance: str
    rule: str = ""
    found: dict[str, Any] = {}


def status_of(error: type[Exception]) -> int:
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def title(status: int, language: Language) -> str:
    code = f"title-{status}"
    return text(code if code in catalogue() else "title-400", language, {}).detail


def problem(
    request: Request,
    status: int,
    code: str,
    *,
    rule: str = "",
    found: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    words: Text | None = None,
) -> Response:
    """The response. ``found`` must hold only what the asker may see; ``words``: if not the catalogue's."""
    language = language_of(request.headers.get("accept-language", ""))
    said = words or text(code, language, found or {})
    content = Problem(
        type=f"/problems/{code}",
        title=title(status, language),
        status=status,
        detail=said.detail,
        next=said.next,
        code=code,
        instance=f"urn:request:{request.scope.get('state', {}).get('request_id', '')}",
        rule=rule,
        found=dict(found or {}),
    )
    return Response(
        msgspec.json.encode(content, order="sorted", enc_hook=str),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, "Vary": "Accept-Language", **(headers or {})},
    )


async def refused(request: Request, error: Exception) -> Response:
    """Handler for every ``Refusal``."""
    assert isinstance(error, Refusal)
    status = status_of(type(error))
    headers = {"WWW-Authenticate": 'Bearer realm="bidding"'} if status == 401 else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.found["retry_after"])
    return problem(request, status, error.code, rule=error.rule, found=error.found, headers=headers)


async def port_failed(request: Request, error: Exception) -> Response:
    """Handler for every ``PortError``: the store's own words and values stay inside."""
    assert isinstance(error, PortError)
    code = next((PORT_CODES[base] for base in type(error).__mro__ if base in PORT_CODES), "internal-error")
    found: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, Unavailable):
        found["retry_after"] = error.retry_after
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, VersionMoved):
        headers["Retry-After"] = str(RETRY_CLASH)
    return problem(request, status_of(type(error)), code, found=found, headers=headers)


async def parameters_invalid(request: Request, error: Exception) -> Response:
    """FastAPI's own answer repeats what was sent (``input``); this one names the place and the reason."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"][1:2])
    return problem(request, 400, "parameter-invalid", found={"path": path, "reason": str(first["type"])})


async def tus_failed(request: Request, error: Exception) -> Response:
    """Handler for every ``TusProblem``: these bring their status, titles and headers themselves."""
    assert isinstance(error, TusProblem)
    language = language_of(request.headers.get("accept-language", ""))
    found = {"found": error.found} if error.found else {}
    return problem(
        request,
        error.status,
        error.code,
        found=found,
        headers=error.headers,
        words=Text(detail=error.titles[language], next=text("tus-next", language, {}).next),
    )


async def http_failed(request: Request, error: Exception) -> Response:
    """Handler for the router's own 404, 405 and the like."""
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, "http-error")
    return problem(request, error.status_code, code, headers=dict(error.headers or {}))
