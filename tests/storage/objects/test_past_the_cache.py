"""Parts of the directory store go from the receive buffer to the disk, and are durable when the call returns."""

import errno
import fcntl
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.objects import ObjectStoreFull, ObjectStoreUnavailable
from storage.objects.directory import DirectoryStore
from tests.storage.objects.test_contract import MIB, begun, made, read
from tests.storage.objects.test_directory import files

direct_only_on_linux = pytest.mark.skipif(not hasattr(os, "O_DIRECT"), reason="no O_DIRECT on this system")


def aligned(data: bytes, shift: int = 0) -> memoryview:
    """``data`` in mapped memory, ``shift`` bytes past the beginning of a page."""
    view = memoryview(mmap.mmap(-1, len(data) + shift or 1))[shift : shift + len(data)]
    view[:] = data
    return view


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, int]]:
    """Of every write: whether it goes past the cache, and its bytes."""
    seen: list[tuple[bool, int]] = []
    write = os.write

    def watched(handle: int, data: memoryview) -> int:
        seen.append((bool(fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_DIRECT), len(data)))
        return write(handle, data)

    monkeypatch.setattr(os, "write", watched)
    return seen


def refuse_direct(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """As a file system without direct I/O does: some refuse the flag, some the first write."""
    control, write = fcntl.fcntl, os.write

    def refusing(handle: int, command: int, flags: int = 0) -> Any:
        if command == fcntl.F_SETFL and flags & os.O_DIRECT:
            raise OSError(errno.EINVAL, "not here")
        return control(handle, command, flags)

    def failing(handle: int, data: memoryview) -> int:
        if control(handle, fcntl.F_GETFL) & os.O_DIRECT:
            raise OSError(errno.EINVAL, "not here")
        return write(handle, data)

    if when == "flag":
        monkeypatch.setattr(fcntl, "fcntl", refusing)
    else:
        monkeypatch.setattr(os, "write", failing)


@pytest.mark.parametrize("size", [1, MIB - 1, MIB, MIB + 1, MIB + 4095, MIB + 4096, 8 * MIB - 1, 8 * MIB])
@pytest.mark.parametrize("shift", [0, 1, 512])
async def test_a_part_of_any_length_at_any_place_reads_back(
    directory_store: DirectoryStore, size: int, shift: int
) -> None:
    token = await directory_store.begin("a")
    tags = [(n, await directory_store.put_part("a", token, n, aligned(made(size, n), shift))) for n in (1, 2)]
    await directory_store.complete("a", token, tags)
    assert await read(directory_store, "a") == made(size, 1) + made(size, 2)


@pytest.mark.parametrize("when", ["flag", "write"])
@direct_only_on_linux
async def test_a_file_system_without_direct_writes_takes_parts_too(
    directory_store: DirectoryStore, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    refuse_direct(monkeypatch, when)
    data = made(2 * MIB + 77)
    token = await directory_store.begin("a")
    tag = await directory_store.put_part("a", token, 1, aligned(data))
    await directory_store.complete("a", token, [(1, tag)])
    assert await read(directory_store, "a") == data


@direct_only_on_linux
async def test_whole_blocks_go_past_the_cache_and_the_rest_through_it(
    directory_store: DirectoryStore, written: list[tuple[bool, int]]
) -> None:
    token = await directory_store.begin("a")
    await directory_store.put_part("a", token, 1, aligned(made(2 * MIB + 77)))
    assert written[0] == (True, 2 * MIB)
    assert (False, 77) in written or written[1] == (False, 2 * MIB + 77)  # the disk of this test has none
    written.clear()
    await directory_store.put("small", made(1000))
    assert not any(direct for direct, _ in written)


async def test_a_part_is_synced_before_it_is_answered_for_and_its_name_after_its_bytes(
    root: Path, directory_store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await directory_store.begin("a")
    order: list[str] = []

    def noted(name: str, call: Callable[[int], None]) -> Callable[[int], None]:
        def sync(handle: int) -> None:
            whole = os.fstat(handle).st_size == 2 * MIB
            order.append(f"{name} {'whole part' if whole else 'folder'}")
            call(handle)

        return sync

    monkeypatch.setattr(os, "fdatasync", noted("fdatasync", os.fdatasync))
    monkeypatch.setattr(os, "fsync", noted("fsync", os.fsync))
    await directory_store.put_part("a", token, 1, aligned(made(2 * MIB)))
    assert order == ["fdatasync whole part", "fsync folder"]


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, ObjectStoreFull), (errno.EIO, ObjectStoreUnavailable)]
)
@pytest.mark.parametrize("call", ["write", "fdatasync", "fsync"])
async def test_a_part_that_cannot_be_made_durable_leaves_nothing(
    root: Path,
    directory_store: DirectoryStore,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: type[Exception],
    call: str,
) -> None:
    """Also when the disk says only at the sync that it has no room: delayed allocation does."""
    token, tags = await begun(directory_store, "a", made(MIB))
    before = files(root)

    def fails(*_: object) -> None:
        raise OSError(number, "the disk's answer")

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fails)
        with pytest.raises(error):
            await directory_store.put_part("a", token, 2, aligned(made(MIB, 2)))
    assert files(root) == before
    again = await directory_store.put_part("a", token, 2, aligned(made(MIB, 2)))
    await directory_store.complete("a", token, [*tags, (2, again)])
    assert await read(directory_store, "a") == made(MIB) + made(MIB, 2)
