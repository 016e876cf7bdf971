"""What a run found, as the lines of ``docs/mutation.md``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import sqrt

from tests.mutants.judging import HUNG, KILLED
from tests.mutants.making import Mutant

AIM = 0.9
_DEAD = {KILLED, HUNG}
_Z = 1.96  # 95 %


def dead(verdict: str) -> bool:
    return verdict in _DEAD


def share(verdicts: Iterable[str]) -> float:
    """Killed of all; what hangs is killed, all else (unreached by any test, …) is not."""
    all_of_them = list(verdicts)
    return sum(map(dead, all_of_them)) / len(all_of_them)


def interval(killed: int, count: int) -> tuple[float, float]:
    """Wilson's score interval, 95 %."""
    part = killed / count
    middle = part + _Z**2 / (2 * count)
    half = _Z * sqrt(part * (1 - part) / count + _Z**2 / (4 * count**2))
    return (middle - half) / (1 + _Z**2 / count), (middle + half) / (1 + _Z**2 / count)


def table(sample: list[Mutant], verdicts: Mapping[str, str]) -> Iterator[str]:
    """Rows by part, then each survivor with its change."""
    by: dict[str, list[str]] = defaultdict(list)
    for mutant in sample:
        by[mutant.part].append(verdicts[mutant.name])
    yield "| part | mutants | killed | score |"
    yield "|---|---|---|---|"
    for part, found in sorted(by.items()):
        yield f"| `{part}` | {len(found)} | {sum(map(dead, found))} | {share(found):.0%} |"
    yield ""
    for mutant in sample:
        if not dead(verdicts[mutant.name]):
            yield f"{mutant.name}: {verdicts[mutant.name]}"
            yield from (f"    {line}" for line in mutant.change.splitlines())


def summary(sample: list[Mutant], verdicts: Mapping[str, str], among: int, seed: int) -> Iterator[str]:
    found = [verdicts[mutant.name] for mutant in sample]
    killed = sum(map(dead, found))
    low, high = interval(killed, len(found))
    hung = found.count(HUNG)
    yield f"{killed} of {len(found)} killed ({hung} by hanging), drawn of {among} with seed {seed}"
    yield f"score {killed / len(found):.1%}, 95 % interval {low:.1%} to {high:.1%}"
