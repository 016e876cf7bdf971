"""The signed package: a ZIP of the document's files, what each of them hashes to, and the seal's signature over that.

Packed the same way each time, so that no byte of it is free: a package with any other byte is another package.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from xml.etree import ElementTree as Xml
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bidding.crypto import sm2
from bidding.crypto.errors import SealError
from bidding.crypto.ofd import document, layout
from bidding.crypto.ofd.document import Paper
from bidding.crypto.ofd.eseal import SM2_WITH_SM3, SM3, Sealed, seal_in, sign_with_seal, verify_seal

_FOLDER = "Doc_0/Signs/Sign_0/"
_DESCRIPTION, _VALUE, _SEAL = f"{_FOLDER}Signature.xml", f"{_FOLDER}SignedValue.dat", f"{_FOLDER}Seal.esl"
#: Bytes of a package that are read at most; a paper of a thousand pages is smaller.
LARGEST = 32 * 1024 * 1024
#: Millimetres: the seal's place on the first page.
_STAMP = 42


@dataclass(frozen=True)
class Stamp:
    """Whoever seals: its key, its certificate and its seal (both DER)."""

    signer: sm2.SM2Signer
    certificate: bytes
    eseal: bytes


@dataclass(frozen=True)
class Read:
    """A package that holds. ``text``: what its pages say."""

    title: str
    text: str
    sealed: Sealed


def sealed_document(paper: Paper, stamp: Stamp, at: datetime) -> bytes:
    """The paper as OFD, sealed. UnsupportedSuiteError where `bidding[gm]` is not installed."""
    found = document.files(paper)
    description = _description(found, at)
    return _packed(
        {
            **found,
            document.SIGNATURES: _signatures(),
            _DESCRIPTION: description,
            _SEAL: stamp.eseal,
            _VALUE: sign_with_seal(
                stamp.signer, stamp.certificate, stamp.eseal, description, f"/{_DESCRIPTION}", at
            ),
        }
    )


def read_sealed(data: bytes, roots: Sequence[bytes], makers: Sequence[bytes]) -> Read:
    """What the package says, if every byte of it is as it was sealed. SealError says what is not.

    ``roots``: of the authorities that certify signers; ``makers``: of those that certify seal makers (DER).
    """
    found = _unpacked(data)
    description = _part(found, _DESCRIPTION)
    sealed = verify_seal(_part(found, _VALUE), description, f"/{_DESCRIPTION}", roots, makers)
    _require(
        seal_in(_part(found, _VALUE)) == _part(found, _SEAL), "the seal beside is not the one that signed"
    )
    _require(_part(found, document.SIGNATURES) == _signatures(), "another list of signatures")
    contents = {name: one for name, one in found.items() if not name.startswith("Doc_0/Signs/")}
    _require(_description(contents, sealed.at) == description, "a file was altered, added or taken out")
    title = Xml.fromstring(contents[document.ROOT]).find(f".//{{{document.NAMESPACE}}}Title")  # noqa: S314 - checked just above
    return Read((title.text if title is not None else None) or "", document.text_of(contents), sealed)


def _description(found: dict[str, bytes], at: datetime) -> bytes:
    """Signature.xml (GB/T 33190, 18.2): the SM3 of every file of the document."""
    root = document.rooted("Signature")
    info = document.element(root, "SignedInfo")
    document.element(info, "Provider", ProviderName="bidding", Version="1.0", Company="bidding")
    document.element(info, "SignatureMethod", SM2_WITH_SM3)
    document.element(info, "SignatureDateTime", document.moment(at))
    references = document.element(info, "References", CheckMethod=SM3)
    for name, content in found.items():
        one = document.element(references, "Reference", FileRef=f"/{name}")
        document.element(one, "CheckValue", base64.b64encode(sm2.sm3(content)).decode())
    left, top = layout.PAGE[0] - layout.MARGIN - _STAMP, layout.MARGIN
    document.element(
        info, "StampAnnot", ID="1", PageRef=_first_page(found), Boundary=f"{left:g} {top:g} {_STAMP} {_STAMP}"
    )
    document.element(document.element(info, "Seal"), "BaseLoc", f"/{_SEAL}")
    document.element(root, "SignedValue", f"/{_VALUE}")
    return document.written(root)


def _first_page(found: dict[str, bytes]) -> str:
    try:
        page = Xml.fromstring(found[document.DOCUMENT]).find(f".//{{{document.NAMESPACE}}}Page")  # noqa: S314 - what does not parse is refused
    except (KeyError, Xml.ParseError):
        page = None
    _require(page is not None, "no document in it")
    assert page is not None
    return page.get("ID", "")


def _signatures() -> bytes:
    root = document.rooted("Signatures")
    document.element(root, "MaxSignId", "1")
    document.element(root, "Signature", ID="1", Type="Seal", BaseLoc=f"/{_DESCRIPTION}")
    return document.written(root)


def _packed(found: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_STORED) as archive:
        for name, content in found.items():
            entry = ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return held.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    _require(len(data) <= LARGEST, f"longer than {LARGEST} bytes")
    try:
        with ZipFile(BytesIO(data)) as archive:
            _require(all(one.compress_type == ZIP_STORED for one in archive.infolist()), "packed otherwise")
            found = {one.filename: archive.read(one) for one in archive.infolist()}
    except (
        BadZipFile,
        ValueError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        KeyError,
        UnicodeError,
    ) as error:
        raise SealError(reason="no package that can be read") from error
    _require(_packed(found) == data, "packed otherwise, or bytes beside the files")
    return found


def _part(found: dict[str, bytes], name: str) -> bytes:
    _require(name in found, f"no {name} in it")
    return found[name]


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise SealError(reason=reason)
