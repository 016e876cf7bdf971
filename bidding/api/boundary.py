"""The outermost layer: request ids, headers for every answer, the last word on failures, the access log.

Plain ASGI, so that it also covers what the framework itself answers.
"""

import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bidding.api import access
from bidding.api.limits import MAX_BODY, announced_length, limited
from bidding.api.problems import problem

log = structlog.stdlib.get_logger("bidding.api")

REQUEST_ID = "X-Request-Id"
#: No origin but our own, and of that nothing: answers are data. The problem pages set their own.
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SECURE_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


class Boundary:
    """``random(n)``: n bytes for request ids; ``timer()``: seconds on a clock that only moves on."""

    def __init__(
        self, app: ASGIApp, *, random: Callable[[int], bytes], timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app, self._random, self._timer = app, random, timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Ours alone: an id chosen by a client could be another's, or carry text into a log.
        request_id = self._random(8).hex()
        scope.setdefault("state", {})["request_id"] = request_id
        began, status = self._timer(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _finish(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        request = Request(scope, receive)
        try:
            await (_turned_away(request) or self._app)(scope, receive, sending)
        except Exception as error:
            _report(error, request_id)
            if status:
                # Half an answer is out: let the server cut the connection.
                raise ConnectionAbortedError from None
            await problem(request, 500, "internal-error")(scope, receive, sending)
        finally:
            access.record(
                method=scope["method"],
                path=scope["path"],
                route=_template(scope),
                status=status,
                milliseconds=(self._timer() - began) * 1000,
                request_id=request_id,
            )


def _turned_away(request: Request) -> ASGIApp | None:
    """What no route takes: a body too large to be read, and U+0000 in the query, which no database can look for."""
    if (
        limited(request.scope["path"])
        and announced_length(request.headers.get("content-length", "")) > MAX_BODY
    ):
        return problem(
            request, 413, "body-too-large", found={"limit": MAX_BODY}, headers={"Connection": "close"}
        )
    if b"%00" in request.scope["query_string"]:
        return problem(request, 400, "parameter-invalid", found={"path": "query", "reason": "U+0000"})
    return None


def _finish(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    headers[REQUEST_ID] = request_id
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        for name, value in SECURE_ONLY.items():
            headers.setdefault(name, value)
    if "server" in headers:
        del headers["server"]


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(getattr(route, "path_format", "") or getattr(route, "path", ""))


def _report(error: Exception, request_id: str) -> None:
    """Where it failed and as what; the error's text may hold what was sent, so it stays out of the log."""
    frames = traceback.extract_tb(error.__traceback__ or sys.exc_info()[2])
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    log.error("failed", request=request_id, error=type(error).__qualname__, where=where)
