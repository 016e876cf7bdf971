"""The measured process of ``benchmarks.fanout``: the real gateway on uvloop and one core.

``python -m benchmarks.fanout_server FILE`` writes the frames that will follow to FILE ([length][frame] …), prints
one JSON line (port, lot, frames), and at each line on stdin a JSON line: ``memory`` → resident bytes; ``go`` → the
opening's events go to the gateway one by one, and the seconds (and of those the processor's) until the last byte
had left the process.
Only the journal is replaced: events come from a list instead of PostgreSQL, each in a turn of its own,
as they come in an opening, so that nothing is saved by writing two events together.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import struct
import sys
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import uvloop

from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Meta, Recorded
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from bidding.domain.opening.events import SubmissionClosed
from bidding.live.frames import event_text, framed
from bidding.live.gateway import Gateway
from tests.domain.opening.hall import HOST, OFFICER, Hall

LOT = "lot-1"
AT = datetime(2026, 6, 9, 1, 30, tzinfo=UTC)
BIDDERS = [f"bidder{n:02d}" for n in range(20)]


def opening() -> tuple[list[Recorded], list[Recorded]]:
    """(before, opening): the lot's events up to the deadline, and the public ones from it to the signed record."""
    hall = Hall()
    hall.announce(*BIDDERS)
    hall.confirm(*BIDDERS)
    hall.close_confirmation()
    hall.sign(HOST)
    hall.sign(OFFICER)
    events: list[Event] = hall.events
    count = itertools.count(1)
    told = [
        Recorded(
            stream=lot_stream(LOT),
            version=version,
            position=version,
            feed_position=next(count) if is_public(event) else None,
            event=event,
            meta=Meta(actor="agency"),
            event_id=UUID(int=version),
            recorded_at=AT,
        )
        for version, event in enumerate(events, start=1)
    ]
    begins = next(n for n, one in enumerate(told) if isinstance(one.event, SubmissionClosed))
    return told[:begins], told[begins:]


class ListedJournal:
    """What the gateway asks of a journal, out of two lists."""

    def __init__(self, before: list[Recorded], later: list[Recorded]) -> None:
        self.known, self._later = before, later
        self.go = asyncio.Event()
        self.told = asyncio.Event()

    async def load(self, stream: str, *, after: int = 0) -> list[Recorded]:
        return self.known[after:]

    async def position(self) -> int:
        return self.known[-1].position

    async def subscribe(self, after: int) -> AsyncGenerator[Recorded, None]:
        await self.go.wait()
        for one in self._later:
            yield one
            await asyncio.sleep(0)  # the loop sends what was written before the next event is taken
        self.told.set()
        await asyncio.Event().wait()


class StandingClock:
    def now(self) -> datetime:
        return AT


async def main(file: Path) -> None:
    before, later = opening()
    frames = [framed(event_text(one, one.feed_position)) for one in later if one.feed_position is not None]
    await asyncio.to_thread(
        file.write_bytes, b"".join(struct.pack("<I", len(frame)) + frame for frame in frames)
    )
    journal = ListedJournal(before, later)
    absent = cast(Any, None)
    platform = Platform(
        journal=cast(Any, journal),
        clock=StandingClock(),
        gate=absent,
        objects=absent,
        uploads=absent,
        readmodels=absent,
        calendar=absent,
        rulesets=(),
        random=os.urandom,
    )

    async def nobody(token: str) -> None:
        return None

    gateway = Gateway(platform, nobody)
    server = await gateway.serve("127.0.0.1", 0)
    following = asyncio.create_task(gateway.follow())
    port = next(iter(server.sockets)).getsockname()[1]
    say({"port": port, "lot": LOT, "frames": len(frames)})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "memory":
            gc.collect()
            say({"rss": resident(), "listeners": sum(len(hall.spectators) for hall in gateway.halls.all())})
        else:
            say(await tell(journal, gateway))
    following.cancel()
    for connection in server.connections:
        connection.transport.abort()
    server.close()
    await server.wait_closed()


async def tell(journal: ListedJournal, gateway: Gateway) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    journal.go.set()
    await journal.told.wait()
    (hall,) = gateway.halls.all()
    while any(one.transport.get_write_buffer_size() for one in hall.spectators):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0)
    return {"seconds": time.perf_counter() - began, "processor": time.process_time() - used}


def resident() -> int:
    """Bytes, from Linux's account of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))
