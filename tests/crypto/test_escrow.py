"""R-BID-07: two of three trustees have a content key, one has nothing, and who shows a false share is exposed."""

from itertools import combinations

import pytest
from msgspec import structs

from bidding.crypto.errors import Layer, MalformedKeyError, OpeningError
from bidding.crypto.escrow import (
    HELD,
    TRUSTEES,
    Escrow,
    deposit,
    deposited_rightly,
    give,
    held_shares,
    receive,
    shown_truly,
    together,
)
from bidding.crypto.suite import SUITES, KeyPair
from bidding.crypto.target import Target
from tests.crypto.conftest import BIDDER, DOCUMENT, LOT

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
