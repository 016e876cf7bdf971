"""R-GEN-03: every data file that ships is read at the start, and a damaged one stops it by file, line and key."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bidding
from bidding.compose.shipped import LOADED, require_shipped
from bidding.domain.datafile import DataFileError

PACKAGE = Path(bidding.__file__).parent
#: Examples of bodies are no data of the platform: they are shown in the OpenAPI document, and a test decodes each.
FILES = sorted(one for part in ("domain", "application") for one in (PACKAGE / part).rglob("*.toml"))
#: One file of each loader, the line that is damaged in it, what stands there then, and the key that is named.
DAMAGED = [
    (
        "domain/rulesets/gp-2026-01-01.toml",
        "contract = { n = 30,",
        "contract = { n = -3,",
        "periods.contract.n",
    ),
    ("domain/credit/effects.toml", 'basis = "招投条例 78', 'basis = ""\n#', "effects[3].basis"),
    ("domain/credit/conducts.toml", "months = 12", "months = 99", "conducts[1].months"),
    (
        "domain/benefits/rates.toml",
        "[documents.units.GOODS]\ncopies = 5",
        "[documents.units.GOODS]\ncopies = -5",
        "documents.units.GOODS.copies",
    ),
    ("application/rulebook/rulebook.toml", 'level = "must"', 'level = "shall"', None),
    ("application/chronicle/words.toml", "zh = ", "zn = ", None),
    ("application/messages/award.toml", "zh_next = ", "zh_nxt = ", None),
    ("application/messages/words/reasons.toml", 'EVEN = ["成员人数为双数", ', "EVEN = [1, ", "codes.EVEN[0]"),
]


@pytest.fixture
def altered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Path, str], str]], None]]:
    """Have every file's text pass through a function while it is read; what was read before is forgotten."""
    plain = Path.read_text

    def alter(change: Callable[[Path, str], str]) -> None:
        def reading(file: Path, *args: Any, **named: Any) -> str:
            return change(file, plain(file, *args, **named))

        monkeypatch.setattr(Path, "read_text", reading)
        _forget()

    yield alter
    _forget()


def _forget() -> None:
    for load in LOADED:
        load.cache_clear()


def test_no_file_is_left_to_be_read_later(altered: Callable[[Callable[[Path, str], str]], None]) -> None:
    seen = set()

    def noted(file: Path, text: str) -> str:
        seen.add(file)
        return text

    altered(noted)
    require_shipped()
    assert set(FILES) <= seen


@pytest.mark.parametrize(("name", "wrong", "instead", "key"), DAMAGED, ids=lambda one: None)
def test_a_damaged_file_stops_the_start_and_is_named(
    altered: Callable[[Callable[[Path, str], str]], None],
    name: str,
    wrong: str,
    instead: str,
    key: str | None,
) -> None:
    file = PACKAGE / name
    text = file.read_text(encoding="utf-8")
    assert wrong in text

    altered(lambda one, known: known.replace(wrong, instead, 1) if one == file else known)
    with pytest.raises(DataFileError) as refused:
        require_shipped()
    assert refused.value.file == file.name
    assert key in {None, refused.value.key}
    assert refused.value.key
    at = text[: text.index(wrong)].count("\n") + 1
    assert at - 5 <= refused.value.line <= at + 1
    assert str(refused.value).startswith(f"{file.name}, line {refused.value.line}, key {refused.value.key}: ")
