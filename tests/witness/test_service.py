"""The witness over HTTP: the answers that c2sp.org/tlog-witness names, and the mailbox."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from bidding.crypto.errors import SignatureError
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.note import parse_vkey
from bidding.crypto.log.witnessing import AddCheckpoint
from bidding.crypto.signing import SignedJson
from bidding.witness.ledger import Ledger
from bidding.witness.mailbox import LARGEST, Letter, LetterKind, Mailbox, check_receipt, letter_of
from bidding.witness.service import witness_app
from tests.witness.history import LOG_KEY, NAME, NOW, OTHER, OWN, OWN_KEY, asked, note

LOT = "6d9c9be4-3f65-4d0f-9d0a-b1a1f4a6f0aa"
RELEASE = '{"v":1,"lot":"一标段"}'.encode()


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox", NAME, OWN.private, lambda: NOW)


@pytest.fixture
def client(tmp_path: Path, mailbox: Mailbox) -> Iterator[TestClient]:
    ledger = Ledger(tmp_path / "seen", NAME, OWN.private, [LOG_KEY], lambda: NOW)
    with TestClient(witness_app(ledger, mailbox, OWN_KEY)) as found:
        yield found


def test_a_cosignature_is_a_line_to_put_under_the_note(client: TestClient) -> None:
    answer = client.post("/add-checkpoint", content=asked(0, 3))
    assert answer.status_code == 200
    cosigned = note(3) + answer.content
    assert open_checkpoint(cosigned, LOG_KEY, [OWN_KEY], quorum=1)[0].size == 3


def test_each_refusal_has_the_status_of_the_specification(client: TestClient) -> None:
    assert client.post("/add-checkpoint", content=b"nonsense").status_code == 400
    assert client.post("/add-checkpoint", content=asked(9, 6, hashes=())).status_code == 400
    stranger = AddCheckpoint(0, (), note(3, key=OTHER, origin="other.example")).encoded
    assert client.post("/add-checkpoint", content=stranger).status_code == 404
    forged = AddCheckpoint(0, (), note(3, key=OTHER)).encoded
    assert client.post("/add-checkpoint", content=forged).status_code == 403
    assert client.post("/add-checkpoint", content=asked(0, 9)).status_code == 200
    conflict = client.post("/add-checkpoint", content=asked(0, 12))
    assert (conflict.status_code, conflict.text) == (409, "9\n")
    assert conflict.headers["content-type"].startswith("text/x.tlog.size")
    assert client.post("/add-checkpoint", content=asked(9, 12, "two")).status_code == 422
    assert client.post("/add-checkpoint", content=b"\0" * 200_000).status_code == 413
    assert client.get("/add-checkpoint").status_code == 405


def test_a_full_disk_is_a_503_and_no_cosignature(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bidding.witness.ledger.os.fsync", full)
    answer = client.post("/add-checkpoint", content=asked(0, 3))
    assert answer.status_code == 503
    assert "—" not in answer.text


def test_its_key_is_published(client: TestClient) -> None:
    assert parse_vkey(client.get("/vkey").text) == OWN_KEY


# the mailbox


def posted(client: TestClient, kind: LetterKind, text: bytes) -> SignedJson:
    answer = client.post("/mailbox", content=letter_of(LOT, kind, text))
    assert answer.status_code == 201, answer.text
    return msgspec.json.decode(answer.content, type=SignedJson)


def test_a_key_release_that_the_platform_dropped_is_kept_and_dated(
    client: TestClient, mailbox: Mailbox
) -> None:
    receipt = check_receipt(posted(client, LetterKind.RELEASE, RELEASE), OWN.public)
    assert (receipt.witness, receipt.lot, receipt.kind) == (NAME, LOT, "release")
    assert (receipt.digest, receipt.received_at) == (
        hashlib.sha256(RELEASE).hexdigest(),
        "2026-03-25T01:30:00.000Z",
    )
    (kept,) = mailbox.letters()
    assert kept.letter.text.encode() == RELEASE


def test_of_a_manifest_the_hash_alone_is_kept(client: TestClient, mailbox: Mailbox) -> None:
    """R-GEN-04: not even the witness learns who bids."""
    manifest = b'{"bidder":"party-7","lot":"..."}'
    receipt = check_receipt(posted(client, LetterKind.MANIFEST, manifest), OWN.public)
    assert receipt.digest == hashlib.sha256(manifest).hexdigest()
    (kept,) = mailbox.letters()
    assert kept.letter.text == ""
    telling = Letter(lot=LOT, kind=LetterKind.MANIFEST, digest=receipt.digest, text=manifest.decode())
    refused = client.post("/mailbox", content=msgspec.json.encode(telling, order="sorted"))
    assert (refused.status_code, "who bids" in refused.text) == (422, True)


def test_the_first_receipt_stands(tmp_path: Path) -> None:
    earlier = Mailbox(tmp_path, NAME, OWN.private, lambda: NOW)
    later = Mailbox(tmp_path, NAME, OWN.private, lambda: NOW.replace(hour=9))
    letter = letter_of(LOT, LetterKind.RELEASE, RELEASE)
    assert earlier.take(letter) == later.take(letter)
    other = check_receipt(later.take(letter_of("lot-2", LetterKind.RELEASE, RELEASE)), OWN.public)
    assert other.received_at == "2026-03-25T09:30:00.000Z"


def test_what_is_no_letter_is_refused(client: TestClient, mailbox: Mailbox) -> None:
    wrong = Letter(lot=LOT, kind=LetterKind.RELEASE, digest="0" * 64, text=RELEASE.decode())
    for body in (b"", b"{}", b"[]", b"\xff", msgspec.json.encode(wrong, order="sorted")):
        assert client.post("/mailbox", content=body).status_code == 422
    assert client.post("/mailbox", content=b" " * (2 * LARGEST + 1)).status_code == 413
    assert list(mailbox.letters()) == []


def test_a_full_mailbox_says_so_and_loses_nothing(
    client: TestClient, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = posted(client, LetterKind.RELEASE, RELEASE)
    monkeypatch.setattr("bidding.witness.mailbox.MOST", 1)
    assert client.post("/mailbox", content=letter_of("lot-2", LetterKind.RELEASE, RELEASE)).status_code == 507
    assert posted(client, LetterKind.RELEASE, RELEASE) == first, "of a letter that is there already"
    assert len(list(mailbox.letters())) == 1


def test_another_witness_receipt_is_none_of_this_one(client: TestClient) -> None:
    with pytest.raises(SignatureError):
        check_receipt(posted(client, LetterKind.RELEASE, RELEASE), OTHER.public)
