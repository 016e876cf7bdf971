"""The API on a real log and real sessions, driven through ASGI."""

import hashlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI

from bidding.api.app import create_app
from bidding.api.services import Services
from bidding.application.admission import AdmissionDesk
from bidding.application.identity import Identity
from bidding.application.login import Login
from bidding.application.platform import Platform
from bidding.application.relationships import Relationships
from bidding.application.rulesets import load_rulesets
from bidding.application.scans import Scanning
from bidding.compose.journal import EventJournal
from bidding.compose.outside import StorageReadModels
from bidding.compose.scans import StorageScans
from bidding.compose.sessions import StorageSessions
from bidding.crypto.authority import EnrolmentCA
from bidding.domain.calendar import StateCouncilCalendar
from bidding.domain.codes import make_uscc
from storage.events import EventLog, connect
from storage.readmodels import ReadModels
from storage.scans import Scans
from storage.sessions import Sessions
from tests.api.devices import AT, Device

BOOTSTRAP = "the-first-operator's-code"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.instant = AT

    def now(self) -> datetime:
        return self.instant

    def passes(self, span: timedelta) -> None:
        self.instant += span


@dataclass
class World:
    """The API and what stands behind it."""

    app: FastAPI
    http: httpx2.AsyncClient
    clock: Clock
    log: EventLog
    identity: Identity
    login: Login
    platform: Platform
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def key(self) -> dict[str, str]:
        """A fresh ``Idempotency-Key`` header."""
        return {"Idempotency-Key": f"key-{next(self.numbers):08d}"}

    async def post(
        self, path: str, json: Any, device: Device | None = None, **headers: str
    ) -> httpx2.Response:
        """A command under a fresh key, by a device that is logged in."""
        sent = {**self.key(), **(device.headers if device else {}), **headers}
        return await self.http.post(path, json=json, headers=sent)

    async def enrol(self, *roles: str, code: str = "", **fields: Any) -> Device:
        """An organisation with a sound USCC, logged in."""
        device = Device()
        about = {
            "kind": "organisation",
            "name": f"单位{next(self.numbers)}",
            "uscc": make_uscc("91", "420902", next(self.numbers)),
            "requested_roles": list(roles),
            **fields,
        }
        sent = device.enrols(**about)
        answer = await self.post("/parties", sent | ({"bootstrap_code": code} if code else {}))
        assert answer.status_code == 201, answer.text
        await self.log_in(device)
        return device

    async def operator(self) -> Device:
        return await self.enrol(code=BOOTSTRAP)

    async def log_in(self, device: Device) -> httpx2.Response:
        asked = await self.http.post("/sessions/challenges", json={"credential": device.id})
        said = device.says("session/login", {"challenge": asked.json()["challenge"]})
        answer = await self.http.post("/sessions", json=said)
        if answer.status_code == 201:
            device.token = answer.json()["token"]
        return answer


@pytest.fixture(scope="session")
def authority() -> EnrolmentCA:
    return EnrolmentCA.create("测试注册中心", AT - timedelta(days=1))


@pytest.fixture
async def world(pg_dsn: str, authority: EnrolmentCA) -> AsyncIterator[World]:
    async with connect(pg_dsn) as log:
        clock = Clock()
        count = itertools.count(1)

        def random(n: int) -> bytes:
            return hashlib.shake_256(next(count).to_bytes(8, "big")).digest(n)

        journal = EventJournal(log, random)
        absent = cast(Any, None)  # no test here gets as far as uploads
        platform = Platform(
            journal=journal,
            clock=clock,
            gate=absent,
            objects=absent,
            uploads=absent,
            readmodels=StorageReadModels(ReadModels(log.database)),
            calendar=StateCouncilCalendar(),
            rulesets=load_rulesets(),
            random=random,
        )
        bootstrap = hashlib.sha256(BOOTSTRAP.encode()).digest()
        identity = Identity(
            journal=journal,
            clock=clock,
            authority=authority,
            trial_secret=lambda credential, key: hashlib.sha256(f"{credential}{key}".encode()).digest(),
            bootstrap=bootstrap,
        )
        platform.handlers.update(
            AdmissionDesk(platform, identity, Relationships(platform.journal, identity)).handlers
        )
        login = Login(
            sessions=StorageSessions(Sessions(log.database)),
            parties=identity,
            authority=authority,
            clock=clock,
            random=random,
        )
        scans = Scanning(
            store=StorageScans(Scans(log.database)),
            login=login,
            parties=identity,
            clock=clock,
            random=random,
        )
        services = Services(platform=platform, identity=identity, login=login, scans=scans)
        app = create_app(services, random=random)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            yield World(app, http, clock, log, identity, login, platform)
