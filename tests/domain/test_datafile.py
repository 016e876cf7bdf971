"""R-GEN-03: a damaged data file is refused with the line and the key that are wrong, however it is built."""

from typing import Annotated

import msgspec
import pytest

from bidding.domain.datafile import DataFileError, read, require_once


class Part(msgspec.Struct, forbid_unknown_fields=True):
    n: Annotated[int, msgspec.Meta(ge=0)]
    inner: dict[str, int] = {}


class File(msgspec.Struct, forbid_unknown_fields=True):
    single: Part
    rows: list[Part]
    named: dict[str, Part]


TEXT = """\
# a comment = 1
[single]
n = 1

[[rows]]
n = 2
[[rows]]
n = 3
[rows.inner]
a = 1
b = 2

[named.plain]
n = 4
inner = { x = 5 }
[named."with.dots-and-bars"]
n = 6
"""


def test_a_sound_file_is_read() -> None:
    found = read(TEXT, File)
    assert [one.n for one in found.rows] == [2, 3]
    assert found.named["with.dots-and-bars"] == Part(n=6)


@pytest.mark.parametrize(
    ("wrong", "instead", "line", "key"),
    [
        ("n = 1", "n = -1", 3, "single.n"),
        ("n = 1", "", 2, "single.n"),
        ("n = 1", "n = 1\nm = 1", 4, "single.m"),
        ("n = 2", 'n = "2"', 6, "rows[0].n"),
        ("n = 3", 'n = "3"', 8, "rows[1].n"),
        ("b = 2", 'b = ""', 11, "rows[1].inner.b"),
        ("n = 4", "n = -4", 14, "named.plain.n"),
        ("x = 5", 'x = "5"', 15, "named.plain.inner.x"),
        ("n = 6", "n = 1.5", 17, "named.with.dots-and-bars.n"),
        ("n = 6", "", 16, "named.with.dots-and-bars.n"),
        ("[single]", "[other]", 2, "other"),
        ("[single]\nn = 1\n", "", 1, "single"),
        ("n = 3", "n == 3", 8, ""),
        ("n = 6", "n = ", 17, ""),
    ],
)
def test_the_line_and_the_key_are_named(wrong: str, instead: str, line: int, key: str) -> None:
    damaged = TEXT.replace(wrong, instead, 1)
    with pytest.raises(DataFileError) as refused:
        read(damaged, File)
    assert (refused.value.line, refused.value.key) == (line, key)
    assert f"line {line}, key {key or '?'}: {refused.value.fault}" == str(refused.value)


def test_a_row_that_is_told_again_is_named() -> None:
    require_once(TEXT, "rows", [2, 3])
    with pytest.raises(DataFileError, match="rows has a line twice") as refused:
        require_once(TEXT, "rows", [2, 2])
    assert (refused.value.line, refused.value.key) == (7, "rows[1]")
