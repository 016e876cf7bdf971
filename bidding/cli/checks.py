"""Checks in the terminal: a line for each as it is done, a bar below while they run, and how they ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bidding.application.record import STEPS, Check
from bidding.application.record.steps import Tell
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import err, line
from bidding.crypto.printable import printable


@contextmanager
def told() -> Iterator[Tell]:
    """What to hand to a verifier. The bar counts steps and goes when all is done."""
    console = err()
    columns = (TextColumn(say("核验中", "verifying")), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task("", total=len(STEPS))

        def tell(check: Check) -> None:
            show(check)
            bar.advance(task)

        yield tell


def show(check: Check) -> None:
    """✓ or ✗, the step, and where it is wrong."""
    fault = "" if check.ok else f" — {check.fault}"
    # What stands in a file that nobody vouches for yet may not make lines of its own.
    line(
        f"{'✓' if check.ok else '✗'} {printable(f'{check.name}{fault}')}",
        "" if check.ok else "bold red",
    )


def conclude(checks: list[Check]) -> None:
    """Says that all hold. Raises the failure that says what to do with a file that does not."""
    if not all(check.ok for check in checks):
        raise failure(
            Exit.FOUND_WRONG,
            ("核验不通过", "it does not hold"),
            (
                "确认取得的是原始文件;若是,这就是证据,请保存",
                "if this is the original file, it is evidence: keep it",
            ),
        )
    line(f"✓ {say('全部核验通过', 'everything holds')} ({len(checks)})", "bold green")
