"""Receive buffers: a fixed amount of memory however many uploads are running."""

import mmap

PART = 8 * 1024 * 1024
"""The unit, bytes: hashed when it arrives, stored as one multipart part, a leaf of the bid's tree."""

_SMALL = 512 * 1024


class Buffers:
    """Hands out whole-part buffers while there are any, small ones beyond.

    A writer with a small buffer stores its part in fragments and joins them when the part is whole: slower,
    but a crowd of slow senders holds 512 KiB each instead of 8 MiB. Returned buffers are used again, because
    faulting in fresh pages costs as much as receiving into them. Whole ones are mapped, hence aligned to a
    page: a directory store writes them to the disk from where they are.
    """

    def __init__(self, *, whole: int = 64, kept: int = 8) -> None:
        self._left = whole
        self._kept = kept
        self._free: list[memoryview] = []

    def take(self, needed: int) -> memoryview:
        """A buffer of `needed` bytes or less, 512 KiB at least if that many are needed."""
        if needed <= _SMALL or not self._left:
            return memoryview(bytearray(min(needed, _SMALL)))
        self._left -= 1
        return self._free.pop() if self._free else memoryview(mmap.mmap(-1, PART))

    def give_back(self, buffer: memoryview) -> None:
        if len(buffer) < PART:
            return
        self._left += 1
        if len(self._free) < self._kept:
            self._free.append(buffer)
