"""Work that one process does at a time, for ever: whoever leads does it, another takes over."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bidding.application.ports import Gate, Unavailable

log = structlog.get_logger(__name__)


async def lead(
    gate: Gate, name: str, work: Callable[[], Awaitable[object]], /, *, part: str, **said: str
) -> None:
    """``work``, again and again, each time as the leader of ``name``. A store that does not answer delays it and loses
    nothing: that is logged as ``<part>.store-unavailable``, with ``said``, and waited out."""
    while True:
        try:
            async with gate.leader(name):
                await work()
        except Unavailable as error:
            log.warning(f"{part}.store-unavailable", **said, retry_after=error.retry_after)
            await asyncio.sleep(error.retry_after)


async def paced(step: Callable[[], Awaitable[object]], pace: float) -> None:
    """``step`` for ever, ``pace`` seconds apart."""
    while True:
        await step()
        await asyncio.sleep(pace)
