"""What breaks around the platform: database, objects, disk, process, clock, clients. Nothing half-done or lost."""

import asyncio
import hashlib
import os
import resource
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from bidding.application.ports import Clock, Timer
from bidding.client.bid import submit
from bidding.client.session import Problem, Session
from bidding.compose.settings import Settings
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.receipt import verify_receipt, verify_refusal
from bidding.crypto.signing import Signed
from bidding.stage.cast import Member, first_operator
from bidding.stage.play import BidderOnStage, Play
from storage.server import EmbeddedServer
from tests.storage.objects.rclone import ACCESS_KEY, BUCKET, SECRET_KEY, RcloneServer
from tests.system.platforms import Stand, standing
from tests.system.requests import BYTES, TUS, created, problem, ready
from tests.system.tenders import closed, deadline, sealed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


def signed_request(
    one: BidderOnStage, lot: str, act: str, fields: dict[str, Any]
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a binding act, to be sent more than once."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
    return canonical(one.member.session.signed(act, lot, fields)), headers


async def own_bid(play: Play, one: BidderOnStage) -> dict[str, Any]:
    return await one.member.session.get(f"/lots/{play.lot}/bid")


async def until_answered(session: Session, path: str, status: int = 200) -> None:
    async with asyncio.timeout(60):
        while (await session.http.get(path)).status_code != status:  # noqa: ASYNC110 - another process answers, no event does
            await asyncio.sleep(0.1)


# --- the database ---------------------------------------------------------------------------------------------


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A database server of the test's own, to be stopped and started."""
    place = Path(tempfile.mkdtemp(prefix="bidding-down-"))
    with EmbeddedServer(place / "pg", settings={"fsync": "off", "max_connections": "100"}) as server:
        yield server
    shutil.rmtree(place, ignore_errors=True)


async def test_the_database_goes_down_and_comes_back(own_server: EmbeddedServer, folder: Path) -> None:
    dsn = own_server.create_database("down")
    settings = Settings(data=folder / "data", port=0, live_port=0, database_url=SecretStr(dsn))
    async with AsyncExitStack() as stack:
        stand = await standing(settings, stack)
        play = await stack.enter_async_context(tender(stand, folder / "papers", bidders=1))
        one = play.bidders[0]
        content, headers = signed_request(one, play.lot, "bid/submit", await ready(play, one))
        version = await one.member.session.version(play.lot)
        await asyncio.to_thread(own_server.stop)
        try:
            for _ in range(2):
                response = await one.member.session.http.post(
                    f"/lots/{play.lot}/bid/submit", content=content, headers=headers
                )
                assert problem(response) == (503, "unavailable")
                assert int(response.headers["retry-after"]) > 0
                assert "postgres" not in response.text
                assert str(folder) not in response.text
            response = await play.agency.session.http.get(f"/lots/{play.lot}")
            assert problem(response)[0] == 503
            assert (await stand.operator.session.http.get("/healthz")).status_code == 200
            assert (await stand.operator.session.http.get("/readyz")).status_code == 503
        finally:
            await asyncio.to_thread(own_server.start)
        await until_answered(stand.operator.session, "/readyz")
        assert (await own_bid(play, one))["versions"] == []
        assert await one.member.session.version(play.lot) == version
        answer = await one.member.session.http.post(
            f"/lots/{play.lot}/bid/submit", content=content, headers=headers
        )
        assert answer.status_code == 200
        assert [v["receipt"] for v in (await own_bid(play, one))["versions"]] == [answer.json()["receipt"]]
        # Timers went on waiting: the lot closes, and fails for having one bid.
        assert (await closed(play))["phase"] == "failed"


# --- the object store and the disk ----------------------------------------------------------------------------


@pytest.fixture
def s3() -> Iterator[RcloneServer]:
    server = RcloneServer()
    server.start()
    yield server
    server.stop()


async def test_the_object_store_goes_down_and_comes_back(pg_dsn: str, s3: RcloneServer, folder: Path) -> None:
    settings = Settings(
        data=folder / "data",
        port=0,
        live_port=0,
        database_url=SecretStr(pg_dsn),
        s3_endpoint=s3.endpoint,
        s3_access_key=SecretStr(ACCESS_KEY),
        s3_secret_key=SecretStr(SECRET_KEY),
        s3_bucket=BUCKET,
        s3_secure=False,
    )
    async with AsyncExitStack() as stack:
        stand = await standing(settings, stack)
        play = await stack.enter_async_context(tender(stand, folder / "papers", bidders=1))
        one = play.bidders[0]
        content, headers = signed_request(one, play.lot, "bid/submit", await ready(play, one))
        await asyncio.to_thread(s3.kill)
        try:
            for refused in (
                await play.agency.session.http.put(
                    f"/lots/{play.lot}/documents",
                    params={"name": "a.pdf"},
                    content=b"%PDF-1.7 x",
                    headers={"Content-Type": "application/octet-stream"},
                ),
                await created(one.member.session, play.lot, "form", 4176),
                await one.member.session.http.get(f"/lots/{play.lot}/documents/0"),
                await one.member.session.http.post(
                    f"/lots/{play.lot}/bid/submit", content=content, headers=headers
                ),
            ):
                assert problem(refused)[0] == 503, refused.text
                assert int(refused.headers["retry-after"]) > 0
                assert s3.endpoint not in refused.text
            assert (await stand.operator.session.http.get("/readyz")).status_code == 503
            assert (await own_bid(play, one))["versions"] == []
        finally:
            await asyncio.to_thread(s3.start)
        answer = await one.member.session.http.post(
            f"/lots/{play.lot}/bid/submit", content=content, headers=headers
        )
        assert answer.status_code == 200, answer.text
        assert [v["receipt"] for v in (await own_bid(play, one))["versions"]] == [answer.json()["receipt"]]
        await until_answered(stand.operator.session, "/readyz")


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The operating system refuses to let this process's files grow, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_refuses_uploads_and_loses_none(own: Stand, folder: Path) -> None:
    async with tender(own, folder / "papers", bidders=1) as play:
        one = play.bidders[0]
        bid = await sealed(play, one)
        data = (bid.path / "form.sealed").read_bytes()
        session = one.member.session
        location = (await created(session, play.lot, "form", len(data))).headers["location"]
        with files_no_larger_than(100):
            response = await session.http.patch(
                location, content=data, headers={**BYTES, "Upload-Offset": "0"}
            )
            assert problem(response) == (507, "tus-storage-full"), response.text
            put = await play.agency.session.http.put(
                f"/lots/{play.lot}/documents",
                params={"name": "a.pdf"},
                content=b"%PDF-1.7 " + bytes(1000),
                headers={"Content-Type": "application/octet-stream"},
            )
            assert problem(put) == (507, "no-room")
        offset = (await session.http.head(location, headers=TUS)).headers["upload-offset"]
        again = await session.http.patch(
            location, content=data[int(offset) :], headers={**BYTES, "Upload-Offset": offset}
        )
        assert again.status_code == 204, again.text
        bid.remember("form", location.rpartition("/")[2])
        assert (await submit(session, bid))["receipt"]


# --- the process ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served(dsn: str, data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, str]]:
    """``bidding serve`` as a process; (process, API, live)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bidding.cli.main import main; main()",
        "serve",
        env={
            **os.environ,
            "BIDDING_DATABASE_URL": dsn,
            "BIDDING_DATA": str(data),
            "BIDDING_PORT": "0",
            "BIDDING_LIVE_PORT": "0",
            "BIDDING_WORKERS": "1",
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    found: dict[str, str] = {}
    try:
        async with asyncio.timeout(60):
            while len(found) < 2:
                words = (await process.stdout.readline()).decode().split()
                assert words or process.returncode is None, "the server ended"
                for word in words:
                    if word.startswith("http://"):
                        found["api"] = word
                    elif word.startswith("ws://"):
                        found["live"] = word
        yield process, found["api"], found["live"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_process_killed_between_upload_and_receipt(pg_dsn: str, folder: Path) -> None:
    """After the restart the same request, under the same key, gives one receipt (R-BID-04)."""
    data = folder / "data"
    async with AsyncExitStack() as stack:
        async with served(pg_dsn, data) as (process, api, live):
            code = (data / "keys" / "bootstrap-code").read_text().strip()
            operator = await first_operator(api, DeviceCredential.generate(), stack, code)
            stand = _elsewhere(api, live, operator)
            play = await stack.enter_async_context(tender(stand, folder / "papers", bidders=2))
            uploaded, cut_off = play.bidders
            first = signed_request(uploaded, play.lot, "bid/submit", await ready(play, uploaded))
            second = signed_request(cut_off, play.lot, "bid/submit", await ready(play, cut_off))
            # One is killed before it could ask, the other while it waits for the answer.
            waiting = asyncio.create_task(_posted(cut_off, play.lot, second))
            await asyncio.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(waiting, return_exceptions=True)
        async with served(pg_dsn, data) as (_, api, live):
            for member in play.troupe.members:
                member.session.http.base_url = httpx2.URL(api)
            key = unb64((await uploaded.member.session.get("/keys"))["receipt_test"])
            for one, request in ((uploaded, first), (cut_off, second)):
                answers = [await _posted(one, play.lot, request) for _ in range(3)]
                assert {answer.status_code for answer in answers} == {200}, answers[0].text
                assert len({answer.content for answer in answers}) == 1
                own = await own_bid(play, one)
                assert [v["receipt"] for v in own["versions"]] == [answers[0].json()["receipt"]]
                assert own["refused"] == []
                said = answers[0].json()
                verify_receipt(Signed(said["receipt"].encode(), unb64(said["receipt_signature"])), key)


def _elsewhere(api: str, live: str, operator: Member) -> Stand:
    """A stand whose service runs in another process."""
    stand: Stand = object.__new__(Stand)
    for name, value in (("api", api), ("live", live), ("operator", operator)):
        object.__setattr__(stand, name, value)
    return stand


async def _posted(one: BidderOnStage, lot: str, request: tuple[bytes, dict[str, str]]) -> httpx2.Response:
    return await one.member.session.http.post(
        f"/lots/{lot}/bid/submit", content=request[0], headers=request[1]
    )


# --- the clock ---------------------------------------------------------------------------------------------------


class SetClock:
    """The platform's clock, in a test's hands. ``at`` None: it runs as ever."""

    def __init__(self, true: Clock) -> None:
        self.true = true
        self.at: datetime | None = None

    def now(self) -> datetime:
        return self.at or self.true.now()


async def test_a_bid_is_in_time_to_the_last_millisecond_and_the_close_is_final(
    own: Stand, folder: Path
) -> None:
    async with tender(own, folder / "papers", bidders=3) as play:
        early, late, after = play.bidders
        bodies = [await ready(play, one) for one in play.bidders]
        lot = await own.service.platform.load(play.lot)
        test_clock, closes = lot.control.clock, await deadline(play)
        assert test_clock is not None
        at_close = test_clock.real_of(closes)
        clock = SetClock(own.service.platform.clock)
        own.service.platform.clock = clock
        key = unb64((await own.operator.session.get("/keys"))["receipt_test"])

        clock.at = at_close - timedelta(milliseconds=1)
        answer = await early.member.session.command(play.lot, "bid/submit", bodies[0])
        receipt = verify_receipt(Signed(answer["receipt"].encode(), unb64(answer["receipt_signature"])), key)
        assert datetime.fromisoformat(receipt.completed_at) == closes - timedelta(milliseconds=1)

        # A timer that fires while the clock is set back must not be forgotten.
        timer = Timer(subject=play.lot, kind="opening/close", due_at=at_close)
        await own.service.timekeeper._fire(timer)
        assert (await play.view())["phase"] == "noticed"
        assert any(
            one.kind == "opening/close" and one.subject == play.lot
            for one in await own.service.platform.readmodels.due(at_close + timedelta(seconds=1), 100)
        )

        clock.at = at_close
        refused = await _refused(late, play.lot, bodies[1])
        assert refused.code == "bid-late"
        said = Signed(refused.found["receipt"].encode(), unb64(refused.found["receipt_signature"]))
        assert verify_refusal(said, key).code == "LATE"
        await play.wait_for("the close", lambda view: view["phase"] == "failed")

        for back in (timedelta(hours=1), timedelta(days=3)):
            clock.at = at_close - back
            assert (await _refused(after, play.lot, bodies[2])).code == "bid-late"
            assert (await play.view())["phase"] == "failed"
        own_answers = [await own_bid(play, one) for one in (late, after)]
        assert all(one["versions"] == [] and one["refused"] for one in own_answers)


async def _refused(one: BidderOnStage, lot: str, body: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        await one.member.session.command(lot, "bid/submit", body)
    return refused.value


# --- clients ------------------------------------------------------------------------------------------------------


async def test_a_client_that_stops_half_way_holds_nothing_up(stand: Stand, folder: Path) -> None:
    """Uploads without a submission: no bid, and the lot closes as it would without them."""
    async with tender(stand, folder, bidders=3) as play:
        for one in play.bidders[:2]:
            await ready(play, one)
        view = await closed(play)
        assert view["phase"] == "failed"
        assert view["opening"]["received"] == 0
        assert (await own_bid(play, play.bidders[0]))["versions"] == []


async def test_clients_that_hang_up_get_the_same_answer_when_they_ask_again(
    stand: Stand, folder: Path
) -> None:
    async with tender(stand, folder, bidders=5) as play:
        requests = [
            signed_request(one, play.lot, "bid/submit", await ready(play, one)) for one in play.bidders
        ]
        for delay, one, request in zip((0.0, 0.002, 0.008, 0.02, 0.05), play.bidders, requests, strict=True):
            asking = asyncio.create_task(_posted(one, play.lot, request))
            await asyncio.sleep(delay)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        for one, request in zip(play.bidders, requests, strict=True):
            answer = await _posted(one, play.lot, request)
            assert answer.status_code == 200, answer.text
            own = await own_bid(play, one)
            assert [v["receipt"] for v in own["versions"]] == [answer.json()["receipt"]]
            assert own["refused"] == []
            assert one.folder is not None
            assert own["effective"] == hashlib.sha256(one.folder.signed.payload).hexdigest()
