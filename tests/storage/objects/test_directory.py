"""The directory store: what is on disk, what may be planted there, and what a full disk or a crash leaves."""

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from storage.objects import ObjectMissing, ObjectStoreUnavailable, disk
from storage.objects.directory import DirectoryStore
from tests.storage.objects.test_contract import begun, listed, read


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


async def test_a_key_and_a_key_below_it_are_two_objects(directory_store: DirectoryStore) -> None:
    for key in ("a", "a/b", "a/b/c"):
        await directory_store.put(key, key.encode())
    assert [await read(directory_store, key) for key in ("a", "a/b", "a/b/c")] == [b"a", b"a/b", b"a/b/c"]
    assert await listed(directory_store, "a") == ["a", "a/b", "a/b/c"]
    await directory_store.delete("a")
    assert await listed(directory_store, "") == ["a/b", "a/b/c"]


async def test_two_processes_may_share_a_root(root: Path, directory_store: DirectoryStore) -> None:
    other = DirectoryStore(root)
    token, tags = await begun(directory_store, "a", b"one", b"two")
    await other.complete("a", token, tags)
    assert await read(directory_store, "a") == b"onetwo"
    await other.close()


async def test_files_are_for_the_owner_alone(root: Path, directory_store: DirectoryStore) -> None:
    token, _ = await begun(directory_store, "x/a", b"part")
    await directory_store.put("x/b", b"whole")
    assert token not in str(files(root))
    assert {path.stat().st_mode & 0o077 for path in files(root)} == {0}


async def test_deleting_and_replacing_leave_no_bytes_behind(
    root: Path, directory_store: DirectoryStore
) -> None:
    for _ in range(2):
        token, tags = await begun(directory_store, "a", b"one", b"two")
        await directory_store.put_part("a", token, 2, b"superseded")
        await directory_store.complete("a", token, tags)
    assert len(files(root)) == 3
    await directory_store.delete("a")
    assert files(root) == []


@pytest.mark.parametrize("planted", ["link=", "folder"])
async def test_a_planted_link_is_not_followed(
    root: Path, directory_store: DirectoryStore, tmp_path: Path, planted: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret=").write_bytes(b"OBJ1raw\nsecret")
    target = outside / "secret=" if planted == "link=" else outside
    await directory_store.put("z", b"mine")
    (root / "objects" / planted).symlink_to(target)
    key = "link" if planted == "link=" else "folder/secret"
    with pytest.raises(ObjectMissing):
        await read(directory_store, key)
    if planted == "folder":
        with pytest.raises(ObjectMissing):
            await directory_store.put(key, b"overwritten")
    else:
        await directory_store.put(key, b"beside")  # takes the link's place, not its target's
        assert await read(directory_store, key) == b"beside"
    assert (outside / "secret=").read_bytes() == b"OBJ1raw\nsecret"
    assert "z" in await listed(directory_store, "")
    assert "folder/secret" not in await listed(directory_store, "")


async def test_a_foreign_file_is_not_taken_for_an_object(root: Path, directory_store: DirectoryStore) -> None:
    (root / "objects" / "foreign=").write_bytes(b"something else")
    (root / "objects" / "stray").write_bytes(b"no object's name")
    with pytest.raises(ObjectStoreUnavailable):
        await read(directory_store, "foreign")
    assert await listed(directory_store, "") == ["foreign"]


async def test_a_truncated_object_is_said_to_be_so(root: Path, directory_store: DirectoryStore) -> None:
    token, tags = await begun(directory_store, "a", b"one", b"two")
    await directory_store.complete("a", token, tags)
    part = next(path for path in files(root) if path.read_bytes() == b"two")
    part.write_bytes(b"t")
    with pytest.raises(ObjectStoreUnavailable, match="shorter"):
        await read(directory_store, "a")


async def test_scratch_of_crashed_writers_is_swept_when_it_is_old(root: Path) -> None:
    await DirectoryStore(root).close()
    old, fresh = root / "scratch" / "old", root / "scratch" / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"x")
    two_days_ago = fresh.stat().st_mtime - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))
    await DirectoryStore(root).close()
    assert files(root) == [fresh]


async def test_a_root_that_was_moved_away_takes_nothing_more(
    root: Path, directory_store: DirectoryStore
) -> None:
    await directory_store.health()
    token, tags = await begun(directory_store, "a", b"one", b"two")
    away = root.with_name("away")
    os.rename(root, away)
    before = files(away)
    for replaced in (False, True):
        if replaced:
            os.mkdir(root)
        for call in (
            directory_store.put("b", b"x"),
            directory_store.begin("b"),
            directory_store.put_part("a", token, 3, b"three"),
            directory_store.complete("a", token, tags),
            directory_store.health(),
        ):
            with pytest.raises(ObjectStoreUnavailable) as refused:
                await call
            assert refused.value.retry_after > 0
    assert files(away) == before
    os.rmdir(root)
    os.rename(away, root)
    await directory_store.complete("a", token, tags)
    assert await read(directory_store, "a") == b"onetwo"


async def test_a_completion_that_failed_half_way_succeeds_when_repeated(
    root: Path, directory_store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, tags = await begun(directory_store, "a", b"one", b"two")

    def fails(*_: object) -> None:
        raise OSError(5, "the disk's answer")

    with monkeypatch.context() as broken:
        broken.setattr(disk, "replace_file", fails)
        with pytest.raises(ObjectStoreUnavailable):
            await directory_store.complete("a", token, tags)
    with pytest.raises(ObjectMissing):
        await directory_store.stat("a")
    await directory_store.complete("a", token, tags)
    assert await read(directory_store, "a") == b"onetwo"
    assert len(files(root)) == 3


# A full disk: the process's file size limit stands for it, because every machine has one. The limit is the
# kernel's: the write that crosses it is cut short, the next one fails, as on a full disk.

LIMITED = """
    import asyncio, pathlib, resource, sys
    from storage.objects import ObjectStoreFull, ObjectMissing
    from storage.objects.directory import DirectoryStore

    async def refused(call):
        try:
            await call
        except ObjectStoreFull as full:
            assert full.reason == "EFBIG", full.reason
        else:
            raise SystemExit("it fitted")

    async def main(root):
        store = DirectoryStore(root)
        token = await store.begin("big")
        tag = await store.put_part("big", token, 1, b"x" * 60_000)
        await store.put("kept", b"old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
        await refused(store.put("new", b"x" * 65_537))
        await refused(store.put("kept", b"x" * 100_000))
        await refused(store.put_part("big", token, 2, b"x" * 1_000_000))
        assert [key async for key in store.list("")] == ["kept"]
        assert await store.stat("kept") == 3
        assert sorted(p.stat().st_size for p in root.rglob("*") if p.is_file()) == [11, 60_000]
        second = await store.put_part("big", token, 2, b"y" * 5_000)
        await store.complete("big", token, [(1, tag), (2, second)])
        assert await store.stat("big") == 65_000
        await store.close()
        print("done")

    asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


def run(script: str, *arguments: str) -> Sequence[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_is_named_and_leaves_nothing_half_visible(root: Path) -> None:
    assert run(LIMITED, str(root)) == ["done"]


KILLED = """
    import asyncio, os, pathlib, sys
    from storage.objects import disk
    from storage.objects.directory import DirectoryStore

    async def main(root, key, token, tags):
        disk.replace_file = lambda *_: os.kill(os.getpid(), 9)
        await DirectoryStore(root).complete(key, token, list(enumerate(tags, 1)))

    asyncio.run(main(pathlib.Path(sys.argv[1]), "a", sys.argv[2], sys.argv[3:]))
"""


async def test_a_process_killed_in_the_middle_of_a_completion_loses_nothing(
    root: Path, directory_store: DirectoryStore
) -> None:
    token, tags = await begun(directory_store, "a", b"one", b"two")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(root), token, *(tag for _, tag in tags)]
    killed = await asyncio.create_subprocess_exec(*command)
    assert await killed.wait() == -9
    assert await listed(directory_store, "") == []
    await directory_store.complete("a", token, tags)
    assert await read(directory_store, "a") == b"onetwo"
