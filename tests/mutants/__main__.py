"""``python -m tests.mutants [--seed 7] [--size 400] [--only PATTERN] [--minutes N] [--jobs 1]``: the mutation score.

Prints the score of the domain by part, and each survivor's change. Ends with 0 if at least 90 % are killed, with 1 if
fewer, with 2 if the tests fail by themselves. What was judged is kept in ``build/mutants``: the same command goes on
where it was stopped, as long as neither the domain nor its tests have changed. ``docs/mutation.md`` tells the method.
"""

import argparse
import fnmatch
import hashlib
import json
import random
import sys
from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track

from tests.mutants.judging import Red, judge
from tests.mutants.making import DOMAIN, Mutant, mutants_of
from tests.mutants.report import AIM, dead, share, summary, table

KEPT = Path("build/mutants")
READ = ("bidding", "tests/domain", "tests/rules", "tests/statistics", "tests/mutants")


class Sample(msgspec.Struct):
    """``among``: of how many the mutants were drawn."""

    among: int
    mutants: list[Mutant]


def sampled(kept: Path, size: int, seed: int, only: str, console: Console) -> Sample:
    """One of each of ``size`` equal stretches of the whole text: of every part in proportion, the same for a seed."""
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Sample)
    files = [
        one for one in sorted(DOMAIN.rglob("*.py")) if fnmatch.fnmatch(str(one.relative_to(DOMAIN)), only)
    ]
    if not files:
        raise SystemExit(f"--only {only}: no such file under {DOMAIN}")
    every: list[Callable[[], Mutant]] = []
    for file in track(files, "making", console=console):
        every += mutants_of(file)
    chance = random.Random(seed)
    size = min(size, len(every))
    bounds = [round(number * len(every) / size) for number in range(size + 1)]
    drawn = [every[chance.randrange(begin, end)]() for begin, end in pairwise(bounds)]
    kept.write_bytes(msgspec.json.encode(Sample(len(every), drawn)))
    return Sample(len(every), drawn)


def state_of_sources() -> str:
    every = chain.from_iterable(Path(folder).rglob("*.*") for folder in READ)
    files = sorted(file for file in every if file.suffix in {".py", ".toml", ".txt"})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--size", type=int, default=400, help="how many mutants are drawn")
    asked.add_argument("--only", default="*", help="of these files only: a pattern like 'opening/*'")
    asked.add_argument("--minutes", type=float, default=0, help="begin no mutant after so many; 0: judge all")
    asked.add_argument("--jobs", type=int, default=1, help="processes at a time")
    given = asked.parse_args()
    console = Console()
    KEPT.mkdir(parents=True, exist_ok=True)
    state = state_of_sources()
    run = hashlib.sha256(f"{state} {given.seed} {given.size} {given.only}".encode()).hexdigest()[:12]
    kept = KEPT / f"{run}.jsonl"
    sample = sampled(KEPT / f"{run}.json", given.size, given.seed, given.only, console)
    verdicts = dict(map(json.loads, kept.read_text("utf-8").splitlines())) if kept.exists() else {}
    left = [one for one in sample.mutants if one.name not in verdicts]
    random.Random(given.seed).shuffle(left)  # stopped early, what is judged is still a fair sample
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with kept.open("a", encoding="utf-8") as out, Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(sample.mutants), completed=len(verdicts))

        def judged(mutant: Mutant, verdict: str) -> None:
            verdicts[mutant.name] = verdict
            out.write(json.dumps([mutant.name, verdict]) + "\n")
            out.flush()
            killed = sum(map(dead, verdicts.values()))
            progress.update(task, advance=1, description=f"{killed} killed")

        try:
            judge(left, judged, jobs=given.jobs, learnt=KEPT / f"{state}-reach.json", minutes=given.minutes)
        except Red as red:
            console.print(f"the tests fail without any mutant:\n{red}")
            return 2
    found = [one for one in sample.mutants if one.name in verdicts]
    for line in chain(table(found, verdicts), ("",), summary(found, verdicts, sample.among, given.seed)):
        sys.stdout.write(line + "\n")
    return int(share(verdicts.values()) < AIM)


if __name__ == "__main__":
    sys.exit(main())
