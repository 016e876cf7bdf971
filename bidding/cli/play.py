"""``bidding demo``: the five scenarios, played on embedded defaults."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bidding.cli.failure import Exit, failure
from bidding.cli.terminal import out

Report = Annotated[
    Path | None, typer.Option("--report", metavar="FILE.json", help="机读报告 · machine-readable report")
]


def demo(
    once: Annotated[bool, typer.Option("--once", help="演完即退出 · play and exit")] = False,
    report: Report = None,
) -> None:
    """在内置服务上演示五个标段,全程公开接口;Ctrl-C 停止,数据保留。Play five tenders on embedded defaults."""
    from bidding.cli.demo import demo as play
    from bidding.cli.serve import load_settings, require_writable
    from bidding.cli.startup import explained

    settings = load_settings()
    require_writable(settings.data)
    with explained(settings):
        ok = asyncio.run(play(once=once, report=report, settings=settings, console=out()))
    if not ok:
        raise failure(
            Exit.FOUND_WRONG,
            ("有场景未通过", "a scenario failed"),
            ("查看上面的输出或报告", "see the output above, or the report"),
        )
