"""Runs the parts of the platform in one process: API, live gateway, clock with projection; any of them alone too."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Request

from bidding.api import bids, documents, evaluation, experts, feed, lots, public, rooms
from bidding.api.app import UVICORN, create_app
from bidding.api.commands import EXCLUDED
from bidding.api.desks import Desks
from bidding.api.services import Services
from bidding.api.sessions import actor, session
from bidding.api.tus import Admission, tus_router
from bidding.application.bids import PURPOSE, upload_subject
from bidding.application.login import Unauthenticated
from bidding.application.platform import Call
from bidding.application.record import Records
from bidding.compose.service import Service, serving
from bidding.compose.settings import Settings
from bidding.domain.bid.commands import StartUpload
from bidding.domain.errors import Invalid
from bidding.domain.parties import Actor
from bidding.live.gateway import Gateway

log = structlog.get_logger(__name__)

#: How long an unfinished upload is kept.
UPLOAD_LIFE = timedelta(days=7)
#: Seconds between two looks for expired uploads and sessions.
SWEEP = 600.0
#: Commands with routes of their own: the upload server and the download take them.
HANDED_OVER = EXCLUDED | {"bid/start-upload", "notice/download"}

READERS: tuple[APIRouter, ...] = (
    lots.router,
    feed.router,
    documents.router,
    bids.router,
    rooms.router,
    experts.router,
    evaluation.router,
    public.router,
)


@dataclass(frozen=True)
class Addresses:
    """Where the running parts listen; None for a part that does not run here."""

    api: str | None
    live: str | None


def web_app(service: Service) -> FastAPI:
    """The HTTP application on a service."""
    platform = service.platform

    async def database() -> None:
        await platform.journal.position()

    async def projected() -> bool:
        return await platform.journal.checkpoint("lots") + 1000 >= await platform.journal.position()

    app = create_app(
        Services(
            platform=platform,
            identity=service.identity,
            login=service.login,
            checks={
                "database": database,
                "objects": platform.objects.health,
                "projection": projected,
            },
        ),
        routers=(*READERS, _uploads(service)),
        excluded=HANDED_OVER,
    )
    app.state.desks = Desks(
        platform=platform,
        booking=service.booking,
        notice=service.notice,
        bids=service.bids,
        opening=service.opening,
        evaluation=service.evaluation,
        experts=service.experts,
        records=Records(platform, service.identity, service.keyring),
        keyring=service.keyring,
    )
    return app


def _uploads(service: Service) -> APIRouter:
    """Uploads of sealed envelopes: announced in the bid's own stream, then received by tus."""

    async def authenticate(request: Request) -> Actor:
        return await actor(await session(request))

    async def admit(party: Actor, metadata: Mapping[str, str], length: int) -> Admission:
        lot_id, envelope = metadata.get("lot", ""), metadata.get("envelope", "")
        if not lot_id or not envelope:
            raise Invalid("upload-unaddressed", rule="R-BID-01")
        call = Call(actor=party, idempotency_key=secrets.token_hex(16))
        outcome = await service.platform.execute(
            lot_id, StartUpload(envelope=envelope, length=length), call
        )
        mode = await service.platform.mode_of(lot_id)
        return Admission(
            purpose=PURPOSE,
            subject=upload_subject(lot_id, envelope),
            expires_at=service.platform.clock.now() + UPLOAD_LIFE,
            prefix="uploads/" if mode == "live" else "test/uploads/",
            upload_id=_upload_of(outcome.answer),
        )

    return tus_router(service.uploads, authenticate=authenticate, admit=admit, max_size=80 * 1024**3)


def _upload_of(answer: bytes) -> str:
    return str(msgspec.json.decode(answer)["upload"])


async def authenticate_token(service: Service, token: str) -> Actor | None:
    """Who a session token stands for; None for an old or unknown one and for parties not verified."""
    try:
        found = await service.login.session(token)
    except Unauthenticated:
        return None
    return found.actor if found.party.verified else None


@asynccontextmanager
async def running(settings: Settings, parts: frozenset[str]) -> AsyncIterator[tuple[Service, Addresses]]:
    """The given parts (api, live, clock), listening; everything is stopped at the end, data kept."""
    async with serving(settings) as service:
        tasks: list[asyncio.Task[Any]] = []
        api_address = live_address = None
        if "clock" in parts:
            tasks += [
                asyncio.create_task(service.projection.run(), name="projection"),
                asyncio.create_task(service.timekeeper.run(), name="clock"),
                asyncio.create_task(_sweep(service), name="sweep"),
            ]
        live_server = None
        if "live" in parts:
            gateway = Gateway(service.platform, lambda token: authenticate_token(service, token))
            port = free_port(settings.host, settings.live_port)
            live_server = await gateway.serve(settings.host, port)
            live_address = f"ws://{_shown(settings.host)}:{port}"
            tasks += [
                asyncio.create_task(gateway.follow(), name="live"),
                asyncio.create_task(gateway.tick(), name="tick"),
            ]
        server = None
        if "api" in parts:
            port = free_port(settings.host, settings.port)
            config = uvicorn.Config(
                web_app(service), host=settings.host, port=port, log_config=None, lifespan="off", **UVICORN
            )
            server = _Server(config)
            tasks.append(asyncio.create_task(server.serve(), name="api"))
            await server.up.wait()
            api_address = f"http://{_shown(settings.host)}:{port}"
        try:
            yield service, Addresses(api=api_address, live=live_address)
        finally:
            if server is not None:
                server.should_exit = True
            if live_server is not None:
                live_server.close()
                await live_server.wait_closed()
            for task in tasks:
                if task.get_name() != "api":
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    def install_signal_handlers(self) -> None:
        pass

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


async def _sweep(service: Service) -> None:
    """Unfinished uploads whose time is over are deleted; what fails now is tried at the next look."""
    while True:
        await asyncio.sleep(SWEEP)
        gone = await service.uploads.expire()
        if gone:
            log.info("uploads.expired")


def free_port(host: str, wanted: int) -> int:
    """``wanted`` if it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")


def _shown(host: str) -> str:
    """An address that a browser on this machine can open."""
    return "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared, not bound
