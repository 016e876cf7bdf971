"""The PDF copy of a sealed paper (R-CRYP-03), for whoever has no reader of OFD: the same lines on the same pages.

It is a copy and says so on every page, with the digest of the sealed OFD and where that one is to be had. The font is
embedded and each glyph says which character it is, so that the text shows, is selected and is searched on every
machine. The same paper and the same OFD give the same bytes.

A name may have a character that no font of ours has (生僻字): the page shows a box for it and names its code point, by
which whoever reads it finds the character; the OFD has it as it is.
"""

import hashlib
import unicodedata
from functools import cache
from pathlib import Path

import msgspec
import typst
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import serif_path

from bidding.crypto.ofd import layout
from bidding.crypto.ofd.document import Paper

_TEMPLATE = Path(__file__).with_suffix(".typ")
_MARK = "副本：以签章的版式文件（OFD）为准"
#: Characters without a glyph that one page names: a name has a few, another script than Chinese has many.
_NAMED = 12


def pdf_copy(paper: Paper, ofd: bytes, where: str) -> bytes:
    """``ofd``: the sealed package that this is a copy of; ``where``: the platform's path at which it is to be had."""
    said = {
        "title": paper.title,
        "mark": _MARK,
        "original": (
            f"签章原件（OFD）的 SHA-256：{hashlib.sha256(ofd).hexdigest()}",
            f"原件：{where}。核验签章：bidding verify，或者支持 GB/T 38540 的 OFD 阅读器。",
        ),
        "pages": [
            {
                "lines": [(line, sum(layout.advances(line))) for line in lines],
                "boxes": _boxes("".join(lines)),
            }
            for lines in layout.pages(paper.text)
        ],
        "width": layout.PAGE[0],
        "height": layout.PAGE[1],
        "margin": layout.MARGIN,
        "size": layout.SIZE,
        "leading": layout.LEADING,
    }
    made = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"paper": msgspec.json.encode(said).decode()},
    )
    assert isinstance(made, bytes)
    return made


def _boxes(text: str) -> str:
    """What a page says of the characters that it cannot show; "" if it shows them all."""
    missing = [
        f"U+{ord(one):04X}"
        for one in dict.fromkeys(text)
        if ord(one) not in _glyphs() and unicodedata.category(one) != "Cf"
    ]
    more = "等" if len(missing) > _NAMED else ""
    return f"方框为字库未收的字：{'、'.join(missing[:_NAMED])}{more}，原字见 OFD。" if missing else ""


@cache
def _glyphs() -> frozenset[int]:
    """The code points that the font has."""
    with TTFont(serif_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _fonts() -> typst.Fonts:
    """The one of the package and no other: a machine's own would make other bytes."""
    folder = serif_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
