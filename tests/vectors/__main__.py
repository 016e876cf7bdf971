"""``python -m tests.vectors FILE.json``: one line per failure, then the tally; exit code 1 on failure."""

import sys
from pathlib import Path

from tests.vectors.runner import run_file


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.vectors FILE.json\n")
        return 2
    try:
        outcomes = run_file(Path(arguments[0]))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return 2
    failures = [outcome for outcome in outcomes if outcome.faults]
    for outcome in failures:
        faults = "; ".join(outcome.faults)
        sys.stdout.write(f"FAILED {outcome.id} ({outcome.rule}, {outcome.kind}): {faults}\n")
    sys.stdout.write(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
