"""R-BID-04: receipts that bidders kept, laid beside a bundle, expose what a platform left out of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.record import Check, verify_bundle
from bidding.application.record.bundle_files import check_files
from bidding.application.record.bundle_format import Bundle
from bidding.application.record.format import LotRecord
from bidding.application.record.read import Faulty, Read
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.container import digests
from bidding.crypto.credentials import SigningKey
from bidding.crypto.receipt import Receipt, sign_receipt
from bidding.domain.evaluation.events import EnvelopesOpened
from bidding.domain.evaluation.outcome import EnvelopeResult
from bidding.domain.event import decode
from bidding.domain.opening.events import SpareAccepted
from tests.records.altering import BUNDLE, FOLDER, KEY, RECORD, altered, key_beside

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
        "lot.confirmation-closed.v1", *3 * ["lot.bidder-confirmed.v1"],
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


SPARE = FOLDER / "policies" / "spare.zip"
SPARED = SPARE.with_suffix(".json").read_bytes()


def spared() -> tuple[Read, str]:
    """The public events of the opening, and the bidder whose spare file was taken."""
    record = parse_canonical(SPARED, Bundle).record
    events = tuple(decode(one.topic, one.state.encode()) for one in record.events)
    read = Read(record=record, events=events)
    return read, read.all(SpareAccepted)[0].bidder


def test_a_spare_file_that_was_taken_is_the_one_that_its_bidder_kept(tmp_path: Path) -> None:
    """R-PAIN-05: by its digest, under whatever name; in its bidder's folder it must be just that one."""
    _, bidder = spared()
    key = key_beside(SPARE.parent).public
    (tmp_path / "u-disk.bin").write_bytes(SPARE.read_bytes())
    *_, found, summary = verify_bundle(SPARED, key, tmp_path)
    assert found.name == (
        f"file u-disk.bin: {bidder}/spare, taken in place of the sealed bid: 1 of what lies in it as opened"
    )
    assert summary.ok
    (tmp_path / bidder).mkdir()
    (tmp_path / bidder / "spare.zip").write_bytes(SPARE.read_bytes()[:-1] + b"x")
    assert "other bytes than the bid's" in verify_bundle(SPARED, key, tmp_path)[-1].fault


def test_what_was_opened_of_a_spare_file_lies_in_it(tmp_path: Path) -> None:
    """R-PAIN-05: an envelope that the platform read otherwise is exposed by the file."""
    read, bidder = spared()
    (tmp_path / "spare.zip").write_bytes(SPARE.read_bytes())
    true = digests(SPARE)["technical.zip"]

    def said(digest: str) -> list[str]:
        opened = EnvelopeResult(
            bidder=bidder, envelope="technical", status="OPENED", plaintext_sha256=digest, length=1
        )
        event = EnvelopesOpened(bids=(opened,), at=datetime(2026, 6, 1, tzinfo=UTC))
        return list(check_files(tmp_path, read, (*read.events, event)))

    assert "2 of what lies in it as opened" in said(true)[0]
    with pytest.raises(Faulty, match=r"technical\.zip is another than was opened"):
        said("0" * 64)
