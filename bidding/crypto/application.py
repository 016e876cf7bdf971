"""Applications for prequalification, sealed on the applicant's device like a bid's envelopes, to one key of the host's.

Each part is a body of its own (``envelope``) with a content key of its own, wrapped for the key that the notice names.
The target binds it to lot, document, applicant, and the place that it has in that applicant's n-th application.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from bidding.crypto.body import MAGIC, PREFIX_SIZE, header_of
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.envelope import new_content_key, open_bytes, seal_bytes
from bidding.crypto.errors import Layer, OpeningError
from bidding.crypto.parts import PartHasher, root
from bidding.crypto.suite import unwrap, wrap
from bidding.crypto.target import Target, wrap_info


@dataclass(frozen=True)
class Address:
    """``document_hash``: hex SHA-256 of the first prequalification document; ``version``: its number, from 1."""

    lot: str
    applicant: str
    document_hash: str
    version: int

    def target(self, number: int) -> Target:
        return Target(
            document_hash=self.document_hash,
            document_version=1,
            lot=self.lot,
            bidder=self.applicant,
            envelope=f"application-{number}",
            bid_version=self.version,
        )


@dataclass(frozen=True)
class Part:
    """``sha256``: hex, of ``body``; ``wrapped``: base64url."""

    body: bytes = field(repr=False)
    sha256: str
    wrapped: str


@dataclass(frozen=True)
class Opened:
    """The contents in the order of the parts, and their content keys (32 bytes)."""

    contents: tuple[bytes, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)


def is_sealed(body: bytes) -> bool:
    """Whether these bytes begin as a sealed body does."""
    return body.startswith(MAGIC)


def seal_application(contents: Sequence[bytes], address: Address, public: bytes) -> list[Part]:
    """``public``: the raw X25519 key that the notice names. MalformedKeyError."""
    sealed = []
    for number, content in enumerate(contents):
        target, cek = address.target(number), new_content_key()
        body, _ = seal_bytes(content, target, cek)
        wrapped = b64(wrap(cek, public, wrap_info(target)))
        sealed.append(Part(body, hashlib.sha256(body).hexdigest(), wrapped))
    return sealed


def open_application(parts: Sequence[Part], address: Address, private: bytes) -> Opened:
    """By the private half of the notice's key. OpeningError with the first layer that fails."""
    contents, keys = [], []
    for number, part in enumerate(parts):
        target = address.target(number)
        if hashlib.sha256(part.body).hexdigest() != part.sha256:
            raise OpeningError(layer=Layer.ROOT, envelope=target.envelope, reason="not the bytes handed in")
        cek = unwrap(unb64(part.wrapped), private, wrap_info(target))
        header = header_of(part.body[:PREFIX_SIZE])
        if cek is None or header is None:
            raise OpeningError(
                layer=Layer.MANIFEST, envelope=target.envelope, reason="not addressed to this key"
            )
        hasher = PartHasher()
        hasher.update(part.body)
        contents.append(open_bytes(part.body, target, cek, root(hasher.hashes()), header))
        keys.append(cek)
    return Opened(tuple(contents), tuple(keys))
