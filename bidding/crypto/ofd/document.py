"""The XML files of one OFD document (GB/T 33190, 7): text, one font named and not embedded, nothing that runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree as Xml

from bidding.crypto.ofd import layout

NAMESPACE = "http://www.ofdspec.org/2016"
ROOT, DOCUMENT = "OFD.xml", "Doc_0/Document.xml"
SIGNATURES = "Doc_0/Signs/Signatures.xml"
_RESOURCES = "Doc_0/PublicRes.xml"
FONT = "宋体"
_FONT_ID, _FIRST = 1, 2
_CHINA = timezone(timedelta(hours=8))

Xml.register_namespace("ofd", NAMESPACE)


@dataclass(frozen=True)
class Paper:
    """``identifier``: 32 hex digits that name this paper; ``text``: what it says, line by line."""

    title: str
    text: str
    made_at: datetime
    identifier: str


def files(paper: Paper) -> dict[str, bytes]:
    """Path → bytes, in the order in which they are packed. The same paper gives the same bytes."""
    sheets = layout.pages(paper.text)
    found = {ROOT: _root(paper), _RESOURCES: _resources()}
    last = _FIRST
    names = []
    for number, lines in enumerate(sheets):
        name = f"Doc_0/Pages/Page_{number}/Content.xml"
        page, last = _page(lines, last)
        names.append(f"Pages/Page_{number}/Content.xml")
        found[name] = page
    found[DOCUMENT] = _document(names, last)
    return found


def text_of(found: dict[str, bytes]) -> str:
    """What the pages say, line by line, as any reader shows it."""
    lines = []
    for name in sorted(found, key=_number):
        if name.endswith("/Content.xml"):
            lines += [code.text or "" for code in Xml.fromstring(found[name]).iter(_tag("TextCode"))]  # noqa: S314 - the caller has checked it byte for byte
    return "\n".join(lines)


def element(parent: Xml.Element, name: str, text: str = "", /, **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, _tag(name), attributes)
    made.text = text or None
    return made


def rooted(name: str, **attributes: str) -> Xml.Element:
    return Xml.Element(_tag(name), attributes)


def written(root: Xml.Element) -> bytes:
    data: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def moment(at: datetime) -> str:
    """As OFD writes instants: Beijing time, to the second."""
    return at.astimezone(_CHINA).strftime("%Y-%m-%dT%H:%M:%S")


def _root(paper: Paper) -> bytes:
    root = rooted("OFD", Version="1.0", DocType="OFD")
    body = element(root, "DocBody")
    info = element(body, "DocInfo")
    element(info, "DocID", paper.identifier)
    element(info, "Title", paper.title)
    element(info, "CreationDate", moment(paper.made_at)[:10])
    element(body, "DocRoot", DOCUMENT)
    element(body, "Signatures", SIGNATURES)
    return written(root)


def _resources() -> bytes:
    root = rooted("Res", BaseLoc="Res")
    element(element(root, "Fonts"), "Font", ID=str(_FONT_ID), FontName=FONT, FamilyName=FONT)
    return written(root)


def _document(names: list[str], last: int) -> bytes:
    root = rooted("Document")
    common = element(root, "CommonData")
    element(common, "MaxUnitID", str(last + len(names)))
    element(element(common, "PageArea"), "PhysicalBox", f"0 0 {layout.PAGE[0]:g} {layout.PAGE[1]:g}")
    element(common, "PublicRes", "PublicRes.xml")
    listed = element(root, "Pages")
    for number, name in enumerate(names, start=1):
        element(listed, "Page", ID=str(last + number), BaseLoc=name)
    return written(root)


def _page(lines: list[str], last: int) -> tuple[bytes, int]:
    root = rooted("Page")
    layer = element(element(root, "Content"), "Layer", ID=str(last + 1))
    last += 1
    for number, line in enumerate(lines):
        last += 1
        top = layout.MARGIN + number * layout.LEADING
        advances = layout.advances(line)
        width = max(sum(advances), layout.SIZE)
        boundary = f"{layout.MARGIN:g} {top:g} {width:g} {layout.LEADING:g}"
        held = element(
            layer, "TextObject", ID=str(last), Font=str(_FONT_ID), Size=f"{layout.SIZE:g}", Boundary=boundary
        )
        steps = " ".join(f"{one:g}" for one in advances[:-1])
        where = {"X": "0", "Y": f"{layout.SIZE:g}", **({"DeltaX": steps} if steps else {})}
        element(held, "TextCode", line, **where)
    return written(root), last


def _number(name: str) -> int:
    digits = "".join(one for one in name if one.isdigit())
    return int(digits or 0)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
