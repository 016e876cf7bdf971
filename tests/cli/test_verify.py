"""Receipts checked offline: a true one holds, any altered one does not."""

from pathlib import Path

import msgspec
import pytest

from bidding.client.bid import BidFolder
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.receipt import (
    Receipt,
    RefusalReceipt,
    new_receipt_number,
    sign_receipt,
    sign_refusal,
)
from bidding.crypto.signing import Signed
from tests.cli.conftest import Bidding, sealing

PLATFORM = SigningKey.from_private(bytes(range(32)))


@pytest.fixture
def handed_in(bidding: Bidding, desk: Path) -> Path:
    """The folder of a bid with the platform's receipt and key in it."""
    assert bidding(*sealing(desk)).exit_code == 0
    folder = desk / "bid"
    manifest = BidFolder(folder).manifest
    receipt = Receipt(
        receipt_number=new_receipt_number(lambda n: bytes(n)),
        lot=manifest.lot,
        bidder=manifest.bidder,
        uscc="91420900MA4KXXXX0X",
        bid_version=manifest.bid_version,
        manifest_hash=manifest_hash(manifest),
        roots=manifest.roots,
        bytes=manifest.sealed_length,
        completed_at="2026-03-30T01:02:03.004Z",
        platform_key=PLATFORM.id,
    )
    keep(folder / "receipt.json", sign_receipt(PLATFORM.private, receipt))
    (folder / "platform-key.txt").write_text(b64(PLATFORM.public) + "\n")
    return folder


def keep(path: Path, signed: Signed) -> None:
    path.write_bytes(canonical({"receipt": signed.payload.decode(), "signature": b64(signed.signature)}))


def test_a_receipt_holds_with_the_bid_beside_it(bidding: Bidding, handed_in: Path) -> None:
    result = bidding("verify", handed_in / "receipt.json")
    assert result.exit_code == 0, result.output
    assert result.output.count("✓") == 8, "signature, manifest, contents, four files, all"
    assert "✗" not in result.output
    assert PLATFORM.id in result.output, "the fingerprint to compare"
    assert "Compare it" in result.output


def test_a_key_that_is_given_need_not_be_compared(bidding: Bidding, handed_in: Path) -> None:
    (handed_in / "platform-key.txt").unlink()
    result = bidding("verify", handed_in / "receipt.json", "--platform-key", b64(PLATFORM.public))
    assert result.exit_code == 0
    assert "Compare it" not in result.output


def test_without_any_key_it_says_where_to_get_one(bidding: Bidding, handed_in: Path) -> None:
    (handed_in / "platform-key.txt").unlink()
    result = bidding("verify", handed_in / "receipt.json")
    assert result.exit_code == 2
    assert "/keys" in result.output


def test_another_platform_did_not_sign_it(bidding: Bidding, handed_in: Path) -> None:
    other = SigningKey.generate()
    result = bidding("verify", handed_in / "receipt.json", "--platform-key", b64(other.public))
    assert result.exit_code == 1
    assert "✗ signature" in result.output


def test_no_byte_of_a_receipt_can_be_another(bidding: Bidding, handed_in: Path) -> None:
    path = handed_in / "receipt.json"
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert bidding("verify", path).exit_code == 1, f"byte {place}"


@pytest.mark.parametrize("name", ["form.sealed", "technical.sealed", "manifest.json"])
def test_a_bid_that_was_changed_is_not_the_one_received(bidding: Bidding, handed_in: Path, name: str) -> None:
    data = bytearray((handed_in / name).read_bytes())
    data[-10] ^= 1
    (handed_in / name).write_bytes(data)
    result = bidding("verify", handed_in / "receipt.json")
    assert result.exit_code == 1
    assert "✗" in result.output


def test_a_receipt_of_another_bid_does_not_fit(bidding: Bidding, handed_in: Path, desk: Path) -> None:
    assert bidding(*sealing(desk, out="other")).exit_code == 0
    result = bidding("verify", handed_in / "receipt.json", "--bid", desk / "other")
    assert result.exit_code == 1
    assert "✗ manifest" in result.output


def test_a_refusal_is_evidence_too(bidding: Bidding, handed_in: Path) -> None:
    refusal = RefusalReceipt(
        receipt_number=new_receipt_number(lambda n: bytes(n)),
        lot="L1",
        bidder="b",
        code="LATE",
        refused_at="2026-03-31T01:30:00.001Z",
        platform_key=PLATFORM.id,
        manifest_hash=manifest_hash(BidFolder(handed_in).manifest),
    )
    path = handed_in / "refusal.json"
    keep(path, sign_refusal(PLATFORM.private, refusal))
    result = bidding("verify", path)
    assert result.exit_code == 0
    assert "LATE" in result.output
    keep(path, sign_receipt(PLATFORM.private, msgspec.convert(_receipt_fields(handed_in), Receipt)))
    assert bidding("verify", path).exit_code == 0, "told apart by what they say, not by their file's name"


def _receipt_fields(folder: Path) -> object:
    return msgspec.json.decode(msgspec.json.decode((folder / "receipt.json").read_bytes())["receipt"])


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"format":"bidding/lot-record/v1"}'])
def test_what_is_neither_receipt_nor_record_does_not_hold(
    bidding: Bidding, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "platform-key.txt").write_text(b64(PLATFORM.public))
    assert bidding("verify", tmp_path / "file").exit_code == 1


def test_a_record_that_only_calls_itself_one_fails_its_first_check(bidding: Bidding, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(canonical({"format": "bidding/lot-record/v1", "platform_key": b64(PLATFORM.public)}))
    result = bidding("verify", path)
    assert result.exit_code == 1
    assert "✗ file" in result.output
