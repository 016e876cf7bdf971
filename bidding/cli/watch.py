"""``bidding watch``: an opening as spectators see it, in a terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.live import Live

from bidding.cli.connection import Lot as LotId
from bidding.cli.failure import Exit, failure
from bidding.cli.hall import screen
from bidding.cli.language import say
from bidding.cli.telling import told
from bidding.cli.terminal import Text, out
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.event import Event, decode
from bidding.domain.lot import Lot, Phase, evolve

#: Seconds until the gateway must have sent the state; and between two drawings of the countdown.
FIRST, DRAW = 15.0, 0.5
#: Before these the opening is not over.
_UNTIL_OPENED = (
    Phase.DRAFT,
    Phase.SUBMITTED,
    Phase.ADMITTED,
    Phase.PREQUALIFYING,
    Phase.NOTICED,
    Phase.CLOSED,
    Phase.OPENING,
)


class Hall:
    """The lot as a spectator knows it, and what time it is there."""

    def __init__(self) -> None:
        self.lot: Lot | None = None
        self.last = ""
        self._now: tuple[datetime, float] | None = None

    def take(self, frame: dict[str, Any]) -> Event | None:
        """One frame; returns its event, if it holds one that this program knows."""
        kind = frame.get("type")
        if "now" in frame:
            self._now = datetime.fromisoformat(frame["now"]), asyncio.get_running_loop().time()
        if kind == "state":
            self.lot = msgspec.convert(frame["lot"], Lot)
        if kind != "event" or self.lot is None:
            return None
        fields = dict(frame["event"])
        try:
            event = decode(fields.pop("type"), msgspec.json.encode(fields))
        except (KeyError, msgspec.MsgspecError):
            return None  # of a newer platform: the rest is still worth seeing
        self.lot = evolve(self.lot, event)
        self.last = told(event, self.lot, str(frame["at"]))
        return event

    @property
    def now(self) -> datetime | None:
        """The lot's instant, carried on from the last frame that told it."""
        if self._now is None:
            return None
        instant, heard = self._now
        return datetime.fromtimestamp(
            instant.timestamp() + asyncio.get_running_loop().time() - heard, tz=instant.tzinfo
        )

    @property
    def over(self) -> bool:
        return self.lot is not None and self.lot.phase not in _UNTIL_OPENED


def watch(
    lot_id: LotId,
    live_url: Annotated[
        str,
        typer.Option(
            "--live-url",
            envvar="BIDDING_LIVE_URL",
            metavar="URL",
            help="ws://… 或 wss://… · the live gateway",
        ),
    ],
) -> None:
    """在终端里旁观开标,不需登录;开标结束即退出。Follow an opening without login, until it is over."""
    from websockets.exceptions import InvalidStatus, InvalidURI

    if not live_url.startswith(("ws://", "wss://")):
        raise _no_address(live_url)
    try:
        asyncio.run(_watch(live_url.rstrip("/"), lot_id))
    except InvalidURI:
        raise _no_address(live_url) from None
    except InvalidStatus as refusal:
        raise failure(
            Exit.REFUSED,
            (f"没有可旁观的标段 {lot_id}", f"there is no lot {lot_id} to watch"),
            (
                "核对标段编号;公告发布后方可旁观",
                "check the lot's id; it can be watched once its notice is out",
            ),
        ) from refusal


async def _watch(live_url: str, lot_id: str) -> None:
    from bidding.client.watching import watch as frames

    async with aclosing(frames(live_url, lot_id)) as stream:
        try:
            first = await asyncio.wait_for(anext(stream), FIRST)
        except TimeoutError:
            raise failure(
                Exit.UNREACHABLE,
                (f"直播网关没有回应:{live_url}", f"the live gateway does not answer: {live_url}"),
                ("检查网址(serve 启动时显示)与网络", "check the address (serve prints it) and the network"),
            ) from None
        hall = Hall()
        hall.take(first)
        if out().is_terminal:
            await _drawn(hall, stream)
        else:
            await _printed(hall, stream)


async def _drawn(hall: Hall, stream: AsyncIterator[dict[str, Any]]) -> None:
    """A screen that is drawn anew on each event, and between them for the countdown."""
    with Live(screen(hall.lot, hall.now, hall.last), console=out(), auto_refresh=False) as live:

        def draw() -> None:
            live.update(screen(hall.lot, hall.now, hall.last), refresh=True)

        async def tick() -> None:
            while True:
                await asyncio.sleep(DRAW)
                draw()

        ticking = asyncio.create_task(tick())
        try:
            while not hall.over:
                hall.take(await anext(stream))
                draw()
        finally:
            ticking.cancel()


async def _printed(hall: Hall, stream: AsyncIterator[dict[str, Any]]) -> None:
    """The state once, a line for each event, the state at the end: for pipes and logs."""
    console = out()
    console.print(screen(hall.lot, hall.now, ""))
    if hall.over:
        return
    while not hall.over:
        if hall.take(await anext(stream)) is not None:
            console.print(Text(hall.last))
    console.print(screen(hall.lot, hall.now, ""))


def _no_address(url: str) -> Exception:
    return failure(
        Exit.USAGE,
        (f"不是直播地址:{url}", f"no address of a live gateway: {url}"),
        (say("写成", "write") + " ws://host:port",) * 2,
    )
