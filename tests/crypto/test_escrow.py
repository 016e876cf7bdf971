"""R-BID-07: two of three trustees have a content key, one has nothing, and who shows a false share is exposed."""

from itertools import combinations
from pathlib import Path

import pytest
from msgspec import structs

from bidding.crypto.bid import Address, seal_bid, unwrap_ceks
from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.errors import CanonicalError, Layer, MalformedKeyError, OpeningError
from bidding.crypto.escrow import (
    HELD,
    TRUSTEES,
    Escrow,
    consent,
    deposit,
    deposited_rightly,
    give,
    held_shares,
    receive,
    shown_truly,
    together,
)
from bidding.crypto.manifest import POLICY_P1, POLICY_P3, Manifest
from bidding.crypto.manifest_check import Expected, Refusal, RefusalCode, check_manifest
from bidding.crypto.opening import open_form
from bidding.crypto.suite import SUITES, KeyPair
from bidding.crypto.target import Target
from tests.crypto.conftest import BIDDER, DOCUMENT, LOT, make_form

CEK = bytes(range(32))
KEYS = {trustee: KeyPair.generate() for trustee in TRUSTEES}
PUBLIC = {trustee: pair.public for trustee, pair in KEYS.items()}
TARGET = Target(
    document_hash=DOCUMENT, document_version=2, lot=LOT, bidder=BIDDER, envelope="form", bid_version=1
)


@pytest.fixture(scope="module")
def left() -> Escrow:
    return deposit(CEK, TARGET, PUBLIC)


@pytest.mark.parametrize("pair", list(combinations(TRUSTEES, 2)))
def test_any_two_trustees_have_the_key(left: Escrow, pair: tuple[str, str]) -> None:
    shares: dict[int, bytes] = {}
    for trustee in TRUSTEES:
        if trustee in pair:
            shares |= held_shares(left, TARGET, trustee, KEYS[trustee])
    assert together(shares) == CEK


@pytest.mark.parametrize("trustee", TRUSTEES)
def test_one_trustee_has_nothing(left: Escrow, trustee: str) -> None:
    name = next(one for one in TRUSTEES if one == trustee)
    shares = held_shares(left, TARGET, name, KEYS[name])
    assert set(shares) == set(HELD[name])
    with pytest.raises(MalformedKeyError):
        together(shares)
    # Any content key at all fits the two shares of one trustee: the third decides.
    (missing,) = {0, 1, 2} - set(shares)
    other = bytes(a ^ b ^ c for a, b, c in zip(bytes(32), *shares.values(), strict=True))
    assert together({**shares, missing: other}) == bytes(32)


def test_a_false_share_is_exposed_by_the_manifest_alone(left: Escrow) -> None:
    shares = held_shares(left, TARGET, "notary", KEYS["notary"])
    false = bytes([shares[0][0] ^ 1]) + shares[0][1:]
    assert shown_truly(left, TARGET, 0, shares[0])
    assert not shown_truly(left, TARGET, 0, false)
    assert not shown_truly(left, TARGET, 1, shares[0])
    assert not shown_truly(left, structs.replace(TARGET, lot="lot-8"), 0, shares[0])


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_a_share_reaches_the_opening_sealed_and_bound(suite: str) -> None:
    target, platform = structs.replace(TARGET, suite=suite), KeyPair.generate(suite=suite)
    given = give(CEK, target, "notary", 1, platform.public)
    assert receive(given, target, "notary", 1, platform.private) == CEK
    assert receive(given, target, "agency", 1, platform.private) is None
    assert receive(given, target, "notary", 0, platform.private) is None
    assert receive(given, structs.replace(target, bidder="b"), "notary", 1, platform.private) is None


def test_a_deposit_for_other_trustees_is_seen_without_any_key(left: Escrow) -> None:
    public = {str(name): key for name, key in PUBLIC.items()}
    assert deposited_rightly(left, TARGET.suite, public)
    assert not deposited_rightly(left, TARGET.suite, public | {"notary": KeyPair.generate().public})
    assert not deposited_rightly(left, "intl-pq", public)
    assert not deposited_rightly(structs.replace(left, shares=left.shares[:5]), TARGET.suite, public)
    with pytest.raises(MalformedKeyError):
        deposit(CEK, TARGET, {"agency": PUBLIC["agency"]})


def test_a_bidder_that_deposited_something_else_is_found_out(left: Escrow) -> None:
    other = deposit(CEK, structs.replace(TARGET, bid_version=2), PUBLIC)
    with pytest.raises(OpeningError) as refused:
        held_shares(other, TARGET, "notary", KEYS["notary"])
    assert refused.value.layer is Layer.ESCROW
    mixed = structs.replace(left, commitments=other.commitments)
    with pytest.raises(OpeningError):
        held_shares(mixed, TARGET, "notary", KEYS["notary"])


ALONE = Address(LOT, BIDDER, DOCUMENT, 2, policy=POLICY_P3, trustees=PUBLIC)
EXPECTED = Expected(
    LOT,
    BIDDER,
    DOCUMENT,
    2,
    frozenset(),
    policy=POLICY_P3,
    trustees={str(name): key for name, key in PUBLIC.items()},
    envelopes=("form",),
)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, bytes]:
    """A bid of one form that its bidder cannot open: manifest and sealed form."""
    bid = seal_bid(ALONE, make_form(), {}, [], tmp_path_factory.mktemp("alone"))
    return bid.manifest, bid.paths["form"].read_bytes()


def test_without_a_key_of_the_bidders_two_trustees_open_and_nobody_else(
    trusted: tuple[Manifest, bytes],
) -> None:
    """R-BID-06, P3: no wrap is in the manifest; any two of three have the content key."""
    manifest, body = trusted
    envelope, target = manifest.envelope("form"), manifest.target("form")
    assert (manifest.recipients, envelope.wraps, manifest.consent) == ((), (), consent(PUBLIC))
    assert isinstance(envelope.escrow, Escrow)
    shares = held_shares(envelope.escrow, target, "agency", KEYS["agency"])
    shares |= held_shares(envelope.escrow, target, "notary", KEYS["notary"])
    assert open_form(body, manifest, together(shares)).form == make_form()
    own = KeyPair.generate()
    with pytest.raises(OpeningError):
        unwrap_ceks(manifest, own.private, own.public)


def test_a_consent_is_to_the_trustees_of_the_notice(trusted: tuple[Manifest, bytes]) -> None:
    manifest, _ = trusted
    assert check_manifest(manifest, EXPECTED) is None
    strangers = {trustee: KeyPair.generate().public for trustee in TRUSTEES}
    other = structs.replace(manifest, consent=consent(strangers))
    assert check_manifest(other, EXPECTED) == Refusal(RefusalCode.WRONG_KEY)
    said = structs.replace(consent(PUBLIC), statement="同意")
    assert check_manifest(structs.replace(manifest, consent=said), EXPECTED) == Refusal(RefusalCode.WRONG_KEY)


def test_a_manifest_has_keys_of_the_bidder_or_its_consent(
    trusted: tuple[Manifest, bytes], tmp_path: Path
) -> None:
    """Section 9: neither both nor neither is a manifest at all."""
    manifest, _ = trusted
    text = canonical(manifest)
    for wrong in (
        text.replace(b'"policy":"P3"', b'"policy":"P1"'),
        text.replace(text[text.index(b'"consent"') : text.index(b'"document_hash"')], b""),
    ):
        with pytest.raises(CanonicalError):
            parse_canonical(wrong, Manifest)
    with pytest.raises(MalformedKeyError):
        seal_bid(ALONE, make_form(), {}, [KeyPair.generate().public], tmp_path)
    with pytest.raises(MalformedKeyError):
        seal_bid(structs_free(POLICY_P1), make_form(), {}, [], tmp_path)


def structs_free(policy: str) -> Address:
    return Address(LOT, BIDDER, DOCUMENT, 2, policy=policy)
