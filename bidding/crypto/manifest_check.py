"""What the server checks before it accepts a bid: all of it without any key, long before the deadline.

The codes are a closed list; their texts and next steps for people live in the domain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import UNSET

from bidding.crypto.body import MAGIC, PREFIX_SIZE, header_of, padded_length
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.envelope import ENVELOPES
from bidding.crypto.escrow import consent, deposited_rightly
from bidding.crypto.manifest import POLICY_P1, POLICY_P3, Manifest, SealedEnvelope
from bidding.crypto.padding import possible_size
from bidding.crypto.parts import part_count, root
from bidding.crypto.suite import INTL_1, key_id, wraps_fit


class RefusalCode(StrEnum):
    """Why a bid is not accepted. LATE, WITHDRAWN and INCOMPLETE are decided by the application."""

    MALFORMED = "MALFORMED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    WRONG_LOT = "WRONG_LOT"
    WRONG_BIDDER = "WRONG_BIDDER"
    WRONG_DOCUMENT_VERSION = "WRONG_DOCUMENT_VERSION"
    WRONG_VERSION = "WRONG_VERSION"
    WRONG_SUITE = "WRONG_SUITE"
    WRONG_POLICY = "WRONG_POLICY"
    WRONG_ENVELOPES = "WRONG_ENVELOPES"
    WRONG_KEY = "WRONG_KEY"
    PLAINTEXT = "PLAINTEXT"
    TRUNCATED = "TRUNCATED"
    HEADER_MISMATCH = "HEADER_MISMATCH"
    ROOT_MISMATCH = "ROOT_MISMATCH"
    INCOMPLETE = "INCOMPLETE"
    LATE = "LATE"


@dataclass(frozen=True)
class Refusal:
    """The first check that failed, and in which envelope if it is one's."""

    code: RefusalCode
    envelope: str | None = None


@dataclass(frozen=True)
class Expected:
    """What the lot asks of a manifest at this moment.

    `recipients` are the raw public keys of the suite that this bidder has enrolled; `bid_version` is the
    number after the last accepted one and `supersedes` the hash of that one's manifest (None at first).
    `trustees`: agency, supervisor, notary → raw public key, where the policy names any. `spare`: whether the tender
    document allows spare files.
    """

    lot: str
    bidder: str
    document_hash: str
    document_version: int
    recipients: frozenset[bytes]
    bid_version: int = 1
    supersedes: str | None = None
    suites: frozenset[str] = frozenset({INTL_1})
    policy: str = POLICY_P1
    trustees: Mapping[str, bytes] = field(default_factory=dict)
    envelopes: Sequence[str] = ENVELOPES
    spare: bool = False


@dataclass(frozen=True)
class Uploaded:
    """What has arrived for one envelope: length in bytes, its first 64 bytes, the hash of each part."""

    length: int
    first_bytes: bytes
    part_hashes: Sequence[bytes]


def check_first_bytes(first_bytes: bytes) -> RefusalCode | None:
    """Whether an upload can go on, from what has arrived of its first 64 bytes.

    PLAINTEXT as soon as one byte differs from the magic: somebody uploads the bid itself.
    """
    begun = first_bytes[: len(MAGIC)]
    return None if MAGIC.startswith(begun) else RefusalCode.PLAINTEXT


def check_manifest(
    manifest: Manifest, expected: Expected, uploads: Mapping[str, Uploaded] | None = None
) -> Refusal | None:
    """The first reason to refuse this manifest, or None.

    With `uploads` (by envelope name) also against what has arrived; without, the address alone. The
    caller has verified the signature. Order: address, policy and suite, envelopes, keys, then bodies.
    """
    address = _check_address(manifest, expected)
    if address is not None:
        return Refusal(address)
    if sorted(e.name for e in manifest.envelopes) != sorted(expected.envelopes):
        return Refusal(RefusalCode.WRONG_ENVELOPES)
    refusal = _check_recipients(manifest, expected) or _check_escrow(manifest, expected)
    for envelope in manifest.envelopes:
        refusal = refusal or _check_lengths(envelope)
    for envelope in manifest.envelopes if uploads is not None else ():
        refusal = refusal or _check_upload(envelope, (uploads or {}).get(envelope.name))
    return refusal


def _check_address(manifest: Manifest, expected: Expected) -> RefusalCode | None:
    document = (manifest.document_hash, manifest.document_version)
    version = (manifest.bid_version, manifest.supersedes)
    checks = (
        (manifest.lot == expected.lot, RefusalCode.WRONG_LOT),
        (manifest.bidder == expected.bidder, RefusalCode.WRONG_BIDDER),
        (
            document == (expected.document_hash, expected.document_version),
            RefusalCode.WRONG_DOCUMENT_VERSION,
        ),
        (version == (expected.bid_version, expected.supersedes), RefusalCode.WRONG_VERSION),
        (manifest.suite in expected.suites, RefusalCode.WRONG_SUITE),
        (manifest.policy == expected.policy, RefusalCode.WRONG_POLICY),
        (manifest.spare is UNSET or expected.spare, RefusalCode.WRONG_POLICY),
    )
    return next((code for holds, code in checks if not holds), None)


def _check_recipients(manifest: Manifest, expected: Expected) -> Refusal | None:
    """Every recipient is enrolled, named by its true key id, and has one wrap of its suite in every envelope."""
    named = [recipient.key for recipient in manifest.recipients]
    for recipient in manifest.recipients:
        public = unb64(recipient.public)
        if public not in expected.recipients or recipient.key != key_id(public):
            return Refusal(RefusalCode.WRONG_KEY)
    if len(set(named)) != len(named):
        return Refusal(RefusalCode.WRONG_KEY)
    for envelope in manifest.envelopes:
        if sorted(wrap.key for wrap in envelope.wraps) != sorted(named):
            return Refusal(RefusalCode.WRONG_KEY, envelope.name)
        if not all(wraps_fit(manifest.suite, unb64(wrap.wrapped)) for wrap in envelope.wraps):
            return Refusal(RefusalCode.WRONG_KEY, envelope.name)
    return None


def _check_escrow(manifest: Manifest, expected: Expected) -> Refusal | None:
    """Every envelope left its shares with just this lot's trustees, or, where there are none, with nobody; who has no
    key of its own consents to just these."""
    for envelope in manifest.envelopes:
        if (envelope.escrow is UNSET) is bool(expected.trustees):
            return Refusal(RefusalCode.WRONG_POLICY, envelope.name)
        if envelope.escrow is not UNSET and not deposited_rightly(
            envelope.escrow, manifest.suite, expected.trustees
        ):
            return Refusal(RefusalCode.WRONG_KEY, envelope.name)
    if manifest.policy == POLICY_P3 and manifest.consent != consent(expected.trustees):
        return Refusal(RefusalCode.WRONG_KEY)
    return None


def _check_lengths(envelope: SealedEnvelope) -> Refusal | None:
    """TRUNCATED if no sealed body of this envelope has that length (chunks, then padding)."""
    padded = padded_length(envelope.sealed_length)
    if padded is None or not possible_size(envelope.name, padded):
        return Refusal(RefusalCode.TRUNCATED, envelope.name)
    if envelope.part_count != part_count(envelope.sealed_length):
        return Refusal(RefusalCode.MALFORMED, envelope.name)
    return None


def _check_upload(envelope: SealedEnvelope, uploaded: Uploaded | None) -> Refusal | None:
    if uploaded is None:
        return Refusal(RefusalCode.INCOMPLETE, envelope.name)
    if code := check_first_bytes(uploaded.first_bytes):
        return Refusal(code, envelope.name)
    if uploaded.length != envelope.sealed_length:
        return Refusal(RefusalCode.TRUNCATED, envelope.name)
    header = header_of(uploaded.first_bytes[:PREFIX_SIZE])
    if header is None or b64(header) != envelope.header:
        return Refusal(RefusalCode.HEADER_MISMATCH, envelope.name)
    if root(uploaded.part_hashes) != envelope.root_bytes:
        return Refusal(RefusalCode.ROOT_MISMATCH, envelope.name)
    return None
