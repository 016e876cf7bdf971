"""Key release: the bidder splits each content key between the two offices' one-time session keys.

One share is a random r, the other CEK ⊕ r: each alone is a uniformly random string, so nobody learns a
price until both offices' form keys are published, at one moment, for all bids.
"""

import secrets
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from bidding.crypto.body import CEK_SIZE, commitment_matches
from bidding.crypto.canonical import Digest, Name, WrappedKey, b64, canonical, unb64
from bidding.crypto.errors import Layer, MalformedKeyError, OpeningError, SessionKeyError
from bidding.crypto.manifest import Manifest, manifest_hash
from bidding.crypto.session import Office, SessionPublic, require_pair
from bidding.crypto.signing import RELEASE_LABEL, Signed, sign, verify
from bidding.crypto.suite import Random, require_suite, unwrap, wrap, wraps_fit
from bidding.crypto.target import Target, body_context

_SHARE_LABEL = b"bidding/release/v1/share\0"


class Shares(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The two wrapped shares of one envelope's content key."""

    envelope: Name
    agency: WrappedKey
    supervisor: WrappedKey


class KeyRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """About 1 kB from the bidder's device. Public as soon as it arrives: it is ciphertext."""

    lot: Name
    session: Name
    bidder: Name
    manifest_hash: Digest
    suite: Name
    shares: Annotated[tuple[Shares, ...], msgspec.Meta(min_length=1, max_length=16)]
    v: Literal[1] = 1


def make_release(
    ceks: Mapping[str, bytes],
    targets: Mapping[str, Target],
    agency_public: SessionPublic,
    supervisor_public: SessionPublic,
    random: Random = secrets.token_bytes,
    *,
    manifest_hash: Digest,
) -> KeyRelease:
    """Release the content keys (32 bytes, by envelope) of one bid to one session.

    `targets` are `manifest.target(name)` for the same names. SessionKeyError if the announcements do not
    fit together; MalformedKeyError if a key is missing or of another length.
    """
    require_pair(agency_public, supervisor_public)
    if set(ceks) != set(targets) or any(len(cek) != CEK_SIZE for cek in ceks.values()):
        raise MalformedKeyError(what="content keys: one of 32 bytes for every envelope")
    first = next(iter(targets.values()))
    require_suite(first.suite)
    if first.suite != agency_public.suite:
        raise SessionKeyError(reason="announced for another suite than the bid's")
    release = KeyRelease(
        lot=first.lot,
        session=agency_public.session,
        bidder=first.bidder,
        manifest_hash=manifest_hash,
        suite=first.suite,
        shares=(),
    )
    shares = []
    for envelope in targets:
        mask = random(CEK_SIZE)
        masked = bytes(a ^ b for a, b in zip(ceks[envelope], mask, strict=True))
        shares.append(
            Shares(
                envelope=envelope,
                agency=_wrapped(mask, agency_public, release, envelope),
                supervisor=_wrapped(masked, supervisor_public, release, envelope),
            )
        )
    return msgspec.structs.replace(release, shares=tuple(shares))


def recover_cek(
    release: KeyRelease, envelope: str, agency_private: bytes, supervisor_private: bytes
) -> bytes:
    """The released content key, from the two offices' raw private keys for this kind of envelope.

    OpeningError(RELEASE) if the release holds no shares for them. Whether it is the *right* key shows
    `commitment_matches`; see `require_released_key`.
    """
    require_suite(release.suite)
    shares = next((s for s in release.shares if s.envelope == envelope), None)
    if shares is None:
        raise OpeningError(layer=Layer.RELEASE, envelope=envelope, reason="no shares for this envelope")
    mask = _share(shares.agency, agency_private, release, "agency", envelope)
    masked = _share(shares.supervisor, supervisor_private, release, "supervisor", envelope)
    return bytes(a ^ b for a, b in zip(mask, masked, strict=True))


def require_released_key(cek: bytes, manifest: Manifest, envelope: str) -> None:
    """OpeningError(COMMITMENT) if another key than the sealed one was released: provably so."""
    header, context = manifest.envelope(envelope).header_bytes, body_context(manifest.target(envelope))
    if not commitment_matches(cek, header, context, manifest.suite):
        raise OpeningError(
            layer=Layer.COMMITMENT, envelope=envelope, reason="another key than the sealed one was released"
        )


def check_release(release: KeyRelease, manifest: Manifest, session: SessionPublic) -> None:
    """OpeningError(RELEASE) unless it is for this bid and this session and covers every envelope."""
    addressed = (release.lot, release.bidder, release.manifest_hash, release.session, release.suite)
    wanted = (manifest.lot, manifest.bidder, manifest_hash(manifest), session.session, manifest.suite)
    if addressed != wanted:
        raise OpeningError(layer=Layer.RELEASE, reason="for another bid or session")
    if sorted(s.envelope for s in release.shares) != sorted(e.name for e in manifest.envelopes):
        raise OpeningError(layer=Layer.RELEASE, reason="not one pair of shares for every envelope")
    if not all(wraps_fit(release.suite, unb64(w)) for s in release.shares for w in (s.agency, s.supervisor)):
        raise OpeningError(layer=Layer.RELEASE, reason="a share of another size than the suite's")


def sign_release(signing_key: bytes, release: KeyRelease) -> Signed:
    """By the raw Ed25519 key of the bidder's credential."""
    return sign(RELEASE_LABEL, release, signing_key)


def verify_release(signed: Signed, public_key: bytes) -> KeyRelease:
    """The release, signed by that key. SignatureError, CanonicalError."""
    return verify(RELEASE_LABEL, signed, public_key, KeyRelease)


def share_info(release: KeyRelease, office: Office, envelope: str) -> bytes:
    """The HPKE info of one share: a share moved to another lot, session, bid or envelope does not open."""
    return _SHARE_LABEL + canonical(
        {
            "bidder": release.bidder,
            "envelope": envelope,
            "lot": release.lot,
            "manifest_hash": release.manifest_hash,
            "office": office,
            "session": release.session,
            "suite": release.suite,
        }
    )


def _wrapped(share: bytes, public: SessionPublic, release: KeyRelease, envelope: str) -> WrappedKey:
    info = share_info(release, public.office, envelope)
    return b64(wrap(share, public.key_for(envelope), info, release.suite))


def _share(wrapped: WrappedKey, private: bytes, release: KeyRelease, office: Office, envelope: str) -> bytes:
    share = unwrap(unb64(wrapped), private, share_info(release, office, envelope), release.suite)
    if share is None or len(share) != CEK_SIZE:
        raise OpeningError(
            layer=Layer.RELEASE, envelope=envelope, reason=f"the {office}'s share does not open"
        )
    return share
