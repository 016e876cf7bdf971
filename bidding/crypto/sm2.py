"""SM2 (GB/T 32918) by the optional package `gmssl-pyx` (GmSSL): the key wrap of suite `gm-1`, and signatures.

Nothing secret passes through Python's integers: where GmSSL has no call, in finding the public key of a private one,
the library signs, and the public point is computed from the signatures.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from cryptography.hazmat.primitives.hashes import SM3, Hash

from bidding.crypto.errors import MalformedKeyError, UnsupportedSuiteError

GM_1 = "gm-1"
SIGNER_ID = b"1234567812345678"
"""The signer's identifier that GM/T 0009 gives where none is agreed on."""

_SIZE, _DIGEST, _SECRET = 32, 32, 32
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

Point = tuple[int, int] | None


def installed() -> bool:
    """Whether `bidding[gm]` is there."""
    return find_spec("gmssl_pyx") is not None


def sm3(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


class SM2Wrap:
    """SM2 encryption of `secret ‖ SM3(info)`, as C1 ‖ C3 ‖ C2 without its prefix: 160 bytes for a 32-byte secret.

    SM2 encryption binds nothing beside its plaintext, so the hash of `info` is a part of that; C3 keeps both whole.
    Public keys are 64 bytes, x ‖ y.
    """

    def admits(self, private: bytes) -> bool:
        return len(private) == _SIZE and 0 < int.from_bytes(private, "big") < _N - 1

    def public_of(self, private: bytes) -> bytes:
        if not self.admits(private):
            raise MalformedKeyError(what="SM2 private key: not 32 bytes in 1 … n - 2")
        library = _library()
        first, second = (sm3(b"bidding/sm2/public-of" + bytes([number])) for number in (1, 2))
        r, s = _integers(library.sm2_sign_sm3_digest(private, first))
        again = _integers(library.sm2_sign_sm3_digest(private, second))
        for point in _lifted((r - int.from_bytes(first, "big")) % _N):
            # R = sG + (r + s)P, hence P = (R - sG) / (r + s); of R only x is known, so a second signature decides.
            public = _times(pow((r + s) % _N, -1, _N), _plus(point, _times(_N - s, _G)))
            if public is not None and _signed(public, second, *again):
                return b"".join(one.to_bytes(_SIZE, "big") for one in public)
        raise MalformedKeyError(what="SM2 private key: no public key fits its signature")

    def wrap(self, secret: bytes, public: bytes, info: bytes) -> bytes:
        library = _library()
        _require_point(public)
        x, y, rest = _split(library.sm2_encrypt(public, secret + sm3(info)))
        return x.to_bytes(_SIZE, "big") + y.to_bytes(_SIZE, "big") + rest

    def unwrap(self, wrapped: bytes, private: bytes, info: bytes) -> bytes | None:
        library = _library()
        if not self.admits(private):
            raise MalformedKeyError(what="SM2 private key: not 32 bytes in 1 … n - 2")
        if len(wrapped) != 2 * _SIZE + _DIGEST + _SECRET + _DIGEST:
            return None
        x, y = (int.from_bytes(wrapped[at : at + _SIZE], "big") for at in (0, _SIZE))
        if not _on_curve(x, y):
            return None
        hashed, sealed = wrapped[2 * _SIZE : 2 * _SIZE + _DIGEST], wrapped[2 * _SIZE + _DIGEST :]
        body = _integer(x) + _integer(y) + _tagged(4, hashed) + _tagged(4, sealed)
        try:
            opened: bytes = library.sm2_decrypt(private, _tagged(0x30, body))
        except library.GmsslInnerError:
            return None
        bound = opened[_SECRET:] == sm3(info)  # of two public values: its time tells nothing
        return opened[:_SECRET] if len(opened) == _SECRET + _DIGEST and bound else None


def verify(public: bytes, message: bytes, signature: bytes, signer: bytes = SIGNER_ID) -> bool:
    """Whether the raw 64-byte `public` signed this (SM2 with SM3; `signature` DER)."""
    library = _library()
    try:
        _require_point(public)
        held: bool = library.sm2_verify(public, message, signature, signer)
    except (library.GmsslInnerError, MalformedKeyError):
        return False
    return held


def verify_raw(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same of a signature as r ‖ s, 64 bytes."""
    if len(signature) != 2 * _SIZE:
        return False
    return verify(public, message, as_der(signature))


class SM2Signer:
    """A private key (32 bytes) that signs in this process: SM2 with SM3, r ‖ s."""

    def __init__(self, private: bytes) -> None:
        self.public, self.private = SM2Wrap().public_of(private), private

    def sign(self, message: bytes) -> bytes:
        r, s = _integers(_library().sm2_sign(self.private, self.public, message, SIGNER_ID))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")


def as_der(signature: bytes) -> bytes:
    """r ‖ s as the DER that certificates and seals have."""
    r, s = (int.from_bytes(signature[at : at + _SIZE], "big") for at in (0, _SIZE))
    return _tagged(0x30, _integer(r) + _integer(s))


def z_of(public: bytes, signer: bytes = SIGNER_ID) -> bytes:
    """GB/T 32918.2, 5.5: the hash of signer, curve and key that SM2 puts in front of what it signs."""
    curve = b"".join(one.to_bytes(_SIZE, "big") for one in (_A, _B, *_G))
    return sm3((8 * len(signer)).to_bytes(2, "big") + signer + curve + public)


def _library() -> ModuleType:
    if not installed():
        raise UnsupportedSuiteError(suite=GM_1)
    return import_module("gmssl_pyx")


def _require_point(public: bytes) -> None:
    x, y = (int.from_bytes(public[at : at + _SIZE], "big") for at in (0, _SIZE))
    if len(public) != 2 * _SIZE or not _on_curve(x, y):
        raise MalformedKeyError(what="SM2 public key: not 64 bytes, or no point of the curve")


def _on_curve(x: int, y: int) -> bool:
    return x < _P and y < _P and (y * y - x * x * x - _A * x - _B) % _P == 0


def _lifted(x: int) -> list[Point]:
    square = (x * x * x + _A * x + _B) % _P
    y = pow(square, (_P + 1) // 4, _P)
    return [(x, y), (x, _P - y)] if y * y % _P == square else []


def _plus(one: Point, other: Point) -> Point:
    return _affine(_added(_jacobian(one), _jacobian(other)))


def _times(factor: int, point: Point) -> Point:
    found, base = _jacobian(None), _jacobian(point)
    while factor:
        if factor & 1:
            found = _added(found, base)
        base, factor = _doubled(base), factor >> 1
    return _affine(found)


# x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. The formulas for a = -3 are those of the EFD (Bernstein, Lange).
def _jacobian(point: Point) -> tuple[int, int, int]:
    return (1, 1, 0) if point is None else (*point, 1)


def _affine(point: tuple[int, int, int]) -> Point:
    x, y, z = point
    if z == 0:
        return None
    inverse = pow(z, -1, _P)
    return x * inverse**2 % _P, y * inverse**3 % _P


def _doubled(point: tuple[int, int, int]) -> tuple[int, int, int]:
    x, y, z = point
    delta, gamma = z * z % _P, y * y % _P
    beta, alpha = x * gamma % _P, 3 * (x - delta) * (x + delta) % _P
    doubled = (alpha * alpha - 8 * beta) % _P
    return doubled, (alpha * (4 * beta - doubled) - 8 * gamma * gamma) % _P, 2 * y * z % _P


def _added(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    (x1, y1, z1), (x2, y2, z2) = one, other
    if z1 == 0 or z2 == 0:
        return other if z1 == 0 else one
    u1, u2 = x1 * z2 * z2 % _P, x2 * z1 * z1 % _P
    s1, s2 = y1 * z2**3 % _P, y2 * z1**3 % _P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    hhh, v = h * h * h % _P, u1 * h * h % _P
    x = (r * r - hhh - 2 * v) % _P
    return x, (r * (v - x) - s1 * hhh) % _P, z1 * z2 * h % _P


def _signed(public: Point, digest: bytes, r: int, s: int) -> bool:
    """GB/T 32918.2, 7.1, of two public values: the library's own writes to stderr what does not fit."""
    point = _plus(_times(s, _G), _times((r + s) % _N, public))
    return point is not None and (int.from_bytes(digest, "big") + point[0]) % _N == r


def _integer(value: int) -> bytes:
    return _tagged(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _tagged(tag: int, content: bytes) -> bytes:
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of each member of a DER sequence that the library made."""
    (content,), found = [_first(der)[1]], []
    while content:
        tag, value, content = _first(content)
        found.append((tag, value))
    return found


def _first(der: bytes) -> tuple[int, bytes, bytes]:
    size, at = (der[1], 2) if der[1] < 128 else (der[2], 3)
    return der[0], der[at : at + size], der[at + size :]


def _integers(der: bytes) -> tuple[int, int]:
    r, s = (int.from_bytes(value, "big") for _, value in _parts(der))
    return r, s


def _split(der: bytes) -> tuple[int, int, bytes]:
    (_, x), (_, y), (_, hashed), (_, sealed) = _parts(der)
    return int.from_bytes(x, "big"), int.from_bytes(y, "big"), hashed + sealed
