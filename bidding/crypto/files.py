"""Reading files in blocks, and outputs that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bidding.crypto.pipeline import BLOCK


def file_blocks(path: Path) -> Iterator[memoryview]:
    """The file's bytes in 1 MiB blocks. Each block is overwritten by the next: use it before asking on."""
    buffer = memoryview(bytearray(BLOCK))
    with path.open("rb", buffering=0) as file:
        while taken := file.readinto(buffer):
            yield buffer[:taken]


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name, mode 0600, when the block ends well and leaves nothing otherwise.

    Chunks are authenticated one by one but truncation shows only at the end, so nothing may be found
    under the final name before. Not synced to the disk: whoever needs that syncs the file once.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb", buffering=0) as file:
            yield file
        os.replace(partial, path)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise


def remove_partials(path: Path) -> None:
    """Clear away what a killed process left beside `path`. No one else may be writing `path`."""
    prefix, suffix = f".{path.name}.", ".partial"
    for found in path.parent.iterdir():
        if found.name.startswith(prefix) and found.name.endswith(suffix):
            found.unlink(missing_ok=True)
