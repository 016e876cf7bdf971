"""Opening one envelope's body in constant memory: root, commitment, AEAD, padding, in this precedence.

The checks run in one pass, but whose fault a failure is follows from the first layer that fails, so a
body that does not decrypt is still hashed to its end: if its root is wrong, the store damaged it.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import AlreadyFinalized, InvalidTag

from bidding.crypto import parts
from bidding.crypto.body import (
    CEK_SIZE,
    CHUNK,
    MAGIC,
    PREFIX_SIZE,
    TAG,
    commitment_matches,
    decryptor,
    header_of,
)
from bidding.crypto.errors import Layer, MalformedKeyError, OpeningError
from bidding.crypto.padding import LENGTH, is_zero, padded_size, possible_size
from bidding.crypto.pipeline import BLOCK, BlockReader, Bytes, Progress, relay, write_all
from bidding.crypto.suite import require_suite
from bidding.crypto.target import Target, body_context

_SEALED_BLOCK = BLOCK // CHUNK * (CHUNK + TAG)
_MOST_PRODUCED = BLOCK + CHUNK


@dataclass(frozen=True)
class OpenedBody:
    """The content's length in bytes, and its SHA-256 if that was asked for."""

    content_length: int
    content_sha256: bytes | None = None


def open_into(
    sink: BinaryIO,
    sealed: Iterable[Bytes],
    target: Target,
    cek: bytes,
    root: bytes,
    header: bytes,
    progress: Progress | None = None,
    hash_content: bool = False,
) -> OpenedBody:
    """Write the content of a sealed body to `sink`; only a return means that it is the bidder's content.

    `sealed` may be an unbuffered file; it is read and `sink` written in order, but by two threads in
    turn if there are several parts. `root` and `header` are the manifest's. `progress` counts sealed
    bytes, its total is unknown here and given as 0. `hash_content` costs a second pass of SHA-256.
    Raises OpeningError with the first layer that fails.
    """
    require_suite(target.suite)
    if len(cek) != CEK_SIZE:
        raise MalformedKeyError(what="content key: not 32 bytes")
    opening, reader = _Opening(sink, target, cek, header, hash_content), BlockReader(sealed)
    fault, done = None, 0

    def drain(part: memoryview) -> None:
        nonlocal fault, done
        try:
            if fault is None:
                opening.feed(part if done else opening.begin(part))
        except OpeningError as error:
            fault = error
        done += len(part)
        if progress:
            progress(done, 0)

    hashes = relay(reader.readinto, drain)
    if not hmac.compare_digest(parts.root(hashes), root):
        raise OpeningError(layer=Layer.ROOT, envelope=target.envelope, reason="not the bytes of the manifest")
    if fault is not None:
        raise fault
    return opening.end()


class _Opening:
    """Deciphering and unpadding; every method raises OpeningError."""

    def __init__(self, sink: BinaryIO, target: Target, cek: bytes, header: bytes, hash_content: bool) -> None:
        self._sink, self._target, self._cek, self._header = sink, target, cek, header
        self._decryptor = decryptor(cek, body_context(target), target.suite)
        self._hash = hashlib.sha256() if hash_content else None
        self._plain = memoryview(bytearray(_MOST_PRODUCED))
        self._begun = False
        self._prefix = b""
        self._content_length = 0
        self._written = 0
        self._padding = 0

    def begin(self, first: memoryview) -> memoryview:
        """Check magic and header; the rest of the first part."""
        found = header_of(bytes(first[:PREFIX_SIZE]))
        if found != self._header:
            raise self._refused(Layer.MANIFEST, "the header is not the manifest's")
        if not commitment_matches(self._cek, self._header, body_context(self._target), self._target.suite):
            raise self._refused(Layer.COMMITMENT, "another key, or sealed for another target")
        self._begun = True
        return first[len(MAGIC) :]

    def feed(self, sealed: memoryview) -> None:
        try:
            for at in range(0, len(sealed), _SEALED_BLOCK):
                produced = self._decryptor.update_into(sealed[at : at + _SEALED_BLOCK], self._plain)
                self._unpad(self._plain[:produced])
        except (InvalidTag, AlreadyFinalized):
            raise self._refused(Layer.AEAD, "altered") from None

    def end(self) -> OpenedBody:
        if not self._begun:
            raise self._refused(Layer.MANIFEST, "no header")
        try:
            self._unpad(memoryview(self._decryptor.finalize()))
        except (InvalidTag, AlreadyFinalized):
            raise self._refused(Layer.AEAD, "truncated or altered") from None
        if len(self._prefix) < LENGTH.size or self._written != self._content_length:
            raise self._refused(Layer.PADDING, "shorter than its length says")
        padded = LENGTH.size + self._written + self._padding
        # A form longer than its fixed size has no padded size at all, hence the first test.
        if not possible_size(self._target.envelope, padded) or padded != padded_size(
            self._target.envelope, self._content_length
        ):
            raise self._refused(Layer.PADDING, "not the padded size of this length")
        return OpenedBody(self._content_length, self._hash.digest() if self._hash else None)

    def _unpad(self, padded: memoryview) -> None:
        if len(self._prefix) < LENGTH.size and len(padded):
            wanted = LENGTH.size - len(self._prefix)
            self._prefix += bytes(padded[:wanted])
            padded = padded[wanted:]
            if len(self._prefix) == LENGTH.size:
                (self._content_length,) = LENGTH.unpack(self._prefix)
        content = padded[: self._content_length - self._written]
        if len(content):
            if self._hash:
                self._hash.update(content)
            write_all(self._sink, content)
            self._written += len(content)
        rest = padded[len(content) :]
        self._padding += len(rest)
        if len(rest) and not is_zero(rest):
            raise self._refused(Layer.PADDING, "padding is not zero")

    def _refused(self, layer: Layer, reason: str) -> OpeningError:
        return OpeningError(layer=layer, envelope=self._target.envelope, reason=reason)
