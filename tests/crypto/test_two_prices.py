"""The two-prices attack: one AES-GCM ciphertext made to open as two prices under two keys.

AES-GCM does not commit to its key: GHASH is linear, so one free block makes a tag fit two keys
(Dodis, Grubbs, Ristenpart, Woodage, CRYPTO 2018). A bidder could wait for the others' prices and then
release the key of the better one. It is built here for real, and refused by the key commitment.
"""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR, ECB

from bidding.crypto.body import commitment_matches
from bidding.crypto.envelope import open_bytes
from bidding.crypto.errors import Layer, OpeningError
from bidding.crypto.parts import part_hashes, root
from bidding.crypto.target import Target, body_context
from tests.crypto.reference import INFO, expand

BLOCK = 16
FORM = Target(
    document_hash="ab" * 32, document_version=1, lot="L", bidder="B", envelope="form", bid_version=1
)


def multiply(x: int, y: int) -> int:
    """In GF(2^128) with GCM's bit order (NIST SP 800-38D, 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def power(x: int, exponent: int) -> int:
    result = 1 << 127
    while exponent:
        result = multiply(result, x) if exponent & 1 else result
        x, exponent = multiply(x, x), exponent >> 1
    return result


def encipher(key: bytes, block: bytes) -> int:
    encryptor = Cipher(AES256(key), ECB()).encryptor()  # one block: E_k itself, not a mode of operation
    return int.from_bytes(encryptor.update(block) + encryptor.finalize(), "big")


def keystream(key: bytes, nonce: bytes, size: int) -> bytes:
    return Cipher(AES256(key), CTR(nonce + b"\0\0\0\2")).encryptor().update(bytes(size))


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def tag(key: bytes, nonce: bytes, ciphertext: bytes) -> int:
    h, state = encipher(key, bytes(BLOCK)), 0
    lengths = bytes(8) + (8 * len(ciphertext)).to_bytes(8, "big")
    for at in range(0, len(ciphertext) + BLOCK, BLOCK):
        block = (ciphertext + lengths)[at : at + BLOCK]
        state = multiply(state ^ int.from_bytes(block, "big"), h)
    return state ^ encipher(key, nonce + b"\0\0\0\1")


def collide(ciphertext: bytes, free: int, first: tuple[bytes, bytes], second: tuple[bytes, bytes]) -> bytes:
    """`ciphertext` ‖ tag valid under both (key, nonce) pairs, by solving for its block number `free`."""
    at = free * BLOCK
    zeroed = ciphertext[:at] + bytes(BLOCK) + ciphertext[at + BLOCK :]
    exponent = len(ciphertext) // BLOCK - free + 1
    slope = power(encipher(first[0], bytes(BLOCK)), exponent) ^ power(
        encipher(second[0], bytes(BLOCK)), exponent
    )
    difference = tag(*first, zeroed) ^ tag(*second, zeroed)
    solved = multiply(difference, power(slope, 2**128 - 2)).to_bytes(BLOCK, "big")
    forged = ciphertext[:at] + solved + ciphertext[at + BLOCK :]
    return forged + tag(*first, forged).to_bytes(BLOCK, "big")


def test_plain_aes_gcm_opens_as_two_prices() -> None:
    nonce, first = bytes(12), bytes(range(32))
    high, low = 1_000_000_00, range(900_000_00, 990_000_00)
    enciphered = xor(high.to_bytes(4, "big"), keystream(first, nonce, 4))
    # A few hundred tries find a second key under which the same four bytes are a winning price.
    second = next(
        key
        for key in (number.to_bytes(32, "big") for number in range(100_000))
        if int.from_bytes(xor(enciphered, keystream(key, nonce, 4)), "big") in low
    )
    forged = collide(enciphered.ljust(2 * BLOCK, b"\0"), 1, (first, nonce), (second, nonce))

    one, two = (AESGCM(key).decrypt(nonce, forged, None) for key in (first, second))
    assert int.from_bytes(one[:4], "big") == high
    assert int.from_bytes(two[:4], "big") in low
    with pytest.raises(InvalidTag):
        AESGCM(bytes(32)).decrypt(nonce, forged, None)


def derived(cek: bytes, salt: bytes) -> tuple[tuple[bytes, bytes], bytes]:
    """(AES key, nonce of chunk 0), commitment."""
    out = expand(cek, INFO + salt + body_context(FORM), 76)
    return (out[:32], out[32:44]), out[44:]


def test_a_sealed_form_whose_chunk_opens_under_two_keys_opens_under_one() -> None:
    salt, ceks = bytes(24), (bytes(range(32)), bytes(range(1, 33)))
    (first, committed), (second, other) = (derived(cek, salt) for cek in ceks)
    content = b'{"price":1}'
    plaintext = (len(content).to_bytes(8, "big") + content).ljust(4096, b"\0")
    # The last block is free, so its padding is not zero; the attack is on the AEAD below it.
    chunk = collide(xor(plaintext, keystream(*first, 4096)), 255, first, second)
    for key, nonce in (first, second):
        assert len(AESGCM(key).decrypt(nonce, chunk, None)) == 4096

    def refused_by(commitment: bytes, cek: bytes) -> Layer:
        sealed = b"100FWB1\n" + salt + commitment + chunk
        with pytest.raises(OpeningError) as error:
            open_bytes(sealed, FORM, cek, root(part_hashes([sealed])), salt + commitment)
        return error.value.layer

    assert committed != other
    # The manifest fixes one commitment before the deadline; the other key is then provably not the one.
    assert refused_by(committed, ceks[1]) is Layer.COMMITMENT
    assert refused_by(other, ceks[0]) is Layer.COMMITMENT
    assert not commitment_matches(ceks[1], salt + committed, body_context(FORM))
    # With its own key the collision passes the AEAD and stops at the next layer alone.
    assert refused_by(committed, ceks[0]) is Layer.PADDING
