"""What the audience sees: who did what, what was waived, and the opening as spectators see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

SHANGHAI = ZoneInfo("Asia/Shanghai")
_WAN, _YI = 10_000_00, 100_000_000_00

#: Events worth a line to a spectator, and how it reads.
LIVE_LINES = {
    "lot.submission-closed.v1": "投标截止,共收到 {received} 份",
    "lot.failed.v1": "流标:{decision}",
    "lot.roll-published.v1": "公布投标人名单",
    "lot.office-keys-published.v1": "{office} 公布一次性会话公钥",
    "lot.release-ordered.v1": "下达解密指令",
    "lot.key-released.v1": "一名投标人已在自己的设备上解密",
    "lot.window-extended.v1": "解密时间对所有人延长 {minutes} 分钟({reason})",
    "lot.incident-opened.v1": "故障:{cause}",
    "lot.incident-closed.v1": "故障排除",
    "lot.window-ended.v1": "解密时间结束",
    "lot.fault-decided.v1": "认定:{term}({fault})",
    "lot.form-keys-published.v1": "{office} 公布开标一览表会话私钥",
    "lot.bids-imported.v1": "批量导入:所有报价同一时刻可读",
    "lot.draw-committed.v1": "{office} 锁定抽取随机数 {commitment}",
    "lot.draw-opened.v1": "开标结果固定,开始抽取系数",
    "lot.draw-revealed.v1": "{source} 公布 {value}",
    "lot.draw-reveal-missed.v1": "{source} 逾期未公布,不计入抽取",
    "lot.coefficients-drawn.v1": "系数已由全部随机数算出,任何人可以复算",
    "lot.prices-announced.v1": "唱标",
    "lot.bidder-confirmed.v1": "一名投标人确认唱标结果",
    "lot.opening-objection-raised.v1": "异议:{text}",
    "lot.opening-objection-answered.v1": "答复:{answer}",
    "lot.record-signed.v1": "{office} 签署开标记录",
    "lot.opening-ended.v1": "开标结束,开标记录 {record_hash}",
}


def yuan(fen: int) -> str:
    """Amounts as people read them: 元, 万元, 亿元."""
    if abs(fen) >= _YI:
        return f"{fen / _YI:.4g} 亿元"
    if abs(fen) >= _WAN:
        return f"{fen / _WAN:.6g} 万元"
    return f"{fen / 100:.2f} 元"


def local(instant: str | datetime) -> str:
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class Theatre(Protocol):
    def title(self, title: str, story: str) -> None: ...

    def act(self, name: str) -> None: ...

    def said(self, who: str, what: str, detail: str = "") -> None: ...

    def saved(self, what: str, fen: int, why: str) -> None: ...

    def live(self, event: dict[str, Any]) -> None: ...

    def table(self, heading: str, columns: list[str], rows: list[list[str]]) -> None: ...

    def ended(self, ok: bool, line: str) -> None: ...

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]: ...


class Terminal:
    """On a console; plain lines where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def title(self, title: str, story: str) -> None:
        self._console.print()
        self._console.print(Panel(story, title=f"[bold]{title}", border_style="cyan", title_align="left"))

    def act(self, name: str) -> None:
        self._console.print(f"\n[bold cyan]▌{name}")

    def said(self, who: str, what: str, detail: str = "") -> None:
        tail = f"  [dim]{detail}" if detail else ""
        self._console.print(f"  [bold]{who}[/]  {what}{tail}", highlight=False)

    def saved(self, what: str, fen: int, why: str) -> None:
        self._console.print(f"  [green]✓ 免收 {what} {yuan(fen)}[/]  [dim]{why}", highlight=False)

    def live(self, event: dict[str, Any]) -> None:
        line = LIVE_LINES.get(event["type"])
        if line is not None:
            shown = line.format_map({name: str(value)[:48] for name, value in event.items()})
            self._console.print(f"    [yellow]◉ 直播[/]  {shown}", highlight=False)

    def table(self, heading: str, columns: list[str], rows: list[list[str]]) -> None:
        table = Table(title=heading, title_justify="left", border_style="dim")
        for column in columns:
            table.add_column(column)
        for row in rows:
            table.add_row(*row)
        self._console.print(table)

    def ended(self, ok: bool, line: str) -> None:
        mark = "[bold green]✓" if ok else "[bold red]✗"
        self._console.print(f"\n{mark} {line}", highlight=False)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(f"[dim]{what}", spinner="dots"):
            yield


class Silence:
    """A theatre without an audience."""

    def title(self, title: str, story: str) -> None: ...

    def act(self, name: str) -> None: ...

    def said(self, who: str, what: str, detail: str = "") -> None: ...

    def saved(self, what: str, fen: int, why: str) -> None: ...

    def live(self, event: dict[str, Any]) -> None: ...

    def table(self, heading: str, columns: list[str], rows: list[list[str]]) -> None: ...

    def ended(self, ok: bool, line: str) -> None: ...

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        yield
