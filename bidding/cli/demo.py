"""The whole platform on embedded defaults, and five tenders played on it over HTTP and websockets."""

import asyncio
import json
import os
import signal
import tempfile
from contextlib import AsyncExitStack
from importlib import resources
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console

from bidding.cli.run import perform
from bidding.compose.running import Addresses, running
from bidding.compose.service import Service
from bidding.compose.settings import Settings
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.key_file import read_key_file, write_key_file
from bidding.stage.cast import Member, Troupe, first_operator
from bidding.stage.dataset import two_years
from bidding.stage.play import Play
from bidding.stage.script import Script, load
from bidding.stage.theatre import Silence, Terminal, yuan
from bidding.stage.visiting import Company, open_script, opened

PARTS = frozenset({"api", "live", "clock"})


def scripts() -> list[Script]:
    """The scenarios that come with the program, in their order."""
    folder = Path(str(resources.files("bidding"))).parent / "scenarios"
    installed = Path(str(resources.files("bidding"))) / "scenarios"
    found = sorted((installed if installed.is_dir() else folder).glob("*.toml"))
    return [load(path) for path in found]


async def demo(*, once: bool, report: Path | None, settings: Settings, console: Console) -> bool:
    """Play all scenarios; True if every step of each went as it must.

    Without ``once`` the platform goes on running afterwards, until Ctrl-C; the data are kept either way.
    """
    async with AsyncExitStack() as stack:
        settings.data.mkdir(parents=True, exist_ok=True)
        log = stack.enter_context((settings.data / "demo.log").open("a", encoding="utf-8"))
        # The play has the terminal to itself; what the platform logs goes beside its data.
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))
        told = settings.model_copy(update={"demo": True})
        service, addresses = await stack.enter_async_context(running(told, PARTS, two_years))
        if settings.tls and settings.tls_cert is None:  # the cast trusts the certificate made here
            os.environ["SSL_CERT_FILE"] = str(settings.tls_folder / "authority.pem")
        console.print(f"[bold]100服务[/]  API {addresses.api}  直播 {addresses.live}  数据 {settings.data}")
        console.print(f"在浏览器中观看 watch in a browser: [bold link]{addresses.api}/app/[/]")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bidding-demo-")))
        assert addresses.api is not None
        operator = await _operator(service, addresses.api, stack)
        if not once:
            await _open_house(service, addresses, operator, folder, stack)
            console.print(
                "首页可以选一个角色,亲手办一场 choose a role on its first page and play it yourself"
            )
        results = await _play_all(addresses, operator, folder, settings.exports_folder, console)
        ok = bool(results) and all(result["ok"] for result in results)
        total = sum(result["waived_fen"] for result in results)
        console.print(f"\n[bold]{len(results)} 个场景,{'全部通过' if ok else '有失败'};共免收 {yuan(total)}")
        verified = _verified(results)
        _tell(verified, settings.exports_folder, console)
        if report is not None:
            content = {"ok": ok, "waived_fen": total, "verified": verified, "scenarios": results}
            await asyncio.to_thread(report.write_text, json.dumps(content, ensure_ascii=False, indent=1))
        if not once:
            await _until_stopped(addresses, console)
    return ok


async def _play_all(
    addresses: Addresses, operator: Member, folder: Path, exports: Path, console: Console
) -> list[dict[str, Any]]:
    assert addresses.api is not None
    assert addresses.live is not None
    results = []
    for number, script in enumerate(scripts(), start=1):
        place = folder / str(number)
        place.mkdir()
        results.append(
            await perform(
                script,
                url=addresses.api,
                live_url=addresses.live,
                operator=operator,
                theatre=Terminal(console),
                folder=place,
                exports=exports,
            )
        )
    return results


def _verified(results: list[dict[str, Any]]) -> dict[str, int]:
    """What was exported and checked without the platform, over all tenders; none of one that failed before."""
    receipts = [one for result in results for one in result.get("receipts", ())]
    return {
        "records": sum("record" in result for result in results),
        "bundles": sum(len(result.get("bundles", ())) for result in results),
        "bidders": len(receipts),
        "receipts": sum(one["kept"] for one in receipts),
    }


def _tell(verified: dict[str, int], exports: Path, console: Console) -> None:
    console.print(
        f"[bold]离线核验[/]:{verified['bundles']} 个数据包,{verified['bidders']} 家投标人的"
        f" {verified['receipts']} 份回执,均在日志中 verified offline: every bundle, and every bidder's receipts"
    )
    console.print(
        f"再验一次 verify again: bidding verify {exports}/…/supervisor.bundle.json", highlight=False
    )


async def _open_house(
    service: Service, addresses: Addresses, operator: Member, folder: Path, stack: AsyncExitStack
) -> None:
    """A tender for whoever comes, with its other parties acting by themselves as long as the platform runs."""
    assert addresses.api is not None
    place = folder / "visitors"
    place.mkdir()
    play = Play(
        script=open_script(scripts()[0]),
        troupe=Troupe(addresses.api, stack, operator),
        theatre=Silence(),
        live_url=addresses.live or "",
        folder=place,
    )
    service.demonstration.visitors = await opened(play)
    service.demonstration.lot = play.lot
    company = asyncio.create_task(Company(play).keep(), name="company")
    stack.push_async_callback(_left, company)


async def _left(company: asyncio.Task[None]) -> None:
    company.cancel()
    await asyncio.gather(company, return_exceptions=True)


async def _operator(service: Service, url: str, stack: AsyncExitStack) -> Member:
    """The centre's device of this data folder: enrolled by the one-time code at the first demonstration."""
    path = service.settings.keys_folder / "demo-operator.json"
    known = path.exists()
    if not known:
        write_key_file(path, DeviceCredential.generate(), None)
    code = "" if known else service.bootstrap
    return await first_operator(url, read_key_file(path), stack, code)


async def _until_stopped(addresses: Addresses, console: Console) -> None:
    console.print(
        f"\n平台继续运行:[link]{addresses.api}/app/[/link]  按 Ctrl-C 结束,数据保留。"
        "\nStill running. Ctrl-C stops it; the data are kept."
    )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    console.print("正在停止…  stopping")
