"""Several files in one envelope: deterministic, and no path tricks on either side."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.crypto.container import (
    Member,
    archive_blocks,
    archive_length,
    extract,
    members,
    require_safe_name,
    require_safe_names,
)
from bidding.crypto.errors import Layer, OpeningError, UnsafeFileNameError

UNSAFE = [
    "",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "C:x",
    "x\0.pdf",
    "x\n.pdf",
    "\u202efdp.exe",
    "con",
    "NUL.pdf",
    "com1.tar.gz",
    "x.",
    "x ",
    " x",
    "a*",
    "é.pdf".encode().decode().replace("é", "e\u0301"),
    "长" * 67,
    "\ud800",
]


def archive(tmp_path: Path, files: dict[str, bytes]) -> tuple[bytes, dict[str, Path]]:
    paths = {}
    for number, (name, data) in enumerate(files.items()):
        paths[name] = tmp_path / f"file-{number}"
        paths[name].write_bytes(data)
    return b"".join(bytes(block) for block in archive_blocks(paths)), paths


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    files = {"施工组织设计.pdf": b"x" * 3_000_000, "b.txt": b"", "a.txt": b"hello"}
    data, paths = archive(tmp_path, files)
    assert len(data) == archive_length({name: len(value) for name, value in files.items()})
    assert data == b"".join(bytes(block) for block in archive_blocks(dict(reversed(paths.items()))))
    path, out = tmp_path / "x.zip", tmp_path / "out"
    path.write_bytes(data)
    out.mkdir()
    assert members(path) == [Member(name, len(files[name])) for name in sorted(files)]
    done: list[int] = []
    written = extract(path, out, lambda at, total: done.append(at))
    assert {file.name: file.read_bytes() for file in written} == files
    assert done[-1] == sum(map(len, files.values()))


def test_other_software_reads_the_archive(tmp_path: Path) -> None:
    data, _ = archive(tmp_path, {"标书.pdf": b"%PDF"})
    (tmp_path / "x.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "x.zip") as opened:
        assert opened.testzip() is None
        assert opened.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


@given(st.dictionaries(st.text("ab长", min_size=1, max_size=5), st.integers(0, 3000), min_size=1, max_size=5))
def test_the_length_is_known_beforehand(
    tmp_path_factory: pytest.TempPathFactory, sizes: dict[str, int]
) -> None:
    folder = tmp_path_factory.mktemp("length")
    data, _ = archive(folder, {name: bytes(size) for name, size in sizes.items()})
    assert len(data) == archive_length(sizes)


def test_the_length_counts_zip64_fields_where_they_are_needed() -> None:
    # Entries beyond 2 GiB need 64-bit sizes, those after them 64-bit offsets, the end its own record.
    small, large = archive_length({"a": 1, "b": 1}), archive_length({"a": 2**32, "b": 1})
    assert large - small == 2**32 - 1 + (4 + 16) + (4 + 8) + 56 + 20


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_names_are_refused_before_sealing(name: str) -> None:
    with pytest.raises(UnsafeFileNameError):
        require_safe_name(name)


@pytest.mark.parametrize("name", ["投标函.pdf", "a b.tar.gz", "conduct.pdf", "报价（终）.xlsx", "x" * 200])
def test_ordinary_names_pass(name: str) -> None:
    require_safe_name(name)


def test_names_that_differ_in_case_alone_are_one_name() -> None:
    with pytest.raises(UnsafeFileNameError, match="twice"):
        require_safe_names(["A.pdf", "a.PDF"])


@pytest.mark.parametrize("name", ["../x", "/x", "a/", "nul", "a\\b"])
def test_unsafe_names_are_refused_after_opening(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(OpeningError) as refused:
        extract(path, tmp_path)
    assert refused.value.layer is Layer.CONTAINER
    assert list(tmp_path.iterdir()) == [path]


def test_bombs_and_rubbish_are_refused(tmp_path: Path) -> None:
    compressed, twice, rubbish = (tmp_path / name for name in ("c.zip", "t.zip", "r.zip"))
    with zipfile.ZipFile(compressed, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("a", bytes(10_000))
    with zipfile.ZipFile(twice, "w") as written:
        written.writestr("a", b"1")
        written.writestr("A", b"2")
    rubbish.write_bytes(b"PK\3\4 nothing")
    with zipfile.ZipFile(tmp_path / "e.zip", "w"):
        pass
    for path in (compressed, twice, rubbish, tmp_path / "e.zip"):
        with pytest.raises(OpeningError) as refused:
            members(path)
        assert refused.value.layer is Layer.CONTAINER


def test_a_damaged_file_inside_is_refused_and_not_written(tmp_path: Path) -> None:
    data, _ = archive(tmp_path, {"a.txt": b"hello"})
    path, out = tmp_path / "x.zip", tmp_path / "out"
    path.write_bytes(data.replace(b"hello", b"jello"))
    out.mkdir()
    with pytest.raises(OpeningError) as refused:
        extract(path, out)
    assert refused.value.layer is Layer.CONTAINER
    assert list(out.iterdir()) == []
