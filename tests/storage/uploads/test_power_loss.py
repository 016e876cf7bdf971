"""The power goes while a bid is uploaded: what was told is there, what is there is right, and the upload goes on.

A process of its own writes into the store and the database. At the chosen moment it does to every byte and every
name that was not synced what a power loss may do (bytes become zeros or are cut off, names vanish), and dies.
"""

import asyncio
import hashlib
import sys
import textwrap
from pathlib import Path

import pytest

from bidding.crypto.parts import part_hashes
from bidding.crypto.parts import root as tree_root
from storage.database import Connection
from storage.uploads import PART
from tests.storage.objects.test_contract import made
from tests.storage.uploads.conftest import MAGIC, OWNER, Desk
from tests.storage.uploads.test_writing import lease_over

PARTS = 4
DATA = MAGIC + made(PARTS * PART + 4321)
HASHES = tuple(hashlib.sha256(DATA[at : at + PART]).digest() for at in range(0, len(DATA), PART))

WRITER = """
    import asyncio, os, pathlib, sys, threading
    from datetime import UTC, datetime
    from storage.database import Database
    from storage.objects.directory import DirectoryStore
    from storage.uploads import Uploads
    from tests.storage.uploads.test_power_loss import DATA, OWNER

    dsn, root, upload, moment, after, damage = sys.argv[1:]
    after = int(after)
    synced_bytes, synced_names, turn = set(), set(), threading.Lock()
    calls = {"fdatasync": 0, "fsync": 0, "rename": 0}

    def inode(handle):
        found = os.fstat(handle)
        return found.st_dev, found.st_ino

    def lose_power():
        for path in pathlib.Path(root).rglob("*"):
            if path.is_dir():
                continue
            found = path.stat()
            if (found.st_dev, found.st_ino) not in synced_names:
                path.unlink()
            elif (found.st_dev, found.st_ino) not in synced_bytes:
                with path.open("r+b") as file:
                    file.truncate(found.st_size // 2)
                    if damage == "zeros":
                        file.truncate(found.st_size)
        os._exit(9)

    def at(name, call):
        def watched(*arguments, **more):
            with turn:
                calls[name] += 1
                if name == moment and calls[name] > after:
                    lose_power()
                done = call(*arguments, **more)
                if name == "fdatasync":
                    synced_bytes.add(inode(arguments[0]))
                if name == "fsync":
                    for entry in os.scandir(arguments[0]):
                        found = entry.stat()
                        synced_names.add((found.st_dev, found.st_ino))
                return done
        return watched

    async def main():
        database = Database(dsn)
        await database.open()
        store = DirectoryStore(pathlib.Path(root))
        for name in calls:
            setattr(os, name, at(name, getattr(os, name)))
        now = datetime(2026, 11, 23, 9, tzinfo=UTC)
        uploads = Uploads(database, store, sniff=lambda purpose, first: None, clock=lambda: now)
        async with uploads.writing(OWNER, upload, offset=0) as writer:
            for begin in range(0, len(DATA), 1 << 18):
                await writer.feed(DATA[begin : begin + (1 << 18)])
            await writer.finish()

    asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("moment", "after"),
    [
        ("fdatasync", 0),  # the first part written, not synced
        ("fdatasync", 2),
        ("fdatasync", PARTS),  # the last part
        ("fsync", 1),  # bytes there, the name not
        ("rename", 0),  # every byte there, on the way to the object
        ("fdatasync", PARTS + 1),  # the object's list of parts
        ("rename", 1),
    ],
)
@pytest.mark.parametrize("damage", ["cut", "zeros"])
async def test_after_a_power_loss_head_tells_what_is_there_and_the_upload_completes(
    local: Desk, root: Path, pg_dsn: str, admin: Connection, moment: str, after: int, damage: str
) -> None:
    upload = await local.create(len(DATA))
    command = [sys.executable, "-c", textwrap.dedent(WRITER), pg_dsn, str(root), upload.id]
    writer = await asyncio.create_subprocess_exec(*command, moment, str(after), damage)
    assert await writer.wait() == 9
    await lease_over(admin)

    at = await local.stands_at(upload)
    assert at % PART == 0 or at == len(DATA)
    assert at >= (len(DATA) if moment == "rename" or after > PARTS else 0)
    if at < len(DATA):
        await local.send(upload, DATA[at:], at)
    result = await local.uploads.completed(OWNER, upload.id)
    assert result.part_hashes == HASHES
    content = await local.content(upload)
    assert content == DATA
    assert tree_root(part_hashes([content])) == tree_root(result.part_hashes)  # what the receipt names
