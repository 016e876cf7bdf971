"""Key files of the command line: one device credential, encrypted under a passphrase or mode 0600 alone.

Canonical JSON. Encrypted: Argon2id (RFC 9106, 4: second recommended option) and AES-256-GCM.
"""

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bidding.crypto.canonical import Bytes32, b64, canonical, parse_canonical, unb64
from bidding.crypto.credentials import DeviceCredential, SigningKey
from bidding.crypto.errors import CanonicalError, MalformedKeyError, WrongPassphraseError
from bidding.crypto.files import appearing
from bidding.crypto.pipeline import write_all
from bidding.crypto.suite import KeyPair, Random

_LABEL = b"bidding/key-file/v1\0"
_SALT_SIZE, _NONCE_SIZE = 16, 12


class Argon2Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`memory` in KiB. Bounded, so that a foreign file cannot exhaust the machine that reads it."""

    iterations: Annotated[int, msgspec.Meta(ge=1, le=16)] = 3
    lanes: Annotated[int, msgspec.Meta(ge=1, le=8)] = 4
    memory: Annotated[int, msgspec.Meta(ge=64, le=1024 * 1024)] = 64 * 1024


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="plain"):
    signing: Bytes32
    opening: Bytes32
    v: Literal[1] = 1

    def __repr__(self) -> str:
        return "_Plain(…)"


class _Encrypted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="argon2id"):
    cost: Argon2Cost
    salt: str
    nonce: str
    sealed: str
    v: Literal[1] = 1


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    keys: _Plain | _Encrypted
    kind: Literal["bidding-device-credential"] = "bidding-device-credential"


def write_key_file(
    path: Path,
    credential: DeviceCredential,
    passphrase: str | None,
    random: Random = secrets.token_bytes,
    cost: Argon2Cost | None = None,
) -> None:
    """Write the credential with mode 0600. Without a passphrase the keys stand in the file as they are.

    FileExistsError if there is a file already: a key is never written over.
    """
    if path.exists():
        raise FileExistsError(path)
    plain = _Plain(signing=b64(credential.signing.private), opening=b64(credential.opening.private))
    keys = plain if passphrase is None else _encrypted(plain, passphrase, random, cost or Argon2Cost())
    with appearing(path) as file:
        write_all(file, memoryview(canonical(_KeyFile(keys=keys)) + b"\n"))
        os.fsync(file.fileno())


def read_key_file(path: Path, passphrase: str | None = None) -> DeviceCredential:
    """The credential. WrongPassphraseError if it is wrong or missing, MalformedKeyError for another file."""
    try:
        keys = parse_canonical(path.read_bytes().removesuffix(b"\n"), _KeyFile).keys
        if isinstance(keys, _Encrypted):
            keys = _decrypted(keys, passphrase)
        return DeviceCredential(
            SigningKey.from_private(unb64(keys.signing)), KeyPair.from_private(unb64(keys.opening))
        )
    except CanonicalError:
        raise MalformedKeyError(what="key file: not one of this program") from None


def is_encrypted(path: Path) -> bool:
    """Whether reading the file needs a passphrase."""
    try:
        return isinstance(parse_canonical(path.read_bytes().removesuffix(b"\n"), _KeyFile).keys, _Encrypted)
    except CanonicalError:
        raise MalformedKeyError(what="key file: not one of this program") from None


def _encrypted(plain: _Plain, passphrase: str, random: Random, cost: Argon2Cost) -> _Encrypted:
    salt, nonce = random(_SALT_SIZE), random(_NONCE_SIZE)
    sealed = AESGCM(_derived(passphrase, salt, cost)).encrypt(nonce, canonical(plain), _LABEL)
    return _Encrypted(cost=cost, salt=b64(salt), nonce=b64(nonce), sealed=b64(sealed))


def _decrypted(keys: _Encrypted, passphrase: str | None) -> _Plain:
    if passphrase is None:
        raise WrongPassphraseError(what="key file: needs its passphrase")
    try:
        key = _derived(passphrase, unb64(keys.salt), keys.cost)
        return parse_canonical(AESGCM(key).decrypt(unb64(keys.nonce), unb64(keys.sealed), _LABEL), _Plain)
    except InvalidTag:
        raise WrongPassphraseError(what="key file: wrong passphrase, or altered") from None
    except ValueError:
        raise MalformedKeyError(what="key file: impossible parameters") from None


def _derived(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    return Argon2id(
        salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(passphrase.encode())
