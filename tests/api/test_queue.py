"""R-PAIN-01: who comes when all places are taken waits in turn, and is told what is not yet received."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from bidding.api.turnstile import TooManyWait, Turnstile
from storage.database import Database
from storage.objects.directory import DirectoryStore
from tests.api.test_tus import BYTES, DATA, TUS, Site, said, standing
from tests.storage.conftest import database
from tests.storage.objects.conftest import directory_store, root

__all__ = ["database", "directory_store", "root"]


class Watched(Turnstile):
    """Counts who is inside."""

    inside = most = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with super().turn():
            self.inside += 1
            self.most = max(self.most, self.inside)
            try:
                yield
            finally:
                self.inside -= 1


# Uploads beyond the capacity


async def test_uploads_beyond_the_places_wait_and_all_arrive(
    directory_store: DirectoryStore, database: Database
) -> None:
    watched = Watched(2, waiting=20)
    async with standing(directory_store, database, watched) as site:
        places = [await site.create(len(DATA)) for _ in range(8)]
        answers = await asyncio.gather(*(site.patch(at, 0, DATA) for at in places))
        assert [one.status_code for one in answers] == [204] * 8
        assert {one.headers["upload-offset"] for one in answers} == {str(len(DATA))}
        assert watched.most == 2


async def test_beyond_the_queue_nothing_is_read_and_it_is_said_so(
    directory_store: DirectoryStore, database: Database
) -> None:
    async with standing(directory_store, database, Turnstile(1, waiting=0)) as site:
        holder, other = await site.create(len(DATA)), await site.create(len(DATA))
        writer = await site.raw(holder, 0, len(DATA))
        writer.write(DATA[:1000])
        await writer.drain()
        refused = await _refused(site, other)
        assert said(refused, 503, "tus-queue-full")
        assert 2 <= int(refused.headers["retry-after"]) <= 5
        assert "尚未收到" in refused.text
        assert await site.offset(other) == 0
        started = await site.http.post(
            "/uploads", content=DATA, headers=BYTES | {"Upload-Length": str(len(DATA))}
        )
        assert (started.status_code, started.headers["upload-offset"]) == (201, "0")
        writer.close()
        await site.until(holder, 1000)
        await _sent(site, other)
        await _sent(site, started.headers["location"])


async def _refused(site: Site, location: str) -> httpx2.Response:
    """Until the holder of the place is inside, the other may still get it: then it is asked anew."""
    async with asyncio.timeout(60):
        while True:
            answer = await site.http.patch(
                location, content=b"", headers=TUS | BYTES | {"Upload-Offset": "0"}
            )
            if answer.status_code == 503:
                return answer


async def _sent(site: Site, location: str) -> None:
    async with asyncio.timeout(60):
        while (await site.patch(location, 0, DATA)).status_code != 204:
            pass


# The turnstile


async def test_places_are_given_in_the_order_of_arrival() -> None:
    turnstile, order = Turnstile(1, waiting=10), []
    opened = asyncio.Event()

    async def pass_(name: int) -> None:
        async with turnstile.turn():
            order.append(name)
            await opened.wait()

    tasks = [asyncio.create_task(pass_(name)) for name in range(5)]
    await asyncio.sleep(0)
    opened.set()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_who_goes_away_leaves_its_place_in_the_queue() -> None:
    turnstile = Turnstile(1, waiting=1)
    async with turnstile.turn():
        waiting = asyncio.create_task(turnstile.turn().__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(TooManyWait):
            await turnstile.turn().__aenter__()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        again = asyncio.create_task(turnstile.turn().__aenter__())
        await asyncio.sleep(0)
        assert not again.done()
    await again
