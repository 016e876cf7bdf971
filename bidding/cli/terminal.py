"""What the commands print on, and how they show that something long goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.style import Style
from rich.text import Text as RichText  # noqa: TID251 - the one place that has it, for ours

from bidding.cli.failure import Failure
from bidding.cli.language import say
from bidding.crypto.printable import printable


class Text(RichText):
    """Names, texts and reasons of strangers, of which none may steer the terminal."""

    def __init__(self, text: str = "", style: str | Style = "", **layout: Any) -> None:
        super().__init__(_told(text), style, **layout)

    def append(self, text: RichText | str, style: str | Style | None = None) -> Self:
        super().append(_told(text) if isinstance(text, str) else text, style)
        return self


def _told(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def out() -> Console:
    """Results. Made anew for each command, so that it is the stream of that moment."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """Progress, questions and failures."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def line(text: str, style: str = "") -> None:
    """One line of result, its brackets taken as they are."""
    out().print(Text(text, style=style))


def note(text: str, style: str = "") -> None:
    """One line beside the result."""
    err().print(Text(text, style=style))


def show_failure(found: Failure) -> None:
    console = err()
    console.print(Text(f"✗ {found.what}", style="bold red"))
    if found.then:
        console.print(Text(f"  {say('怎么办', 'What to do')}: {found.then}"))


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for (bytes done, bytes in all); nothing but a last line where stderr is no terminal."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def size(count: int) -> str:
    """Bytes as people read them; binary multiples."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("unreachable")


def yuan(fen: int) -> str:
    """分 as 元, exactly: ¥12,345.67."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"
