"""R-CRYP-02, R-CRYP-03 (F-45): programs that share no code with ours accept a sealed paper.

OpenSSL's command checks the signature, the seal's, both certificates and every digest; `ofdkit`, another's reader of
OFD, reads the text. None of them is a certified verifier of GB/T 38540.
"""

import base64
import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile

import ofdkit
import pytest

from bidding.crypto.ofd.document import NAMESPACE
from bidding.crypto.ofd.package import sealed_document
from tests.crypto.sm2_authority import authority, openssl
from tests.crypto.test_ofd import PAPER, Office, holder
from tests.crypto.test_ofd import office as office

SIGNER_ID = "distid:1234567812345678"


class Part(NamedTuple):
    """A DER value as `openssl asn1parse` finds it: depth, kind, its whole bytes and its content."""

    depth: int
    kind: str
    whole: bytes
    content: bytes


def said(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *map(str, arguments)], cwd=folder, capture_output=True, check=False, text=True
    )


def parts(der: bytes, folder: Path) -> list[Part]:
    (folder / "value.der").write_bytes(der)
    listed = said("asn1parse", "-inform", "DER", "-in", "value.der", folder=folder)
    assert listed.returncode == 0, listed.stderr
    found = []
    for line in listed.stdout.splitlines():
        at = re.match(r"\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+)\s+\w+:\s+(.*?)\s*(:|\[HEX|$)", line)
        assert at is not None, line
        start, depth, head, length = (int(at[n]) for n in (1, 2, 3, 4))
        end = start + head + length
        found.append(Part(depth, at[5].strip(), der[start:end], der[start + head : end]))
    return found


def children(der: bytes, folder: Path) -> list[Part]:
    """The members of a sequence."""
    return [one for one in parts(der, folder) if one.depth == 1]


def verified(certificate: bytes, message: bytes, signature: bytes, folder: Path) -> bool:
    (folder / "cert.der").write_bytes(certificate)
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    openssl(
        "x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout", "-out", "key.pem", folder=folder
    )
    done = said(
        *("dgst", "-sm3", "-verify", "key.pem", "-sigopt", SIGNER_ID, "-signature", "signature", "message"),
        folder=folder,
    )
    return done.returncode == 0 and "Verified OK" in done.stdout


def chained(certificate: bytes, root: bytes, folder: Path) -> bool:
    for name, der in (("leaf", certificate), ("trusted", root)):
        (folder / f"{name}.der").write_bytes(der)
        openssl("x509", "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.pem", folder=folder)
    checked = ("-x509_strict", "-vfyopt", SIGNER_ID, "-CAfile", "trusted.pem")
    return said("verify", *checked, "leaf.pem", folder=folder).returncode == 0


def sm3(data: bytes, folder: Path) -> bytes:
    (folder / "hashed").write_bytes(data)
    openssl("dgst", "-sm3", "-binary", "-out", "digest", "hashed", folder=folder)
    return (folder / "digest").read_bytes()


@pytest.fixture(scope="module")
def data(office: Office) -> bytes:
    return sealed_document(PAPER, office.stamp, office.at)


@pytest.fixture(scope="module")
def files(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {f"/{name}": archive.read(name) for name in archive.namelist()}


def described(files: dict[str, bytes]) -> tuple[str, ElementTree.Element]:
    """Where the description of the signature lies, as the document itself says, and what it says."""
    listed = ElementTree.fromstring(files["/OFD.xml"]).find(f".//{{{NAMESPACE}}}Signatures")
    assert listed is not None
    one = ElementTree.fromstring(files[f"/{listed.text}"]).find(f"{{{NAMESPACE}}}Signature")
    assert one is not None
    place = str(one.get("BaseLoc"))
    return place, ElementTree.fromstring(files[place])


def test_openssl_finds_each_file_s_digest_and_that_of_the_description(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    place, description = described(files)
    references = list(description.iter(f"{{{NAMESPACE}}}Reference"))
    for one in references:
        value = one.find(f"{{{NAMESPACE}}}CheckValue")
        assert value is not None
        assert base64.b64decode(value.text or "") == sm3(files[str(one.get("FileRef"))], tmp_path)
    signs = {name for name in files if name.startswith("/Doc_0/Signs/")}
    assert {str(one.get("FileRef")) for one in references} == files.keys() - signs
    to_sign = children(files[signed_at(description)], tmp_path)[0]
    digest = next(one for one in children(to_sign.whole, tmp_path) if one.kind == "BIT STRING")
    assert digest.content == b"\0" + sm3(files[place], tmp_path)


def signed_at(description: ElementTree.Element) -> str:
    place = description.find(f"{{{NAMESPACE}}}SignedValue")
    assert place is not None
    return str(place.text)


def test_openssl_accepts_the_signature_and_the_signer_s_certificate(
    office: Office, files: dict[str, bytes], tmp_path: Path
) -> None:
    _, description = described(files)
    to_sign, certificate, algorithm, signature = children(files[signed_at(description)], tmp_path)
    assert algorithm.kind == "OBJECT"
    assert signature.content[:1] == b"\0"
    assert verified(certificate.content, to_sign.whole, signature.content[1:], tmp_path)
    assert chained(certificate.content, office.root, tmp_path)
    other = bytearray(to_sign.whole)
    other[-1] ^= 1
    assert not verified(certificate.content, bytes(other), signature.content[1:], tmp_path)


def test_openssl_accepts_the_seal_and_its_maker_s_certificate(
    office: Office, files: dict[str, bytes], tmp_path: Path
) -> None:
    """GB/T 38540, 6.2: over the seal's information, the maker's certificate and the algorithm."""
    _, description = described(files)
    to_sign = children(files[signed_at(description)], tmp_path)[0]
    seal = next(one for one in children(to_sign.whole, tmp_path) if one.kind == "SEQUENCE")
    assert seal.whole == files["/Doc_0/Signs/Sign_0/Seal.esl"]
    information, maker, algorithm, signature = children(seal.whole, tmp_path)
    over = information.whole + maker.whole + algorithm.whole
    assert verified(maker.content, over, signature.content[1:], tmp_path)
    assert chained(maker.content, office.root, tmp_path)
    stranger = authority(tmp_path, "stranger")
    assert not chained(maker.content, stranger, tmp_path)
    _, certificate = holder(tmp_path_of(tmp_path), "other")
    assert not verified(certificate, over, signature.content[1:], tmp_path)


def tmp_path_of(folder: Path) -> Path:
    """An authority of its own, whose certificates sign nothing here."""
    inner = folder / "inner"
    inner.mkdir()
    authority(inner, "root")
    return inner


def test_another_s_reader_of_ofd_reads_title_and_text(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "paper.ofd"
    file.write_bytes(data)
    with ofdkit.open(file) as document:
        text = document.text()
    assert "".join(PAPER.text.split()) in "".join(text.split())
