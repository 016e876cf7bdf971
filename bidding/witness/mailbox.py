"""Where a bidder hands in what the platform will not take: dated by the witness, whoever holds the server's plug.

Of a manifest only the hash is taken: a text would say who bids, and the hash is enough to show later that the bid
existed in time. A key release is public anyway once it is given, and is kept whole.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Annotated

import msgspec

from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.errors import CryptoError
from bidding.crypto.instant import instant
from bidding.crypto.signing import SignedJson, sign, verify

LABEL = "bidding/witness-mail/v1"
#: Bytes of one letter, and letters that a witness keeps.
LARGEST, MOST = 64 * 1024, 100_000


class LetterKind(StrEnum):
    MANIFEST = "manifest"
    RELEASE = "release"


class Letter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``digest``: hex SHA-256 of what is handed in; ``text``: that itself, of a release only."""

    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    kind: LetterKind
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    text: Annotated[str, msgspec.Meta(max_length=LARGEST)] = ""
    v: int = 1


class MailReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the witness signs: that it held this letter at ``received_at`` (its own clock)."""

    witness: str
    lot: str
    kind: LetterKind
    digest: str
    received_at: str
    v: int = 1


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    letter: Letter
    receipt: SignedJson


class BadLetterError(Exception):
    """Not a letter: its text says what."""


class MailboxFullError(Exception):
    """The witness keeps no more letters until its keeper has made room."""


class Mailbox:
    """``name`` and ``private``: the witness' own. Safe to share between threads."""

    def __init__(self, folder: Path, name: str, private: bytes, now: Callable[[], datetime]) -> None:
        self._folder, self._name, self._private, self._now = folder, name, private, now
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, data: bytes) -> SignedJson:
        """The receipt; of a letter that was handed in before, the first one. Raises BadLetterError, MailboxFullError;
        OSError when it cannot be kept."""
        letter = _letter(data)
        path = self._folder / f"{letter.kind}-{letter.lot.encode().hex()[:64]}-{letter.digest}.json"
        with self._lock:
            if path.exists():
                return msgspec.json.decode(path.read_bytes(), type=Kept).receipt
            if sum(1 for _ in self._folder.glob("*.json")) >= MOST:
                raise MailboxFullError
            said = MailReceipt(
                witness=self._name,
                lot=letter.lot,
                kind=letter.kind,
                digest=letter.digest,
                received_at=instant(self._now()),
            )
            receipt = sign(LABEL, said, self._private).to_json()
            _write(path, msgspec.json.encode(Kept(letter=letter, receipt=receipt)))
        return receipt

    def letters(self) -> Iterator[Kept]:
        """All letters, in no order that means anything."""
        for path in sorted(self._folder.glob("*.json")):
            yield msgspec.json.decode(path.read_bytes(), type=Kept)


def check_receipt(receipt: SignedJson, public: bytes) -> MailReceipt:
    """What the receipt says, once the witness' raw public key has signed it. SignatureError, CanonicalError."""
    return verify(LABEL, receipt.to_signed(), public, MailReceipt)


def letter_of(lot: str, kind: LetterKind, text: bytes) -> bytes:
    """The letter that hands in ``text``: whole if it is a release, else by its hash."""
    whole = text.decode() if kind is LetterKind.RELEASE else ""
    return canonical(Letter(lot=lot, kind=kind, digest=hashlib.sha256(text).hexdigest(), text=whole))


def _letter(data: bytes) -> Letter:
    if len(data) > 2 * LARGEST:
        raise BadLetterError(f"longer than {LARGEST} bytes")
    try:
        letter = parse_canonical(data, Letter)
    except CryptoError as error:
        raise BadLetterError(str(error)) from error
    if letter.kind is LetterKind.MANIFEST and letter.text:
        raise BadLetterError("of a manifest only the hash is taken: its text would say who bids")
    if (
        letter.kind is LetterKind.RELEASE
        and hashlib.sha256(letter.text.encode()).hexdigest() != letter.digest
    ):
        raise BadLetterError("the text has another hash")
    return letter


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".new")
    with open(partial, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
