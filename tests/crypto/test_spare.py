"""R-PAIN-05: a spare file is what was sealed, unencrypted; its digests stand in manifest and receipt."""

import zipfile
from pathlib import Path

import pytest
from msgspec import structs

from bidding.crypto.bid import seal_bid
from bidding.crypto.container import archive_blocks
from bidding.crypto.errors import Layer, OpeningError
from bidding.crypto.manifest import Manifest, SpareFile
from bidding.crypto.manifest_check import Expected, Refusal, RefusalCode, check_manifest
from bidding.crypto.spare import file_sha256, make_spare, read_spare, spare_form
from bidding.crypto.suite import KeyPair
from tests.crypto.conftest import ADDRESS, BIDDER, DOCUMENT, LOT, make_form

DEVICE = KeyPair.generate()


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Manifest, Path]:
    """A manifest of form and technical envelope, and the spare file beside it."""
    file = tmp_path / "plan.pdf"
    file.write_bytes(b"plan" * 1000)
    documents, path = {"technical": {file.name: file}}, tmp_path / "spare.zip"
    spare = make_spare(make_form(), documents, path)
    (tmp_path / "bid").mkdir()
    bid = seal_bid(ADDRESS, make_form(), documents, [DEVICE.public], tmp_path / "bid", spare=spare)
    return bid.manifest, path


def test_it_holds_the_form_and_the_very_archives_that_were_sealed(
    kept: tuple[Manifest, Path], tmp_path: Path
) -> None:
    manifest, path = kept
    assert isinstance(manifest.spare, SpareFile)
    assert (file_sha256(path), path.stat().st_mode & 0o777) == (manifest.spare.sha256, 0o600)
    opened, archives = read_spare(path, manifest, tmp_path / "inside")
    assert (opened.form, opened.content_sha256.hex()) == (make_form(), manifest.spare.form)
    sealed = b"".join(bytes(block) for block in archive_blocks({"plan.pdf": tmp_path / "plan.pdf"}))
    assert archives["technical"].read_bytes() == sealed


def test_another_form_or_another_make_is_no_spare(kept: tuple[Manifest, Path], tmp_path: Path) -> None:
    manifest, path = kept
    with pytest.raises(OpeningError) as refused:
        spare_form(b"{}", manifest)
    assert refused.value.layer is Layer.FORM
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.txt", "more")
    with pytest.raises(OpeningError) as refused:
        read_spare(path, manifest, tmp_path / "inside")
    assert refused.value.layer is Layer.CONTAINER


def test_only_a_document_that_allows_spares_takes_a_manifest_with_one(kept: tuple[Manifest, Path]) -> None:
    manifest, _ = kept
    recipients = frozenset({DEVICE.public})
    refusing = Expected(LOT, BIDDER, DOCUMENT, 2, recipients, envelopes=("form", "technical"))
    assert check_manifest(manifest, refusing) == Refusal(RefusalCode.WRONG_POLICY)
    allowing = Expected(LOT, BIDDER, DOCUMENT, 2, recipients, envelopes=("form", "technical"), spare=True)
    assert check_manifest(manifest, allowing) is None
    without = structs.replace(manifest, spare=structs.replace(manifest).consent)
    assert check_manifest(without, allowing) is None
