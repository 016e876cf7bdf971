"""The sealed body's outer shape: magic, Cobblestone-256 header, chunk arithmetic, key commitment.

    100FWB1\\n ‖ salt(24) ‖ commitment(32) ‖ chunk* ‖ last chunk
    chunk = AES-256-GCM of 16384 bytes; the last holds 0…16383 and marks the end

Cobblestone-256 is C2SP chunked-encryption with AEAD_AES_256_GCM (c2sp.org/chunked-encryption@v1);
suite `gm-1` puts SM4-GCM and SM3 in the places of AES-GCM and SHA-512, with the same shape.
"""

import hmac
from typing import TypeAlias

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from bidding.crypto.sm2 import GM_1
from bidding.crypto.sm4_body import Sm4Decryptor, Sm4Encryptor, derived
from bidding.crypto.suite import INTL_1

Encryptor: TypeAlias = Cobblestone256Encryptor | Sm4Encryptor
Decryptor: TypeAlias = Cobblestone256Decryptor | Sm4Decryptor

MAGIC = b"100FWB1\n"
SALT_SIZE = 24
COMMITMENT_SIZE = 32
HEADER_SIZE = SALT_SIZE + COMMITMENT_SIZE
PREFIX_SIZE = len(MAGIC) + HEADER_SIZE
"""The first 64 bytes of a sealed body: what a server needs to see to recognise one."""

CHUNK = 16384
TAG = 16
CEK_SIZE = 32

_KDF_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"


def sealed_length(padded_length: int) -> int:
    """Bytes of the sealed body around `padded_length` bytes of padded plaintext."""
    return PREFIX_SIZE + padded_length + TAG * (padded_length // CHUNK + 1)


def padded_length(sealed: int) -> int | None:
    """The padded plaintext's length inside a body of `sealed` bytes; None if no body has that length."""
    chunks, rest = divmod(sealed - PREFIX_SIZE, CHUNK + TAG)
    return chunks * CHUNK + rest - TAG if sealed > PREFIX_SIZE and rest >= TAG else None


def header_of(first_bytes: bytes) -> bytes | None:
    """salt ‖ commitment of a sealed body from its first 64 bytes; None if it is not a sealed body."""
    whole = len(first_bytes) >= PREFIX_SIZE and first_bytes.startswith(MAGIC)
    return bytes(first_bytes[len(MAGIC) : PREFIX_SIZE]) if whole else None


def encryptor(cek: bytes, context: bytes, suite: str = INTL_1) -> Encryptor:
    """What enciphers a body's chunks in this suite."""
    return Sm4Encryptor(cek, context) if suite == GM_1 else Cobblestone256Encryptor(cek, context)


def decryptor(cek: bytes, context: bytes, suite: str = INTL_1) -> Decryptor:
    return Sm4Decryptor(cek, context) if suite == GM_1 else Cobblestone256Decryptor(cek, context)


def commitment(cek: bytes, salt: bytes, context: bytes, suite: str = INTL_1) -> bytes:
    """The 32 bytes that bind a body to one content key.

    HKDF-Expand-SHA-512(cek, kdf info ‖ salt ‖ context) is key(32) ‖ nonce(12) ‖ commitment(32).
    """
    if suite == GM_1:
        return derived(cek, salt, context)[2]
    length = CEK_SIZE + 12 + COMMITMENT_SIZE
    return HKDFExpand(SHA512(), length, _KDF_INFO + salt + context).derive(cek)[-COMMITMENT_SIZE:]


def commitment_matches(cek: bytes, header: bytes, context: bytes, suite: str = INTL_1) -> bool:
    """Whether `cek` is the key that a body with this header was sealed with.

    Anyone who holds a released key, the manifest (which carries the header) and the target can compute
    this: the proof that a bidder released another key needs neither the body nor the platform.
    """
    if len(cek) != CEK_SIZE or len(header) != HEADER_SIZE:
        return False
    return hmac.compare_digest(commitment(cek, header[:SALT_SIZE], context, suite), header[SALT_SIZE:])
