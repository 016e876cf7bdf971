"""R-CRYP-02, R-CRYP-03 (GB/T 33190, GB/T 38540; F-45): a paper becomes a sealed OFD, and no byte of it is free."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from bidding.crypto import sm2
from bidding.crypto.errors import SealError
from bidding.crypto.ofd import eseal, layout
from bidding.crypto.ofd.document import NAMESPACE, Paper
from bidding.crypto.ofd.package import Stamp, read_sealed, sealed_document
from tests.crypto.sm2_authority import SIGNS, authority, issued, openssl

PAPER = Paper(
    title="中标通知书",
    text="中标通知书\n编号：ENG-2025-06-01\n"
    + "武汉江城市政建设有限公司：你单位为中标人，价款 2655 万元。" * 20,
    made_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
    identifier="0f5a1c1e7d0e4b570f5a1c1e7d0e4b57",
)


@dataclass(frozen=True)
class Office:
    """An authority, a seal maker and a signer, as OpenSSL's `sm2` certifies them."""

    root: bytes
    maker: sm2.SM2Signer
    maker_certificate: bytes
    signer: sm2.SM2Signer
    certificate: bytes
    at: datetime

    def seal(self, **changed: Any) -> bytes:
        fields: dict[str, Any] = {
            "identifier": "42090200000001",
            "name": "孝南区公共资源交易中心电子印章",
            "signers": [self.certificate],
            "picture": ("png", b"\x89PNG", 42, 42),
            "since": self.at - timedelta(days=1),
            "until": self.at + timedelta(days=1),
        }
        return eseal.make_seal(self.maker, self.maker_certificate, **{**fields, **changed})

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.signer, self.certificate, self.seal())


def holder(folder: Path, name: str) -> tuple[sm2.SM2Signer, bytes]:
    certificate = issued(folder, holder=name, usage=SIGNS)
    openssl("ec", "-in", "leaf.key", "-outform", "DER", "-out", "leaf.raw", folder=folder)
    der = (folder / "leaf.raw").read_bytes()
    return sm2.SM2Signer(der[7:39]), certificate


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("seal")
    root = authority(folder, "root")
    maker, maker_certificate = holder(folder, "maker")
    signer, certificate = holder(folder, "centre")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    return Office(root, maker, maker_certificate, signer, certificate, at)


@pytest.fixture(scope="module")
def data(office: Office) -> bytes:
    return sealed_document(PAPER, office.stamp, office.at)


def test_it_reads_back_whole_with_seal_and_signer(office: Office, data: bytes) -> None:
    read = read_sealed(data, [office.root], [office.root])
    assert read.title == PAPER.title
    assert read.text.replace("\n", "") == PAPER.text.replace("\n", "")
    said = read.sealed
    assert (said.seal, said.name, said.holder) == (
        "42090200000001",
        "孝南区公共资源交易中心电子印章",
        "centre",
    )
    assert (said.at, said.plain) == (office.at, True)


def test_it_is_what_other_readers_of_ofd_look_for(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        root = ElementTree.fromstring(archive.read("OFD.xml"))
        assert root.tag == f"{{{NAMESPACE}}}OFD"
        assert (root.get("Version"), root.get("DocType")) == ("1.0", "OFD")
        places = [one.text or "" for one in root.iter() if one.tag.endswith(("DocRoot", "}Signatures"))]
        assert set(places) <= set(archive.namelist())
        document = ElementTree.fromstring(archive.read(places[0]))
        pages = [one.get("BaseLoc") for one in document.iter(f"{{{NAMESPACE}}}Page")]
        assert all(f"Doc_0/{one}" in archive.namelist() for one in pages)
        ids = [
            one.get("ID")
            for name in archive.namelist()
            if name.endswith(("Content.xml", "PublicRes.xml", "Document.xml"))
            for one in ElementTree.fromstring(archive.read(name)).iter()
            if one.get("ID")
        ]
        assert len(ids) == len(set(ids))
        described = ElementTree.fromstring(archive.read("Doc_0/Signs/Sign_0/Signature.xml"))
        for one in described.iter(f"{{{NAMESPACE}}}Reference"):
            assert str(one.get("FileRef")).removeprefix("/") in archive.namelist()


def test_lines_and_pages_hold_what_fits(office: Office) -> None:
    pages = layout.pages("中" * 500 + "\n" + "a" * 500 + "\n" * 60)
    assert len(pages) > 1
    assert all(len(page) <= layout.LINES for page in pages)
    widest = max(sum(layout.advances(line)) for page in pages for line in page)
    assert widest <= layout.PAGE[0] - 2 * layout.MARGIN + layout.SIZE
    assert layout.pages("中" * 39 + "》）。”")[0] == ["中" * 39 + "》）。", "”"]
    (dotted,) = layout.pages("." * 500)
    assert "".join(dotted) == "." * 500
    assert max(sum(layout.advances(line)) for line in dotted) < layout.PAGE[0] - layout.MARGIN, "on the sheet"
    assert layout.pages("") == [[""]]
    assert layout.pages("甲\x00\ud800\uffff乙") == [["甲乙"]]
    assert layout.pages("\u202e报价12.34元\u2028第\u2067二\u2029三") == [["报价12.34元", "第二", "三"]]
    accented = "e\u0301" * 200
    assert "".join(layout.pages(accented)[0]) == accented
    assert not any(line.startswith("\u0301") for line in layout.pages(accented)[0])
    assert layout.advances("e\u0301中") == [layout.SIZE / 2, 0, layout.SIZE], (
        "the accent stands on its letter"
    )
    newest = "\U00020bb7\U00031350\U0002ebf0\ue000"
    assert layout.pages(newest) == [[newest]], "whatever Unicode this Python has"


def test_no_byte_is_free(office: Office, data: bytes) -> None:
    """Every 17th byte, and each of the headers and of the signature."""
    tried = {*range(0, len(data), 17), *range(200), *range(len(data) - 200, len(data))}
    chosen = sorted(tried) if len(tried) < 700 else sorted(random.Random(7).sample(sorted(tried), 700))
    for place in chosen:
        spoilt = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(SealError):
            read_sealed(spoilt, [office.root], [office.root])
    for spoilt in (data + b"\0", b"\0" + data, data[:-1], b""):
        with pytest.raises(SealError):
            read_sealed(spoilt, [office.root], [office.root])


def test_the_hash_with_z_in_front_is_read_too(office: Office) -> None:
    content, place = b"<Signature/>", "/s.xml"
    signature = eseal.sign_with_seal(
        office.signer, office.certificate, office.seal(), content, place, office.at
    )
    assert eseal.verify_seal(signature, content, place, [office.root], [office.root]).plain
    prefixed = eseal.sign_with_seal(
        office.signer,
        office.certificate,
        office.seal(),
        sm2.z_of(office.signer.public) + content,
        place,
        office.at,
    )
    assert not eseal.verify_seal(prefixed, content, place, [office.root], [office.root]).plain


def test_z_is_the_one_that_sm2_signs_with(office: Office) -> None:
    """GB/T 32918.2, 5.5: an SM2 signature is one over SM3(Z ‖ message)."""
    library = import_module("gmssl_pyx")
    digest = sm2.sm3(sm2.z_of(office.signer.public) + b"said")
    signature = sm2.as_der(office.signer.sign(b"said"))
    assert library.sm2_verify_sm3_digest(office.signer.public, digest, signature)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"signers": []}, "made anew"),
        ({"until": datetime(2020, 1, 1, tzinfo=UTC)}, "out of its days"),
        (
            {"since": datetime(2099, 1, 1, tzinfo=UTC), "until": datetime(2099, 2, 1, tzinfo=UTC)},
            "out of its days",
        ),
    ],
)
def test_a_seal_that_does_not_list_the_certificate_or_is_over_is_refused(
    office: Office, fields: dict[str, object], reason: str
) -> None:
    stamp = Stamp(office.signer, office.certificate, office.seal(**fields))
    made = sealed_document(PAPER, stamp, office.at)
    with pytest.raises(SealError, match=reason):
        read_sealed(made, [office.root], [office.root])


def test_signers_and_makers_that_nobody_trusts_are_refused(
    office: Office, data: bytes, tmp_path: Path
) -> None:
    stranger = authority(tmp_path, "stranger")
    for roots, makers in (([stranger], [office.root]), ([office.root], [stranger])):
        with pytest.raises(SealError, match="no chain"):
            read_sealed(data, roots, makers)
    other = Office(
        office.root, office.signer, office.maker_certificate, office.signer, office.certificate, office.at
    )
    forged = sealed_document(PAPER, Stamp(office.signer, office.certificate, other.seal()), office.at)
    with pytest.raises(SealError, match="not its maker's"):
        read_sealed(forged, [office.root], [office.root])
    thief = Stamp(office.maker, office.certificate, office.seal())
    with pytest.raises(SealError, match="does not hold"):
        read_sealed(sealed_document(PAPER, thief, office.at), [office.root], [office.root])
