"""Resumable uploads: whatever arrived stays; what was lost is sent again, and nothing twice."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bidding.client import upload as module
from bidding.client.session import Problem
from bidding.client.upload import ATTEMPTS, upload
from tests.client.platform import Scripted, problem, session

CHUNK = 1000
DATA = hashlib.shake_256(b"sealed").digest(4500)


class Store:
    """A tus server's memory: what arrived at which offset."""

    def __init__(self) -> None:
        self.received = bytearray()

    def create(self, request: httpx2.Request) -> httpx2.Response:
        self.received.clear()
        return httpx2.Response(201, headers={"Location": "http://platform/uploads/new"})

    def head(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"Upload-Offset": str(len(self.received))})

    def take(self, request: httpx2.Request) -> httpx2.Response:
        if int(request.headers["Upload-Offset"]) != len(self.received):
            return problem(409, "offset-mismatch")
        self.received += request.content
        return httpx2.Response(204, headers={"Upload-Offset": str(len(self.received))})

    def take_and_break(self, request: httpx2.Request) -> httpx2.Response:
        """The bytes arrive, the answer does not."""
        self.take(request)
        raise httpx2.ReadError("cut")

    def take_half_and_break(self, request: httpx2.Request) -> httpx2.Response:
        self.received += request.content[: len(request.content) // 2]
        raise httpx2.WriteError("cut")


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", CHUNK)
    monkeypatch.setattr(module, "BLOCK", 300)

    async def at_once(seconds: float, *_: Any) -> None: ...

    monkeypatch.setattr("bidding.client.upload.asyncio.sleep", at_once)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "form.sealed"
    path.write_bytes(DATA)
    return path


def scripted(store: Store, *patches: Any, **more: Any) -> Scripted:
    answers = {"POST": [store.create], "HEAD": [store.head], "PATCH": [*patches, store.take], **more}
    return Scripted(answers)


async def test_a_file_arrives_whole_and_its_progress_is_told(file: Path) -> None:
    store, told, began = Store(), list[tuple[int, int]](), list[str]()
    platform = scripted(store)
    async with session(platform) as party:
        made = await upload(
            party, "lot-1", "form", file, progress=lambda *at: told.append(at), began=began.append
        )
    assert store.received == DATA
    assert made == "new"
    assert began == ["new"]
    assert told[-1] == (len(DATA), len(DATA))
    assert len(platform.of("PATCH")) == 5


@pytest.mark.parametrize("fault", ["take_and_break", "take_half_and_break"])
async def test_after_a_break_it_goes_on_where_the_platform_stands(file: Path, fault: str) -> None:
    store = Store()
    broken: Callable[[httpx2.Request], httpx2.Response] = getattr(store, fault)
    async with session(scripted(store, store.take, broken)) as party:
        await upload(party, "lot-1", "form", file)
    assert store.received == DATA


async def test_a_known_upload_is_taken_up_and_not_begun_again(file: Path) -> None:
    store, began = Store(), list[str]()
    store.received += DATA[:2500]
    platform = scripted(store)
    async with session(platform) as party:
        assert await upload(party, "lot-1", "form", file, known="old", began=began.append) == "old"
    assert store.received == DATA
    assert platform.of("POST") == []
    assert began == []
    assert platform.of("PATCH")[0].headers["Upload-Offset"] == "2500"


async def test_a_known_upload_that_is_complete_sends_nothing(file: Path) -> None:
    store = Store()
    store.received += DATA
    platform = scripted(store)
    async with session(platform) as party:
        await upload(party, "lot-1", "form", file, known="old")
    assert [one.method for one in platform.requests] == ["HEAD"]


@pytest.mark.parametrize("status", [404, 410])
async def test_an_upload_that_was_cleared_away_is_begun_anew(file: Path, status: int) -> None:
    store, began = Store(), list[str]()
    platform = scripted(store, HEAD=[problem(status, "upload-gone"), store.head])
    async with session(platform) as party:
        assert await upload(party, "lot-1", "form", file, known="old", began=began.append) == "new"
    assert store.received == DATA
    assert began == ["new"]


@pytest.mark.parametrize("status", [409, 423, 503])
async def test_what_passes_is_waited_for_also_when_the_platform_cannot_yet_say_where_it_stands(
    file: Path, status: int
) -> None:
    store = Store()
    platform = scripted(
        store, store.take, problem(status, "busy"), HEAD=[problem(status, "busy"), store.head]
    )
    async with session(platform) as party:
        await upload(party, "lot-1", "form", file)
    assert store.received == DATA


async def test_a_refusal_is_told_at_once(file: Path) -> None:
    store = Store()
    platform = scripted(store, problem(415, "plaintext"))
    async with session(platform) as party:
        with pytest.raises(Problem, match="plaintext"):
            await upload(party, "lot-1", "form", file)
    assert len(platform.of("PATCH")) == 1


async def test_it_gives_up_after_so_many_failures_in_a_row(file: Path) -> None:
    store = Store()
    platform = Scripted({"POST": [store.create], "HEAD": [store.head], "PATCH": [httpx2.WriteError("cut")]})
    async with session(platform) as party:
        with pytest.raises(httpx2.WriteError):
            await upload(party, "lot-1", "form", file)
    assert len(platform.of("PATCH")) == ATTEMPTS


async def test_progress_between_failures_starts_the_count_anew(file: Path) -> None:
    store = Store()
    faults = [httpx2.WriteError("cut")] * (ATTEMPTS - 1)
    async with session(scripted(store, *faults, store.take, *faults)) as party:
        await upload(party, "lot-1", "form", file)
    assert store.received == DATA
