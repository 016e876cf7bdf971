"""Sealing one envelope's body in constant memory, hashing what goes in and what comes out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from bidding.crypto.body import CHUNK, HEADER_SIZE, MAGIC, TAG, encryptor, sealed_length
from bidding.crypto.padding import LENGTH, padded_blocks, padded_size
from bidding.crypto.parts import PART_SIZE, root
from bidding.crypto.pipeline import BLOCK, BlockReader, Bytes, Progress, relay, write_all
from bidding.crypto.suite import require_suite
from bidding.crypto.target import Target, body_context

_SEALED_CHUNK = CHUNK + TAG
# How far beyond a part the last piece enciphered into it may reach: the cipher holds back up to a chunk.
_OVERHANG = HEADER_SIZE + 2 * _SEALED_CHUNK


@dataclass(frozen=True)
class SealedBody:
    """What is known of a body after sealing: lengths in bytes, hashes and root 32 bytes, header 56.

    `content_sha256` only if asked for: root, header and content key already determine the content.
    """

    sealed_length: int
    part_hashes: tuple[bytes, ...]
    root: bytes
    header: bytes
    content_length: int
    content_sha256: bytes | None = None


def seal_into(
    sink: BinaryIO,
    content: Iterable[Bytes],
    content_length: int,
    target: Target,
    cek: bytes,
    progress: Progress | None = None,
    hash_content: bool = False,
) -> SealedBody:
    """Write the sealed body of `content` to `sink`.

    `content_length` must be known beforehand, for it stands in front of the content. `progress` counts
    padded plaintext. `hash_content` costs a second pass of SHA-256, which halves the speed.
    `content` is read and `sink` written in order, but by two threads in turn if there are several parts.
    Raises LengthMismatchError, FormTooLongError; the sink then holds a useless beginning.
    """
    require_suite(target.suite)
    sealing = _Sealing(content, content_length, target, cek, progress, hash_content)
    hashes = relay(sealing.fill, partial(write_all, sink), spare=_OVERHANG)
    return sealing.end(hashes)


class _Sealing:
    """Padding and enciphering, part by part."""

    def __init__(
        self,
        content: Iterable[Bytes],
        content_length: int,
        target: Target,
        cek: bytes,
        progress: Progress | None,
        hash_content: bool,
    ) -> None:
        self._total = padded_size(target.envelope, content_length)
        self._padded = BlockReader(padded_blocks(target.envelope, content, content_length))
        self._content = range(LENGTH.size, LENGTH.size + content_length)
        self._encryptor = encryptor(cek, body_context(target), target.suite)
        self._hash = hashlib.sha256() if hash_content else None
        self._progress = progress
        self._done = 0
        self._ended = False
        self._carried = MAGIC
        self._header = b""
        self._length = 0

    def fill(self, memory: memoryview) -> int:
        """The next part's length in bytes; it lies in `memory`, beyond it may lie what the next begins with."""
        filled = len(self._carried)
        memory[:filled] = self._carried
        while filled < PART_SIZE and not self._ended:
            filled += self._encipher(memory[filled:], PART_SIZE - filled)
        length = min(filled, PART_SIZE)
        self._carried = bytes(memory[length:filled])
        self._length += length
        return length

    def end(self, hashes: list[bytes]) -> SealedBody:
        assert self._length == sealed_length(self._total)
        return SealedBody(
            sealed_length=self._length,
            part_hashes=tuple(hashes),
            root=root(hashes),
            header=self._header,
            content_length=len(self._content),
            content_sha256=self._hash.digest() if self._hash else None,
        )

    def _encipher(self, room: memoryview, wanted: int) -> int:
        """Bytes written: about `wanted` or a block, whatever is less; any number at the end."""
        plain = self._padded.take(min(BLOCK, max(1, wanted // _SEALED_CHUNK) * CHUNK))
        if not len(plain):
            self._ended = True
            tail = self._encryptor.finalize()
            room[: len(tail)] = tail
            return len(tail)
        if self._hash:
            self._hash.update(
                plain[max(self._content.start - self._done, 0) : max(self._content.stop - self._done, 0)]
            )
        produced = self._encryptor.update_into(plain, room)
        self._header = self._header or bytes(room[:HEADER_SIZE])
        self._done += len(plain)
        if self._progress:
            self._progress(self._done, self._total)
        return produced
