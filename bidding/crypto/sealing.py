"""Sealing one envelope's body in constant memory, hashing what goes in and what comes out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.cobblestone import Cobblestone256Encryptor

from bidding.crypto.body import CHUNK, HEADER_SIZE, MAGIC, TAG, sealed_length
from bidding.crypto.padding import LENGTH, padded_blocks, padded_size
from bidding.crypto.parts import root
from bidding.crypto.pipeline import BLOCK, Bytes, PartWriter, Progress, blocks
from bidding.crypto.suite import require_suite
from bidding.crypto.target import Target, body_context

# One chunk more than a block makes: the cipher may hold back a part of one between two calls.
_MOST_PRODUCED = (BLOCK // CHUNK + 1) * (CHUNK + TAG) + HEADER_SIZE


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
    Raises LengthMismatchError, FormTooLongError; the sink then holds a useless beginning.
    """
    require_suite(target.suite)
    total = padded_size(target.envelope, content_length)
    encryptor = Cobblestone256Encryptor(cek, body_context(target))
    digest, done, header = hashlib.sha256(), 0, b""
    with PartWriter(sink, spare=_MOST_PRODUCED) as writer:
        writer.append(MAGIC)
        for block in blocks(padded_blocks(target.envelope, content, content_length)):
            if hash_content:
                digest.update(block[max(LENGTH.size - done, 0) : max(content_length + LENGTH.size - done, 0)])
            room = writer.room
            produced = encryptor.update_into(block, room)
            header = header or bytes(room[:HEADER_SIZE])
            writer.advance(produced)
            done += len(block)
            if progress:
                progress(done, total)
        writer.append(encryptor.finalize())
        hashes = writer.finish()
    assert writer.length == sealed_length(total)
    return SealedBody(
        sealed_length=writer.length,
        part_hashes=tuple(hashes),
        root=root(hashes),
        header=header,
        content_length=content_length,
        content_sha256=digest.digest() if hash_content else None,
    )
