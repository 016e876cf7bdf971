"""``bidding serve``: the platform, whole or in part, until it is told to stop."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.compose.calendars import unknown_year
from bidding.compose.clock import SystemClock
from bidding.compose.settings import Settings
from bidding.domain.calendar import WorkCalendar
from bidding.domain.operation import Standing
from bidding.domain.periods import local_date

ALL = ("api", "live", "clock")


def serve(
    parts: Annotated[
        list[str] | None, typer.Argument(metavar="[api|live|clock]...", help="默认全部 · all by default")
    ] = None,
    tls: Annotated[
        bool,
        typer.Option(
            "--tls",
            help="以 HTTPS 提供服务;未指定证书时就地生成 · HTTPS; makes a certificate if none is named",
        ),
    ] = False,
) -> None:
    """运行平台:接口、直播、时钟,或其中几个。Run the platform: API, live gateway, clock, or some of them.

    设置来自 BIDDING_* 环境变量;Ctrl-C 停止,数据保留,再按一次强制退出。
    Settings come from BIDDING_* variables; Ctrl-C stops and keeps the data, a second one forces.
    手机在局域网内打开须用 --tls 并设 BIDDING_HOST=0.0.0.0。A phone needs --tls and BIDDING_HOST=0.0.0.0.
    """
    wanted = frozenset(parts or ALL)
    if unknown := sorted(wanted - set(ALL)):
        raise failure(
            Exit.USAGE,
            (f"没有这个部分:{', '.join(unknown)}", f"no such part: {', '.join(unknown)}"),
            ("可选 api、live、clock", "choose among api, live, clock"),
        )
    settings = load_settings()
    if tls:
        settings = settings.model_copy(update={"tls": True})
    require_writable(settings.data)

    import uvloop  # here: the offline commands need no event loop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(settings, wanted))


def load_settings() -> Settings:
    """The settings of the environment. Failure names the variable, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"BIDDING_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        )
        raise failure(
            Exit.SERVER,
            (f"设置有误:{wrong}", f"a setting is wrong: {wrong}"),
            ("改正环境变量后重新启动", "correct the environment variable and start again"),
        ) from None


def require_writable(folder: Path) -> None:
    """Failure unless files can be made in ``folder``, which is made if it is missing."""
    probe = folder / f".writable.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise failure(
            Exit.SERVER,
            (
                f"数据目录不可写:{folder.absolute()}({reason})",
                f"the data folder cannot be written: {folder.absolute()} ({reason})",
            ),
            (
                "检查目录权限与磁盘,或以 BIDDING_DATA 另指一个目录",
                "check its permissions and the disk, or name another folder by BIDDING_DATA",
            ),
        ) from None


async def _until_stopped(settings: Settings, parts: frozenset[str]) -> None:
    # The server's libraries take a second to load: only who serves waits for them.
    from bidding.cli.startup import explained
    from bidding.compose.running import running
    from bidding.stage.dataset import two_years

    stop = _stop_on_signals()
    fresh = not (settings.keys_folder / "bootstrap-code").exists()
    with explained(settings):
        async with running(settings, parts, two_years) as (service, addresses):
            _greet(settings, addresses.api, addresses.live, fresh=fresh)
            _greet_by_calendar(service.platform.calendar)
            _greet_by_log(service.log.reader.key.vkey)
            line(f"  {say('Ctrl-C 停止', 'Ctrl-C stops')}")
            await stop.wait()
            note(say("正在停止,数据保留…", "stopping; the data are kept…"))
    note(say("已停止", "stopped"))


def _stop_on_signals() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; the second ends the process at once (the log is safe by then)."""
    stop = asyncio.Event()

    def told(number: signal.Signals) -> None:
        if stop.is_set():
            note(say("强制退出", "forced"))
            os._exit(128 + number)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told, number)
    return stop


def _greet(settings: Settings, api: str | None, live: str | None, *, fresh: bool) -> None:
    line(f"100服务 · {say('已启动', 'running')}", "bold")
    for name, address, wanted in (("API", api, settings.port), ("live", live, settings.live_port)):
        if address is None:
            continue
        line(f"  {name:5} {address}")
        if wanted and not address.endswith(f":{wanted}"):
            note(
                say(
                    f"  端口 {wanted} 已被占用,改用上面的端口",
                    f"  port {wanted} is taken: another one is used",
                )
            )
    if api is not None:
        from bidding.api.webclient import OFFLINE, OFFLINE_VERIFY, offline_sha256

        line(f"  {say('浏览器', 'web'):5} {api}/app/")
        if digest := offline_sha256():
            line(f"  {say('离线封装页', 'offline sealing page')} {api}/app/{OFFLINE}")
            line(f"  SHA-256 {digest}")
        if digest := offline_sha256(name=OFFLINE_VERIFY):
            line(f"  {say('离线核验页', 'offline verifying page')} {api}/app/{OFFLINE_VERIFY}")
            line(f"  SHA-256 {digest}")
    if settings.tls:
        _greet_by_tls(settings, api)
    data = settings.data.absolute()
    database = (
        say("内置 PostgreSQL", "embedded PostgreSQL") if settings.database_url is None else "PostgreSQL"
    )
    objects = say("目录", "directory") if settings.s3_endpoint is None else f"S3 {settings.s3_endpoint}"
    line(f"  {say('数据', 'data'):5} {data} ({database}; {say('对象', 'objects')}: {objects})")
    _greet_by_certificate(settings)
    if fresh:
        said = say(
            "首次启动:第一个运营者用一次性代码注册,代码在",
            "first start: the one-time code that makes the first operator is in",
        )
        line(f"  {said} {settings.keys_folder.absolute() / 'bootstrap-code'}")


def _greet_by_certificate(settings: Settings) -> None:
    """R-PLAT-05: by whose certificate it runs, and a warning where by none."""
    operation = settings.operation
    today = local_date(SystemClock().now())
    standing = operation.on(today)
    if standing is Standing.CERTIFIED:
        line(
            f"  {say('检测认证', 'certified'):5} {operation.certificate} · {operation.body} · {operation.until}"
        )
        return
    what = (
        say(f"检测认证已于 {operation.until} 到期", f"the certificate ended on {operation.until}")
        if standing is Standing.ENDED
        else say("本平台未经检测认证", "this platform is not certified")
    )
    then = (
        say("不受理新的正式项目", "no live tender begins here")
        if operation.production
        else say("仅供演示和试用", "for trial and show only")
    )
    note(f"  {what}:{then} (R-PLAT-05)")


def _greet_by_calendar(calendar: WorkCalendar) -> None:
    """R-TIME-03: whatever ends in a year without a calendar is refused, and the year may be near."""
    year = unknown_year(calendar, local_date(SystemClock().now()))
    if year is not None:
        note(
            say(
                f"  {year} 年的放假安排尚未收录,落在该年的期限无法计算:见 docs/holidays.md (R-TIME-03)",
                f"  the holidays of {year} are not known: no term that ends in it can be counted, see "
                "docs/holidays.md (R-TIME-03)",
            )
        )


def _greet_by_log(vkey: str) -> None:
    """The key under which everybody checks the log: to be made known where the platform has no hand in it."""
    line(f"  {say('日志公钥', 'log key'):5} {vkey}")


def _greet_by_tls(settings: Settings, api: str | None) -> None:
    """Where other devices find the platform, and how they come to trust a certificate that was made here."""
    from bidding.compose.tls import EVERYWHERE, this_machine

    if settings.host in EVERYWHERE and api is not None:
        port = api.rpartition(":")[2]
        for name in this_machine(settings.host):
            if name not in ("localhost", "127.0.0.1", "::1"):
                line(f"        https://{f'[{name}]' if ':' in name else name}:{port}")
    else:
        note(
            say("  其他设备要访问,请设 BIDDING_HOST=0.0.0.0", "  for other devices set BIDDING_HOST=0.0.0.0")
        )
    if settings.tls_cert is None:
        said = say(
            "自制证书:在其他设备上安装并信任此根证书,浏览器便不再警告",
            "own certificate: install and trust this authority on other devices, and browsers no longer warn",
        )
        line(f"  {said} {settings.tls_folder.absolute() / 'authority.pem'}")
