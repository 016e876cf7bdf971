"""What the house asks of every file: sizes, no machine's paths, locks without addresses."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 500  # lines: more is two things under one name


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name.endswith(endings) and (ROOT / name).exists()]


def test_no_source_file_is_longer_than_it_may_be() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked(".py", ".vue", ".ts", ".css")
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_the_lock_pins_every_version_with_hashes_and_without_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-zA-Z0-9_.-]+==", lock, re.MULTILINE)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock


def test_the_lock_of_the_browser_client_pins_with_hashes_and_without_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 50
    assert [
        name for name, one in packages.items() if not one.get("integrity", "").startswith("sha512-")
    ] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_no_file_names_a_place_outside_the_clone() -> None:
    outside = re.compile(r"/work/|\.\./shared|\.library")
    allowed = {ROOT / "tests" / "repository" / "test_house_rules.py"}
    named = [
        str(path.relative_to(ROOT))
        for path in tracked(".py", ".md", ".toml", ".yml", ".json", ".sql", ".vue", ".ts", "Makefile")
        if path not in allowed and outside.search(path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_every_suppression_gives_its_reason() -> None:
    """``# noqa: X`` and ``# type: ignore[x]`` must go on with the reason."""
    bare = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\s*$")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []
