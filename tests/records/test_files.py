"""R-BID-04: receipts that bidders kept, laid beside a bundle, expose what a platform left out of it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.record import Check, verify_bundle
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.receipt import Receipt, sign_receipt
from tests.records.altering import BUNDLE, KEY, RECORD, altered

PLAYED = parse_canonical(RECORD, LotRecord)
RELEASED = [msgspec.json.decode(one.state) for one in PLAYED.events if one.topic == "lot.key-released.v1"]


def keep(folder: Path, name: str, receipt: str, signature: str) -> None:
    (folder / f"{name}.json").write_bytes(canonical({"receipt": receipt, "signature": signature}))


def last(data: bytes, folder: Path) -> Check:
    return verify_bundle(data, KEY.public, folder)[-1]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Every receipt of bids and releases that the platform handed out."""
    for number, one in enumerate(PLAYED.receipts):
        keep(tmp_path, f"bid-{number}", one.receipt, one.signature)
    for number, one in enumerate(RELEASED):
        keep(tmp_path, f"release-{number}", one["receipt"], one["receipt_signature"])
    return tmp_path


def test_every_receipt_that_was_kept_is_in_the_bundle(kept: Path) -> None:
    found = last(BUNDLE, kept)
    assert found.ok, found.fault
    assert found.name == "files: 6 as the bundle says; 0 that it does not speak of"


def test_a_release_dropped_by_the_platform_is_exposed_by_its_receipt(kept: Path) -> None:
    """Dropped with all that rests on it, the bundle holds by itself: the receipt alone stands against it."""
    dropped: dict[str, Any] = {"of": "bundle", "reseal": True, "change": []}
    after = [
        "lot.contract-entered.v1", "lot.contract-filed.v1", "lot.award-notice-issued.v1",
        "lot.candidates-publicised.v1", "lot.record-signed.v1", "lot.record-signed.v1", "lot.opening-ended.v1",
        "lot.prices-announced.v1", "lot.coefficients-drawn.v1", "lot.draw-revealed.v1", "lot.draw-revealed.v1",
        "lot.draw-revealed.v1", "lot.draw-opened.v1", "lot.bids-imported.v1", "lot.key-released.v1",
    ]  # fmt: skip
    dropped["change"] = [{"do": "drop", "at": [], "topic": topic} for topic in after]
    dropped["change"].append({"do": "set", "at": ["disclosed"], "value": []})
    dropped["change"].append({"do": "set", "at": ["certificates"], "value": []})
    data = altered(dropped)
    without = verify_bundle(data, KEY.public)
    assert without[-1].ok, without[-1].fault
    found = last(data, kept)
    assert found.name == "files"
    assert "received this release and dropped it" in found.fault


def test_a_receipt_for_another_bid_than_the_rolls_is_exposed(kept: Path) -> None:
    receipt = parse_canonical(PLAYED.receipts[0].receipt.encode(), Receipt)
    other = sign_receipt(KEY.private, msgspec.structs.replace(receipt, manifest_hash="0" * 64))
    keep(kept, "other", other.payload.decode(), b64(other.signature))
    assert "another bid" in last(BUNDLE, kept).fault


def test_a_receipt_of_another_lot_or_another_platform_is_none_for_this_bundle(tmp_path: Path) -> None:
    receipt = parse_canonical(PLAYED.receipts[0].receipt.encode(), Receipt)
    elsewhere = sign_receipt(KEY.private, msgspec.structs.replace(receipt, lot="another"))
    keep(tmp_path, "elsewhere", elsewhere.payload.decode(), b64(elsewhere.signature))
    assert "another lot" in last(BUNDLE, tmp_path).fault
    stranger = SigningKey.generate()
    foreign = sign_receipt(stranger.private, msgspec.structs.replace(receipt, platform_key=stranger.id))
    keep(tmp_path, "elsewhere", foreign.payload.decode(), b64(foreign.signature))
    assert "SignatureError" in last(BUNDLE, tmp_path).fault


def test_a_bid_that_is_on_no_roll_is_said_to_be(tmp_path: Path) -> None:
    """Whoever withdrew is not on it, so this alone is no fault."""
    receipt = parse_canonical(PLAYED.receipts[0].receipt.encode(), Receipt)
    absent = sign_receipt(KEY.private, msgspec.structs.replace(receipt, bidder="somebody"))
    keep(tmp_path, "absent", absent.payload.decode(), b64(absent.signature))
    said = [one.name for one in verify_bundle(BUNDLE, KEY.public, tmp_path)]
    assert any("not on the roll" in name for name in said)


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert "no such folder" in last(BUNDLE, tmp_path / "nowhere").fault
