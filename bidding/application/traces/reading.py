"""One bid's opened envelopes → its traces. A file that cannot be read is named, never passed over in silence."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bidding.application.traces.kinds import ReadFile, Unreadable, read_file
from bidding.domain.evaluation.traces import BidTraces, Mention, MentionKind, Trace
from bidding.domain.relations import folded

#: Bytes of one file, and of all files of one bid, that are read; what lies beyond is listed as unread.
MAX_FILE = 64 * 2**20
MAX_BID = 512 * 2**20
#: A two-character name is also a common word or another person's.
SHORTEST_LEAD = 3


@dataclass(frozen=True)
class Names:
    """How a bidder is recognised in a text."""

    name: str
    uscc: str
    project_lead: str


@dataclass(frozen=True)
class OpenedEnvelope:
    """``archive``: the ZIP on disk."""

    envelope: str
    archive: Path


def read_traces(bidder: str, envelopes: Sequence[OpenedEnvelope], names: Mapping[str, Names]) -> BidTraces:
    """``names``: of every bidder of the lot, this one included. Raises nothing that a file could provoke."""
    traces: list[Trace] = []
    mentions: list[Mention] = []
    unread: list[str] = []
    read, budget = 0, MAX_BID
    for where, data in _files(envelopes):
        if data is None or len(data) > budget:
            unread.append(where)
            continue
        budget -= len(data)
        try:
            found = read_file(where, data)
        except Unreadable:
            unread.append(where)
            continue
        read += 1
        traces += [Trace(field=field, value=value, file=where) for field, value in found.marks]
        mentions += _mentions(bidder, where, found, names)
    return BidTraces(
        bidder=bidder, read=read, unread=tuple(unread), traces=tuple(traces), mentions=tuple(mentions)
    )


def _files(envelopes: Sequence[OpenedEnvelope]) -> Iterator[tuple[str, bytes | None]]:
    for one in envelopes:
        try:
            with zipfile.ZipFile(one.archive) as archive:
                for entry in archive.infolist():
                    where = f"{one.envelope}/{entry.filename}"
                    yield where, archive.read(entry) if entry.file_size <= MAX_FILE else None
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError):
            yield one.envelope, None


def _mentions(bidder: str, where: str, found: ReadFile, names: Mapping[str, Names]) -> list[Mention]:
    """Names of others in the text, on the first page of this file that has them."""
    mine = names[bidder]
    seen: dict[tuple[str, MentionKind], int] = {}
    for page, text in found.pages:
        whole = folded(text)  # extracted text breaks lines and spaces within names
        # Another's name may be a part of one's own, which it then does not stand for; or the reverse.
        others = whole.replace(folded(mine.name), " ") if mine.name else whole
        for other, theirs in names.items():
            if other == bidder:
                continue
            for kind, wanted in _wanted(theirs, mine):
                # Blanks alone, folded, are in every text.
                if wanted and wanted in (whole if folded(mine.name) in wanted else others):
                    seen.setdefault((other, kind), page)
    return [Mention(other=other, kind=kind, file=where, page=page) for (other, kind), page in seen.items()]


def _wanted(theirs: Names, mine: Names) -> Iterator[tuple[MentionKind, str]]:
    if theirs.name and theirs.name != mine.name:
        yield MentionKind.NAME, folded(theirs.name)
    if theirs.uscc and theirs.uscc != mine.uscc:
        yield MentionKind.USCC, folded(theirs.uscc)
    if len(theirs.project_lead) >= SHORTEST_LEAD and theirs.project_lead != mine.project_lead:
        yield MentionKind.PROJECT_LEAD, folded(theirs.project_lead)
