"""The application: routes, handlers and the boundary around them."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from bidding.api import health, identity, pages, scans, sessions
from bidding.api.boundary import Boundary
from bidding.api.commands import EXCLUDED, commands_router
from bidding.api.intake import IntakeProtocol
from bidding.api.problems import (
    MEDIA_TYPE,
    Problem,
    http_failed,
    parameters_invalid,
    port_failed,
    refused,
    tus_failed,
)
from bidding.api.schemas import ref, resolved
from bidding.api.services import Services
from bidding.api.tags import BY_PHASE, TAGS, tag
from bidding.api.tus_problems import TusProblem
from bidding.application.ports import PortError
from bidding.domain.errors import Refusal

#: Seconds that an idle connection stays open: longer than any client's or proxy's own patience, so that they are the
#: ones who close it. A server that closes first resets a request which is under way to it.
KEEP_ALIVE = 75

#: For ``uvicorn.Config``: our own access log knows what may be told, and no banner tells what serves.
UVICORN: dict[str, Any] = {
    "timeout_keep_alive": KEEP_ALIVE,
    "access_log": False,
    "server_header": False,
    "date_header": True,
    "http": IntakeProtocol,
}

DESCRIPTION = """\
Tenders of a public-resource trading centre, from admission to the signed contract. 公共资源交易全流程。

Every command takes an `Idempotency-Key`; one that changes the lot for all takes `If-Match` with its ETag.
A binding act is a statement signed on the party's own device: Ed25519 over `bidding/act/v1`, a zero byte and
the statement's canonical JSON (RFC 8785). Refusals are problem details (RFC 9457), in Chinese or English by
`Accept-Language`; their `type` is a page. Amounts are integer 分, instants RFC 3339.
"""

#: Those that need nothing to be made; views and feeds add theirs here, so that the OpenAPI document has them.
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    pages.router,
    identity.router,
    scans.router,
    sessions.router,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Documented(FastAPI):
    """Its OpenAPI document has the schemas of our own types, and is made once."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = resolved(_with_problems(super().openapi()))
        return self.openapi_schema


def create_app(
    services: Services | None,
    *,
    routers: Sequence[APIRouter] = (),
    excluded: Collection[str] = EXCLUDED,
    lifespan: Lifespan | None = None,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> FastAPI:
    """``services`` None: for the OpenAPI document alone. ``routers``: those that are made, as tus uploads.

    ``excluded``: commands that one of ``routers`` takes. Serve it with ``uvicorn.Config(app, **UVICORN)``.
    """
    app = Documented(
        title="100服务 · bidding",
        version=version("bidding"),
        description=DESCRIPTION,
        openapi_tags=[{"name": one.name, "description": one.about} for one in TAGS],
        docs_url=None,  # its page loads scripts of a third party
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"logs": False, "tracing": False, "metrics": False, "operation_spans": False},
        lifespan=lifespan,
    )
    app.state.services = services
    for failure, handler in (
        (Refusal, refused),
        (PortError, port_failed),
        (TusProblem, tus_failed),
        (RequestValidationError, parameters_invalid),
        (HTTPException, http_failed),
    ):
        app.add_exception_handler(failure, handler)
    for router in (*ROUTERS, *routers, commands_router(excluded)):
        phase = router.prefix.strip("/")
        app.include_router(router, tags=[tag(phase)] if phase in BY_PHASE and not router.tags else None)
    app.add_middleware(Boundary, random=random)
    return app


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Every operation refuses by problem details; FastAPI's own 422 is never sent."""
    refusal = {"description": "Refused", "content": {MEDIA_TYPE: {"schema": ref(Problem)}}}
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation["responses"].setdefault("4XX", refusal)
    for unused in ("HTTPValidationError", "ValidationError"):
        document.get("components", {}).get("schemas", {}).pop(unused, None)
    return document
