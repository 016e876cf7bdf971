"""Takes the outbox to one target, in order, and looks at what the target shows of it (R-DOC-02, R-PLAT-10).

How far it has come is the target's own tracking row: a restart sends at most one item twice, and the target knows it by
key and stamp. A target that does not answer is tried again ever less often; nothing overtakes what waits.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import msgspec
import structlog

from bidding.application.exchange.ports import Channel, Item, Outbox, Refused, Target, Unreachable
from bidding.application.exchange.publication import shown_hash
from bidding.application.exchange.record import stamp
from bidding.application.keyring import signed
from bidding.application.leading import lead
from bidding.application.platform import Platform
from bidding.crypto.canonical import b64
from bidding.crypto.provider import PlatformKey
from bidding.domain.errors import Refusal
from bidding.domain.media.commands import ReportEcho

log = structlog.get_logger(__name__)

LABEL = "bidding/exchange/v1"
BATCH = 50
#: Seconds: the first pause after a failure, and the longest; each is twice the one before.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
#: Seconds between looks for something new when nothing woke the courier.
POLL = 5.0
#: When a medium is looked at again, and for how long after the publication.
ECHO_EVERY = timedelta(minutes=10)
ECHO_FOR = timedelta(days=90)


class Courier:
    """``key``: signs what is sent, label and a zero byte before the body. One courier per target."""

    def __init__(
        self, platform: Platform, outbox: Outbox, channel: Channel, target: Target, key: PlatformKey
    ) -> None:
        self._platform, self._outbox = platform, outbox
        self._channel, self._target, self._key = channel, target, key
        self._failures = 0
        self.woken = asyncio.Event()

    @property
    def name(self) -> str:
        """Of the target's tracking row, and of the leadership over it."""
        return f"{self._channel}:{self._target.name}"

    async def run(self) -> None:
        """For ever. A store that does not answer delays what is sent, and loses none."""
        await lead(self._platform.gate, self.name, self._on_duty, part="exchange")

    async def _on_duty(self) -> None:
        while True:
            self.woken.clear()
            pause = await self.step()
            with suppress(TimeoutError):
                # `wait_for` of Python 3.11 may lose that the leadership is lost
                async with asyncio.timeout(pause):
                    await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        """Something new ends the wait for something new, not the pause after a failure."""
        if self._failures:
            await asyncio.sleep(pause)
        else:
            await self.woken.wait()

    async def step(self) -> float:
        """Send what waits, look at what is due. Returns the seconds after which to come again."""
        try:
            await self._send()
            if self._channel is Channel.MEDIA:
                await self._look()
        except Unreachable as error:
            self._failures += 1
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 20))
            log.warning("exchange.unreachable", target=self.name, reason=str(error), retry_after=pause)
            return pause
        self._failures = 0
        return POLL

    async def _send(self) -> None:
        reached = await self._outbox.reached(self.name)
        while items := await self._outbox.items(self._channel, reached, BATCH):
            for item in items:
                await self._deliver(item)
                reached = item.number

    async def _deliver(self, item: Item) -> None:
        now = self._platform.clock.now()
        signature = b64((await signed(LABEL, msgspec.json.decode(item.body), self._key)).signature)
        try:
            await self._target.deliver(item, signature)
        except Refused as error:
            log.error("exchange.refused", target=self.name, item=item.key, reason=str(error))
            await self._outbox.taken(self.name, item.number, refused=(str(error), now))
            return
        watched = now if self._channel is Channel.MEDIA else None
        await self._outbox.taken(self.name, item.number, echo_at=watched)

    async def _look(self) -> None:
        now = self._platform.clock.now()
        for item, before in await self._outbox.echoes(self.name, now, BATCH):
            shown = shown_hash(item.kind, await self._target.echo(item))
            if shown != (before or item.hash):
                await self._report(item, shown)
            again = now + ECHO_EVERY if item.stamp > stamp(now - ECHO_FOR) else None
            await self._outbox.looked(self.name, item.number, shown, again)

    async def _report(self, item: Item, shown: str) -> None:
        command = ReportEcho(
            medium=self._target.name, item=item.key, kind=item.kind, hash=item.hash, shown=shown
        )
        try:
            await self._platform.act(item.lot, command)
        except Refusal as refusal:
            log.info("exchange.echo-known", code=refusal.code)  # reported before a crash
        else:
            log.error("exchange.echo", target=self.name, item=item.key, altered=shown != item.hash)
