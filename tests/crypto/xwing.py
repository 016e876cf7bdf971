"""X-Wing and its HPKE seal with every random value an argument: the second implementation of suite `intl-pq`.

ML-KEM-768's encapsulation is FIPS 203's algorithms 14 and 17, in plain integers; key generation is not needed, for
public keys come from the library and are compared with the draft's.
"""

import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tests.crypto.reference import hpke_context_seal

Q, N, K, DU, DV = 3329, 256, 3, 10, 4
LABEL = rb"\.//^" + b"\\"

Poly = list[int]


def _bitrev7(value: int) -> int:
    return int(f"{value:07b}"[::-1], 2)


ZETAS = [pow(17, _bitrev7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * _bitrev7(i) + 1, Q) for i in range(128)]


def ntt(f: Poly) -> Poly:
    f, i, length = list(f), 1, 128
    while length >= 2:
        for start in range(0, N, 2 * length):
            zeta, i = ZETAS[i], i + 1
            for j in range(start, start + length):
                t = zeta * f[j + length] % Q
                f[j + length], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
        length //= 2
    return f


def inverse_ntt(f: Poly) -> Poly:
    f, i, length = list(f), 127, 2
    while length <= 128:
        for start in range(0, N, 2 * length):
            zeta, i = ZETAS[i], i - 1
            for j in range(start, start + length):
                t = f[j]
                f[j], f[j + length] = (t + f[j + length]) % Q, zeta * (f[j + length] - t) % Q
        length *= 2
    return [x * 3303 % Q for x in f]


def product(f: Poly, g: Poly) -> Poly:
    out = []
    for i in range(128):
        a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * GAMMAS[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def added(polys: Iterable[Poly]) -> Poly:
    return [sum(column) % Q for column in zip(*polys, strict=True)]


def bits(data: bytes) -> list[int]:
    return [byte >> place & 1 for byte in data for place in range(8)]


def decoded(data: bytes, d: int) -> Poly:
    flat = bits(data)
    return [sum(flat[i * d + j] << j for j in range(d)) % (Q if d == 12 else 1 << d) for i in range(N)]


def encoded(f: Poly, d: int) -> bytes:
    flat = [value >> place & 1 for value in f for place in range(d)]
    return bytes(sum(flat[i + j] << j for j in range(8)) for i in range(0, len(flat), 8))


def compressed(f: Poly, d: int) -> Poly:
    return [((x << d) + Q // 2) // Q % (1 << d) for x in f]


def uniform(seed: bytes) -> Poly:
    """SampleNTT."""
    stream, out = hashlib.shake_128(seed).digest(3 * 600), []
    for at in range(0, len(stream), 3):
        a, b, c = stream[at : at + 3]
        out += [d for d in (a + 256 * (b % 16), b // 16 + 16 * c) if d < Q]
    return out[:N]


def binomial(seed: bytes, number: int) -> Poly:
    """SamplePolyCBD with eta 2."""
    flat = bits(hashlib.shake_256(seed + bytes([number])).digest(128))
    return [(sum(flat[4 * i : 4 * i + 2]) - sum(flat[4 * i + 2 : 4 * i + 4])) % Q for i in range(N)]


def mlkem_encapsulate(public: bytes, m: bytes) -> tuple[bytes, bytes]:
    """Shared secret and ciphertext of ML-KEM-768 with the 32 random bytes ``m``."""
    both = hashlib.sha3_512(m + hashlib.sha3_256(public).digest()).digest()
    shared, r = both[:32], both[32:]
    t = [decoded(public[384 * i : 384 * (i + 1)], 12) for i in range(K)]
    rho = public[384 * K :]
    y = [ntt(binomial(r, i)) for i in range(K)]
    e1, e2 = [binomial(r, K + i) for i in range(K)], binomial(r, 2 * K)
    u = [
        added([inverse_ntt(added(product(uniform(rho + bytes([i, j])), y[j]) for j in range(K))), e1[i]])
        for i in range(K)
    ]
    message = [bit * ((Q + 1) // 2) for bit in bits(m)]
    v = added([inverse_ntt(added(product(t[i], y[i]) for i in range(K))), e2, message])
    return shared, b"".join(encoded(compressed(p, DU), DU) for p in u) + encoded(compressed(v, DV), DV)


def public_of(seed: bytes) -> bytes:
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
    return mlkem + X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()


def encapsulate(public: bytes, eseed: bytes) -> tuple[bytes, bytes]:
    """X-Wing's EncapsulateDerand: shared secret and ciphertext, from 64 random bytes."""
    mlkem_shared, mlkem_ct = mlkem_encapsulate(public[:1184], eseed[:32])
    ephemeral = X25519PrivateKey.from_private_bytes(eseed[32:])
    x_ct, x_public = ephemeral.public_key().public_bytes_raw(), public[1184:]
    x_shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(x_public))
    return hashlib.sha3_256(mlkem_shared + x_shared + x_ct + x_public + LABEL).digest(), mlkem_ct + x_ct


def xwing_seal(plaintext: bytes, public: bytes, info: bytes, eseed: bytes) -> bytes:
    """enc ‖ ciphertext with X-Wing (0x647a), HKDF-SHA256, AES-256-GCM."""
    shared, enc = encapsulate(public, eseed)
    return enc + hpke_context_seal(b"HPKE\x64\x7a\x00\x01\x00\x02", shared, plaintext, info)
