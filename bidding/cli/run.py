"""Plays one scenario against a running platform, through its public interfaces only."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bidding.cli.connection import Url
from bidding.cli.device import KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.terminal import out
from bidding.client.session import Problem
from bidding.stage import concluding, opening, preparing, proving, sealing
from bidding.stage.cast import Member, Troupe, first_operator
from bidding.stage.play import Play, PlayFailed
from bidding.stage.script import Script, load
from bidding.stage.theatre import Terminal, Theatre


async def perform(
    script: Script,
    *,
    url: str,
    live_url: str,
    operator: Member,
    theatre: Theatre,
    folder: Path,
    exports: Path | None = None,
) -> dict[str, Any]:
    """The whole play; returns its report. A step that fails ends it, with ``ok`` false and the step's name.

    ``exports``: where the lot's record, bundles and proofs are left to be verified again; ``folder`` if None.
    """
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        play = Play(
            script=script,
            troupe=Troupe(url, stack, operator),
            theatre=theatre,
            live_url=live_url,
            folder=folder,
            exports=exports,
        )
        theatre.title(script.title, script.story)
        watching: list[asyncio.Task[None]] = []
        report: dict[str, Any] = {"title": script.title, "ok": True, "error": ""}
        try:
            await _acts(play, watching)
            report.update(await proving.proofs(play))
            concluding.spectators_saw_all(play)
        except (PlayFailed, Problem, AssertionError) as error:
            report.update(ok=False, error=str(error))
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
    report.update(
        lot=play.lot,
        seconds=round(time.monotonic() - began, 1),
        steps=[asdict(step) for step in play.steps],
        waived_fen=play.waived_fen,
        spectator_frames=len(play.seen),
    )
    theatre.ended(report["ok"], f"{script.title}:{'完成' if report['ok'] else report['error']}")
    return report


async def _acts(play: Play, watching: list[asyncio.Task[None]]) -> None:
    await preparing.cast(play)
    await preparing.admission(play)
    await preparing.booking(play)
    await preparing.notice(play)
    watching.append(asyncio.create_task(play.spectate(shown=True), name="spectator"))
    await sealing.bids(play)
    await sealing.signing_in(play)
    await sealing.receipts_hold(play)
    if play.script.expect.ending == "failed-at-deadline":
        await concluding.never_opened(play)
        await concluding.money(play)
        return
    await opening.opening(play)
    await concluding.evaluation(play)
    if play.script.suspension:
        await concluding.suspension(play)
    await concluding.award(play)
    await concluding.contract(play)
    await concluding.money(play)


def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="场景文件 · the scenario")],
    url: Url,
    live_url: Annotated[str, typer.Option("--live-url", metavar="URL", help="直播地址 · websocket address")],
    key: KeyFile,
    bootstrap: Annotated[
        str,
        typer.Option(
            "--bootstrap-code",
            envvar="BIDDING_BOOTSTRAP_CODE",
            help="首次启动的一次性代码 · the one-time code",
        ),
    ] = "",
) -> None:
    """在运行中的平台上演一个场景(测试标段);--key 为中心操作员的设备。Play one scenario on a running platform."""
    device = read_device(key)
    script = load(scenario)

    async def play() -> dict[str, Any]:
        async with AsyncExitStack() as stack:
            operator = await first_operator(url, device, stack, bootstrap)
            with tempfile.TemporaryDirectory(prefix="bidding-play-") as folder:
                return await perform(
                    script,
                    url=url,
                    live_url=live_url,
                    operator=operator,
                    theatre=Terminal(out()),
                    folder=Path(folder),
                )

    if not asyncio.run(play())["ok"]:
        raise failure(
            Exit.FOUND_WRONG,
            ("场景未通过", "the scenario failed"),
            ("查看上面的输出", "see the output above"),
        )
