"""The printed recovery code: an X25519 opening key as 56 Crockford base32 characters with a checksum.

seed(32) ‖ SHA-256(label ‖ seed)[:3] = 280 bits = 14 groups of 4
"""

import hashlib

from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.suite import KEY_SIZE

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_LABEL = b"bidding/recovery-code/v1\0"
_CHECK_SIZE = 3
_LENGTH = (KEY_SIZE + _CHECK_SIZE) * 8 // 5
_GROUP = 4


def recovery_code(seed: bytes) -> str:
    """The code of a raw X25519 private key, in groups of four joined by hyphens."""
    if len(seed) != KEY_SIZE:
        raise MalformedKeyError(what="recovery seed: not 32 bytes")
    number = int.from_bytes(seed + _check(seed), "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def seed_of_code(code: str) -> bytes:
    """The raw X25519 private key. Case, spaces and hyphens do not count; O reads as 0, I and L as 1.

    MalformedKeyError says which group to look at if a character is none of the alphabet.
    """
    letters = "".join(code.split()).replace("-", "").upper().translate(_READ_AS)
    if len(letters) != _LENGTH:
        raise MalformedKeyError(what=f"recovery code: {len(letters)} characters, not {_LENGTH}")
    number = 0
    for place, letter in enumerate(letters):
        value = _ALPHABET.find(letter)
        if value < 0:
            raise MalformedKeyError(
                what=f"recovery code: group {place // _GROUP + 1} has a character not in use"
            )
        number = number << 5 | value
    data = number.to_bytes(KEY_SIZE + _CHECK_SIZE, "big")
    seed, check = data[:KEY_SIZE], data[KEY_SIZE:]
    if check != _check(seed):
        raise MalformedKeyError(what="recovery code: a character was misread (checksum)")
    return seed


def _check(seed: bytes) -> bytes:
    return hashlib.sha256(_LABEL + seed).digest()[:_CHECK_SIZE]
