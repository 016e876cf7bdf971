"""Puts everything together: one ``Service`` is one process of the platform, whole or in part."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bidding.api.webclient import offline_sha256
from bidding.application.admission import AdmissionDesk
from bidding.application.bids import PURPOSE, BidDesk
from bidding.application.bodies import LicenceCourier
from bidding.application.booking import BookingDesk
from bidding.application.broadcasts import BroadcastDesk, Limits
from bidding.application.commitments import CommitmentDesk
from bidding.application.control import ControlDesk
from bidding.application.credit import CreditDesk
from bidding.application.creditsources import RegisterSource
from bidding.application.demonstration import Demonstration
from bidding.application.devicewatch import DeviceWatch
from bidding.application.erasure import Erasures
from bidding.application.escrow import EscrowDesk
from bidding.application.evaluation import EvaluationDesk
from bidding.application.experts import ExpertPool
from bidding.application.identity import Identity
from bidding.application.keyring import Keyring
from bidding.application.licensed import Certificates
from bidding.application.lists import Lists, ListsProjection
from bidding.application.login import Login
from bidding.application.loterasure import LotErasures
from bidding.application.money import MoneyDesk
from bidding.application.notice import NoticeDesk
from bidding.application.opening import OpeningDesk
from bidding.application.papers import Papers
from bidding.application.platform import Platform
from bidding.application.prequalification import PrequalificationDesk
from bidding.application.projections import LotsProjection
from bidding.application.propagation import Propagation
from bidding.application.reactions import Reactions
from bidding.application.record import Archives, Bundles, Disposal, Records
from bidding.application.relationships import Relationships
from bidding.application.rulesets import load_rulesets
from bidding.application.scans import Scanning
from bidding.application.spares import Spares
from bidding.application.timekeeper import Timekeeper
from bidding.application.trialopening import TrialOpening
from bidding.compose.authorities import certificates
from bidding.compose.bodies import HttpBody, licence_bodies
from bidding.compose.calendars import work_calendar
from bidding.compose.clock import SystemClock
from bidding.compose.creditsources import HttpCreditSource, credit_sources
from bidding.compose.exchange import StorageOutbox
from bidding.compose.journal import EventJournal
from bidding.compose.keyring import bootstrap_code, load_keyring
from bidding.compose.log import Verifiable, verifiable
from bidding.compose.outside import (
    StorageEraser,
    StorageGate,
    StorageObjects,
    StorageReadModels,
    StorageUploads,
)
from bidding.compose.scans import StorageScans
from bidding.compose.seals import office_seal
from bidding.compose.sessions import StorageSessions
from bidding.compose.settings import Settings
from bidding.compose.shipped import require_shipped
from bidding.compose.signing import signing_elsewhere
from bidding.crypto.manifest_check import check_first_bytes
from bidding.crypto.sm2_certificate import read_authorities
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.bid.commands import Submit, Withdraw
from bidding.domain.opening.commands import Close
from bidding.domain.prequalification import commands as prequalification_commands
from storage.database import Database
from storage.erasure import Eraser
from storage.events import EventLog
from storage.exchange import Outbox
from storage.gate import Gate
from storage.migrate import migrate
from storage.objects import ObjectStore
from storage.objects.directory import DirectoryStore
from storage.objects.s3 import S3Settings, S3Store
from storage.readmodels import ReadModels
from storage.scans import Scans
from storage.server import EmbeddedServer
from storage.sessions import Sessions
from storage.uploads import Uploads


class PlaintextRefused(Exception):
    """The first bytes are not a sealed body's: somebody uploads the bid itself."""


def require_sealed(purpose: str, first: bytes) -> None:
    """The uploads' look at the first bytes (R-BID-01). A spare file is not sealed: its digest tells what it is."""
    if purpose == PURPOSE and check_first_bytes(first) is not None:
        raise PlaintextRefused


@dataclass(frozen=True)
class Service:
    """What the API, the live gateway and the clock are built from."""

    settings: Settings
    keyring: Keyring
    platform: Platform
    identity: Identity
    login: Login
    scans: Scanning
    sessions: StorageSessions
    uploads: Uploads
    admission: AdmissionDesk
    booking: BookingDesk
    notice: NoticeDesk
    prequalification: PrequalificationDesk
    bids: BidDesk
    opening: OpeningDesk
    broadcasts: BroadcastDesk
    trial: TrialOpening
    escrow: EscrowDesk
    evaluation: EvaluationDesk
    experts: ExpertPool
    credit: CreditDesk
    lists: Lists
    commitments: CommitmentDesk
    erasures: Erasures
    lot_erasures: LotErasures
    listing: ListsProjection
    projection: LotsProjection
    timekeeper: Timekeeper
    devices: DeviceWatch
    licences: LicenceCourier
    outbox: StorageOutbox
    records: Records
    bundles: Bundles
    papers: Papers
    archives: Archives
    disposal: Disposal
    log: Verifiable
    demonstration: Demonstration
    bootstrap: str


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Service]:
    """An assembled platform on its stores; embedded ones are started, and stopped at the end."""
    await asyncio.to_thread(require_shipped)
    calendar = work_calendar(settings)
    async with AsyncExitStack() as stack:
        dsn = await _database(settings, stack)
        await migrate(dsn)
        database = Database(dsn, min_size=2, max_size=24)
        log = EventLog(database)
        await log.open()
        stack.push_async_callback(log.close)
        store = _store(settings)
        stack.push_async_callback(store.close)
        if isinstance(store, S3Store):
            await store.prepare()
        locks = Gate(database, capacity=settings.bids_at_once, waiting=settings.queue_length)
        stack.push_async_callback(locks.close)
        workers = CryptoWorkers(settings.workers)
        stack.push_async_callback(workers.close)
        clock = SystemClock()
        uploads = Uploads(database, store, sniff=require_sealed, clock=clock.now)
        stack.push_async_callback(uploads.close)
        platform = Platform(
            journal=EventJournal(log, secrets.token_bytes),
            clock=clock,
            gate=StorageGate(locks),
            objects=StorageObjects(store),
            uploads=StorageUploads(uploads, store),
            readmodels=StorageReadModels(ReadModels(database)),
            calendar=calendar,
            rulesets=load_rulesets(),
            random=secrets.token_bytes,
            operation=settings.operation,
        )
        outbox = StorageOutbox(Outbox(database))
        provider = await asyncio.to_thread(signing_elsewhere, settings)
        if provider is not None:
            stack.callback(provider.close)
        keyring = load_keyring(settings.keys_folder, clock.now(), secrets.token_bytes, provider)
        log_parts = verifiable(settings, log, platform, keyring)
        stack.push_async_callback(log_parts.close)
        licensed = await stack.enter_async_context(certificates(settings.licensed_authorities))
        yield _assembled(
            settings,
            licensed,
            platform,
            uploads,
            workers,
            StorageSessions(Sessions(database)),
            StorageScans(Scans(database)),
            outbox,
            keyring,
            log_parts,
            Eraser(database),
            credit_sources(settings, clock, stack),
            licence_bodies(settings, clock, stack),
        )


def _assembled(
    settings: Settings,
    licensed: Certificates,
    platform: Platform,
    uploads: Uploads,
    workers: CryptoWorkers,
    sessions: StorageSessions,
    scans: StorageScans,
    outbox: StorageOutbox,
    keyring: Keyring,
    log: Verifiable,
    eraser: Eraser,
    outside: Sequence[HttpCreditSource],
    bodies: Sequence[HttpBody],
) -> Service:
    code = bootstrap_code(settings.keys_folder, secrets.token_bytes)
    source = RegisterSource(platform.journal, platform.clock, outside)
    identity = Identity(
        journal=platform.journal,
        clock=platform.clock,
        authority=keyring.authority,
        trial_secret=keyring.trial_secret,
        bootstrap=hashlib.sha256(code.encode()).digest(),
        credit=source,
        sm2_authorities=()
        if settings.sm2_authorities is None
        else read_authorities(settings.sm2_authorities.read_bytes()),
        certificates=licensed,
        bodies=[one.name for one in bodies],
    )
    login = Login(
        sessions=sessions,
        parties=identity,
        authority=keyring.authority,
        clock=platform.clock,
        random=secrets.token_bytes,
        life=timedelta(hours=settings.session_hours),
    )
    scratch = settings.data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    experts = ExpertPool(platform, identity)
    escrow = EscrowDesk(platform, identity, keyring)
    spares = Spares(platform, workers, scratch)
    limits = Limits(rate=settings.broadcast_kbits * 125, reserve=settings.broadcast_reserve * 1024**3)
    broadcasts = BroadcastDesk(platform, limits)
    opening = OpeningDesk(platform, identity, keyring, workers, escrow, spares)
    evaluation = EvaluationDesk(platform, identity, experts, opening, escrow, spares, workers, scratch)
    notice = NoticeDesk(platform, keyring, identity, offline_sha256())
    prequalification = PrequalificationDesk(platform, identity, keyring, experts, workers)
    bars = Relationships(platform.journal, identity)
    admission, booking = AdmissionDesk(platform, identity, bars), BookingDesk(platform)
    bids = BidDesk(platform, identity, keyring)
    identity.followers += [bids.devices_changed, Propagation(platform, identity, bids).party_changed]
    credit = CreditDesk(platform, identity, source)
    money, control = MoneyDesk(platform, identity), ControlDesk(platform, keyring)
    records = Records(platform, identity, keyring, log.receipts)
    bundles = Bundles(platform, records, keyring, log.receipts)
    archives = Archives(platform, records, keyring)
    lot_erasures = LotErasures(platform, StorageEraser(eraser), log.store, log.identity)
    for desk in (
        admission,
        booking,
        notice,
        prequalification,
        bids,
        opening,
        escrow,
        evaluation,
        credit,
        money,
        control,
        lot_erasures,
    ):
        platform.handlers.update(desk.handlers)
    platform.together |= {Submit, Withdraw}
    platform.together |= {prequalification_commands.Apply, prequalification_commands.Withdraw}
    platform.alone |= {
        Close,
        prequalification_commands.OpenApplications,
        prequalification_commands.Draw,
        prequalification_commands.Conclude,
    }
    woken = asyncio.Event()
    return Service(
        settings=settings,
        keyring=keyring,
        platform=platform,
        identity=identity,
        login=login,
        scans=Scanning(
            store=scans, login=login, parties=identity, clock=platform.clock, random=secrets.token_bytes
        ),
        sessions=sessions,
        uploads=uploads,
        admission=admission,
        booking=booking,
        notice=notice,
        prequalification=prequalification,
        bids=bids,
        opening=opening,
        broadcasts=broadcasts,
        trial=TrialOpening(platform, identity, workers),
        escrow=escrow,
        evaluation=evaluation,
        experts=experts,
        credit=credit,
        lists=Lists(platform),
        commitments=CommitmentDesk(platform),
        erasures=Erasures(platform, identity, StorageEraser(eraser)),
        lot_erasures=lot_erasures,
        listing=ListsProjection(platform),
        projection=LotsProjection(platform, woken),
        timekeeper=Timekeeper(platform, woken, Reactions(platform, notice, evaluation, broadcasts).kinds),
        devices=DeviceWatch(platform, identity),
        licences=LicenceCourier(platform, identity, bodies),
        outbox=outbox,
        records=records,
        bundles=bundles,
        papers=Papers(platform, bids, office_seal(settings.seal, platform.clock.now())),
        archives=archives,
        disposal=Disposal(platform, records),
        log=log,
        demonstration=Demonstration(),
        bootstrap=code,
    )


async def _database(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    server = EmbeddedServer(Path(settings.postgres_folder))
    await asyncio.to_thread(server.start)
    stack.push_async_callback(asyncio.to_thread, server.stop)
    return await asyncio.to_thread(server.create_database)


def _store(settings: Settings) -> ObjectStore:
    if settings.s3_endpoint is None:
        return DirectoryStore(settings.objects_folder)
    return S3Store(
        S3Settings(
            endpoint=settings.s3_endpoint,
            bucket=settings.s3_bucket,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=settings.s3_secure,
        )
    )
