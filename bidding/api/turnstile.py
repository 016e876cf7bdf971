"""A fair queue before a scarce place: first come, first served, and told plainly when it is too long (R-PAIN-01)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class TooManyWait(Exception):
    """The queue is full. How long it is, is nobody's to know: it would tell how many bid (R-DOC-03)."""


class Turnstile:
    """``at_once``: places; ``waiting``: how many may wait for one."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._may_wait, self._waiting = waiting, 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place, in the order of arrival. Raises ``TooManyWait``."""
        if self._places.locked() and self._waiting >= self._may_wait:
            raise TooManyWait
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
