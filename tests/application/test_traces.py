"""What the making of a file left in it, read from real files of each kind (R-EVAL-04)."""

import io
import json
import zipfile
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from bidding.application.traces import Names, OpenedEnvelope, read_traces
from bidding.application.traces.kinds import Unreadable, read_file
from bidding.domain.evaluation.traces import MentionKind, TraceField

NAMES = {
    "a": Names(name="江城市政", uscc="91420000AAAA", project_lead="欧阳明"),
    "b": Names(name="江城市政第二工程公司", uscc="91420000BBBB", project_lead="司马光远"),
    "c": Names(name="Hubei Works", uscc="91420000CCCC", project_lead="李伟"),
}


def pdf(*pages: str, author: str = "") -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink)
    if author:
        canvas.setAuthor(author)
    for page in pages:
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    return sink.getvalue()


def office(**parts: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return sink.getvalue()


def archive(folder: Path, **files: bytes) -> OpenedEnvelope:
    path = folder / "technical.zip"
    with zipfile.ZipFile(path, "w") as written:
        for name, data in files.items():
            written.writestr(name, data)
    return OpenedEnvelope(envelope="technical", archive=path)


def test_a_pdf_gives_its_author_its_identifier_and_its_pages() -> None:
    data = pdf("first", "second", author="zhang san")
    found = read_file("a.pdf", data)
    marks = dict(found.marks)
    assert marks[TraceField.AUTHOR] == "zhang san"
    assert len(bytes.fromhex(marks[TraceField.FILE_ID])) == 16
    assert [(number, text.strip()) for number, text in found.pages] == [(1, "first"), (2, "second")]


def test_a_pdf_saved_again_keeps_the_identifier_of_the_file_it_was_made_from() -> None:
    data = pdf("text", author="zhang san")
    again, sink = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    again.add_metadata({"/Author": "somebody else"})
    again.write(sink)
    first, second = (dict(read_file("a.pdf", one).marks) for one in (data, sink.getvalue()))
    assert first[TraceField.FILE_ID] == second[TraceField.FILE_ID]
    assert second[TraceField.AUTHOR] == "somebody else"


def test_office_files_give_author_last_saver_and_company() -> None:
    data = office(
        **{
            "docProps/core.xml": "<cp:coreProperties><dc:creator>张三</dc:creator>"
            "<cp:lastModifiedBy>李四&amp;王五</cp:lastModifiedBy></cp:coreProperties>",
            "docProps/app.xml": "<Properties><Company>某造价咨询公司</Company></Properties>",
            "word/document.xml": "<w:t>江城</w:t><w:t>市政</w:t>",
            "word/media/x.xml": "<dc:creator>not this</dc:creator>",
        }
    )
    found = read_file("a.DOCX", data)
    assert set(found.marks) == {
        (TraceField.AUTHOR, "张三"),
        (TraceField.LAST_SAVED_BY, "李四&王五"),
        (TraceField.COMPANY, "某造价咨询公司"),
    }
    assert found.pages == ((0, "江城市政"),)


def test_bills_of_quantities_give_their_devices_in_attributes_elements_and_keys() -> None:
    xml = '<工程 MAC地址="00-1A" 计价软件加密锁号=\'L-9\'><HardID>D-7</HardID><项目 name="x"/></工程>'
    expected = {TraceField.MAC: "00-1A", TraceField.LOCK: "L-9", TraceField.DISK: "D-7"}
    assert dict(read_file("q.xml", xml.encode("gb18030")).marks) == expected
    plain = {"device": {"mac_address": "00-1A", "Hdd": "D-7"}, "rows": [{"Lock-ID": "L-9", "cpu": None}]}
    assert dict(read_file("q.json", json.dumps(plain).encode()).marks) == expected


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.7 broken"),
        ("a.docx", b"not a zip"),
        ("a.json", b"{"),
        ("a.dwg", b"anything"),
        ("a.txt", b"\xff\xfe\xff\xff\x00\xff"),
        ("noname", b""),
    ],
)
def test_what_cannot_be_read_is_said(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_file(name, data)


def test_half_a_character_in_a_file_is_kept_as_what_an_event_can_hold(tmp_path: Path) -> None:
    """Else the lot's examination would fail for as long as it is tried, and one bidder could do that to it."""
    one = archive(tmp_path, **{"a.json": b'{"author":"x\\ud800","company":"\\ud800"}'})
    found = read_traces("a", [one], NAMES)
    assert {trace.value for trace in found.traces} == {"x?", "?"}
    assert json.loads(msgspec.json.encode(found))["read"] == 1


def test_a_lead_of_blanks_is_in_no_text(tmp_path: Path) -> None:
    names = NAMES | {"b": Names(name="江城", uscc="91420000BBBB", project_lead="\u3000  ")}
    found = read_traces("c", [archive(tmp_path, **{"a.json": b'{"x":"a text of its own"}'})], names)
    assert found.mentions == ()


def test_a_bid_is_read_file_by_file_and_what_fails_is_named(tmp_path: Path) -> None:
    envelope = archive(tmp_path, **{"a.pdf": pdf("x", author="zhang"), "b.dwg": b"?", "c.pdf": b"%PDF"})
    found = read_traces("a", [envelope], NAMES)
    assert (found.read, found.unread) == (1, ("technical/b.dwg", "technical/c.pdf"))
    assert {trace.file for trace in found.traces} == {"technical/a.pdf"}


def test_an_archive_that_is_none_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"nothing")
    found = read_traces("a", [OpenedEnvelope(envelope="technical", archive=path)], NAMES)
    assert (found.read, found.unread) == (0, ("technical",))


def test_others_are_found_by_name_code_and_lead_on_their_first_page(tmp_path: Path) -> None:
    envelope = archive(
        tmp_path,
        **{
            "a.txt": "编制单位:江城市政第二\n工程公司,负责人 司马光远".encode(),
            "b.pdf": pdf("nothing", "HUBEI  WORKS", "hubei works 91420000CCCC"),
        },
    )
    found = read_traces("a", [envelope], NAMES)
    assert {(one.other, one.kind, one.file, one.page) for one in found.mentions} == {
        ("b", MentionKind.NAME, "technical/a.txt", 0),
        ("b", MentionKind.PROJECT_LEAD, "technical/a.txt", 0),
        ("c", MentionKind.NAME, "technical/b.pdf", 2),
        ("c", MentionKind.USCC, "technical/b.pdf", 3),
    }


def test_ones_own_longer_name_does_not_mention_another_and_short_names_are_no_evidence(
    tmp_path: Path,
) -> None:
    envelope = archive(tmp_path, **{"a.txt": "江城市政第二工程公司,李伟".encode()})
    assert read_traces("b", [envelope], NAMES).mentions == ()
