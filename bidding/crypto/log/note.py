"""c2sp.org/signed-note: a text and the signatures under it, each by a named key."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bidding.crypto.errors import MalformedKeyError, NoteError

MAX_NOTE = 64 * 1024
_ID = 4
_SIGNATURE = 64
_TIMESTAMP = 8
_NAME = re.compile(r"[^\s+]+\Z")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)\Z")


class Kind(IntEnum):
    """The signature types spoken here, by their identifier bytes."""

    ED25519 = 0x01
    #: A witness' timestamped cosignature of a checkpoint (tlog-cosignature, cosignature/v1).
    COSIGNATURE = 0x04


class NoteKey(msgspec.Struct, frozen=True):
    """Who may sign: a ``name`` without spaces or plus, and a raw Ed25519 public key used for one ``kind``."""

    name: str
    public: bytes
    kind: Kind = Kind.ED25519

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart: no strong hash."""
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(told).digest()[:_ID]

    @property
    def vkey(self) -> str:
        """The key as people are given it: ``name+id+base64(kind ‖ public)``."""
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([self.kind]) + self.public)}"


class SignatureLine(msgspec.Struct, frozen=True):
    """One signature as it stands in a note. ``signature``: what follows the key id."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """With its newline."""
        return f"— {self.name} {_b64(self.key_id + self.signature)}\n"


class Note(msgspec.Struct, frozen=True):
    """``text`` ends in a newline; ``signatures``: all of them, known or not, in their order."""

    text: str
    signatures: tuple[SignatureLine, ...]

    @property
    def encoded(self) -> bytes:
        return (self.text + "\n" + "".join(line.text for line in self.signatures)).encode()

    def signed_by(self, key: NoteKey) -> SignatureLine | None:
        """The first signature by this key; None if there is none. NoteError if one of this key's does not hold."""
        own = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.id)]
        for line in own:
            if not _holds(self.text, line, key):
                raise NoteError(reason=f"a signature of {key.name} does not hold")
        return own[0] if own else None


def parse_vkey(text: str) -> NoteKey:
    """The key of a ``vkey``. MalformedKeyError for any other text, a kind not spoken here, or a wrong id."""
    name, _, rest = text.strip().partition("+")
    given, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
        key = NoteKey(name, raw[1:], Kind(raw[0]))
        Ed25519PublicKey.from_public_bytes(key.public)
    except (ValueError, IndexError):
        raise MalformedKeyError(what="verifier key: not name+id+base64 of an Ed25519 key") from None
    if not _NAME.match(name) or key.id.hex() != given:
        raise MalformedKeyError(what="verifier key: its id is another key's")
    return key


def parse_note(data: bytes) -> Note:
    """The note, its signatures unchecked. NoteError for anything that is not exactly one."""
    try:
        if len(data) > MAX_NOTE:
            raise ValueError
        whole = data.decode("utf-8")
    except ValueError:
        raise NoteError(reason="not a text of a note's size") from None
    text, blank, under = whole.rpartition("\n\n")
    if not blank or not under.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        raise NoteError(reason="not a text with signatures under it")
    note = Note(text + "\n", tuple(_line(line) for line in under[:-1].split("\n")))
    if note.encoded != data:
        raise NoteError(reason="not the one spelling of its signatures")
    return note


def open_note(data: bytes, keys: Sequence[NoteKey]) -> Note:
    """The note, with at least one signature by one of ``keys``, and none of theirs that does not hold. NoteError."""
    note = parse_note(data)
    found = [
        note.signed_by(key) for key in keys
    ]  # every key: a signature that does not hold must not go unseen
    if not any(found):
        raise NoteError(reason="not signed by a key that is trusted")
    return note


def sign_note(text: str, name: str, private_key: bytes) -> Note:
    """``text``, which ends in a newline, signed by a raw Ed25519 private key under ``name``."""
    if not _NAME.match(name):
        raise MalformedKeyError(what="key name: empty, or with a space or plus in it")
    private, key = _private(name, private_key, Kind.ED25519)
    return Note(text, (SignatureLine(name, key.id, private.sign(text.encode())),))


def cosign_note(note: Note, name: str, private_key: bytes, at: int) -> Note:
    """tlog-cosignature, cosignature/v1: the checkpoint seen as consistent ``at`` (POSIX seconds) by this witness."""
    private, key = _private(name, private_key, Kind.COSIGNATURE)
    signature = at.to_bytes(_TIMESTAMP, "big") + private.sign(_cosigned(note.text, at))
    return Note(note.text, (*note.signatures, SignatureLine(name, key.id, signature)))


def cosigned_at(line: SignatureLine) -> int:
    """POSIX seconds of a cosignature that has been checked."""
    return int.from_bytes(line.signature[:_TIMESTAMP], "big")


def _holds(text: str, line: SignatureLine, key: NoteKey) -> bool:
    signature, message = line.signature, text.encode()
    if key.kind is Kind.COSIGNATURE:
        at, signature = cosigned_at(line), signature[_TIMESTAMP:]
        if at >= 1 << 63:
            return False
        message = _cosigned(text, at)
    try:
        if len(signature) != _SIGNATURE:
            return False
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _private(name: str, private_key: bytes, kind: Kind) -> tuple[Ed25519PrivateKey, NoteKey]:
    try:
        private = Ed25519PrivateKey.from_private_bytes(private_key)
    except ValueError:
        raise MalformedKeyError(what="Ed25519 private key: not 32 bytes") from None
    return private, NoteKey(name, private.public_key().public_bytes_raw(), kind)


def _line(line: str) -> SignatureLine:
    found = _LINE.match(line)
    try:
        raw = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        raw = b""
    if found is None or len(raw) <= _ID:
        raise NoteError(reason="a line that is no signature")
    return SignatureLine(found[1], raw[:_ID], raw[_ID:])


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
