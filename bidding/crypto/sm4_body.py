"""The body of suite `gm-1`: C2SP chunked encryption with SM4-GCM, its key, nonce and commitment by HKDF-Expand-SM3.

It has the interface of `cryptography.cobblestone`, whose shape it shares: salt(24) ‖ commitment(32) ‖ 16 KiB chunks.
"""

import hmac
import os

from cryptography.exceptions import AlreadyFinalized, InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SALT, COMMITMENT, KEY, NONCE = 24, 32, 16, 12
CHUNK, TAG = 16384, 16
_SEALED = CHUNK + TAG
_KDF_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_SM4_GCM\0"


def derived(cek: bytes, salt: bytes, context: bytes) -> tuple[bytes, bytes, bytes]:
    """Key, nonce and commitment."""
    okm = HKDFExpand(SM3(), KEY + NONCE + COMMITMENT, _KDF_INFO + salt + context).derive(cek)
    return okm[:KEY], okm[KEY : KEY + NONCE], okm[KEY + NONCE :]


class _Chunks:
    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._cipher, self._nonce, self._number = SM4(key), int.from_bytes(nonce, "big"), 0

    def _mode(self, tag: bytes | None = None) -> GCM:
        nonce = (self._nonce ^ self._number).to_bytes(NONCE, "big")
        self._number += 1
        return GCM(nonce, tag)

    def seal(self, plain: bytes) -> bytes:
        encryptor = Cipher(self._cipher, self._mode()).encryptor()
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes) -> bytes:
        """InvalidTag."""
        if len(sealed) < TAG:
            raise InvalidTag
        decryptor = Cipher(self._cipher, self._mode(sealed[-TAG:])).decryptor()
        return decryptor.update(sealed[:-TAG]) + decryptor.finalize()


class Sm4Encryptor:
    """`update_into` writes the header with its first output; it needs 16400 bytes of room for each whole chunk."""

    def __init__(self, cek: bytes, context: bytes) -> None:
        salt = os.urandom(SALT)
        key, nonce, commitment = derived(cek, salt, context)
        self._chunks, self._out, self._held = _Chunks(key, nonce), salt + commitment, bytearray()

    def update_into(self, plain: bytes | memoryview, room: memoryview) -> int:
        self._held += plain
        out = [self._out]
        self._out = b""
        whole = len(self._held) // CHUNK * CHUNK
        out += [self._chunks.seal(bytes(self._held[at : at + CHUNK])) for at in range(0, whole, CHUNK)]
        del self._held[:whole]
        made = b"".join(out)
        room[: len(made)] = made
        return len(made)

    def finalize(self) -> bytes:
        """The last chunk, shorter than the others and maybe empty: it marks the end."""
        return self._out + self._chunks.seal(bytes(self._held))


class Sm4Decryptor:
    """InvalidTag for another key or context, an altered byte, or a missing end; AlreadyFinalized after a failure."""

    def __init__(self, cek: bytes, context: bytes) -> None:
        self._cek, self._context = cek, context
        self._held, self._over = bytearray(), False
        self._chunks: _Chunks | None = None

    def update_into(self, sealed: bytes | memoryview, room: memoryview) -> int:
        self._require_sound()
        self._held += sealed
        try:
            self._begin()
            if self._chunks is None:
                return 0
            whole = len(self._held) // _SEALED * _SEALED
            opened = [
                self._chunks.open(bytes(self._held[at : at + _SEALED])) for at in range(0, whole, _SEALED)
            ]
        except InvalidTag:
            self._over = True
            raise
        del self._held[:whole]
        made = b"".join(opened)
        room[: len(made)] = made
        return len(made)

    def finalize(self) -> bytes:
        self._require_sound()
        self._over = True
        if self._chunks is None:
            raise InvalidTag
        return self._chunks.open(bytes(self._held))

    def _begin(self) -> None:
        if self._chunks is None and len(self._held) >= SALT + COMMITMENT:
            key, nonce, commitment = derived(self._cek, bytes(self._held[:SALT]), self._context)
            if not hmac.compare_digest(commitment, self._held[SALT : SALT + COMMITMENT]):
                raise InvalidTag
            self._chunks = _Chunks(key, nonce)
            del self._held[: SALT + COMMITMENT]

    def _require_sound(self) -> None:
        if self._over:
            raise AlreadyFinalized("a check has failed, or the end was reached")
