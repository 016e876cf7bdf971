"""Suites: by which algorithms keys are wrapped. The notice chooses one, every document names it, nothing is negotiated.

Keys are raw strings of bytes at this border. A private key has 32 bytes in every suite; public keys and wraps have
sizes of their own, which tell the suites apart.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bidding.crypto.errors import MalformedKeyError, UnsupportedSuiteError
from bidding.crypto.hpke_wraps import X25519Wrap, XWingWrap
from bidding.crypto.sm2 import GM_1, SM2Wrap, installed

INTL_1 = "intl-1"
INTL_PQ = "intl-pq"

KEY_SIZE = 32
"""Bytes of every private key, and of a key that is wrapped."""

Random = Callable[[int], bytes]
"""n -> n unpredictable bytes."""


class KeyWrap(Protocol):
    """How one suite wraps 32 bytes for one recipient, bound to `info`."""

    def admits(self, private: bytes) -> bool:
        """Whether these bytes can be a private key."""
        ...

    def public_of(self, private: bytes) -> bytes:
        """The public key of a raw private key. MalformedKeyError."""
        ...

    def wrap(self, secret: bytes, public: bytes, info: bytes) -> bytes:
        """MalformedKeyError if that is no public key of the suite."""
        ...

    def unwrap(self, wrapped: bytes, private: bytes, info: bytes) -> bytes | None:
        """None if key, `info` or a byte of `wrapped` is not the one it was made with. MalformedKeyError."""
        ...


@dataclass(frozen=True)
class Suite:
    """Sizes in bytes of a public key, and of a wrapped 32-byte key; `key_wrap` does the work."""

    public_size: int
    wrap_size: int
    key_wrap: KeyWrap


_SUITES = {
    INTL_1: Suite(32, 80, X25519Wrap()),
    INTL_PQ: Suite(1216, 1168, XWingWrap()),
    GM_1: Suite(64, 160, SM2Wrap()),
}
SUITES = frozenset(_SUITES)
"""All that are specified. `gm-1` needs an optional package: what is spoken here, `spoken` says."""


def spoken() -> frozenset[str]:
    """The suites that this installation can use."""
    return SUITES if installed() else SUITES - {GM_1}


def suite_named(suite: str) -> Suite:
    """UnsupportedSuiteError unless this program speaks `suite`."""
    if suite not in spoken():
        raise UnsupportedSuiteError(suite=suite)
    return _SUITES[suite]


def require_suite(suite: str) -> None:
    """UnsupportedSuiteError unless this program speaks `suite`."""
    suite_named(suite)


def suite_of_key(public: bytes) -> str:
    """The suite whose public keys have this size. MalformedKeyError if none has."""
    for name, suite in _SUITES.items():
        if len(public) == suite.public_size:
            return name
    raise MalformedKeyError(what="public key: of no suite's size")


@dataclass(frozen=True)
class KeyPair:
    """A pair of one suite, raw. The private half stays out of repr and is compared by nobody."""

    public: bytes
    private: bytes = field(repr=False, compare=False)
    suite: str = INTL_1

    @classmethod
    def generate(cls, random: Random = secrets.token_bytes, suite: str = INTL_1) -> "KeyPair":
        return cls.derived(lambda _: random(KEY_SIZE), suite)

    @classmethod
    def derived(cls, derive: Callable[[bytes], bytes], suite: str = INTL_1) -> "KeyPair":
        """From the first of `derive(b"")`, `derive(b"\\1")`, … (32 bytes) that can be a private key.

        Of SM2 one in 2³² can not; of the other suites each can.
        """
        admits = suite_named(suite).key_wrap.admits
        tries = (derive(bytes([number]) if number else b"") for number in range(256))
        return cls.from_private(next(found for found in tries if admits(found)), suite)

    @classmethod
    def from_private(cls, private: bytes, suite: str = INTL_1) -> "KeyPair":
        return cls(public_of(private, suite), private, suite)


def public_of(private: bytes, suite: str = INTL_1) -> bytes:
    """The public key of a raw private key. MalformedKeyError."""
    return suite_named(suite).key_wrap.public_of(private)


def key_matches(private: bytes, public: bytes, suite: str = INTL_1) -> bool:
    """Whether a disclosed private key is the one whose public half was announced."""
    return public_of(private, suite) == public


def key_id(public: bytes) -> str:
    """Lower-case hex SHA-256 of a raw public key (of any suite, and Ed25519): its name in signed documents."""
    return hashlib.sha256(public).hexdigest()


def wrap(cek: bytes, public_key: bytes, info: bytes, suite: str = INTL_1) -> bytes:
    """`cek` for one recipient, bound to `info`; as long as the suite says for a 32-byte key.

    MalformedKeyError if that is no public key of the suite.
    """
    return suite_named(suite).key_wrap.wrap(cek, public_key, info)


def unwrap(wrapped: bytes, private_key: bytes, info: bytes, suite: str = INTL_1) -> bytes | None:
    """The wrapped bytes, or None if key, `info` or a byte of `wrapped` is not the one it was made with.

    The algorithms cannot tell these apart; the caller knows which layer it stands in and refuses accordingly.
    """
    return suite_named(suite).key_wrap.unwrap(wrapped, private_key, info)


def wraps_fit(suite: str, wrapped: bytes) -> bool:
    """Whether a wrapped key is as long as this suite makes it."""
    return len(wrapped) == suite_named(suite).wrap_size
