"""R-CRYP-03: the PDF copy of a sealed paper, read by two other programs: PDFium and pypdf."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest
from pypdfium2 import PdfDocument

from bidding.application.papercopy import pdf_copy
from bidding.crypto.ofd import layout
from bidding.crypto.ofd.document import Paper, files, text_of

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFD = b"a sealed package"
DIGEST = hashlib.sha256(OFD).hexdigest()
WHERE = "/lots/lot-1/papers/award-notice.ofd"
TEXT = (
    "中标通知书（ENG-2025-06-01）\n\n"
    + "武汉江城市政建设有限公司：你单位为中标人，价款 2655 万元。" * 30
    + "\n"
    "散列 " + "0123456789abcdef" * 8 + '\n\t制表,龘靐#set *粗* $x$ <b> \\ "引号"\n' + "\n" * 40 + "完"
)


def paper(text: str = TEXT) -> Paper:
    return Paper(title="中标通知书", text=text, made_at=AT, identifier="ab" * 16)


def pages(data: bytes) -> list[str]:
    """What PDFium reads on each page. It takes a hyphen that ends a line for one of its own and says U+FFFE for it."""
    document = PdfDocument(data)
    return [
        document[at].get_textpage().get_text_range().replace("\ufffe", "-") for at in range(len(document))
    ]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def data() -> bytes:
    return pdf_copy(paper(), OFD, WHERE)


def test_each_page_says_what_the_page_of_the_ofd_says(data: bytes) -> None:
    sheets = layout.pages(TEXT)
    found = pages(data)
    assert len(found) == len(sheets) > 1
    for shown, lines in zip(found, sheets, strict=True):
        assert squeezed("".join(lines)) in squeezed(shown)
    whole = squeezed(text_of(files(paper())))
    read = squeezed("".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(data)).pages))
    for line in text_of(files(paper())).split("\n"):
        assert squeezed(line) in read, line
    assert len(whole) > 1000


def test_each_page_is_marked_as_a_copy_of_the_ofd_with_its_digest(data: bytes) -> None:
    for number, shown in enumerate(pages(data), start=1):
        said = squeezed(shown)
        assert "副本：以签章的版式文件（OFD）为准" in said
        assert f"第{number}页，共{len(pages(data))}页" in said
        assert DIGEST in said
        assert WHERE in said
    other = pages(pdf_copy(paper(), OFD + b"\0", WHERE))
    assert DIGEST not in squeezed("".join(other))


def test_words_are_found_by_a_reader_that_searches(data: bytes) -> None:
    page = PdfDocument(data)[0].get_textpage()
    assert page.search("中标人").get_next() is not None
    assert page.search("投标保证金").get_next() is None


def test_fonts_are_inside_with_the_characters_of_their_glyphs(data: bytes) -> None:
    seen = []
    for page in pypdf.PdfReader(BytesIO(data)).pages:
        for one in page["/Resources"]["/Font"].values():  # type: ignore[index]  # pypdf types these as plain objects
            font = one.get_object()
            assert "/ToUnicode" in font
            for descendant in font["/DescendantFonts"]:
                described = descendant.get_object()["/FontDescriptor"]
                assert "/FontFile3" in described or "/FontFile2" in described
                seen.append(described["/FontName"])
    assert seen
    assert all("NotoSerif" in name for name in seen)


def test_a_character_that_the_font_lacks_is_named_on_its_page() -> None:
    """A box alone would leave open whose name it is; format characters show nothing and are no gap."""
    rare = paper("中标人：𠮷田（湖北）有限公司\u200b，法定代表人 𡈽𠮷𬭎。" + "\n" * layout.LINES + "第二页 ཀ")
    first, second = pages(pdf_copy(rare, OFD, WHERE))
    assert "方框为字库未收的字：U+20BB7、U+2123D，原字见OFD。" in squeezed(first)
    assert "𬭎" in first
    assert "方框为字库未收的字：U+0F40，原字见OFD。" in squeezed(second)
    many = "".join(map(chr, range(0x1820, 0x1820 + 30)))
    assert "U+182B等，原字见OFD。" in squeezed(pages(pdf_copy(paper(many), OFD, WHERE))[0])
    assert not any("方框" in one for one in pages(pdf_copy(paper(), OFD, WHERE)))


def test_it_shows_as_ink_where_the_lines_are(data: bytes) -> None:
    """A page of text is drawn by PDFium's own rasteriser; the same page without text is white there."""
    pixels = [PdfDocument(one)[0].render(scale=1, grayscale=True).to_numpy() for one in (data, empty())]
    top = int(layout.MARGIN / layout.PAGE[1] * pixels[0].shape[0])
    dark = [int((one[top : top + 400] < 128).sum()) for one in pixels]
    assert dark[1] == 0
    assert dark[0] > 5000


def empty() -> bytes:
    return pdf_copy(paper(""), OFD, WHERE)


def test_no_line_is_wider_than_in_the_ofd() -> None:
    wide = pdf_copy(paper("W" * 400), OFD, WHERE)
    page = PdfDocument(wide)[0].get_textpage()
    right = max(page.get_charbox(at)[2] for at in range(page.count_chars()))
    assert right <= (layout.PAGE[0] - layout.MARGIN + layout.SIZE) / 25.4 * 72 + 1


def test_a_line_of_wide_letters_stays_one_line() -> None:
    """Its letters are wider than the OFD's half squares, here wider than the sheet, and it could be broken."""
    wide = "平台签名：" + "4AGQMW_QMWHDGQMWAGQMW" * 3 + "WMW-"
    text = f"{wide}\n下一行 {'abc-' * 17}\n{'0-' * 120}"
    (lines,) = layout.pages(text)
    assert lines[0] == wide
    (shown,) = pages(pdf_copy(paper(text), OFD, WHERE))
    assert squeezed("".join(lines)) in squeezed(shown)


def test_no_name_turns_round_the_amount_beside_it() -> None:
    """Where what is drawn first stands left of what is drawn last, it is read in that order."""
    text = "甲公司\u202e：报价12345.67元\u2028乙公司：报价 99.00 元"
    page = PdfDocument(pdf_copy(paper(text), OFD, WHERE))[0].get_textpage()
    shown = page.get_text_range()
    assert "甲公司：报价12345.67元" in squeezed(shown)
    for words in ("12345.67", "99.00"):
        places = [page.get_charbox(shown.index(words) + at)[0] for at in range(len(words))]
        assert places == sorted(places)
    lines = {round(page.get_charbox(shown.index(words))[1]) for words in ("甲公司", "乙公司")}
    assert len(lines) == 2


def test_the_same_paper_and_ofd_give_the_same_bytes(data: bytes) -> None:
    assert pdf_copy(paper(), OFD, WHERE) == data
    later = Paper(
        title="中标通知书", text=TEXT, made_at=datetime(2030, 1, 1, tzinfo=UTC), identifier="cd" * 16
    )
    assert pdf_copy(later, OFD, WHERE) == data
    assert pdf_copy(paper(TEXT + "。"), OFD, WHERE) != data
