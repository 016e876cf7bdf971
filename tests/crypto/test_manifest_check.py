"""R-GEN-04 and the refusals at upload: whatever is not addressed to this lot, version, key and policy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.errors import CanonicalError
from bidding.crypto.manifest import Manifest, Recipient, SealedEnvelope, manifest_hash
from bidding.crypto.manifest_check import (
    Expected,
    Refusal,
    RefusalCode,
    Uploaded,
    check_first_bytes,
    check_manifest,
)
from bidding.crypto.suite import KeyPair
from tests.crypto.conftest import Sealed, counted_bytes

STRANGER = KeyPair.generate(counted_bytes("stranger")).public


def with_envelope(manifest: Manifest, name: str, **changed: Any) -> Manifest:
    return structs.replace(
        manifest,
        envelopes=tuple(structs.replace(e, **changed) if e.name == name else e for e in manifest.envelopes),
    )


def test_a_bid_sealed_for_this_lot_is_accepted(sealed: Sealed) -> None:
    assert check_manifest(sealed.bid.manifest, sealed.expected) is None
    assert check_manifest(sealed.bid.manifest, sealed.expected, sealed.uploads) is None


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (RefusalCode.WRONG_LOT, {"lot": "other"}),
        (RefusalCode.WRONG_BIDDER, {"bidder": "other"}),
        (RefusalCode.WRONG_DOCUMENT_VERSION, {"document_version": 3}),
        (RefusalCode.WRONG_DOCUMENT_VERSION, {"document_hash": "0" * 64}),
        (RefusalCode.WRONG_VERSION, {"bid_version": 2}),
        (RefusalCode.WRONG_VERSION, {"supersedes": "0" * 64}),
        (RefusalCode.WRONG_SUITE, {"suites": frozenset({"gm-1"})}),
        (RefusalCode.WRONG_POLICY, {"policy": "P2"}),
        (RefusalCode.WRONG_ENVELOPES, {"envelopes": ("form", "technical")}),
        (RefusalCode.WRONG_KEY, {"recipients": frozenset({STRANGER})}),
    ],
)
def test_what_the_lot_does_not_expect_is_refused(
    sealed: Sealed, code: RefusalCode, changed: dict[str, Any]
) -> None:
    expected: Expected = replace(sealed.expected, **changed)
    assert check_manifest(sealed.bid.manifest, expected, sealed.uploads) == Refusal(code)


def duplicate_envelope(m: Manifest) -> Manifest:
    return structs.replace(m, envelopes=(*m.envelopes[:-1], m.envelopes[0]))


def alien_recipient(m: Manifest) -> Manifest:
    return structs.replace(m, recipients=(*m.recipients, Recipient.of(STRANGER)))


def false_key_id(m: Manifest) -> Manifest:
    return structs.replace(m, recipients=(structs.replace(m.recipients[0], key="0" * 64),))


def recipient_twice(m: Manifest) -> Manifest:
    return structs.replace(m, recipients=m.recipients * 2)


@pytest.mark.parametrize(
    ("code", "envelope", "change"),
    [
        (RefusalCode.WRONG_ENVELOPES, None, duplicate_envelope),
        (RefusalCode.WRONG_KEY, None, alien_recipient),
        (RefusalCode.WRONG_KEY, None, false_key_id),
        (RefusalCode.WRONG_KEY, None, recipient_twice),
        (
            RefusalCode.WRONG_KEY,
            "technical",
            lambda m: with_envelope(
                m, "technical", wraps=(structs.replace(m.envelope("technical").wraps[0], key="0" * 64),)
            ),
        ),
        (
            RefusalCode.WRONG_KEY,
            "commercial",
            lambda m: with_envelope(m, "commercial", wraps=m.envelope("commercial").wraps * 2),
        ),
        (RefusalCode.TRUNCATED, "form", lambda m: with_envelope(m, "form", sealed_length=4177)),
        (RefusalCode.TRUNCATED, "technical", lambda m: with_envelope(m, "technical", sealed_length=64)),
        (RefusalCode.MALFORMED, "technical", lambda m: with_envelope(m, "technical", part_count=2)),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(
    sealed: Sealed, code: RefusalCode, envelope: str | None, change: Callable[[Manifest], Manifest]
) -> None:
    manifest = change(sealed.bid.manifest)
    assert check_manifest(manifest, sealed.expected, sealed.uploads) == Refusal(code, envelope)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (RefusalCode.TRUNCATED, {"length": 100}),
        (RefusalCode.PLAINTEXT, {"first_bytes": b"%PDF-1.7".ljust(64)}),
        (RefusalCode.HEADER_MISMATCH, {"first_bytes": b"100FWB1\n".ljust(64)}),
        (RefusalCode.ROOT_MISMATCH, {"part_hashes": [bytes(32)]}),
    ],
)
def test_what_arrived_must_be_what_was_signed(
    sealed: Sealed, code: RefusalCode, changed: dict[str, Any]
) -> None:
    spoilt: Uploaded = replace(sealed.uploads["technical"], **changed)
    uploads = sealed.uploads | {"technical": spoilt}
    assert check_manifest(sealed.bid.manifest, sealed.expected, uploads) == Refusal(code, "technical")


def test_an_envelope_that_has_not_arrived_leaves_the_bid_incomplete(sealed: Sealed) -> None:
    uploads = {name: uploaded for name, uploaded in sealed.uploads.items() if name != "commercial"}
    refusal = check_manifest(sealed.bid.manifest, sealed.expected, uploads)
    assert refusal == Refusal(RefusalCode.INCOMPLETE, "commercial")


def test_envelopes_cannot_change_places(sealed: Sealed) -> None:
    uploads = sealed.uploads | {"technical": sealed.uploads["commercial"]}
    refusal = check_manifest(sealed.bid.manifest, sealed.expected, uploads)
    assert refusal == Refusal(RefusalCode.HEADER_MISMATCH, "technical")


@pytest.mark.parametrize("length", range(8))
def test_an_upload_is_refused_at_its_first_wrong_byte(length: int) -> None:
    magic = b"100FWB1\n"
    assert check_first_bytes(magic[:length]) is None
    assert check_first_bytes(magic[:length] + b"\0") is RefusalCode.PLAINTEXT
    assert check_first_bytes(magic + b"anything") is None


def test_a_manifest_has_one_spelling_and_every_field_counts(sealed: Sealed) -> None:
    data = canonical(sealed.bid.manifest)
    assert parse_canonical(data, Manifest) == sealed.bid.manifest
    for spoilt in (data + b" ", data.replace(b'"v":1', b'"v":2'), data.replace(b'"v":1', b'"v":1,"w":1')):
        with pytest.raises(CanonicalError):
            parse_canonical(spoilt, Manifest)
    other = structs.replace(sealed.bid.manifest, draw_nonce_hash="0" * 64)
    assert manifest_hash(other) != manifest_hash(sealed.bid.manifest)


def test_a_manifest_names_its_envelopes(sealed: Sealed) -> None:
    manifest = sealed.bid.manifest
    assert [e.name for e in manifest.envelopes] == ["form", "qualification", "technical", "commercial"]
    assert isinstance(manifest.envelope("form"), SealedEnvelope)
    assert manifest.sealed_length == sum(p.stat().st_size for p in sealed.bid.paths.values())
    with pytest.raises(KeyError):
        manifest.envelope("other")
