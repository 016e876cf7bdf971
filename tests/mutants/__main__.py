"""``python -m tests.mutants [--seed 7] [--size 400] [--only PATTERN] [--jobs 1]``: the mutation score of the domain.

Prints the score by part and each survivor's change. Ends with 0 if at least 90 % are killed, with 1 if fewer, with 2
if the tests fail by themselves. What was judged is kept in ``build/mutants``: the same command goes on where it
was stopped, as long as neither the domain nor its tests have changed. ``docs/mutation.md`` tells the method.
"""

import argparse
import fnmatch
import hashlib
import json
import random
import sys
from itertools import chain, pairwise
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track

from tests.mutants.judging import KILLED, Red, judge
from tests.mutants.making import DOMAIN, Mutant, mutants_of
from tests.mutants.report import AIM, share, summary, table

KEPT = Path("build/mutants")
READ = ("bidding", "tests/domain", "tests/rules", "tests/statistics", "tests/mutants")


def drawn(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """One of each of ``size`` equal stretches of the whole text: of every part in proportion, the same for a seed."""
    chance = random.Random(seed)
    size = min(size, len(mutants))
    bounds = [round(number * len(mutants) / size) for number in range(size + 1)]
    return [mutants[chance.randrange(begin, end)] for begin, end in pairwise(bounds)]


def state_of_sources() -> str:
    every = chain.from_iterable(Path(folder).rglob("*.*") for folder in READ)
    files = sorted(file for file in every if file.suffix in {".py", ".toml", ".txt"})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--size", type=int, default=400, help="how many mutants are drawn")
    asked.add_argument("--only", default="*", help="of these only: a pattern like '*.opening.*'")
    asked.add_argument("--jobs", type=int, default=1, help="processes at a time")
    given = asked.parse_args()
    console = Console()
    files = sorted(DOMAIN.rglob("*.py"))
    every = [made for file in track(files, "making", console=console) for made in mutants_of(file)]
    matching = [one for one in every if fnmatch.fnmatch(one.name, given.only)]
    sample = drawn(matching, given.size, given.seed)
    KEPT.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{given.seed} {given.size} {given.only}".encode()).hexdigest()[:6]
    state = state_of_sources()
    kept = KEPT / f"{state}-{name}.jsonl"
    verdicts = dict(map(json.loads, kept.read_text("utf-8").splitlines())) if kept.exists() else {}
    left = [one for one in sample if one.name not in verdicts]
    random.Random(given.seed).shuffle(left)  # stopped early, what is judged is still a fair sample
    columns = (
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with kept.open("a", encoding="utf-8") as out, Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(sample), completed=len(verdicts))

        def judged(mutant: Mutant, verdict: str) -> None:
            verdicts[mutant.name] = verdict
            out.write(json.dumps([mutant.name, verdict]) + "\n")
            out.flush()
            killed = sum(one == KILLED for one in verdicts.values())
            progress.update(task, advance=1, description=f"{killed} killed")

        try:
            judge(left, judged, given.jobs, KEPT / f"{state}.json")
        except Red as red:
            console.print(f"the tests fail without any mutant:\n{red}")
            return 2
    for line in chain(table(sample, verdicts), ("",), summary(sample, verdicts, len(matching), given.seed)):
        sys.stdout.write(line + "\n")
    return int(share(verdicts.values()) < AIM)


if __name__ == "__main__":
    sys.exit(main())
