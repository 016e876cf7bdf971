"""c2sp.org/signed-note: a text and the signatures under it, each by a named key."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from bidding.crypto.errors import MalformedKeyError, NoteError
from bidding.crypto.public_keys import Signer

MAX_NOTE = 64 * 1024
_ID = 4
_TIMESTAMP = 8
_NAME = re.compile(r"[^\s+]+\Z")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)\Z")


class Kind(IntEnum):
    """The signature types spoken here, by their identifier bytes."""

    ED25519 = 0x01
    #: A witness' timestamped cosignature of a checkpoint (tlog-cosignature, cosignature/v1).
    COSIGNATURE = 0x04
    #: The same by ML-DSA-44 (FIPS 204), which no quantum computer forges (tlog-cosignature, subtree/v1).
    COSIGNATURE_ML_DSA_44 = 0x06


#: The kinds that only witnesses have.
COSIGNATURES = frozenset({Kind.COSIGNATURE, Kind.COSIGNATURE_ML_DSA_44})
#: Bytes of a signature, a timestamp before it not counted.
_SIGNATURE = {Kind.ED25519: 64, Kind.COSIGNATURE: 64, Kind.COSIGNATURE_ML_DSA_44: 2420}


class NoteKey(msgspec.Struct, frozen=True):
    """Who may sign: a ``name`` without spaces or plus, and a raw public key used for one ``kind``, whose algorithm is
    Ed25519 unless its name says another."""

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
        _public(key)
    except (ValueError, IndexError):
        raise MalformedKeyError(what="verifier key: not name+id+base64 of a key of a known kind") from None
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


def sign_note(text: str, name: str, signer: bytes | Signer) -> Note:
    """``text``, which ends in a newline, signed under ``name`` by a raw Ed25519 private key, or by what holds one."""
    if not _NAME.match(name):
        raise MalformedKeyError(what="key name: empty, or with a space or plus in it")
    if isinstance(signer, bytes):
        private, key = _private(name, signer, Kind.ED25519)
        signature = private.sign(text.encode())
    else:
        key, signature = NoteKey(name, signer.public, Kind.ED25519), signer.sign(text.encode())
    return Note(text, (SignatureLine(name, key.id, signature),))


def cosigner_key(name: str, private_key: bytes, kind: Kind = Kind.COSIGNATURE) -> NoteKey:
    """The verifier key of a witness that signs by ``private_key``: raw Ed25519, or the seed of an ML-DSA key."""
    return _private(name, private_key, kind)[1]


def cosign_note(note: Note, name: str, private_key: bytes, at: int, kind: Kind = Kind.COSIGNATURE) -> Note:
    """tlog-cosignature: the checkpoint seen as consistent ``at`` (POSIX seconds) by this witness.

    NoteError for a text that is no checkpoint, where the kind signs what it says and not the text.
    """
    private, key = _private(name, private_key, kind)
    try:
        message = _cosigned(note.text, at, key)
    except ValueError:
        raise NoteError(reason="not the text of a checkpoint") from None
    signature = at.to_bytes(_TIMESTAMP, "big") + private.sign(message)
    return Note(note.text, (*note.signatures, SignatureLine(name, key.id, signature)))


def seen_by(note: Note, witnesses: Iterable[NoteKey]) -> set[str]:
    """Names of the witnesses that have cosigned the note; one that is given with two keys, by both of them: it then
    counts as long as either algorithm stands. NoteError if a cosignature of one of them does not hold."""
    wanted: dict[str, list[bool]] = {}
    for key in set(witnesses):
        wanted.setdefault(key.name, []).append(note.signed_by(key) is not None)
    return {name for name, signed in wanted.items() if all(signed)}


def cosigned_at(line: SignatureLine) -> int:
    """POSIX seconds of a cosignature that has been checked."""
    return int.from_bytes(line.signature[:_TIMESTAMP], "big")


def _holds(text: str, line: SignatureLine, key: NoteKey) -> bool:
    signature, message = line.signature, text.encode()
    try:
        if key.kind in COSIGNATURES:
            at, signature = cosigned_at(line), signature[_TIMESTAMP:]
            if at >= 1 << 63:
                return False
            message = _cosigned(text, at, key)
        if len(signature) != _SIGNATURE[key.kind]:
            return False
        _public(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosigned(text: str, at: int, key: NoteKey) -> bytes:
    """What a witness signs of a checkpoint. ValueError: the text is none."""
    if key.kind is Kind.COSIGNATURE:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    origin, size, root, *_ = text.split("\n")
    digest = base64.b64decode(root, validate=True)
    if len(digest) != hashlib.sha256().digest_size:
        raise ValueError(root)
    return b"".join(
        (
            b"subtree/v1\n\0",
            _opaque(key.name),
            at.to_bytes(8, "big"),
            _opaque(origin),
            bytes(8),  # from the first leaf
            int(size).to_bytes(8, "big"),
            digest,
        )
    )


def _opaque(text: str) -> bytes:
    """RFC 8446, 3.4: ``opaque<1..2^8-1>``."""
    data = text.encode()
    if not 0 < len(data) < 1 << 8:
        raise ValueError(text)
    return bytes([len(data)]) + data


def _public(key: NoteKey) -> Ed25519PublicKey | MLDSA44PublicKey:
    """ValueError: no key of its kind."""
    if key.kind is Kind.COSIGNATURE_ML_DSA_44:
        return MLDSA44PublicKey.from_public_bytes(key.public)
    return Ed25519PublicKey.from_public_bytes(key.public)


def _private(
    name: str, private_key: bytes, kind: Kind
) -> tuple[Ed25519PrivateKey | MLDSA44PrivateKey, NoteKey]:
    private: Ed25519PrivateKey | MLDSA44PrivateKey
    try:
        if kind is Kind.COSIGNATURE_ML_DSA_44:
            private = MLDSA44PrivateKey.from_seed_bytes(private_key)
        else:
            private = Ed25519PrivateKey.from_private_bytes(private_key)
    except ValueError:
        raise MalformedKeyError(what="private key: not 32 bytes") from None
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
