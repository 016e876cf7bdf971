"""A stratified random sample of mutmut's mutants.

``python -m tests.mutants.sample [SEED [CORE [OTHER]]]`` prints their names.

Strata are the files. Of each of the core's (constants, clocks, formulas, waivers, the opening, who sees and may
what) ``CORE`` mutants are drawn, of every other one ``OTHER``. ``mutmut run`` must have made them: it leaves
their names in ``mutants/``.
"""

import json
import random
import sys
from pathlib import Path

MADE = Path("mutants/bidding/domain")
CORE = {
    "periods.py",
    "calendar.py",
    "waiver.py",
    "waiverinputs.py",
    "bidcount.py",
    "bidfate.py",
    "deposit.py",
    "committee.py",
    "consortium.py",
    "ranking.py",
    "ruleset.py",
    "rulesetfile.py",
    "disclosure.py",
    "permissions.py",
    "latepayment.py",
    "statistics.py",
    "codes.py",
    "order.py",
}
CORE_FOLDERS = ("scoring", "opening")


def is_core(file: Path) -> bool:
    """``file``: from the domain's folder."""
    return file.parts[0] in CORE_FOLDERS or str(file) in CORE


def sample(seed: int, core: int, other: int) -> list[str]:
    """Names of mutants: of each file at most so many, without replacement, the same for the same seed."""
    chance = random.Random(seed)  # repeatable
    drawn: list[str] = []
    for meta in sorted(MADE.rglob("*.meta")):
        names = sorted(json.loads(meta.read_text("utf-8"))["exit_code_by_key"])
        wanted = core if is_core(meta.relative_to(MADE).with_suffix("")) else other
        drawn += chance.sample(names, min(wanted, len(names)))
    return drawn


if __name__ == "__main__":
    seed, core, other = (*map(int, sys.argv[1:]), *(7, 40, 40)[len(sys.argv) - 1 :])
    sys.stdout.write("\n".join(sample(seed, core, other)) + "\n")
