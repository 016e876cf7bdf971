"""Runs the parts of the platform in one process: API, live gateway, clock with projection; any of them alone too."""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Request
from websockets.asyncio.server import Server

from bidding.api.app import UVICORN, create_app
from bidding.api.desks import Desks
from bidding.api.readers import HANDED_OVER, READERS
from bidding.api.services import Services
from bidding.api.sessions import actor, session
from bidding.api.turnstile import Turnstile
from bidding.api.tus import Admission, tus_router
from bidding.api.webclient import ClientConfig, client_config, web_client
from bidding.application.bids import PURPOSE, upload_subject
from bidding.application.figures import Generated, StatisticsDesk
from bidding.application.login import Unauthenticated
from bidding.application.platform import Call
from bidding.application.ports import Unavailable
from bidding.application.timestamps import Stamper
from bidding.compose.exchange import Exchange, exchange_tasks, exchanging
from bidding.compose.heartbeat import beat
from bidding.compose.log import witnessing_tasks
from bidding.compose.ports import NoPort, bound, port_of
from bidding.compose.service import Service, serving
from bidding.compose.settings import Settings
from bidding.compose.timestamps import stamping, stamping_tasks
from bidding.compose.tls import server_context
from bidding.domain.bid.commands import StartUpload
from bidding.domain.errors import Invalid
from bidding.domain.opening.sparing import SPARE
from bidding.domain.parties import Actor
from bidding.domain.periods import local_date
from bidding.live.gateway import Gateway
from storage.errors import PersistenceError
from storage.objects.errors import ObjectError

log = structlog.get_logger(__name__)

#: How long an unfinished upload is kept.
UPLOAD_LIFE = timedelta(days=7)
#: Seconds between two looks for expired uploads and sessions.
SWEEP = 600.0
#: Seconds that requests under way get when the API stops; an upload cut off is resumed where it was.
GRACE = 5


@dataclass(frozen=True)
class Addresses:
    """Where the running parts listen; None for a part that does not run here."""

    api: str | None
    live: str | None


def web_app(service: Service, live: str | None = None, generated: Generated | None = None) -> FastAPI:
    """The HTTP application on a service, with the browser client. ``live``: where the gateway listens, if here;
    ``generated``: the demonstration set of the statistics."""
    platform = service.platform

    async def database() -> None:
        await platform.journal.position()

    async def projected() -> bool:
        return (await platform.journal.checkpoint("lots") or 0) + 1000 >= await platform.journal.position()

    app = create_app(
        Services(
            platform=platform,
            identity=service.identity,
            login=service.login,
            scans=service.scans,
            checks={
                "database": database,
                "objects": platform.objects.health,
                "projection": projected,
            },
            certification=lambda: platform.operation.on(local_date(platform.clock.now())),
        ),
        routers=(*READERS, _uploads(service)),
        excluded=HANDED_OVER,
    )
    app.state.desks = Desks(
        platform=platform,
        admission=service.admission,
        booking=service.booking,
        notice=service.notice,
        prequalification=service.prequalification,
        bids=service.bids,
        opening=service.opening,
        broadcasts=service.broadcasts,
        trial=service.trial,
        escrow=service.escrow,
        evaluation=service.evaluation,
        experts=service.experts,
        credit=service.credit,
        lists=service.lists,
        commitments=service.commitments,
        erasures=service.erasures,
        lot_erasures=service.lot_erasures,
        records=service.records,
        bundles=service.bundles,
        papers=service.papers,
        keyring=service.keyring,
        statistics=StatisticsDesk(platform, generated),
        outbox=service.outbox,
        archives=service.archives,
        log=service.log.reader,
        log_receipts=service.log.receipts,
        demonstration=service.demonstration,
        scratch=service.settings.data / "scratch",
    )
    app.state.web_client = web_client(_told(service.settings, live))
    return app


def _told(settings: Settings, live: str | None) -> ClientConfig:
    """``live``: where the gateway of this process listens; one that runs elsewhere has the port of the settings."""
    if settings.live_url:
        return client_config(
            region=settings.region_code, live_url=settings.live_url.removesuffix("/"), demo=settings.demo
        )
    port = settings.live_port if live is None else int(live.rpartition(":")[2])
    return client_config(region=settings.region_code, live_port=port, demo=settings.demo)


def _uploads(service: Service) -> APIRouter:
    """Uploads of sealed envelopes: announced in the bid's own stream, then received by tus."""

    async def authenticate(request: Request) -> Actor:
        return await actor(await session(request))

    async def admit(party: Actor, metadata: Mapping[str, str], length: int) -> Admission:
        lot_id, envelope = metadata.get("lot", ""), metadata.get("envelope", "")
        if not lot_id or not envelope:
            raise Invalid("upload-unaddressed", rule="R-BID-01")
        call = Call(actor=party, idempotency_key=secrets.token_hex(16))
        outcome = await service.platform.execute(lot_id, StartUpload(envelope=envelope, length=length), call)
        mode = await service.platform.mode_of(lot_id)
        return Admission(
            purpose=SPARE if envelope == SPARE else PURPOSE,
            subject=upload_subject(lot_id, envelope),
            expires_at=service.platform.clock.now() + UPLOAD_LIFE,
            prefix="uploads/" if mode == "live" else "test/uploads/",
            upload_id=_upload_of(outcome.answer),
        )

    turnstile = Turnstile(service.settings.uploads_at_once, service.settings.queue_length)
    return tus_router(
        service.uploads, authenticate=authenticate, admit=admit, max_size=80 * 1024**3, turnstile=turnstile
    )


def _upload_of(answer: bytes) -> str:
    return str(msgspec.json.decode(answer)["upload"])


async def authenticate_token(service: Service, token: str) -> Actor | None:
    """Who a session token stands for; None for an old or unknown one and for parties not verified."""
    try:
        found = await service.login.session(token)
    except Unauthenticated:
        return None
    return found.actor if found.party.verified else None


class PartEnded(Exception):
    """A part that must go on for ever did not. ``kind``: the class of what it raised."""

    def __init__(self, part: str, kind: str) -> None:
        super().__init__(f"{part} ended by itself: {kind}")
        self.part, self.kind = part, kind


@asynccontextmanager
async def running(
    settings: Settings, parts: frozenset[str], generated: Generated | None = None
) -> AsyncIterator[tuple[Service, Addresses]]:
    """The given parts (api, live, clock), listening; everything is stopped at the end, data kept.

    ``generated``: the demonstration set of the statistics. Raises ``NoPort``, and ``PartEnded`` into the block if a
    part ends by itself.
    """
    async with serving(settings) as service, AsyncExitStack() as stack:
        tls = server_context(settings, service.platform.clock.now())
        tasks: list[asyncio.Task[Any]] = []
        exchange = await stack.enter_async_context(_exchange(service)) if "clock" in parts else None
        stampers: list[Stamper] = []
        if "clock" in parts:
            stampers = await stack.enter_async_context(
                stamping(settings, service.platform, service.log.reader)
            )
        stack.push_async_callback(_ended, tasks)
        addresses = Addresses(api=None, live=None)
        if exchange is not None:
            tasks += exchange_tasks(exchange) + stamping_tasks(stampers)
            tasks += [
                asyncio.create_task(service.projection.run(), name="projection"),
                asyncio.create_task(service.listing.run(), name="lists"),
                asyncio.create_task(service.timekeeper.run(), name="clock"),
                asyncio.create_task(service.log.sequencer.run(), name="log"),
                asyncio.create_task(service.log.historian.run(), name="history"),
                asyncio.create_task(service.disposal.run(), name="disposal"),
                *witnessing_tasks(service.log),
                asyncio.create_task(service.devices.run(), name="devices"),
                asyncio.create_task(service.licences.run(), name="licences"),
                asyncio.create_task(beat(service), name="heartbeat"),
                asyncio.create_task(_sweep(service), name="sweep"),
            ]
        if "live" in parts:
            addresses = replace(addresses, live=await _live(service, stack, tasks, tls))
        if "api" in parts:
            addresses = replace(addresses, api=await _api(service, stack, addresses.live, generated, tls))
        with _watched(tasks):
            yield service, addresses


def _exchange(service: Service) -> AbstractAsyncContextManager[Exchange]:
    return exchanging(service.settings, service.platform, service.keyring, service.outbox)


async def _live(
    service: Service, stack: AsyncExitStack, tasks: list[asyncio.Task[Any]], tls: ssl.SSLContext | None
) -> str:
    gateway = Gateway(
        service.platform,
        lambda token: authenticate_token(service, token),
        viewers=service.settings.viewers,
    )
    host = service.settings.host
    try:
        server = await gateway.serve(host, service.settings.live_port, tls)
    except OSError:
        server = await _anywhere(gateway, host, tls)
    stack.push_async_callback(server.wait_closed)
    stack.callback(server.close)
    tasks += [
        asyncio.create_task(gateway.follow(), name="live"),
        asyncio.create_task(gateway.tick(), name="tick"),
    ]
    scheme = "ws" if tls is None else "wss"
    return f"{scheme}://{_shown(host)}:{port_of(next(iter(server.sockets)))}"


async def _anywhere(gateway: Gateway, host: str, tls: ssl.SSLContext | None) -> Server:
    try:
        return await gateway.serve(host, 0, tls)
    except OSError as error:
        raise NoPort(host, 0) from error


async def _api(
    service: Service,
    stack: AsyncExitStack,
    live: str | None,
    generated: Generated | None,
    tls: ssl.SSLContext | None,
) -> str:
    host = service.settings.host
    listening = bound(host, service.settings.port)
    config = uvicorn.Config(
        web_app(service, live, generated),
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=GRACE,
        ssl_context_factory=None if tls is None else lambda *_: tls,
        **UVICORN,
    )
    server = _Server(config)
    serving_api = asyncio.create_task(server.serve(sockets=[listening]), name="api")

    async def stop() -> None:
        server.should_exit = True
        await asyncio.wait([serving_api])

    stack.push_async_callback(stop)
    await server.up.wait()
    return f"{'http' if tls is None else 'https'}://{_shown(host)}:{port_of(listening)}"


async def _ended(tasks: list[asyncio.Task[Any]]) -> None:
    """Asked again each second: `wait_for` of Python 3.11 loses a cancellation that comes together with its result."""
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)


@contextmanager
def _watched(tasks: list[asyncio.Task[Any]]) -> Iterator[None]:
    """A part that ends by itself ends the block: half a platform looks alive and is not."""
    block = asyncio.current_task()
    assert block is not None
    found: list[PartEnded] = []

    def done(task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and not found:
            found.append(PartEnded(task.get_name(), type(task.exception()).__name__))
            log.error("part.ended", part=task.get_name(), error=found[0].kind)
            block.cancel()

    for task in tasks:
        task.add_done_callback(done)
    try:
        yield
    except asyncio.CancelledError:
        if not found:
            raise
        block.uncancel()
        raise found[0] from None
    finally:
        for task in tasks:
            task.remove_done_callback(done)


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


async def _sweep(service: Service) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        await sweep(service)


async def sweep(service: Service) -> None:
    """Forget unfinished uploads, sessions and challenges whose time is over; what fails now is tried next time."""
    try:
        uploads = await service.uploads.expire()
        sessions = await service.sessions.purge(service.platform.clock.now())
    except (PersistenceError, ObjectError, Unavailable) as error:
        log.warning("sweep.failed", error=type(error).__name__)
        return
    if uploads or sessions:
        log.info("sweep.done")  # without numbers: how many uploads lapsed is nobody's to know


def _shown(host: str) -> str:
    """An address that a browser on this machine can open."""
    return "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared, not bound
