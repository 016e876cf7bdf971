"""The platform's own keys. They sign receipts, certify devices and serve the evaluation; none opens a sealed bid."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.credentials import SigningKey
from bidding.crypto.provider import CryptoProvider, KeyName, PlatformKey, SoftProvider, derived
from bidding.crypto.signing import Signed, sign
from bidding.crypto.suite import INTL_1, KEY_SIZE, KeyPair

T = TypeVar("T")

_EVALUATION = b"bidding/evaluation-key/v1\0"
_POSSESSION = b"bidding/possession-nonce/v1\0"
_TRIAL = b"bidding/device-trial/v1/"
_NAMES = b"bidding/unlinkable-names/v1\0"
_LOG_SECRET = b"bidding/log-secret/v1\0"


@dataclass(frozen=True)
class Keyring:
    """``provider``: holds the keys that sign receipts, records and checkpoints (R-CRYP-04). ``evaluation_seed``: 32
    secret bytes from which the keys of single lots are derived."""

    authority: EnrolmentCA
    provider: CryptoProvider
    evaluation_seed: bytes = field(repr=False)

    @classmethod
    def create(cls, authority: EnrolmentCA, random: Callable[[int], bytes]) -> "Keyring":
        receipt, seed = SigningKey.generate(random), random(KEY_SIZE)
        return cls(authority, SoftProvider(receipt, seed), seed)

    @property
    def receipt(self) -> PlatformKey:
        """Signs receipts and records of live lots."""
        return self.provider.key(KeyName.RECEIPT)

    def evaluation_key(self, lot_id: str, suite: str = INTL_1) -> KeyPair:
        """The lot's evaluation key. Offices seal their evaluation-session keys to it after the opening.

        It reads nothing by itself: content keys are split between the offices' session keys.
        """
        tag = b"" if suite == INTL_1 else suite.encode() + b"\0"
        return KeyPair.derived(lambda more: self._derived(_EVALUATION + tag + lot_id.encode() + more), suite)

    def receipt_key(self, mode: str) -> PlatformKey:
        """Receipts of test lots are signed by another key: none can pass for a real one."""
        return self.receipt if mode == "live" else self.provider.key(KeyName.TEST_RECEIPT)

    @property
    def log_key(self) -> PlatformKey:
        """Signs the verifiable log's checkpoints and nothing else."""
        return self.provider.key(KeyName.LOG)

    @property
    def log_secret(self) -> bytes:
        """32 bytes: who has them tells cover leaves from events."""
        return self._derived(_LOG_SECRET)

    def possession_nonce(self, announcement: bytes) -> bytes:
        """What an office must decrypt to prove that it holds the keys of this announcement (32 bytes).

        Derived, so that nothing has to be remembered between the question and the answer.
        """
        return self._derived(_POSSESSION + announcement)

    def trial_secret(self, credential: str, opening_key: str) -> bytes:
        """What a device must decrypt before bids may be sealed to it (32 bytes); derived, as the nonce is."""
        return self._derived(_TRIAL + f"{credential} {opening_key}".encode())

    def unlinkable(self, name: str) -> str:
        """``name`` under the platform's key (32 hex digits): in the database it leads back to nobody."""
        return hmac.digest(self._derived(_NAMES), name.encode(), "sha256").hex()[:32]

    def _derived(self, info: bytes) -> bytes:
        return derived(self.evaluation_seed, info)


async def signed(label: str, value: object, key: PlatformKey) -> Signed:
    """``sign``, off the event loop where the key is held elsewhere. Raises ``Unavailable`` then."""
    return await beside(key, lambda: sign(label, value, key))


async def beside(key: PlatformKey, work: Callable[[], T]) -> T:
    """``work``, which signs with ``key``: in a thread where that waits for something outside this process."""
    if key.remote:
        return await asyncio.to_thread(work)
    return work()
