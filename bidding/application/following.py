"""Follows the event log from where it was, one process at a time, for whatever must happen once after an event."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import aclosing
from typing import ClassVar

import structlog

from bidding.application.leading import lead
from bidding.application.platform import Platform
from bidding.application.ports import Recorded, Unavailable

log = structlog.get_logger(__name__)

#: Events that concern nobody here after which the checkpoint is moved past them.
PASSED = 250
#: Seconds before an event is tried again on which it failed.
RETRY = 5.0


class Follower(ABC):
    """How far it has come is its own checkpoint: after a restart one event at most is taken again. Started for the
    first time, it begins at the end of the log."""

    #: Those that it looks at; empty: all.
    topics: ClassVar[tuple[str, ...]] = ()

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    @abstractmethod
    def name(self) -> str:
        """Of its leadership and its checkpoint."""

    @abstractmethod
    async def take(self, one: Recorded) -> bool:
        """Do what must be done after the event, once or again; whether anything was to be done."""

    async def run(self) -> None:
        """For ever. A store that does not answer delays it, and loses nothing."""
        await lead(self._platform.gate, self.name, self._follow, part="following", name=self.name)

    async def start(self) -> int:
        """The position after which to go on."""
        after = await self._platform.journal.checkpoint(self.name)
        if after is None:
            after = await self._platform.journal.position()
            # Of an empty log too: who began there must not begin at the end when it comes again.
            await self._platform.readmodels.passed(self.name, after)
        return after

    async def _follow(self) -> None:
        after = await self.start()
        async with aclosing(self._platform.journal.subscribe(after, self.topics)) as events:
            async for one in events:
                taken = await self._taken(one)
                if taken or one.position - after >= PASSED:
                    await self._platform.readmodels.passed(self.name, one.position)
                    after = one.position

    async def _taken(self, one: Recorded) -> bool:
        """An event on which it fails holds it up until it succeeds, and holds up no other part of the platform."""
        while True:
            try:
                return await self.take(one)
            except Unavailable:
                raise
            except Exception as error:
                # Its text may hold what it was working on: the class tells enough to look for the cause.
                log.error(
                    "following.failed", name=self.name, topic=one.event.TOPIC, error=type(error).__name__
                )
                await asyncio.sleep(RETRY)
