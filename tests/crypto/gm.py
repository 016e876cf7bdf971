"""Suite `gm-1` with every random value an argument, from GB/T 32918.4 and over the curve's affine arithmetic."""

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from tests.crypto.reference import CHUNK, expand, padded

P = 2**256 - 2**224 - 2**96 + 2**64 - 1
A = P - 3
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
INFO = b"c2sp.org/chunked-encryption@v1+AEAD_SM4_GCM\0"
Point = tuple[int, int]


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def added(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(factor: int, point: Point) -> Point:
    found: Point | None = None
    for bit in f"{factor:b}":
        found = added(found, found)
        if bit == "1":
            found = added(found, point)
    assert found is not None
    return found


def raw(point: Point) -> bytes:
    return point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def public_of(private: bytes) -> bytes:
    return raw(times(int.from_bytes(private, "big"), G))


def sm2_encrypt(message: bytes, public: bytes, k: bytes) -> bytes:
    """C1 ‖ C3 ‖ C2, C1 without its prefix."""
    ephemeral = int.from_bytes(k, "big")
    point = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    shared = raw(times(ephemeral, point))
    blocks = [sm3(shared + number.to_bytes(4, "big")) for number in range(1, len(message) // 32 + 2)]
    sealed = bytes(a ^ b for a, b in zip(message, b"".join(blocks), strict=False))
    return raw(times(ephemeral, G)) + sm3(shared[:32] + message + shared[32:]) + sealed


def gm_seal(secret: bytes, public: bytes, info: bytes, k: bytes) -> bytes:
    return sm2_encrypt(secret + sm3(info), public, k)


def body(envelope: str, content: bytes, cek: bytes, target: bytes, salt: bytes) -> bytes:
    context = b"bidding/sealed-bid/v1/body\0" + target
    okm = expand(cek, INFO + salt + context, 60, "sm3")
    plain, base = padded(envelope, content), int.from_bytes(okm[16:28], "big")
    sealed = b"100FWB1\n" + salt + okm[28:]
    for number in range(len(plain) // CHUNK + 1):
        encryptor = Cipher(SM4(okm[:16]), GCM((base ^ number).to_bytes(12, "big"))).encryptor()
        chunk = encryptor.update(plain[number * CHUNK : (number + 1) * CHUNK]) + encryptor.finalize()
        sealed += chunk + encryptor.tag
    return sealed
