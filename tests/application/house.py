"""The application on a real log, gate, read models and directory of objects, with lots planted as events."""

import hashlib
import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bidding.application.bids import BidDesk, upload_subject
from bidding.application.control import ControlDesk
from bidding.application.credit import CreditDesk
from bidding.application.creditsources import RegisterSource
from bidding.application.escrow import EscrowDesk
from bidding.application.evaluation import EvaluationDesk
from bidding.application.experts import ExpertPool
from bidding.application.keyring import Keyring
from bidding.application.money import MoneyDesk
from bidding.application.notice import NoticeDesk, document_key
from bidding.application.opening import OpeningDesk
from bidding.application.platform import Call, Outcome, Platform, lot_stream
from bidding.application.ports import Meta, UploadFacts, Write
from bidding.application.prequalification import PrequalificationDesk
from bidding.application.rulesets import load_rulesets
from bidding.application.spares import Spares
from bidding.compose.journal import EventJournal
from bidding.compose.outside import StorageGate, StorageObjects, StorageReadModels
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.calendar import StateCouncilCalendar
from bidding.domain.command import Command
from bidding.domain.event import Event
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.state import Credential, Party
from storage.database import Database
from storage.events import EventLog
from storage.objects.directory import DirectoryStore
from storage.readmodels import ReadModels
from tests.domain.opening.hall import NOTICED, SIGNED

LOT = "lot-1"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.instant = NOTICED

    def now(self) -> datetime:
        return self.instant


class Register:
    """Parties by id. Their stream has tests of its own."""

    def __init__(self) -> None:
        self.known: dict[str, Party] = {}

    async def party(self, party_id: str) -> Party:
        return self.known.get(party_id, Party())

    async def parties(self) -> list[Party]:
        return list(self.known.values())

    def enrol(self, party: str, device: DeviceCredential, role: Role = Role.BIDDER) -> Actor:
        bound = Credential(
            credential=device.id,
            signing_key=b64(device.signing.public),
            certificate="Y2VydA",
            opening_key=b64(device.opening.public),
            opening_certificate="",
            label="电脑",
            proved_at=NOTICED,
        )
        self.known[party] = Party(
            party=party,
            version=1,
            name=f"{party}公司",
            uscc=f"USCC-{party}",
            requested_roles=(role,),
            granted=(role,),
            verified_by="centre",
            credentials=(bound,),
        )
        return self.known[party].actor(device.id)


class Arrived:
    """Finished uploads, from the files that they brought."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.known: dict[str, UploadFacts] = {}
        self.discarded: list[str] = []

    async def facts(self, upload: str, owner: str) -> UploadFacts | None:
        found = self.known.get(upload)
        return found if found is not None and found.owner == owner else None

    async def discard(self, upload: str) -> None:
        self.discarded.append(upload)
        self.known.pop(upload, None)

    def bring(self, owner: str, lot: str, envelope: str, data: bytes, *, purpose: str = "bid") -> str:
        upload = f"{owner}-{envelope}-{len(self.known)}"
        self.known[upload] = UploadFacts(
            upload=upload,
            owner=owner,
            purpose=purpose,
            subject=upload_subject(lot, envelope),
            key=f"uploads/{upload}",
            length=len(data),
            part_hashes=(hashlib.sha256(data).digest(),),
            head=data[:64],
            completed_at=self._clock.now(),
        )
        return upload


@dataclass
class House:
    log: EventLog
    database: Database
    store: DirectoryStore
    keyring: Keyring
    scratch: Path
    workers: CryptoWorkers
    gate: StorageGate
    clock: Clock = field(default_factory=Clock)
    register: Register = field(default_factory=Register)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.uploads = Arrived(self.clock)
        self.readmodels = ReadModels(self.database)
        self.platform = Platform(
            journal=EventJournal(self.log, secrets.token_bytes),
            clock=self.clock,
            gate=self.gate,
            objects=StorageObjects(self.store),
            uploads=self.uploads,
            readmodels=StorageReadModels(self.readmodels),
            calendar=StateCouncilCalendar(),
            rulesets=load_rulesets(),
            random=secrets.token_bytes,
        )
        self.bids = BidDesk(self.platform, self.register, self.keyring)
        self.notice = NoticeDesk(self.platform, self.keyring, self.register)
        self.escrow = EscrowDesk(self.platform, self.register, self.keyring)
        self.spares = Spares(self.platform, self.workers, self.scratch)
        self.opening = OpeningDesk(
            self.platform, self.register, self.keyring, self.workers, self.escrow, self.spares
        )
        self.experts = ExpertPool(self.platform, self.register)
        self.prequalification = PrequalificationDesk(
            self.platform, self.register, self.keyring, self.experts, self.workers
        )
        self.evaluation = EvaluationDesk(
            self.platform,
            self.register,
            self.experts,
            self.opening,
            self.escrow,
            self.spares,
            self.workers,
            self.scratch,
        )
        self.credit = CreditDesk(
            self.platform, self.register, RegisterSource(self.platform.journal, self.clock)
        )
        for desk in (
            self.bids,
            self.notice,
            self.prequalification,
            self.opening,
            self.escrow,
            self.evaluation,
            self.credit,
            ControlDesk(self.platform, self.keyring),
            MoneyDesk(self.platform, self.register),
        ):
            self.platform.handlers.update(desk.handlers)

    async def plant(self, log: Iterable[tuple[str, Event]]) -> None:
        """Append (stream, event) pairs in their order, each stream where it stands."""
        for stream, group in itertools.groupby(log, key=lambda pair: pair[0]):
            there = await self.platform.journal.load(stream)
            write = Write(stream=stream, expected=len(there), events=[event for _, event in group])
            await self.platform.journal.append([write], meta=Meta(actor="test"))

    async def keep_documents(self) -> None:
        """The tender documents of the planted lot, where they are kept."""
        lot = await self.platform.load(LOT)
        for one in lot.notice.documents:
            await self.platform.objects.put(document_key(lot, one.sha256), b"the document")

    def call(self, actor: Actor, key: str = "", request: bytes = b"request", seen: int | None = None) -> Call:
        """A request under a fresh key unless one is given; ``seen``: the lot version its author looked at."""
        return Call(
            actor=actor,
            signed=SIGNED,
            idempotency_key=key or f"key-{next(self.numbers)}",
            request_hash=request,
            if_match=seen,
        )

    async def give(self, command: Command, actor: Actor, *, seen: int | None = None) -> Outcome:
        """By somebody who has just looked at the lot, unless ``seen`` says otherwise."""
        if seen is None:
            seen = (await self.platform.load(LOT)).version
        return await self.platform.execute(LOT, command, self.call(actor, seen=seen))

    async def topics(self, stream: str = lot_stream(LOT)) -> list[str]:
        return [one.event.TOPIC for one in await self.platform.journal.load(stream)]
