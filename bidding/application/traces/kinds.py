"""What one file gives: marks of the programs that made it, and its text by pages.

PDF through pypdf; the Office formats are archives of XML, bills of quantities are XML or JSON of many makers:
of these only named values and bare text are wanted, which is less than a parser and its risks.
"""

import html
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from bidding.domain.evaluation.traces import TraceField

#: What is broken is said in the answer; the log need not hold what strangers wrote into their files.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

#: Pages of one PDF whose text is searched, and bytes that one part of an Office file may unpack to.
MAX_PAGES = 500
MAX_PART = 64 * 2**20
MAX_VALUE = 200

Marks = tuple[tuple[TraceField, str], ...]

#: How programs name what they leave behind, folded to lower case without separators.
ALIASES: dict[str, TraceField] = {
    "author": TraceField.AUTHOR,
    "creator": TraceField.AUTHOR,
    "编制人": TraceField.AUTHOR,
    "lastmodifiedby": TraceField.LAST_SAVED_BY,
    "lastsavedby": TraceField.LAST_SAVED_BY,
    "company": TraceField.COMPANY,
    "mac": TraceField.MAC,
    "macaddress": TraceField.MAC,
    "mac地址": TraceField.MAC,
    "网卡mac地址": TraceField.MAC,
    "网卡地址": TraceField.MAC,
    "cpu": TraceField.CPU,
    "cpuid": TraceField.CPU,
    "cpu序列号": TraceField.CPU,
    "disk": TraceField.DISK,
    "diskid": TraceField.DISK,
    "hdd": TraceField.DISK,
    "hardid": TraceField.DISK,
    "硬盘序列号": TraceField.DISK,
    "硬盘号": TraceField.DISK,
    "lock": TraceField.LOCK,
    "lockid": TraceField.LOCK,
    "dogid": TraceField.LOCK,
    "加密锁号": TraceField.LOCK,
    "软件加密锁号": TraceField.LOCK,
    "计价软件加密锁号": TraceField.LOCK,
    "锁号": TraceField.LOCK,
    "fileid": TraceField.FILE_ID,
    "fileguid": TraceField.FILE_ID,
    "文件创建标识码": TraceField.FILE_ID,
    "文件标识码": TraceField.FILE_ID,
}
ATTRIBUTE = re.compile(r"""([\w.:\u4e00-\u9fff-]{1,60})\s*=\s*(?:"([^"<]{1,400})"|'([^'<]{1,400})')""")
ELEMENT = re.compile(r"<([\w.:\u4e00-\u9fff-]{1,60})(?:\s[^<>]{0,400})?>([^<>]{1,400})</")
TAG = re.compile(r"<[^<>]*>")
SEPARATORS = re.compile(r"[\s_.\-]+")
OFFICE_MARKS = ("docProps/core.xml", "docProps/app.xml")
OFFICE_TEXT = re.compile(
    r"word/(?:document|header\d*|footer\d*)\.xml|xl/sharedStrings\.xml|ppt/slides/slide\d+\.xml"
)


class Unreadable(Exception):
    """The file's kind is not known, or it is not what its name says."""


@dataclass(frozen=True)
class ReadFile:
    """``pages``: (number from 1, or 0 where the file has no pages, text)."""

    marks: Marks
    pages: tuple[tuple[int, str], ...]


def read_file(name: str, data: bytes) -> ReadFile:
    """Raises ``Unreadable``."""
    match PurePosixPath(name).suffix.lower():
        case ".pdf":
            return _pdf(data)
        case ".docx" | ".xlsx" | ".pptx" | ".docm" | ".xlsm":
            return _office(data)
        case ".xml" | ".html" | ".htm" | ".svg":
            text = _text(data)
            return ReadFile(tuple(_named(text)), ((0, html.unescape(TAG.sub(" ", text))),))
        case ".json":
            return _json(data)
        case ".txt" | ".csv" | ".md":
            return ReadFile((), ((0, _text(data)),))
        case _:
            raise Unreadable(name)


def _pdf(data: bytes) -> ReadFile:
    """Marks from the information dictionary, XMP and the file identifier, which a copy keeps (ISO 32000 14.4)."""
    try:
        reader = PdfReader(io.BytesIO(data))
        marks = list(_pdf_marks(reader))
        pages = tuple(
            (number, page.extract_text())
            for number, page in enumerate(reader.pages, 1)
            if number <= MAX_PAGES
        )
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    return ReadFile(tuple(marks), pages)


def _pdf_marks(reader: PdfReader) -> Iterator[tuple[TraceField, str]]:
    for name, value in (reader.metadata or {}).items():
        yield from _mark(str(name).lstrip("/"), value, but=("creator",))  # there the program, not a person
    xmp = reader.xmp_metadata
    for author in (xmp.dc_creator or ()) if xmp is not None else ():
        yield from _mark("author", author)
    identifier = reader.trailer.get("/ID")
    if identifier:
        first = identifier[0]
        raw = first.original_bytes if hasattr(first, "original_bytes") else bytes(first)
        yield TraceField.FILE_ID, raw.hex()


def _office(data: bytes) -> ReadFile:
    marks: list[tuple[TraceField, str]] = []
    texts: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                wanted = entry.filename in OFFICE_MARKS or OFFICE_TEXT.fullmatch(entry.filename)
                if not wanted or entry.file_size > MAX_PART:
                    continue
                text = _text(archive.read(entry))
                if entry.filename in OFFICE_MARKS:
                    marks += _named(text)
                else:
                    texts.append(html.unescape(TAG.sub("", text)))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Unreadable(type(error).__name__) from error
    return ReadFile(tuple(marks), tuple((0, text) for text in texts))


def _json(data: bytes) -> ReadFile:
    text = _text(data)
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    return ReadFile(tuple(_walked(plain)), ((0, text),))


def _walked(plain: Any) -> Iterator[tuple[TraceField, str]]:
    waiting = [plain]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            for name, value in node.items():
                yield from _mark(str(name), value)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _named(text: str) -> Iterator[tuple[TraceField, str]]:
    for name, double, single in ATTRIBUTE.findall(text):
        yield from _mark(name, html.unescape(double or single))
    for name, value in ELEMENT.findall(text):
        yield from _mark(name, html.unescape(value))


def _mark(name: str, value: object, but: tuple[str, ...] = ()) -> Iterator[tuple[TraceField, str]]:
    folded = SEPARATORS.sub("", name.rpartition(":")[2]).casefold()
    field = ALIASES.get(folded)
    # JSON may name one half of a pair, which is no text and which no event holds.
    said = str(value).encode("utf-8", "replace").decode().strip() if isinstance(value, str | int) else ""
    if field is not None and folded not in but and said:
        yield field, said[:MAX_VALUE]


def _text(data: bytes) -> str:
    """UTF-8, else GB 18030, in which older programs of the trade still write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")
