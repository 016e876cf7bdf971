"""Where personal data stand in a lot's events, and what stands there once they are erased (个人信息保护法 47).

Only what nothing is computed from: prices, findings, what was announced and signed as the opening record, and who has
which role by its id stay, so that a record without the names is the same proof as before.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bidding.domain.award.events import (
    QueryAnswered,
    QueryAssessed,
    QueryRaised,
    ResultObjectionAnswered,
    ResultObjectionRaised,
)
from bidding.domain.complaint.events import (
    ComplaintAccepted,
    ComplaintCorrected,
    ComplaintDecided,
    ComplaintLodged,
)
from bidding.domain.evaluation.events import CommitteeDisclosed, CommitteeDrawn, MemberRecused, MemberReplaced
from bidding.domain.evaluation.ticketing import ExpertPoolSealed
from bidding.domain.event import Event, encode
from bidding.domain.notice.events import (
    DocumentObjectionAnswered,
    DocumentObjectionRaised,
    InquiryAnswered,
    InquiryRaised,
)
from bidding.domain.opening.events import (
    AnnouncementMade,
    HelpAnswered,
    HelpRequested,
    MessageSaid,
    RoomOpened,
)
from bidding.domain.prequalification.events import (
    PrequalificationObjectionAnswered,
    PrequalificationObjectionRaised,
    ReviewerReplaced,
    ReviewersSeated,
)
from bidding.domain.registration.events import ERASED

_PERSON = ("name", "units/*", "holdings/*")

#: Who has a part in the lot by name: needed as long as its record is (R-ARCH-01, R-GP-18).
NAMED: dict[type[Event], tuple[str, ...]] = {
    CommitteeDrawn: ("/members/*/name",),
    MemberReplaced: ("/member/name",),
    CommitteeDisclosed: ("/members/*/name",),
    ReviewersSeated: ("/members/*/name",),
    ReviewerReplaced: ("/member/name",),
    ExpertPoolSealed: tuple(
        f"/{where}/{what}" for where in ("tickets/*/person", "representatives/*") for what in _PERSON
    ),
    RoomOpened: ("/chair", "/reader", "/monitor"),
}
#: What somebody wrote, wherever it is said again: an identity number in a question need not wait.
WRITTEN: dict[type[Event], tuple[str, ...]] = {
    AnnouncementMade: ("/text",),
    MessageSaid: ("/text",),
    HelpRequested: ("/text",),
    HelpAnswered: ("/answer",),
    PrequalificationObjectionRaised: ("/text", "/request", "/facts", "/law"),
    PrequalificationObjectionAnswered: ("/question", "/answer"),
    DocumentObjectionRaised: ("/text", "/request", "/facts", "/law"),
    DocumentObjectionAnswered: ("/question", "/answer"),
    InquiryRaised: ("/text",),
    InquiryAnswered: ("/answer",),
    ResultObjectionRaised: ("/text",),
    ResultObjectionAnswered: ("/question", "/answer"),
    QueryRaised: ("/matters/*", "/request", "/facts", "/law"),
    QueryAssessed: ("/reason",),
    QueryAnswered: ("/matters/*", "/answer"),
    ComplaintLodged: ("/request", "/facts", "/law", "/interest", "/matters/*/text", "/papers/*/name"),
    ComplaintCorrected: ("/request", "/facts", "/law", "/papers/*/name"),
    ComplaintAccepted: ("/matters/*/text",),
    ComplaintDecided: ("/matters/*/text",),
    MemberRecused: ("/reason",),
    ReviewerReplaced: ("/reason",),
}
#: The only events that a verifier takes without a salt.
ERASABLE = frozenset(kind.TOPIC for kind in (*NAMED, *WRITTEN))


def erasable(event: Event) -> dict[str, str]:
    """Pointers (RFC 6901) of what can be erased of the event → what stands there now; nothing twice."""
    patterns = (*NAMED.get(type(event), ()), *WRITTEN.get(type(event), ()))
    said = msgspec.json.decode(encode(event)) if patterns else None
    found = {place: text for pattern in patterns for place, text in _at(said, pattern[1:].split("/"), "")}
    return {place: text for place, text in found.items() if text != ERASED}


def names(event: Event, field: str) -> bool:
    """Whether that field says who has a part in the lot."""
    patterns = NAMED.get(type(event), ())
    return any(field == place for one in patterns for place, _ in _at(_said(event), one[1:].split("/"), ""))


def about(event: Event, party: str) -> list[str]:
    """Pointers of what the event says of that person beside its id: a member of the committee, a name in the pool."""
    if type(event) not in NAMED:
        return []
    said = _said(event)
    holders = [place for place, found in _objects(said, "") if found.get("party") == party]
    return [field for field in erasable(event) if any(field.startswith(f"{place}/") for place in holders)]


def without(state: bytes, fields: Iterable[str]) -> bytes:
    """The event's canonical JSON without these; its signed statements, which say the same, are gone with them."""
    said = msgspec.json.decode(state)
    for field in fields:
        *path, last = field[1:].split("/")
        holder: Any = said
        for part in path:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        holder[int(last) if isinstance(holder, list) else last] = ERASED
    for name, value in said.items():
        if isinstance(value, dict) and value.keys() == {"statement", "signature"}:
            said[name] = {"statement": "", "signature": ""}
    return msgspec.json.encode(said, order="sorted")


def _said(event: Event) -> Any:
    return msgspec.json.decode(encode(event))


def _at(said: Any, pattern: list[str], place: str) -> Iterator[tuple[str, str]]:
    """The texts that a pattern names, ``*`` being any element."""
    if not pattern:
        if isinstance(said, str):
            yield place, said
        return
    first, *rest = pattern
    if first == "*" and isinstance(said, list):
        for number, one in enumerate(said):
            yield from _at(one, rest, f"{place}/{number}")
    elif isinstance(said, dict) and first in said:
        yield from _at(said[first], rest, f"{place}/{first}")


def _objects(said: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(said, dict):
        yield place, said
        parts: Iterable[tuple[Any, Any]] = said.items()
    else:
        parts = enumerate(said) if isinstance(said, list) else ()
    for name, one in parts:
        yield from _objects(one, f"{place}/{name}")
