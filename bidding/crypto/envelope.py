"""The envelopes of a bid and their sealed files on disk, written whole or not at all."""

import io
import secrets
from collections.abc import Iterable
from pathlib import Path

from bidding.crypto.body import CEK_SIZE
from bidding.crypto.files import appearing
from bidding.crypto.padding import FORM
from bidding.crypto.pipeline import Bytes, Progress
from bidding.crypto.sealing import SealedBody, seal_into
from bidding.crypto.suite import Random
from bidding.crypto.target import Target
from bidding.crypto.unsealing import OpenedBody, open_into

QUALIFICATION = "qualification"
TECHNICAL = "technical"
COMMERCIAL = "commercial"
ENVELOPES = (FORM, QUALIFICATION, TECHNICAL, COMMERCIAL)
"""What is announced at the opening, then what the evaluation reads; each has a content key of its own."""


def new_content_key(random: Random = secrets.token_bytes) -> bytes:
    """A fresh content encryption key (CEK), for one envelope of one version of one bid."""
    return random(CEK_SIZE)


def seal_stream(
    content: Iterable[Bytes],
    content_length: int,
    target: Target,
    cek: bytes,
    path: Path,
    progress: Progress | None = None,
    hash_content: bool = False,
) -> SealedBody:
    """Seal `content` (exactly `content_length` bytes) into the file `path`, in constant memory.

    The file appears when complete; on an error, or when `progress` raises, nothing is left.
    Never use a content key twice. Raises SealingError and its kinds, UnsupportedSuiteError, OSError.
    """
    with appearing(path) as sink:
        return seal_into(sink, content, content_length, target, cek, progress, hash_content)


def open_stream(
    sealed: Path,
    target: Target,
    cek: bytes,
    root: bytes,
    header: bytes,
    path: Path,
    progress: Progress | None = None,
    hash_content: bool = False,
) -> OpenedBody:
    """Open the sealed file into `path`, which appears only after every check has passed.

    `root` (32 bytes) and `header` (56 bytes) come from the bidder's signed manifest, never from the
    file. Raises OpeningError naming the first layer that fails.
    """
    with appearing(path) as sink, sealed.open("rb", buffering=0) as source:
        return open_into(sink, source, target, cek, root, header, progress, hash_content)


def seal_bytes(content: bytes, target: Target, cek: bytes) -> tuple[bytes, SealedBody]:
    """The sealed body of a small content, in memory."""
    sink = io.BytesIO()
    body = seal_into(sink, [content], len(content), target, cek)
    return sink.getvalue(), body


def open_bytes(sealed: bytes, target: Target, cek: bytes, root: bytes, header: bytes) -> bytes:
    """The content of a small sealed body; raises OpeningError as open_stream does."""
    sink = io.BytesIO()
    open_into(sink, [sealed], target, cek, root, header)
    return sink.getvalue()
