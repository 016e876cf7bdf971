"""Durable file operations below one root folder, by directory descriptor, never through a symbolic link.

Blocking: the directory store calls these in its threads. `OSError` leaves as this package's errors.
"""

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence

from storage.objects.errors import ObjectMissing, ObjectStoreFull, ObjectStoreUnavailable
from storage.objects.protocol import PartBytes

# EFBIG is RLIMIT_FSIZE or the file system's own limit: for the caller the same as no room.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# ELOOP and ENOTDIR are what O_NOFOLLOW answers for a planted link: that name is none of ours.
_ABSENT = frozenset({errno.ENOENT, errno.ELOOP, errno.ENOTDIR})

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_DIRECT = getattr(os, "O_DIRECT", 0)  # absent on macOS: then everything goes through the cache
_BLOCK = 4096  # what every disk's logical block divides
_WORTHWHILE = 1 << 20  # bytes; below, the cache takes them faster than the disk


@contextlib.contextmanager
def answering_for(key: str) -> Iterator[None]:
    """Turn `OSError` into `ObjectStoreFull`, `ObjectMissing` or `ObjectStoreUnavailable`."""
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "EIO")
        if error.errno in _FULL:
            raise ObjectStoreFull(key, name) from error
        if error.errno in _ABSENT:
            raise ObjectMissing(key) from error
        raise ObjectStoreUnavailable(name) from error


@contextlib.contextmanager
def directory(root: int, path: Sequence[str], *, create: bool = False) -> Iterator[int]:
    """A descriptor of the folder `path` below `root`; created folders are durable in their parent."""
    current = os.dup(root)
    try:
        for name in path:
            try:
                below = os.open(name, _DIRECTORY, dir_fd=current)
            except FileNotFoundError:
                if not create:
                    raise
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=current)
                    os.fsync(current)
                below = os.open(name, _DIRECTORY, dir_fd=current)
            os.close(current)
            current = below
        yield current
    finally:
        os.close(current)


def write_new(folder: int, name: str, *pieces: PartBytes) -> None:
    """Write a file that did not exist and make its bytes and its name durable, or leave nothing.

    A single large piece goes past the page cache where the file system lets it (`_write_past_cache`).
    """
    handle = os.open(name, _CREATE, 0o600, dir_fd=folder)
    try:
        try:
            if len(pieces) == 1 and len(pieces[0]) >= _WORTHWHILE:
                _write_past_cache(handle, memoryview(pieces[0]))
            else:
                for piece in pieces:
                    _write(handle, memoryview(piece))
            os.fdatasync(handle)
        finally:
            os.close(handle)
        os.fsync(folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise


def _write(handle: int, rest: memoryview) -> None:
    while rest:
        rest = rest[os.write(handle, rest) :]


def _write_past_cache(handle: int, data: memoryview) -> None:
    """Write from where the bytes are to the disk, as far as whole blocks go; the rest as usual.

    Saves the copy into fresh pages of the cache, which costs more than hashing does, and the sync finds
    nothing left to do: a part is read again only at the opening, and dirty pages by the gigabyte would
    make every commit of the database next door wait for them.
    """
    blocks = len(data) & -_BLOCK
    flags = fcntl.fcntl(handle, fcntl.F_GETFL)
    try:
        fcntl.fcntl(handle, fcntl.F_SETFL, flags | _DIRECT)
        while blocks:
            done = os.write(handle, data[:blocks])
            data, blocks = data[done:], blocks - done
    except OSError as error:
        # EINVAL: this file system has no such thing, or bytes or place are not aligned as it wants them.
        if error.errno != errno.EINVAL:
            raise
    fcntl.fcntl(handle, fcntl.F_SETFL, flags)
    _write(handle, data)


def replace_file(scratch: int, folder: int, name: str, *pieces: PartBytes) -> None:
    """Write beside, then rename: `name` shows the old bytes or all of the new ones."""
    beside = secrets.token_hex(16)
    write_new(scratch, beside, *pieces)
    try:
        os.rename(beside, name, src_dir_fd=scratch, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=scratch)
        raise
    os.fsync(folder)


def open_file(folder: int, name: str) -> int:
    """A read descriptor; the caller closes it."""
    return os.open(name, _READ, dir_fd=folder)


def remove_folder(parent: int, name: str) -> None:
    """Remove a folder of files; absent is fine."""
    with contextlib.suppress(FileNotFoundError):
        with directory(parent, (name,)) as folder:
            for entry in os.listdir(folder):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry, dir_fd=folder)
        os.rmdir(name, dir_fd=parent)
        os.fsync(parent)


def sweep_scratch(scratch: int, older_than: float) -> None:
    """Remove scratch files of crashed writers: older than `older_than` seconds by the disk's own clock."""
    probe = secrets.token_hex(16)
    write_new(scratch, probe)
    present = os.stat(probe, dir_fd=scratch).st_mtime
    for name in os.listdir(scratch):
        with contextlib.suppress(FileNotFoundError):
            age = present - os.stat(name, dir_fd=scratch, follow_symlinks=False).st_mtime
            if name == probe or age > older_than:
                os.unlink(name, dir_fd=scratch)
