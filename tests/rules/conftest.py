"""The reading routes on a real log and a real port, with one lot whose opening went through to the announcement."""

import asyncio
import hashlib
import itertools
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from bidding.api import ledger, public, statistics, timeline
from bidding.api.app import UVICORN, create_app
from bidding.api.desks import Desks
from bidding.application.figures import StatisticsDesk
from bidding.application.keyring import Keyring
from bidding.application.platform import Platform
from bidding.application.ports import Meta, Write
from bidding.application.rulesets import load_rulesets
from bidding.compose.journal import EventJournal
from bidding.crypto.authority import EnrolmentCA
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.money.events import DepositReturnDue
from bidding.stage.dataset import two_years
from storage.events import connect
from tests.domain.opening.hall import Hall

LOT = "lot-1"


class StillClock:
    """``instant`` is when it is."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


@dataclass
class Served:
    """``url``: of the API; ``hall``: the lot that it serves."""

    url: str
    hall: Hall
    clock: StillClock
    keyring: Keyring
    app: FastAPI


@pytest_asyncio.fixture
async def served(pg_dsn: str) -> AsyncIterator[Served]:
    hall = Hall()
    hall.order("a", "b", "c", "d")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.store(DepositReturnDue(bidder="a", amount_fen=100, due=date(2026, 6, 16), rule="R-ENG-25"))
    clock = StillClock(hall.now + timedelta(minutes=1))
    count = itertools.count(1)

    def random(n: int) -> bytes:
        return hashlib.shake_256(next(count).to_bytes(8, "big")).digest(n)

    absent = cast(Any, None)  # reading a lot needs the log, the clock and the rules
    async with connect(pg_dsn) as log:
        journal = EventJournal(log, random)
        await journal.append(
            [Write(stream=f"lot-{LOT}", expected=0, events=hall.events)], meta=Meta(actor="test")
        )
        platform = Platform(
            journal=journal,
            clock=clock,
            gate=absent,
            objects=absent,
            uploads=absent,
            readmodels=absent,
            calendar=STATE_COUNCIL,
            rulesets=load_rulesets(),
            random=random,
        )
        app = create_app(None, routers=(timeline.router, public.router, statistics.router, ledger.router))
        authority = EnrolmentCA.create("测试注册中心", clock.instant - timedelta(days=1))
        keyring = Keyring.create(authority, random)
        given = {"platform": platform, "keyring": keyring, "statistics": StatisticsDesk(platform, two_years)}
        app.state.desks = Desks(**{**{one.name: absent for one in fields(Desks)}, **given})
        listening = socket.create_server(("127.0.0.1", 0))  # takes connections before uvicorn does
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", **UVICORN))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", hall, clock, keyring, app)
        server.should_exit = True
        await running
