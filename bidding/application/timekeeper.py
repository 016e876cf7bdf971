"""The one task that lets instants pass: at each due timer it gives the platform's command.

Timers are a projection of events, so a restart loses none; firing twice is harmless, because a command that
was given already is out of order by then. One process at a time holds the leadership. What follows from an
event at once (``bidding.application.reactions``) is a timer that is due when it is set.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog

from bidding.application.leading import lead
from bidding.application.platform import Platform
from bidding.application.ports import Timer, Unavailable
from bidding.application.reactions import Reaction
from bidding.domain.calendar import CalendarUnknown
from bidding.domain.command import COMMANDS
from bidding.domain.errors import Refusal, Suspended, TooEarly

log = structlog.get_logger(__name__)

NAME = "clock"
#: Seconds between looks when nothing is announced; other processes' timers are seen at the latest then.
POLL = 0.5
BATCH = 64
#: Seconds before a reaction that failed is tried again.
RETRY = 5.0
#: Seconds before one that no calendar can count is tried again.
UNKNOWN = 600.0


class Timekeeper:
    """``woken``: set by the projection of this process when timers changed, to look at once.

    ``reactions``: timer kind → what to do; any other kind is the name of a platform command.
    """

    def __init__(self, platform: Platform, woken: asyncio.Event, reactions: Mapping[str, Reaction]) -> None:
        self._platform, self._woken, self._reactions = platform, woken, reactions
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """For ever. A store that does not answer delays timers, and loses none."""
        await lead(self._platform.gate, NAME, self._on_duty, part=NAME)

    async def _on_duty(self) -> None:
        try:
            await self._keep()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        """Whoever leads next must not meet ours at work: they end before the leadership is given up."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            self._woken.clear()
            now = self._platform.clock.now()
            # Those under way are still due: they must not fill the batch and keep later ones out.
            for timer in await self._platform.readmodels.due(now, BATCH + len(self._running)):
                self._start(timer)
            following = await self._platform.readmodels.next_due(now)
            wait = POLL if following is None else min(POLL, max(0.001, (following - now).total_seconds()))
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    def _start(self, timer: Timer) -> None:
        """Timers of different lots, and a lot's long opening beside its short deadlines, do not wait for each other."""
        key = timer.subject, timer.kind
        if key not in self._running:
            task = asyncio.create_task(self._fire(timer), name=f"timer {timer.kind}")
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))

    async def _fire(self, timer: Timer) -> None:
        try:
            reaction = self._reactions.get(timer.kind)
            if reaction is not None:
                await reaction(timer.subject)
            else:
                await self._platform.act(timer.subject, COMMANDS[timer.kind]())
        except TooEarly:
            # The clock was set back since the timer was found due: the timer stays, and is looked at again.
            await asyncio.sleep(POLL)
            return
        except Suspended:
            return  # the projection removes the timer and, after the lift, sets it again: not ours to clear
        except CalendarUnknown as unknown:
            # A term in a year without a calendar (R-TIME-03): not done, and nothing that looking again soon would mend.
            log.error("timer.calendar-unknown", kind=timer.kind, year=unknown.year)
            await asyncio.sleep(UNKNOWN)
            return
        except Refusal as refusal:
            log.info("timer.already-done", kind=timer.kind, code=refusal.code)
        except Unavailable as error:
            await asyncio.sleep(error.retry_after)
            return
        except Exception as error:
            # Its text may hold what it was working on: the class tells enough to look for the cause.
            log.error("timer.failed", kind=timer.kind, error=type(error).__name__)
            await asyncio.sleep(RETRY)
            return
        with suppress(Unavailable):
            await self._platform.readmodels.clear_timer(timer)
        self._woken.set()
