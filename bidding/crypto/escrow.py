"""Escrow: each content key cut into k0 ⊕ k1 ⊕ k2; every trustee is given two, and the bidder signs a hash of each.

Any two trustees have all three; one alone has nothing, for the third is uniformly random. Who shows another share
than the bidder committed to is exposed by anyone from the manifest alone.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec

from bidding.crypto.canonical import Digest, WrappedKey, b64, canonical, unb64
from bidding.crypto.errors import Layer, MalformedKeyError, OpeningError
from bidding.crypto.suite import KEY_SIZE, KeyPair, Random, key_id, unwrap, wrap, wraps_fit
from bidding.crypto.target import Target

Trustee: TypeAlias = Literal["agency", "supervisor", "notary"]

HELD: dict[Trustee, tuple[int, int]] = {"agency": (1, 2), "supervisor": (0, 2), "notary": (0, 1)}
"""Which two of the shares k0, k1, k2 each trustee is given; the one it lacks, both others have."""

TRUSTEES = tuple(HELD)
SHARES = 3

CONSENT = "本投标人自己不持有密钥,同意:投标截止后,下列三名受托人中任意两名在开标时开启本投标。"
"""What a bidder without a key of its own signs under P3, in its manifest."""

_COMMITMENT_LABEL = b"bidding/escrow/v1/commitment\0"
_SHARE_LABEL = b"bidding/escrow/v1/share\0"
_GIVEN_LABEL = b"bidding/escrow/v1/given\0"

Index = Annotated[int, msgspec.Meta(ge=0, le=SHARES - 1)]


class EscrowShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Share `index` wrapped for one trustee; `key` is the id of its public key."""

    trustee: Trustee
    key: Digest
    index: Index
    wrapped: WrappedKey


class Escrow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one envelope leaves with the trustees: a commitment to each share, and two shares for each trustee."""

    commitments: tuple[Digest, Digest, Digest]
    shares: Annotated[tuple[EscrowShare, ...], msgspec.Meta(min_length=6, max_length=6)]


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """In place of a key of the bidder's: that two of these three open the bid, by the ids of their keys, in the order
    of `TRUSTEES`."""

    statement: Annotated[str, msgspec.Meta(max_length=200)]
    trustees: tuple[Digest, Digest, Digest]


def consent(trustees: Mapping[Trustee, bytes] | Mapping[str, bytes]) -> Consent:
    """To these trustees, by their raw public keys. MalformedKeyError."""
    _require_all(trustees)
    agency, supervisor, notary = (key_id(trustees[one]) for one in TRUSTEES)
    return Consent(statement=CONSENT, trustees=(agency, supervisor, notary))


def deposit(
    cek: bytes, target: Target, trustees: Mapping[Trustee, bytes], random: Random = secrets.token_bytes
) -> Escrow:
    """Cut `cek` (32 bytes) for the three trustees, by their raw public keys. MalformedKeyError."""
    _require_all(trustees)
    first, second = random(KEY_SIZE), random(KEY_SIZE)
    cut = (first, second, _xor(cek, first, second))
    shares = tuple(
        EscrowShare(
            trustee=trustee,
            key=key_id(trustees[trustee]),
            index=index,
            wrapped=b64(
                wrap(
                    cut[index],
                    trustees[trustee],
                    _info(_SHARE_LABEL, target, trustee, index),
                    target.suite,
                )
            ),
        )
        for trustee in TRUSTEES
        for index in HELD[trustee]
    )
    zero, one, two = (share_commitment(target, index, share) for index, share in enumerate(cut))
    return Escrow(commitments=(zero, one, two), shares=shares)


def share_commitment(target: Target, index: int, share: bytes) -> Digest:
    """Hex SHA-256 that binds share and target. Hiding, for a share is 32 random bytes."""
    bound = canonical({"index": index, "target": target})
    return hashlib.sha256(_COMMITMENT_LABEL + bound + share).hexdigest()


def deposited_rightly(escrow: Escrow, suite: str, trustees: Mapping[str, bytes]) -> bool:
    """Whether the shares are two for each of these trustees' keys, each once and of the suite's size."""
    wanted = {
        (trustee, index, key_id(trustees[trustee]))
        for trustee in TRUSTEES
        if trustee in trustees
        for index in HELD[trustee]
    }
    found = [(share.trustee, share.index, share.key) for share in escrow.shares]
    sizes = all(wraps_fit(suite, unb64(share.wrapped)) for share in escrow.shares)
    return sizes and len(found) == len(wanted) and set(found) == wanted


def held_shares(escrow: Escrow, target: Target, trustee: Trustee, keys: KeyPair) -> dict[int, bytes]:
    """A trustee's two shares, on its own device. OpeningError(ESCROW) if one does not open or was not committed to:
    then the bidder deposited it wrongly, and the other two trustees may still have the key."""
    found = {}
    for share in escrow.shares:
        if share.trustee == trustee:
            info = _info(_SHARE_LABEL, target, trustee, share.index)
            opened = unwrap(unb64(share.wrapped), keys.private, info, target.suite)
            if opened is None or not shown_truly(escrow, target, share.index, opened):
                raise OpeningError(
                    layer=Layer.ESCROW,
                    envelope=target.envelope,
                    reason=f"the {trustee}'s share does not open",
                )
            found[share.index] = opened
    return found


def shown_truly(escrow: Escrow, target: Target, index: int, share: bytes) -> bool:
    """Whether this is the share that the bidder committed to; if not, who shows it lies."""
    return hmac.compare_digest(share_commitment(target, index, share), escrow.commitments[index])


def give(share: bytes, target: Target, trustee: Trustee, index: int, platform_public: bytes) -> bytes:
    """A share on its way to the opening, wrapped for the lot's evaluation key: ciphertext in the log."""
    return wrap(share, platform_public, _info(_GIVEN_LABEL, target, trustee, index), target.suite)


def receive(wrapped: bytes, target: Target, trustee: Trustee, index: int, private: bytes) -> bytes | None:
    """The share that a trustee gave, None if it was not wrapped for this key, target, trustee and index."""
    return unwrap(wrapped, private, _info(_GIVEN_LABEL, target, trustee, index), target.suite)


def together(shares: Mapping[int, bytes]) -> bytes:
    """The content key from all three shares; whether it is the sealed one shows the body's commitment."""
    if set(shares) != set(range(SHARES)):
        raise MalformedKeyError(what="escrow: not all three shares")
    return _xor(*(shares[index] for index in range(SHARES)))


def _require_all(trustees: Mapping[Trustee, bytes] | Mapping[str, bytes]) -> None:
    if set(trustees) != set(TRUSTEES):
        raise MalformedKeyError(what="trustees: one key each of agency, supervisor and notary")


def _xor(first: bytes, second: bytes, third: bytes) -> bytes:
    return bytes(a ^ b ^ c for a, b, c in zip(first, second, third, strict=True))


def _info(label: bytes, target: Target, trustee: str, index: int) -> bytes:
    return label + canonical({"index": index, "target": target, "trustee": trustee})
