"""Sealing and the trial opening: offline, checked first, nothing half-done left."""

import json
import re
import socket
from pathlib import Path

import pytest

from bidding.client.bid import BidFolder
from bidding.crypto.canonical import b64
from bidding.crypto.escrow import consent
from bidding.crypto.manifest import SpareFile, manifest_hash
from bidding.crypto.spare import file_sha256
from bidding.crypto.suite import KeyPair
from tests.cli.conftest import FORM, Bidding, sealing


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("offline")
def test_a_bid_is_sealed_and_opens_on_the_same_device(bidding: Bidding, desk: Path) -> None:
    sealed = bidding(*sealing(desk))
    assert sealed.exit_code == 0, sealed.output
    assert "¥11,000,000.50" in sealed.output
    opened = bidding("open", desk / "bid", "--key", desk / "key.json")
    assert opened.exit_code == 0, opened.output
    for said in ("¥11,000,000.50", "120", "张三", "12.3 万元", "technical.pdf", "commercial.pdf", "it opens"):
        assert said in opened.output
    kinds = {path.suffix for path in (desk / "bid").iterdir()}
    assert kinds == {".sealed", ".json", ".sig"}, "the trial leaves nothing opened behind"


def test_a_json_form_in_fen_seals_the_same_values(bidding: Bidding, desk: Path) -> None:
    form = {"price_fen": 1_100_000_050, "duration_days": 120, "quality": "合格", "project_lead": "张三"}
    (desk / "form.json").write_text(json.dumps(form))
    assert bidding(*sealing(desk, form="form.json")).exit_code == 0
    assert "¥11,000,000.50" in bidding("open", desk / "bid", "--key", desk / "key.json").output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"11000000.50"', '"118000000.01"'), "above the limit"),
        (('"11000000.50"', '"0"'), "the price is zero"),
        (("duration_days = 120", "duration_days = 0"), "duration"),
        (("duration_days = 120", "duration_days = 9999"), "duration"),
        (('"11000000.50"', '"11e6"'), "price_yuan"),
        (("price_yuan", "price_fen"), "price_fen"),
        (('price_yuan = "11000000.50"', ""), "exactly one"),
        (("quality", "qualty"), "qualty"),
        (('"张三"', '""'), "project_lead"),
        (("[extras]", "[extras"), "form is wrong"),
    ],
)
def test_a_form_that_cannot_win_or_be_read_is_not_sealed(
    bidding: Bidding, desk: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in FORM
    (desk / "form.toml").write_text(FORM.replace(*change))
    result = bidding(*sealing(desk))
    assert result.exit_code == 5
    assert said in result.output
    assert not (desk / "bid").exists()


def test_a_price_at_the_limit_is_sealed(bidding: Bidding, desk: Path) -> None:
    (desk / "form.toml").write_text(FORM.replace("11000000.50", "11800000.00"))
    assert bidding(*sealing(desk)).exit_code == 0


@pytest.mark.parametrize("name", ["con.pdf", "ends with dot.", "a\u202egnp.exe", "b?.pdf"])
def test_a_file_name_that_is_unsafe_for_its_readers_is_refused(
    bidding: Bidding, desk: Path, name: str
) -> None:
    (desk / name).write_bytes(b"x")
    result = bidding(*sealing(desk, "--technical", desk / name))
    assert result.exit_code == 5
    assert "file name cannot be used" in result.output
    assert "\u202e" not in result.output
    assert not (desk / "bid").exists()


def test_the_same_name_twice_in_one_envelope_is_refused(bidding: Bidding, desk: Path) -> None:
    (desk / "other").mkdir()
    (desk / "other" / "TECHNICAL.pdf").write_bytes(b"x")
    result = bidding(*sealing(desk, "--technical", desk / "other" / "TECHNICAL.pdf"))
    assert result.exit_code == 5
    assert "twice" in result.output


def test_an_envelope_without_files_is_named(bidding: Bidding, desk: Path) -> None:
    arguments = sealing(desk)
    without = [one for one in arguments if one not in ("--commercial", desk / "commercial.pdf")]
    result = bidding(*without)
    assert result.exit_code == 2
    assert "missing: commercial" in result.output


def test_a_missing_file_leaves_no_folder(bidding: Bidding, desk: Path) -> None:
    (desk / "technical.pdf").unlink()
    assert bidding(*sealing(desk)).exit_code == 5
    assert not (desk / "bid").exists()
    assert not [path for path in desk.iterdir() if path.name.startswith(".bid")]


def test_a_folder_with_something_in_it_is_not_sealed_into(bidding: Bidding, desk: Path) -> None:
    (desk / "bid").mkdir()
    (desk / "bid" / "mine").write_text("x")
    assert bidding(*sealing(desk)).exit_code == 5
    assert [path.name for path in (desk / "bid").iterdir()] == ["mine"]


def test_a_replacement_names_what_it_replaces(bidding: Bidding, desk: Path) -> None:
    assert bidding(*sealing(desk)).exit_code == 0
    assert bidding(*sealing(desk, "--replaces", desk / "bid", out="second")).exit_code == 0
    first, second = BidFolder(desk / "bid").manifest, BidFolder(desk / "second").manifest
    assert second.bid_version == 2
    assert second.supersedes == manifest_hash(first)


def test_another_party_cannot_replace_it(bidding: Bidding, desk: Path) -> None:
    assert bidding(*sealing(desk)).exit_code == 0
    (desk / "key.json").unlink()
    assert bidding("keygen", desk / "key.json", "--no-passphrase").exit_code == 0
    result = bidding(*sealing(desk, "--replaces", desk / "bid", out="second"))
    assert result.exit_code == 5
    assert "another party's" in result.output


def test_the_recovery_code_opens_a_bid_that_was_sealed_for_it(bidding: Bidding, desk: Path) -> None:
    made = bidding("keygen", desk / "safe.json", "--no-passphrase", "--recovery")
    code = re.search(r"(?:[0-9A-Z]{4}-){13}[0-9A-Z]{4}", made.output)
    assert code is not None
    assert bidding(*sealing(desk, "--recipient", desk / "safe.json.recovery.pub")).exit_code == 0
    arguments = ("open", desk / "bid", "--key", desk / "key.json", "--recovery")
    assert bidding(*arguments, typed=code[0].lower() + "\n").exit_code == 0
    misread = ("0" if code[0][0] != "0" else "1") + code[0][1:]
    wrong = bidding(*arguments, typed=misread + "\n")
    assert wrong.exit_code == 5
    assert "misread" in wrong.output


def test_a_wrong_passphrase_is_said_so_and_seals_nothing(bidding: Bidding, desk: Path) -> None:
    (desk / "key.json").unlink()
    assert bidding("keygen", desk / "key.json", typed="right\nright\n").exit_code == 0
    result = bidding(*sealing(desk), typed="wrong\n")
    assert result.exit_code == 5
    assert "passphrase" in result.output
    assert not (desk / "bid").exists()
    assert bidding(*sealing(desk), typed="right\n").exit_code == 0


def test_another_device_cannot_open_it(bidding: Bidding, desk: Path) -> None:
    assert bidding(*sealing(desk)).exit_code == 0
    bidding("keygen", desk / "other.json", "--no-passphrase")
    result = bidding("open", desk / "bid", "--key", desk / "other.json")
    assert result.exit_code == 5
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["form.sealed", "technical.sealed", "manifest.json", "manifest.sig"])
def test_a_damaged_bid_fails_its_trial(bidding: Bidding, desk: Path, name: str) -> None:
    assert bidding(*sealing(desk)).exit_code == 0
    data = bytearray((desk / "bid" / name).read_bytes())
    data[len(data) // 2] ^= 1
    (desk / "bid" / name).write_bytes(data)
    assert bidding("open", desk / "bid", "--key", desk / "key.json").exit_code == 5


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"lot_id":"x","phase":"draft","notice":{}}'])
def test_a_file_that_is_no_noticed_lot_is_refused(bidding: Bidding, desk: Path, content: bytes) -> None:
    (desk / "lot.json").write_bytes(content)
    assert bidding(*sealing(desk)).exit_code == 5


def _declared(desk: Path, **changed: object) -> None:
    """The lot's view with other terms."""
    view = json.loads((desk / "lot.json").read_bytes())
    view["notice"]["terms"] |= changed
    (desk / "lot.json").write_text(json.dumps(view))


def test_under_p3_the_bidder_consents_and_keeps_no_key(bidding: Bidding, desk: Path) -> None:
    """R-BID-06: the manifest names the three trustees; neither trial opening nor release is the bidder's."""
    keys = {name: KeyPair.generate().public for name in ("agency", "supervisor", "notary")}
    trustees = [{"trustee": name, "party": name, "public": b64(key)} for name, key in keys.items()]
    _declared(desk, key_policy="P3", trustees=trustees)
    (desk / "recovery.pub").write_text("x")
    refused = bidding(*sealing(desk, "--recipient", desk / "recovery.pub"))
    assert (refused.exit_code, "leave out --recipient" in refused.output) == (5, True)
    sealed = bidding(*sealing(desk))
    assert sealed.exit_code == 0, sealed.output
    assert "keep the originals" in sealed.output
    manifest = BidFolder(desk / "bid").manifest
    assert (manifest.policy, manifest.recipients, manifest.consent) == ("P3", (), consent(keys))
    opened = bidding("open", desk / "bid", "--key", desk / "key.json")
    assert (opened.exit_code, "its bidder has no key" in opened.output) == (5, True)
    released = bidding("release", desk / "bid", "--key", desk / "key.json", "--url", "http://127.0.0.1:9")
    assert (released.exit_code, "nothing to release" in released.output) == (3, True)


def test_a_spare_file_is_kept_where_the_document_allows_it(bidding: Bidding, desk: Path) -> None:
    """R-PAIN-05: not encrypted, mode 0600, its digest in the manifest; another file is not brought."""
    spare = desk / "spare.zip"
    refused = bidding(*sealing(desk, "--spare", spare))
    assert (refused.exit_code, "allows no spare file" in refused.output) == (5, True)
    assert not spare.exists()
    _declared(desk, spare="OTHER_FAULT")
    sealed = bidding(*sealing(desk, "--spare", spare))
    assert sealed.exit_code == 0, sealed.output
    manifest = BidFolder(desk / "bid").manifest
    assert isinstance(manifest.spare, SpareFile)
    assert (file_sha256(spare), spare.stat().st_mode & 0o777) == (manifest.spare.sha256, 0o600)
    assert manifest.spare.sha256 in sealed.output
    server = ("--key", desk / "key.json", "--url", "http://127.0.0.1:9", "--reason", "手机损坏")
    other = bidding("spare", desk / "bid", desk / "form.toml", *server)
    assert (other.exit_code, "another digest" in other.output) == (5, True)
    again = bidding(*sealing(desk, "--spare", spare, out="second"))
    assert again.exit_code == 5, "a spare file that is there is never written over"
    assert spare.exists()
