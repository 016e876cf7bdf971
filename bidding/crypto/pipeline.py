"""Reused buffers of one part each, hashed beside the cipher.

SHA-256 is several times slower than AES-256-GCM, so two threads hash whole parts while the calling
thread goes on. One call per part matters: the cipher gives up the interpreter lock at every 16 KiB
chunk, and a hashing thread that asks for the lock more often makes each of these a futile wake-up.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, TypeAlias

from bidding.crypto.parts import PART_SIZE, part_hash

Bytes: TypeAlias = bytes | bytearray | memoryview

BLOCK = 1024 * 1024
"""Bytes of plaintext enciphered at a time."""

Progress: TypeAlias = Callable[[int, int], None]
"""(bytes done, bytes in all). An exception it raises cancels the work."""

_THREADS = 2
_BUFFERS = _THREADS + 1


@dataclass
class _Buffer:
    memory: memoryview
    hashing: "Future[bytes] | None" = None


class PartHashing:
    """The hashes of consecutive parts, each computed from one of three buffers that take turns.

    A buffer has `spare` bytes more than a part. Leaving the block waits for the threads.
    """

    def __init__(self, spare: int = 0) -> None:
        self._buffers = [_Buffer(memoryview(bytearray(PART_SIZE + spare))) for _ in range(_BUFFERS)]
        self._turn = 0
        self._hashes: list[Future[bytes]] = []
        self._threads = ThreadPoolExecutor(_THREADS, "part-hashing")

    def __enter__(self) -> "PartHashing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=error is not None)

    def buffer(self) -> memoryview:
        """The buffer whose turn it is, once its last part has been hashed."""
        current = self._buffers[self._turn]
        if current.hashing:
            current.hashing.result()
            current.hashing = None
        return current.memory

    def submit(self, length: int) -> None:
        """Hash the first `length` bytes of the current buffer as the next part; the next buffer's turn."""
        current = self._buffers[self._turn]
        current.hashing = self._threads.submit(part_hash, current.memory[:length])
        self._hashes.append(current.hashing)
        self._turn = (self._turn + 1) % _BUFFERS

    def hashes(self) -> list[bytes]:
        """The hashes of all parts submitted, in their order."""
        return [future.result() for future in self._hashes]


class PartWriter:
    """A sink for sealed bytes that are produced in place: take `room`, write there, `advance`."""

    def __init__(self, sink: BinaryIO, hashing: PartHashing) -> None:
        self._sink, self._hashing = sink, hashing
        self._memory, self._filled = hashing.buffer(), 0
        self.length = 0

    @property
    def room(self) -> memoryview:
        """At least the pipeline's `spare` bytes."""
        return self._memory[self._filled :]

    def advance(self, written: int) -> None:
        self._filled += written
        self.length += written
        if self._filled >= PART_SIZE:
            full, over = self._memory, self._filled - PART_SIZE
            self._hashing.submit(PART_SIZE)
            write_all(self._sink, full[:PART_SIZE])
            self._memory = self._hashing.buffer()
            self._memory[:over] = full[PART_SIZE : PART_SIZE + over]
            self._filled = over

    def append(self, data: bytes) -> None:
        self.room[: len(data)] = data
        self.advance(len(data))

    def finish(self) -> list[bytes]:
        """Write the last part; the hashes of all."""
        if self._filled:
            self._hashing.submit(self._filled)
            write_all(self._sink, self._memory[: self._filled])
        return self._hashing.hashes()


def hashed_parts(pieces: Iterable[Bytes], hashing: PartHashing) -> Iterator[memoryview]:
    """The concatenated pieces part by part, each already being hashed; use it before asking for the next."""
    reader = BlockReader(pieces)
    while taken := reader.readinto((memory := hashing.buffer())[:PART_SIZE]):
        hashing.submit(taken)
        yield memory[:taken]


class BlockReader:
    """Pieces of any size, read as full buffers."""

    def __init__(self, pieces: Iterable[Bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer`; fewer bytes only at the end."""
        filled = 0
        while filled < len(buffer):
            while not len(self._piece):
                following = next(self._pieces, None)
                if following is None:
                    return filled
                self._piece = memoryview(following).cast("B")
            taken = min(len(self._piece), len(buffer) - filled)
            buffer[filled : filled + taken] = self._piece[:taken]
            self._piece = self._piece[taken:]
            filled += taken
        return filled


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Unbuffered files may take less than they are given."""
    while len(data):
        data = data[file.write(data) :]
