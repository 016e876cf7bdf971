"""``bidding status``: is the platform ready? With ``--clock``: does its clock go? (a health check)"""

import time
from typing import Annotated, Any

import httpx2
import typer

from bidding.cli.connection import Url
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line

TIMEOUT = 10.0


def status(
    url: Url = "http://127.0.0.1:8000",
    clock: Annotated[
        bool, typer.Option("--clock", help="只看本机时钟进程的心跳 · only this machine's clock process")
    ] = False,
) -> None:
    """平台是否就绪;就绪退出码为 0,否则为 4。Whether the platform is ready: exit code 0, else 4."""
    if clock:
        _clock()
        return
    response = httpx2.get(f"{url.rstrip('/')}/readyz", timeout=TIMEOUT)
    found: dict[str, Any] = response.json()
    for name, state in found.get("parts", {}).items():
        line(f"{'✓' if state == 'ok' else '✗'} {name}: {state}", "green" if state == "ok" else "red")
    if response.status_code != 200:
        raise failure(
            Exit.UNREACHABLE,
            ("平台未就绪", "the platform is not ready"),
            (
                "几秒后再试;若持续,查看服务器日志",
                "try again in a few seconds; if it lasts, see the server's log",
            ),
        )
    line(f"✓ {say('就绪', 'ready')}", "bold green")


def _clock() -> None:
    from bidding.cli.serve import load_settings
    from bidding.compose.heartbeat import FILE, OLDEST, age

    folder = load_settings().data
    # The file's time and this one are the same machine's: only their difference counts.
    since = age(folder, time.time())  # noqa: TID251 - compared with a file time, which is the system clock
    if since is None or since > OLDEST:
        last = "" if since is None else f" ({since:.0f} s)"
        raise failure(
            Exit.UNREACHABLE,
            (
                f"时钟没有心跳{last}:{folder / FILE}",
                f"the clock gives no sign of life{last}: {folder / FILE}",
            ),
            (
                "检查 bidding serve clock 是否在运行,数据库是否可达",
                "see that bidding serve clock runs and its database answers",
            ),
        )
    line(f"✓ {say('时钟正常', 'the clock goes')} ({since:.0f} s)", "green")
