"""A second implementation of the format, from the specifications and without the code under test.

Cobblestone-256 (C2SP chunked-encryption) and HPKE (RFC 9180, base mode, single shot) over primitive
operations alone, with every random value an argument: it makes the vectors and checks the libraries.
"""

import base64
import hashlib
import hmac
import struct
import zlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 16384
INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"


def fixed(label: str, size: int = 32) -> bytes:
    return hashlib.shake_256(label.encode()).digest(size)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def expand(key: bytes, info: bytes, length: int, algorithm: str = "sha512") -> bytes:
    """HKDF-Expand (RFC 5869, 2.3)."""
    out = block = b""
    counter = 1
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([counter]), algorithm)
        out += block
        counter += 1
    return out[:length]


def cobblestone(key: bytes, context: bytes, salt: bytes, plaintext: bytes) -> bytes:
    """salt ‖ commitment ‖ chunks."""
    derived = expand(key, INFO + salt + context, 76)
    cipher, base = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big")
    sealed = salt + derived[44:]
    for number in range(len(plaintext) // CHUNK + 1):
        nonce = (base ^ number).to_bytes(12, "big")
        sealed += cipher.encrypt(nonce, plaintext[number * CHUNK : (number + 1) * CHUNK], None)
    return sealed


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return expand(prk, labeled, length, "sha256")


def hpke_seal(plaintext: bytes, public: bytes, info: bytes, ephemeral: bytes) -> bytes:
    """enc ‖ ciphertext, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
    kem = b"KEM\x00\x20"
    key = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = key.public_key().public_bytes_raw()
    dh = key.exchange(X25519PublicKey.from_public_bytes(public))
    eae = _labeled_extract(kem, b"", b"eae_prk", dh)
    shared = _labeled_expand(kem, eae, b"shared_secret", enc + public, 32)
    return enc + hpke_context_seal(b"HPKE\x00\x20\x00\x01\x00\x02", shared, plaintext, info)


def hpke_context_seal(suite: bytes, shared: bytes, plaintext: bytes, info: bytes) -> bytes:
    """RFC 9180's key schedule in base mode, and its first message; HKDF-SHA256 and AES-256-GCM."""
    context = (
        b"\0"
        + _labeled_extract(suite, b"", b"psk_id_hash", b"")
        + _labeled_extract(suite, b"", b"info_hash", info)
    )
    secret = _labeled_extract(suite, shared, b"secret", b"")
    aead_key = _labeled_expand(suite, secret, b"key", context, 32)
    nonce = _labeled_expand(suite, secret, b"base_nonce", context, 12)
    return AESGCM(aead_key).encrypt(nonce, plaintext, None)


def padme(length: int) -> int:
    """Padmé as published (PURBs, algorithm 1)."""
    e = length.bit_length() - 1
    s = e.bit_length()
    low = e - s
    mask = (1 << low) - 1
    return (length + mask) & ~mask


def padded(envelope: str, content: bytes) -> bytes:
    size = 4096 if envelope == "form" else padme(8 + len(content))
    return (len(content).to_bytes(8, "big") + content).ljust(size, b"\0")


def body(envelope: str, content: bytes, cek: bytes, target: bytes, salt: bytes) -> bytes:
    """The sealed body; `target` is canonical JSON."""
    context = b"bidding/sealed-bid/v1/body\0" + target
    return b"100FWB1\n" + cobblestone(cek, context, salt, padded(envelope, content))


def tree_root(data: bytes) -> bytes:
    """RFC 6962 tree head over the SHA-256 of the 8 MiB parts."""
    size = 8 * 1024 * 1024
    hashes = [hashlib.sha256(data[at : at + size]).digest() for at in range(0, len(data), size)]

    def head(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + head(leaves[:k]) + head(leaves[k:])).digest()

    return head(hashes) if hashes else hashlib.sha256().digest()


def archive(files: dict[str, bytes]) -> bytes:
    """The ZIP that section 8 of the specification asks for."""
    made = b""
    for name in sorted(files):
        made += _local(name) + files[name] + _descriptor(zlib.crc32(files[name]), len(files[name]))
    lengths = {name: len(content) for name, content in files.items()}
    tail, start = directory(lengths, {name: zlib.crc32(content) for name, content in files.items()})
    assert start == len(made)
    return made + tail


def directory(lengths: dict[str, int], crcs: dict[str, int]) -> tuple[bytes, int]:
    """The central directory with all that follows it, and where it begins."""
    entries, offset, wide = b"", 0, 2**31 - 1  # from here on sizes are written with 64 bits
    for name in sorted(lengths):
        length, encoded = lengths[name], name.encode()
        values = [length, length] * (length > wide) + [offset] * (offset > wide)
        extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
        shown = 0xFFFFFFFF if length > wide else length
        entries += b"PK\x01\x02" + struct.pack(
            "<BBHHHHHIII", 45, 3, 45, _flags(encoded), 0, 0, 33, crcs[name], shown, shown
        )
        entries += struct.pack("<HHHHHI", len(encoded), len(extra), 0, 0, 0, 0o100644 << 16)
        entries += struct.pack("<I", 0xFFFFFFFF if offset > wide else offset) + encoded + extra
        offset += len(_local(name)) + length + len(_descriptor(0, length))
    count, size = len(lengths), len(entries)
    far = b""
    if offset > wide:
        far = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, offset)
        far += b"PK\x06\x07" + struct.pack("<IQI", 0, offset + size, 1)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, size, min(offset, 0xFFFFFFFF), 0)
    return entries + far + b"PK\x05\x06" + end, offset


def _local(name: str) -> bytes:
    encoded = name.encode()
    fixed_fields = struct.pack(
        "<HHHHHIIIHH", 45, _flags(encoded), 0, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, len(encoded), 20
    )
    return b"PK\x03\x04" + fixed_fields + encoded + struct.pack("<HHQQ", 1, 16, 0, 0)


def _descriptor(crc: int, length: int) -> bytes:
    return b"PK\x07\x08" + struct.pack("<IQQ", crc, length, length)


def _flags(encoded: bytes) -> int:
    return 0x0008 | (0 if encoded.isascii() else 0x0800)


def recovery_code(seed: bytes) -> str:
    """Section 14: 280 bits, five at a time."""
    data = seed + hashlib.sha256(b"bidding/recovery-code/v1\0" + seed).digest()[:3]
    bits = "".join(f"{byte:08b}" for byte in data)
    letters = "".join(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(bits[at : at + 5], 2)] for at in range(0, 280, 5)
    )
    return "-".join(letters[at : at + 4] for at in range(0, 56, 4))
