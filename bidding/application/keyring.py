"""The platform's own keys. They sign receipts, certify devices and serve the evaluation; none opens a sealed bid."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.credentials import SigningKey
from bidding.crypto.suite import INTL_1, KEY_SIZE, KeyPair

_EVALUATION = b"bidding/evaluation-key/v1\0"
_POSSESSION = b"bidding/possession-nonce/v1\0"
_TEST_RECEIPT = b"bidding/test-receipt-key/v1\0"
_NAMES = b"bidding/unlinkable-names/v1\0"
_LOG_KEY = b"bidding/log-key/v1\0"
_LOG_SECRET = b"bidding/log-secret/v1\0"


@dataclass(frozen=True)
class Keyring:
    """``receipt``: signs receipts and records. ``evaluation_seed``: 32 secret bytes from which
    the keys of single lots are derived."""

    authority: EnrolmentCA
    receipt: SigningKey
    evaluation_seed: bytes = field(repr=False)

    @classmethod
    def create(cls, authority: EnrolmentCA, random: Callable[[int], bytes]) -> "Keyring":
        return cls(authority, SigningKey.generate(random), random(KEY_SIZE))

    def evaluation_key(self, lot_id: str, suite: str = INTL_1) -> KeyPair:
        """The lot's evaluation key. Offices seal their evaluation-session keys to it after the opening.

        It reads nothing by itself: content keys are split between the offices' session keys.
        """
        tag = b"" if suite == INTL_1 else suite.encode() + b"\0"
        return KeyPair.derived(lambda more: self._derived(_EVALUATION + tag + lot_id.encode() + more), suite)

    def receipt_key(self, mode: str) -> SigningKey:
        """Receipts of test lots are signed by another key: none can pass for a real one."""
        if mode == "live":
            return self.receipt
        return SigningKey.from_private(self._derived(_TEST_RECEIPT))

    @property
    def log_key(self) -> SigningKey:
        """Signs the verifiable log's checkpoints and nothing else."""
        return SigningKey.from_private(self._derived(_LOG_KEY))

    @property
    def log_secret(self) -> bytes:
        """32 bytes: who has them tells cover leaves from events."""
        return self._derived(_LOG_SECRET)

    def possession_nonce(self, announcement: bytes) -> bytes:
        """What an office must decrypt to prove that it holds the keys of this announcement (32 bytes).

        Derived, so that nothing has to be remembered between the question and the answer.
        """
        return self._derived(_POSSESSION + announcement)

    def unlinkable(self, name: str) -> str:
        """``name`` under the platform's key (32 hex digits): in the database it leads back to nobody."""
        return hmac.digest(self._derived(_NAMES), name.encode(), "sha256").hex()[:32]

    def _derived(self, info: bytes) -> bytes:
        return HKDF(SHA256(), KEY_SIZE, salt=None, info=info).derive(self.evaluation_seed)
