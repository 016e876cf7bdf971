"""``bidding log audit``: whether the event log still is what its tree was signed for."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import err, line

if TYPE_CHECKING:
    from bidding.application.log.audit import Erasure, Finding
    from bidding.compose.settings import Settings

log = typer.Typer(
    help="可验证日志:由平台对全部事件重新核验。The verifiable log, audited where its database is.",
    no_args_is_help=True,
)

#: Findings that are shown one by one: an altered tree has as many as it has leaves.
SHOWN = 50


@log.command()
def audit(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="别处留存的检查点,可多次给出 · a checkpoint that somebody else kept; more than one may be given",
        ),
    ] = None,
) -> None:
    """逐条核验全部事件与日志树;有一处不符退出码为 1。Commit to every event again; exit code 1 if one does not fit.

    在平台的数据目录或数据库旁运行,服务可不停。监督部门带来自己留存的检查点。Run it where the platform's data are,
    beside the running platform; a supervisor brings the checkpoints that it or its witness kept.
    """
    from bidding.cli.serve import load_settings
    from bidding.cli.startup import explained

    settings = load_settings()
    kept = [path.read_bytes() for path in checkpoint or ()]
    with explained(settings):
        size, found = asyncio.run(_audited(settings, kept))
    if found:
        raise failure(
            Exit.FOUND_WRONG,
            (f"日志与事件不符:{found} 处", f"events and log do not fit, in {found} places"),
            (
                "停止写入,保全数据库,把检查点与本输出交监督部门",
                "stop writing, preserve the database, give checkpoints and this output to the supervisor",
            ),
        )
    line(
        f"✓ {say('全部事件与日志树相符', 'every event is what its leaf commits to')} ({size},"
        f" {say('另核对检查点', 'checkpoints kept elsewhere')} {len(kept)})",
        "bold green",
    )


async def _audited(settings: "Settings", kept: list[bytes]) -> tuple[int, int]:
    """(leaves audited, how many findings), each shown as it is found, with a bar below."""
    from bidding.application.log.audit import audit as findings
    from bidding.compose.audit import NoLog, auditing

    console, found = err(), 0
    columns = (
        TextColumn(say("核验日志", "auditing")),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        async with auditing(settings) as (store, identity):
            size = (await store.head()).size
            with Progress(
                *columns, console=console, transient=True, disable=not console.is_terminal
            ) as progress:
                task = progress.add_task("", total=size)

                def tell(done: int) -> None:
                    progress.update(task, completed=done)

                async for one in findings(store, identity, kept, _erased, tell):
                    found += 1
                    if found <= SHOWN:
                        _show(one)
    except NoLog:
        raise failure(
            Exit.USAGE,
            (f"此处没有平台的数据:{settings.data}", f"no platform's data are here: {settings.data}"),
            ("用 BIDDING_DATA 指明数据目录", "name the data folder by BIDDING_DATA"),
        ) from None
    if found > SHOWN:
        line(f"… {found - SHOWN}")
    return size, found


def _erased(one: "Erasure") -> None:
    said = say(
        "个人信息依命令删除,见事件 {by}", "personal data erased, on the order that event {by} carries out"
    )
    line(f"○ {say('事件', 'event')} {one.position}: {said.format(by=one.by)}")


def _show(one: "Finding") -> None:
    event = f" {say('事件', 'event')} {one.position}" if one.position else ""
    leaf = f" {say('叶', 'leaf')} {one.leaf}" if one.leaf >= 0 else ""
    line(f"✗{event}{leaf}: {one.fault}", "bold red")
