"""The Makefile's recipes are shell that parses: those of commands which nothing else runs, too."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = sorted(set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, flags=re.MULTILINE)))


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_told_to_a_shell_that_understands_it(target: str) -> None:
    make, shell = shutil.which("make"), shutil.which("sh")
    assert make, "make is what starts these tests"
    assert shell
    recipe = subprocess.run(
        [make, "--dry-run", "--always-make", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert recipe
    parsed = subprocess.run([shell, "-n"], input=recipe, capture_output=True, text=True, check=False)
    assert parsed.stderr == ""
