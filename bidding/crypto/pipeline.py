"""Parts in reused buffers, hashed and moved by two threads beside the cipher.

Of the work on a body SHA-256 is about half, copies to and from files most of the rest, AES-256-GCM the
least, and all of it runs without the interpreter lock. So what is not cipher is divided by parts, not
by kind: each thread takes a whole part through its copy and its hash, and no core waits for another.
One call per part matters: the cipher gives up the interpreter lock at every 16 KiB chunk, and a thread
that asks for the lock more often makes each of these a futile wake-up.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import RawIOBase
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias

from bidding.crypto.parts import PART_SIZE, part_hash

Bytes: TypeAlias = bytes | bytearray | memoryview

BLOCK = 1024 * 1024
"""Bytes of plaintext enciphered at a time: they stay in the core's cache between the steps."""

Progress: TypeAlias = Callable[[int, int], None]
"""(bytes done, bytes in all). An exception it raises cancels the work."""

_THREADS = 2
_BUFFERS = _THREADS + 1


class _Parts:
    """Buffers of a part and `spare` bytes that take turns; the work on one ends before its next turn.

    Leaving the block waits for the threads.
    """

    def __init__(self, spare: int = 0) -> None:
        self._memories = [memoryview(bytearray(PART_SIZE + spare)) for _ in range(_BUFFERS)]
        self._hashes: list[Future[bytes]] = []
        self._threads = ThreadPoolExecutor(_THREADS, "parts")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=error is not None)

    def hashes(self) -> list[bytes]:
        """The hashes of all parts, in their order, once the work on them has ended."""
        return [future.result() for future in self._hashes]

    def _memory(self, part: int) -> memoryview:
        """The buffer for the part with this index, once the work on the part before in it has ended."""
        if part >= _BUFFERS:
            self._hashes[part - _BUFFERS].result()
        return self._memories[part % _BUFFERS]


class PartWriter(_Parts):
    """A sink for sealed bytes that are produced in place: take `room`, write there, `advance`.

    The sink is written in order, but by the threads; what it raises comes out of a later call.
    """

    def __init__(self, sink: BinaryIO, spare: int) -> None:
        super().__init__(spare)
        self._sink = sink
        self._current, self._filled = self._memory(0), 0
        self.length = 0

    @property
    def room(self) -> memoryview:
        """At least `spare` bytes."""
        return self._current[self._filled :]

    def advance(self, written: int) -> None:
        self._filled += written
        self.length += written
        if self._filled >= PART_SIZE:
            full, over = self._current, self._filled - PART_SIZE
            self._submit(full[:PART_SIZE])
            self._current = self._memory(len(self._hashes))
            self._current[:over] = full[PART_SIZE : PART_SIZE + over]
            self._filled = over

    def append(self, data: bytes) -> None:
        self.room[: len(data)] = data
        self.advance(len(data))

    def finish(self) -> list[bytes]:
        """Write the last part; the hashes of all."""
        if self._filled:
            self._submit(self._current[: self._filled])
        return self.hashes()

    def _submit(self, part: memoryview) -> None:
        self._hashes.append(self._threads.submit(self._hash_and_write, part, len(self._hashes)))

    def _hash_and_write(self, part: memoryview, at: int) -> bytes:
        digest = part_hash(part)
        if at:
            self._hashes[at - 1].result()
        write_all(self._sink, part)
        return digest


class PartReader(_Parts):
    """The concatenated pieces part by part, read ahead by the threads, each part also being hashed.

    The pieces are asked for in order, one at a time, but by the threads.
    """

    def __init__(self, pieces: Iterable[Bytes]) -> None:
        super().__init__()
        self._reader = BlockReader(pieces)
        self._lengths: list[Future[int]] = []

    def __iter__(self) -> Iterator[memoryview]:
        """Each part is overwritten later: use it before asking for the next."""
        for _ in range(_BUFFERS - 1):
            self._submit()
        at = 0
        while length := self._lengths[at].result():
            self._submit()
            yield self._memories[at % _BUFFERS][:length]
            at += 1
        del self._hashes[at:]

    def _submit(self) -> None:
        self._lengths.append(Future())
        self._hashes.append(self._threads.submit(self._read_and_hash, len(self._hashes)))

    def _read_and_hash(self, at: int) -> bytes:
        length = self._lengths[at]
        try:
            memory = self._memory(at)
            ended = at > 0 and self._lengths[at - 1].result() < PART_SIZE
            taken = 0 if ended else self._reader.readinto(memory)
        except BaseException as error:
            length.set_exception(error)
            raise
        length.set_result(taken)
        return part_hash(memory[:taken])


class BlockReader:
    """Pieces of any size, or an unbuffered file, read as full buffers."""

    def __init__(self, pieces: Iterable[Bytes]) -> None:
        self._file = pieces if isinstance(pieces, RawIOBase) else None
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer`; fewer bytes only at the end."""
        filled = 0
        while filled < len(buffer):
            taken = self._file.readinto(buffer[filled:]) if self._file else self._copy(buffer[filled:])
            if not taken:
                break
            filled += taken
        return filled

    def _copy(self, buffer: memoryview) -> int:
        while not len(self._piece):
            following = next(self._pieces, None)
            if following is None:
                return 0
            self._piece = memoryview(following).cast("B")
        taken = min(len(self._piece), len(buffer))
        buffer[:taken] = self._piece[:taken]
        self._piece = self._piece[taken:]
        return taken


def blocks(pieces: Iterable[Bytes]) -> Iterator[memoryview]:
    """The pieces, none empty and none longer than a block."""
    for piece in pieces:
        view = memoryview(piece).cast("B")
        for at in range(0, len(view), BLOCK):
            yield view[at : at + BLOCK]


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Unbuffered files may take less than they are given."""
    while len(data):
        data = data[file.write(data) :]
