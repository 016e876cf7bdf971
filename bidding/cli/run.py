"""Plays one scenario against a running platform, through its public interfaces only."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bidding.client.session import Problem
from bidding.stage import concluding, opening, preparing, sealing
from bidding.stage.cast import Member, Troupe
from bidding.stage.play import Play, PlayFailed
from bidding.stage.script import Script
from bidding.stage.theatre import Theatre


async def perform(
    script: Script, *, url: str, live_url: str, operator: Member, theatre: Theatre, folder: Path
) -> dict[str, Any]:
    """The whole play; returns its report. A step that fails ends it, with ``ok`` false and the step's name."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        play = Play(
            script=script,
            troupe=Troupe(url, stack, operator),
            theatre=theatre,
            live_url=live_url,
            folder=folder,
        )
        theatre.title(script.title, script.story)
        watching: list[asyncio.Task[None]] = []
        report: dict[str, Any] = {"title": script.title, "ok": True, "error": ""}
        try:
            await _acts(play, watching)
            report.update(await concluding.record(play))
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


def scratch() -> Path:
    """A folder for the parties' papers: theirs, not the platform's."""
    return Path(tempfile.mkdtemp(prefix="bidding-play-"))
