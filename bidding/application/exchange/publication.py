"""What the media repeat: notice, clarifications, candidates, award, with the hash that an echo must have (R-DOC-02)."""

import hashlib
from typing import Any

import msgspec

from bidding.crypto.canonical import canonical
from bidding.domain.award.events import AwardNoticeIssued, CandidatesPublicised, ResultAnnounced
from bidding.domain.event import Event, encode
from bidding.domain.notice.events import (
    ClarificationIssued,
    DeadlineMoved,
    DocumentObjectionAnswered,
    NoticePublished,
    notice_hash,
)

FORMAT = "bidding/publication/v1"
MISSING = "missing"

#: What is published on all media, and what it is called there.
KINDS: dict[type[Event], str] = {
    NoticePublished: "notice",
    ClarificationIssued: "clarification",
    DeadlineMoved: "deadline",
    DocumentObjectionAnswered: "answer",
    CandidatesPublicised: "candidates",
    AwardNoticeIssued: "award",
    ResultAnnounced: "result",
}


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """``content``: the event's fields; ``hash``: of a notice its notice hash, else of the canonical content."""

    format: str
    lot: str
    kind: str
    key: str
    content: msgspec.Raw
    hash: str


def published(lot_id: str, key: str, event: Event) -> bytes:
    """Canonical JSON of the publication. ``KeyError`` for what is not one."""
    return canonical(
        {
            "format": FORMAT,
            "lot": lot_id,
            "kind": KINDS[type(event)],
            "key": key,
            "content": msgspec.to_builtins(event),
            "hash": content_hash(event),
        }
    )


def content_hash(event: Event) -> str:
    if isinstance(event, NoticePublished):
        return notice_hash(event)
    return hashlib.sha256(encode(event)).hexdigest()


def shown_hash(kind: str, echo: bytes | None) -> str:
    """The hash of what a medium shows, computed anew from its content: the hash it shows itself proves nothing.

    Of the content as it stands there, not of an event read from it: what was published before its kind of event
    gained a field is still the same.
    """
    if echo is None:
        return MISSING
    try:
        shown = msgspec.json.decode(echo, type=Publication)
        content = msgspec.json.decode(shown.content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return hashlib.sha256(echo).hexdigest()  # no publication at all: another thing in any case
    if kind == KINDS[NoticePublished]:
        content.pop("notice_hash", None)
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
