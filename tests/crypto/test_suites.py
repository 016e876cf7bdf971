"""Suites beside `intl-1`: the draft's own vectors, a whole bid from the device to the opened form, and no mixing."""

import hashlib
from pathlib import Path

import pytest
from msgspec import structs

from bidding.crypto.bid import Address, seal_bid, unwrap_ceks
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.errors import MalformedKeyError, OpeningError, SessionKeyError, UnsupportedSuiteError
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.opening import open_form
from bidding.crypto.release import check_release, make_release, recover_cek
from bidding.crypto.session import (
    SessionKeys,
    answer_possession,
    disclosed_matches,
    open_from_office,
    possession_challenges,
    require_pair,
    seal_to_platform,
    transfer_info,
)
from bidding.crypto.suite import (
    INTL_1,
    INTL_PQ,
    SUITES,
    KeyPair,
    public_of,
    suite_named,
    suite_of_key,
    unwrap,
    wrap,
)
from tests.crypto.conftest import BIDDER, DOCUMENT, LOT, SESSION, make_form
from tests.crypto.xwing import encapsulate, xwing_seal

OTHERS = sorted(SUITES - {INTL_1})

# draft-connolly-cfrg-xwing-kem, appendix C: seed, eseed, and what they make; keys and ciphertexts by both ends.
DRAFT = [
    (
        "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
        "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2"
        "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
        "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
        (
            "e2236b35a8c24b39b10aa132",
            "49040ef6534",
            "b83aa828d4d62b9a83ceffe1",
            "e63e0e41d354274a079d3e6fb2e15",
        ),
    ),
    (
        "badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
        "17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdef"
        "aee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
        "f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150",
        ("0333285fa253661508c9fb44", "b8843f1c89c62", "c93beb22326705699bbc3d1d", "127ae66312f4ae3ea155b67"),
    ),
]


@pytest.mark.parametrize(("seed", "eseed", "shared", "ends"), DRAFT)
def test_x_wing_is_the_drafts(seed: str, eseed: str, shared: str, ends: tuple[str, str, str, str]) -> None:
    public = public_of(bytes.fromhex(seed), INTL_PQ)
    assert (public.hex()[:24], public.hex()[-len(ends[1]) :]) == ends[:2]
    made, ciphertext = encapsulate(public, bytes.fromhex(eseed))
    assert made.hex() == shared
    assert (ciphertext.hex()[:24], ciphertext.hex()[-len(ends[3]) :]) == ends[2:]
    # The library decapsulates what the second implementation made, down to HPKE's key schedule.
    sealed = xwing_seal(b"k" * 32, public, b"info", bytes.fromhex(eseed))
    assert unwrap(sealed, bytes.fromhex(seed), b"info", INTL_PQ) == b"k" * 32


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_sizes_are_as_said_and_tell_the_suites_apart(suite: str) -> None:
    pair = KeyPair.generate(suite=suite)
    wrapped = wrap(b"k" * 32, pair.public, b"info", suite)
    assert (len(pair.public), len(wrapped)) == (suite_named(suite).public_size, suite_named(suite).wrap_size)
    assert suite_of_key(pair.public) == suite
    assert unwrap(wrapped, pair.private, b"info", suite) == b"k" * 32
    assert unwrap(wrapped, pair.private, b"other", suite) is None
    for other in SUITES - {suite}:
        with pytest.raises(MalformedKeyError):
            wrap(b"k" * 32, pair.public, b"info", other)
        assert unwrap(wrapped, pair.private, b"info", other) is None
    with pytest.raises(MalformedKeyError):
        suite_of_key(pair.public[:-1])


@pytest.mark.parametrize("suite", OTHERS)
def test_a_device_opens_every_suite_and_one_key_says_nothing_of_another(suite: str) -> None:
    device = DeviceCredential.generate()
    own = device.opening_for(suite)
    assert own == device.opening_for(suite)
    assert own.private not in {device.opening.private, device.signing.private}
    assert device.opening_for(INTL_1) is device.opening
    code = with_code(device, b"\1" * 32)
    assert code.opening_for(suite) == KeyPair.from_private(b"\1" * 32, suite)


def with_code(device: DeviceCredential, seed: bytes) -> DeviceCredential:
    return DeviceCredential(device.signing, KeyPair.from_private(seed), recovered=seed)


@pytest.mark.parametrize("suite", OTHERS)
def test_a_bid_goes_all_the_way(suite: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    device = DeviceCredential.generate().opening_for(suite)
    documents = {name: {"a.pdf": tmp_path / "a.pdf"} for name in ("qualification", "technical", "commercial")}
    address = Address(LOT, BIDDER, DOCUMENT, 2, suite=suite)
    bid = seal_bid(address, make_form(), documents, [device.public], tmp_path)
    ceks = unwrap_ceks(bid.manifest, device.private, device.public)
    agency, supervisor = (SessionKeys.generate(suite=suite) for _ in range(2))
    publics = agency.public(LOT, SESSION, "agency"), supervisor.public(LOT, SESSION, "supervisor")
    released = make_release(
        ceks,
        {name: bid.manifest.target(name) for name in ceks},
        *publics,
        manifest_hash=manifest_hash(bid.manifest),
    )
    check_release(released, bid.manifest, publics[0])
    cek = recover_cek(released, "form", agency.forms.private, supervisor.forms.private)
    assert open_form(bid.paths["form"].read_bytes(), bid.manifest, cek).form == make_form()
    with pytest.raises(OpeningError):
        recover_cek(released, "form", agency.evaluation.private, supervisor.forms.private)


@pytest.mark.parametrize("suite", OTHERS)
def test_offices_prove_possession_and_hand_over_in_the_suite(suite: str) -> None:
    keys, platform = SessionKeys.generate(suite=suite), KeyPair.generate(suite=suite)
    public = keys.public(LOT, SESSION, "agency")
    nonce = hashlib.sha256(b"nonce").digest()
    assert answer_possession(keys, public, possession_challenges(public, nonce)) == nonce
    sealed = seal_to_platform(keys.evaluation.private, platform.public, transfer_info(public), suite)
    assert open_from_office(sealed, platform.private, transfer_info(public), suite) == keys.evaluation.private
    assert disclosed_matches(keys.forms.private, public.forms, suite)
    assert not disclosed_matches(keys.evaluation.private, public.forms, suite)


def test_suites_do_not_mix_in_one_opening(tmp_path: Path) -> None:
    mixed = SessionKeys.generate().public(LOT, SESSION, "agency")
    other = SessionKeys.generate(suite=INTL_PQ).public(LOT, SESSION, "supervisor")
    with pytest.raises(SessionKeyError, match="different openings"):
        require_pair(mixed, other)
    with pytest.raises(SessionKeyError, match="another suite"):
        require_pair(structs.replace(mixed, suite=INTL_PQ), other)
    with pytest.raises(UnsupportedSuiteError):
        require_pair(structs.replace(mixed, suite="rot13"), structs.replace(other, suite="rot13"))
