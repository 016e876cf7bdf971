"""A body's parts passed through two threads, so that hashing one overlaps all other work on the next.

Of the work on a body SHA-256 is about half, copies to and from files most of the rest, AES-256-GCM the
least, and all of it runs without the interpreter lock. Divided by kind, it leaves one core waiting for
the other; so each thread takes a whole part through all its stages, two buffers suffice, and the cores
stay equally busy. One call per part matters: the cipher gives up the interpreter lock at every 16 KiB
chunk, and a thread that asks for the lock more often makes each of these a futile wake-up.
"""

from collections.abc import Callable, Iterable
from io import RawIOBase
from threading import Condition, Lock, Thread
from typing import BinaryIO, TypeAlias

from bidding.crypto.parts import PART_SIZE, part_hash

Bytes: TypeAlias = bytes | bytearray | memoryview

BLOCK = 1024 * 1024
"""Bytes of plaintext enciphered at a time: they stay in the core's cache between the steps."""

Progress: TypeAlias = Callable[[int, int], None]
"""(bytes done, bytes in all). An exception it raises cancels the work. Called in either thread."""

_THREADS = 2

Fill: TypeAlias = Callable[[memoryview], int]
Drain: TypeAlias = Callable[[memoryview], None]


def relay(fill: Fill, drain: Drain, spare: int = 0) -> list[bytes]:
    """Fill a buffer with each part in turn, hash it, drain it; the hashes of the parts.

    `fill` gets a buffer of PART_SIZE + `spare` bytes and says how many of them are the next part: fewer
    than PART_SIZE only at the end. `fill` and `drain` are called in the order of the parts, each in one
    thread at a time, but not always in the caller's. What either raises ends the relay and comes out.
    """
    return _Relay(fill, drain, PART_SIZE + spare).run()


class _Relay:
    def __init__(self, fill: Fill, drain: Drain, size: int) -> None:
        self._fill, self._drain, self._size = fill, drain, size
        self._filling, self._drained = Lock(), Condition()
        self._filled = 0
        self._ended = False
        self._hashes: list[bytes] = []
        self._error: BaseException | None = None
        self._partners: list[Thread] = []

    def run(self) -> list[bytes]:
        self._work()
        for partner in self._partners:
            partner.join()
        if self._error:
            raise self._error
        return self._hashes

    def _work(self) -> None:
        """One thread's share of the parts."""
        try:
            memory = memoryview(bytearray(self._size))
            while filled := self._next_part(memory):
                at, length = filled
                self._finish(at, memory[:length])
        except BaseException as error:
            with self._drained:
                self._error = self._error or error
                self._drained.notify_all()

    def _next_part(self, memory: memoryview) -> tuple[int, int] | None:
        """Index and length of the part now in `memory`; None if there is no more."""
        with self._filling:
            if self._ended or self._error:
                return None
            length = self._fill(memory)
            self._ended = length < PART_SIZE
            at, self._filled = self._filled, self._filled + 1
            # Most bodies, every form among them, are of one part and need no second thread.
            if not self._ended and len(self._partners) < _THREADS - 1:
                partner = Thread(target=self._work, name="parts")
                partner.start()
                self._partners.append(partner)
        return (at, length) if length else None

    def _finish(self, at: int, part: memoryview) -> None:
        digest = part_hash(part)
        with self._drained:
            self._drained.wait_for(lambda: len(self._hashes) == at or self._error)
            if self._error:
                return
        self._drain(part)
        with self._drained:
            self._hashes.append(digest)
            self._drained.notify_all()


class BlockReader:
    """Pieces of any size, or an unbuffered file, read as full buffers or block by block."""

    def __init__(self, pieces: Iterable[Bytes]) -> None:
        self._file = pieces if isinstance(pieces, RawIOBase) else None
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer`; fewer bytes only at the end."""
        filled = 0
        while filled < len(buffer):
            if self._file:
                taken = self._file.readinto(buffer[filled:]) or 0
            else:
                piece = self.take(len(buffer) - filled)
                taken = len(piece)
                buffer[filled : filled + taken] = piece
            if not taken:
                break
            filled += taken
        return filled

    def take(self, most: int) -> memoryview:
        """What is at hand of the current piece, up to `most` bytes, not copied; empty only at the end."""
        while not len(self._piece):
            following = next(self._pieces, None)
            if following is None:
                return self._piece
            self._piece = memoryview(following).cast("B")
        taken, self._piece = self._piece[:most], self._piece[most:]
        return taken


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Unbuffered files may take less than they are given."""
    while len(data):
        data = data[file.write(data) :]
