"""Proofs of delivery that only the supervisor reads (R-PRIV-01): who took a tender document, sealed where it is kept.

HPKE of suite ``intl-1`` to the opening key of a supervisor's device; the place where the proof is kept is bound into
it, so that a proof moved to another reader's place no longer opens.
"""

import msgspec

from bidding.crypto.canonical import Name, canonical, parse_canonical
from bidding.crypto.errors import DeliveryProofError
from bidding.crypto.suite import unwrap, wrap

_LABEL = b"bidding/delivery-proof/v1\0"
#: Bytes that proofs are filled up to with spaces: an address or an id of another length must not show.
_FILL = 1024


class DeliveryProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``version`` of the document; ``at``: the lot's instant. ``credential``, ``request`` and ``address`` are what the
    log keeps of other requests in the open."""

    v: int = 1
    lot: Name
    party: Name
    version: int
    at: str
    credential: str
    request: str
    address: str


def seal_delivery(proof: DeliveryProof, place: str, recipient: bytes) -> bytes:
    """``recipient``: raw X25519 public key; ``place``: the stream. MalformedKeyError for what is no key."""
    return wrap(canonical(proof).ljust(_FILL), recipient, _LABEL + place.encode())


def open_delivery(sealed: bytes, place: str, private: bytes) -> DeliveryProof:
    """DeliveryProofError if it was sealed to another key or kept at another place."""
    plain = unwrap(sealed, private, _LABEL + place.encode())
    if plain is None:
        raise DeliveryProofError(place=place)
    return parse_canonical(plain.rstrip(b" "), DeliveryProof)
