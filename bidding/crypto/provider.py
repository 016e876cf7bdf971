"""Who holds the platform's own signing keys (R-CRYP-04, GB/T 39786): this process, or a module or service elsewhere.

Open-source code is no certified module: whatever the platform signs goes through a provider, and says whose key signed.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.crypto.credentials import SigningKey
from bidding.crypto.public_keys import Signer
from bidding.crypto.suite import KEY_SIZE


class KeyName(StrEnum):
    """One key for one purpose: none can pass for another's."""

    RECEIPT = "receipt"  # receipts, records, the clock
    TEST_RECEIPT = "receipt-test"  # the same of test lots
    LOG = "log"  # the verifiable log's checkpoints and nothing else


class PlatformKey(Signer, Protocol):
    """Ed25519 wherever it is held: receipts, records and checkpoints are published formats."""

    @property
    def id(self) -> str:
        """Hex SHA-256 of the raw public key: its name in receipts."""
        ...

    @property
    def provider(self) -> str:
        """Who holds it, as events and records name it: ``soft``, or the service's own name."""
        ...

    @property
    def remote(self) -> bool:
        """Whether signing waits for something outside this process: then it is not done where others wait."""
        ...


class CryptoProvider(Protocol):
    def key(self, name: KeyName) -> PlatformKey:
        """The same key for the same name at each call."""
        ...


_DERIVED = {KeyName.TEST_RECEIPT: b"bidding/test-receipt-key/v1\0", KeyName.LOG: b"bidding/log-key/v1\0"}


@dataclass(frozen=True)
class SoftProvider:
    """Keys in this process's memory: the receipt key, and others derived from ``seed`` (32 secret bytes)."""

    receipt: SigningKey
    seed: bytes = field(repr=False)

    def key(self, name: KeyName) -> SigningKey:
        if name is KeyName.RECEIPT:
            return self.receipt
        return SigningKey.from_private(derived(self.seed, _DERIVED[name]))


def derived(seed: bytes, info: bytes) -> bytes:
    """32 bytes of the seed for one purpose (HKDF-SHA-256)."""
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=info).derive(seed)
