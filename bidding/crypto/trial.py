"""A device's trial (R-CRED-03): 32 bytes encrypted to its opening key, decrypted before a bid may be sealed to it.

The private key stays where it is: only what it opened comes back. The trial is bound to the credential, so that an
answer for one device proves nothing of another.
"""

from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.suite import INTL_1, unwrap, wrap

_LABEL = b"bidding/device-trial/v1\0"


def device_trial(secret: bytes, opening_public: bytes, credential: str, suite: str = INTL_1) -> bytes:
    """`secret` (32 bytes) as the device gets it. MalformedKeyError for a key of another suite."""
    return wrap(secret, opening_public, _LABEL + credential.encode(), suite)


def answer_trial(trial: bytes, opening_private: bytes, credential: str, suite: str = INTL_1) -> bytes:
    """The secret. MalformedKeyError if this key does not open the trial: it is no key for bids, then."""
    secret = unwrap(trial, opening_private, _LABEL + credential.encode(), suite)
    if secret is None:
        raise MalformedKeyError(what="opening key: does not open the trial that was made for it")
    return secret
