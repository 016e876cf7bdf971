"""An object store in a directory: the embedded default.

Layout below the root, which belongs to this store alone:

    objects/<segment>/…/<last segment>=   one file per object; `=` is in no key, so `a` and `a/b` coexist
    parts/<folder>/<number>-<tag>         parts of open multipart uploads
    assembled/<folder>/<number>-<tag>     parts of completed objects
    scratch/                              files being written, renamed into `objects/` when durable

An object file begins with eight bytes that say what follows: the object itself, or the list of the parts that
make it up. Completing a multipart upload therefore renames and never copies, whatever the size.
Durability: every file is fdatasync'ed and its folder fsync'ed before the call returns. Parts go past the page
cache, so that this costs nothing (docs/decisions/0008-parts-past-the-page-cache.md).
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec

from storage.objects import disk
from storage.objects.errors import ObjectError, ObjectMissing, ObjectStoreUnavailable
from storage.objects.keys import checked_key, checked_prefix
from storage.objects.protocol import PartBytes

_WHOLE = b"OBJ1raw\n"
_ASSEMBLED = b"OBJ1cat\n"
_CHUNK = 1 << 20
_DAY = 86_400.0

P = ParamSpec("P")
T = TypeVar("T")


class _Piece(msgspec.Struct, frozen=True, array_like=True):
    """One file of an object: path below the root, where its bytes begin, how many count."""

    path: tuple[str, ...]
    start: int
    size: int


class DirectoryStore:
    """`ObjectStore` below `root` (created if absent). Several processes may share one root."""

    def __init__(self, root: Path, *, threads: int = 8) -> None:
        self._root_path = root
        with disk.answering_for(str(root)):
            root.mkdir(parents=True, exist_ok=True)
            self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for name in ("objects", "parts", "assembled", "scratch"):
                with disk.directory(self._root, (name,), create=True) as folder:
                    if name == "scratch":
                        disk.sweep_scratch(folder, older_than=_DAY)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="objects")

    async def put(self, key: str, data: PartBytes) -> None:
        await self._run(key, self._put, *_place(key), _WHOLE, data)

    async def get(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        pieces = await self._run(key, self._pieces, key)
        skip, left = offset, sum(piece.size for piece in pieces) if length is None else length
        for piece in pieces:
            if left <= 0:
                return
            if skip >= piece.size:
                skip -= piece.size
                continue
            handle = await self._run(key, self._open, piece)
            try:
                while left > 0 and skip < piece.size:
                    count = min(_CHUNK, left, piece.size - skip)
                    chunk = await self._run(key, os.pread, handle, count, piece.start + skip)
                    if not chunk:
                        raise ObjectStoreUnavailable(f"{key} is shorter on disk than recorded")
                    skip += len(chunk)
                    left -= len(chunk)
                    yield chunk
            finally:
                os.close(handle)
            skip = 0

    async def stat(self, key: str) -> int:
        pieces = await self._run(key, self._pieces, key)
        return sum(piece.size for piece in pieces)

    async def delete(self, key: str) -> None:
        with contextlib.suppress(ObjectMissing):
            await self._run(key, self._delete, *_place(key))

    async def list(self, prefix: str) -> AsyncIterator[str]:
        for key in await self._run(prefix, self._keys, checked_prefix(prefix)):
            yield key

    async def begin(self, key: str) -> str:
        token = secrets.token_hex(16)
        await self._run(key, self._begin, _folder(key, token))
        return token

    async def put_part(self, key: str, token: str, number: int, data: PartBytes) -> str:
        # The tag is part of the name: a writer that was thought dead cannot overwrite its successor's part.
        tag = secrets.token_hex(8)
        await self._run(key, self._put_part, _folder(key, token), _part(number, tag), data)
        return tag

    async def complete(self, key: str, token: str, parts: Sequence[tuple[int, str]]) -> None:
        names = [_part(number, tag) for number, tag in parts]
        await self._run(key, self._assemble, *_place(key), _folder(key, token), names)

    async def abort(self, key: str, token: str) -> None:
        await self._run(key, self._drop, "parts", _folder(key, token))

    async def free(self) -> int | None:
        found = await self._run("", os.fstatvfs, self._root)
        return found.f_bavail * found.f_frsize

    async def health(self) -> None:
        try:
            await self._run("scratch", self._probe)
        except ObjectStoreUnavailable:
            raise
        except ObjectError as error:
            raise ObjectStoreUnavailable(str(error)) from error

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        os.close(self._root)

    async def _run(self, key: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(…)` in a thread of this store, its `OSError`s translated."""

        def guarded() -> T:
            with disk.answering_for(key):
                return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, guarded)

    def _begin(self, folder_name: str) -> None:
        self._require_root()
        with disk.directory(self._root, ("parts", folder_name), create=True):
            pass

    def _put_part(self, folder_name: str, name: str, data: PartBytes) -> None:
        self._require_root()
        with disk.directory(self._root, ("parts", folder_name)) as folder:
            disk.write_new(folder, name, data)

    def _drop(self, kind: str, folder_name: str) -> None:
        with disk.directory(self._root, (kind,)) as parent:
            disk.remove_folder(parent, folder_name)

    def _require_root(self) -> None:
        # The open descriptor would go on writing into a root that was moved away or unmounted.
        try:
            there = os.path.samestat(os.stat(self._root_path), os.fstat(self._root))
        except OSError:
            there = False
        if not there:
            raise ObjectStoreUnavailable("the root folder is gone or was replaced")

    def _probe(self) -> None:
        self._require_root()
        name = secrets.token_hex(16)
        with disk.directory(self._root, ("scratch",)) as scratch:
            disk.write_new(scratch, name, b"health")
            os.unlink(name, dir_fd=scratch)

    def _put(
        self, path: tuple[str, ...], name: str, kind: bytes, data: PartBytes, parts: str | None = None
    ) -> None:
        """`parts`: the folder that an assembled object's parts lie in."""
        self._require_root()
        with (
            disk.directory(self._root, ("scratch",)) as scratch,
            disk.directory(self._root, path, create=True) as folder,
        ):
            replaced = self._assembled_folder(folder, name)
            disk.replace_file(scratch, folder, name, kind, data)
        if replaced not in (None, parts):  # the same: this completion was repeated
            self._drop("assembled", replaced)

    def _pieces(self, key: str) -> Sequence[_Piece]:
        path, name = _place(key)
        with disk.directory(self._root, path) as folder:
            handle = disk.open_file(folder, name)
        try:
            kind = os.pread(handle, len(_WHOLE), 0)
            size = os.fstat(handle).st_size - len(_WHOLE)
            if kind == _WHOLE:
                return (_Piece((*path, name), len(_WHOLE), size),)
            if kind == _ASSEMBLED:
                return msgspec.json.decode(os.pread(handle, size, len(_ASSEMBLED)), type=tuple[_Piece, ...])
        finally:
            os.close(handle)
        raise ObjectStoreUnavailable(f"{key} was not written by this store")

    def _open(self, piece: _Piece) -> int:
        with disk.directory(self._root, piece.path[:-1]) as folder:
            return disk.open_file(folder, piece.path[-1])

    def _assemble(self, path: tuple[str, ...], name: str, folder_name: str, names: Sequence[str]) -> None:
        self._require_root()
        with (
            disk.directory(self._root, ("parts",)) as opened,
            disk.directory(self._root, ("assembled",)) as assembled,
        ):
            # A crash between the rename and the manifest leaves the folder here: the retry finds it.
            done = folder_name in os.listdir(assembled)
            with disk.directory(assembled if done else opened, (folder_name,)) as folder:
                where = ("assembled", folder_name)
                pieces = [_Piece((*where, n), 0, os.stat(n, dir_fd=folder).st_size) for n in names]
                for superseded in set(os.listdir(folder)).difference(names):
                    os.unlink(superseded, dir_fd=folder)
            if not done:
                os.rename(folder_name, folder_name, src_dir_fd=opened, dst_dir_fd=assembled)
                os.fsync(assembled)
                os.fsync(opened)
        self._put(path, name, _ASSEMBLED, msgspec.json.encode(pieces), folder_name)

    def _assembled_folder(self, folder: int, name: str) -> str | None:
        """The parts folder behind the object that is about to be replaced or deleted."""
        try:
            handle = disk.open_file(folder, name)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):  # ELOOP: a planted link
                return None
            raise
        try:
            if os.pread(handle, len(_ASSEMBLED), 0) != _ASSEMBLED:
                return None
            rest = os.pread(handle, os.fstat(handle).st_size, len(_ASSEMBLED))
        finally:
            os.close(handle)
        pieces = msgspec.json.decode(rest, type=tuple[_Piece, ...])
        return pieces[0].path[1] if pieces else None

    def _delete(self, path: tuple[str, ...], name: str) -> None:
        with disk.directory(self._root, path) as folder:
            assembled = self._assembled_folder(folder, name)
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)
        if assembled is not None:
            self._drop("assembled", assembled)

    def _keys(self, prefix: str) -> Sequence[str]:
        found: list[str] = []

        def walk(path: tuple[str, ...]) -> None:
            try:
                with disk.directory(self._root, ("objects", *path)) as folder:
                    names = os.listdir(folder)
            except (FileNotFoundError, NotADirectoryError):
                return  # no such prefix; or something planted here that is no folder of this store
            for name in names:
                key = "/".join((*path, name))
                if not name.endswith("="):
                    walk((*path, name))
                elif key[:-1].startswith(prefix):
                    found.append(key[:-1])

        walk(tuple(prefix.split("/")[:-1]))
        return sorted(found)


def _place(key: str) -> tuple[tuple[str, ...], str]:
    """Folder below the root and file name of an object. Raises `BadKey`."""
    *folders, last = checked_key(key).split("/")
    return ("objects", *folders), last + "="


def _folder(key: str, token: str) -> str:
    """The folder of an upload's parts: named after token and key, so a token serves its own key only."""
    return hashlib.sha256(f"{token}\n{checked_key(key)}".encode()).hexdigest()


def _part(number: int, tag: str) -> str:
    if not 1 <= number <= 10_000 or len(tag) != 16 or not tag.isalnum() or not tag.isascii():
        raise ObjectMissing(f"part {number}")
    return f"{number:05d}-{tag}"
