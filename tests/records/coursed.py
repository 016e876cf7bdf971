"""The played bundle's history, and each way to take an event out, move it or tell it twice, with what `history` says of
it: ``python -m tests.records.coursed`` writes it for both verifiers."""

from collections.abc import Iterator, Sequence

import msgspec

from bidding.application.record.bundle_format import Bundle
from bidding.application.record.history import check_course
from bidding.application.record.read import Faulty
from bidding.crypto.canonical import parse_canonical
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.event import TOPICS
from tests.records.altering import BUNDLE, FOLDER

FILE = FOLDER / "course.json"


class Case(msgspec.Struct, frozen=True):
    """``do`` with the event at ``at``: ``drop``; ``first``, ``last``: move it there; ``twice``: tell it again at the
    end. ``fault``: empty where nobody can tell by the order of kinds alone."""

    do: str
    at: int
    fault: str


class Course(msgspec.Struct, frozen=True):
    topics: tuple[str, ...]
    cases: tuple[Case, ...]


def played() -> tuple[str, ...]:
    """The kinds of the lot's events in their order, as the supervisor was shown them."""
    bundle = parse_canonical(BUNDLE, Bundle)
    added = [(one.after, one.topic) for one in bundle.disclosed if one.stream == "lot"]
    found = [topic for after, topic in added if after == 0]
    for place, one in enumerate(bundle.record.events, start=1):
        found += [one.topic, *(topic for after, topic in added if after == place)]
    return tuple(found)


def changed(topics: Sequence[str], do: str, at: int) -> list[str]:
    rest = [*topics[:at], *topics[at + 1 :]]
    match do:
        case "drop":
            return rest
        case "first":
            return [topics[at], *rest]
        case "last":
            return [*rest, topics[at]]
        case "twice":
            return [*topics, topics[at]]
    raise ValueError(do)


def faulty(topics: Sequence[str]) -> str:
    try:
        check_course([TOPICS[topic] for topic in topics])
    except Faulty as fault:
        return fault.reason
    return ""


def course() -> Course:
    topics = played()

    def cases() -> Iterator[Case]:
        for do in ("drop", "first", "last", "twice"):
            for at in range(len(topics)):
                yield Case(do, at, faulty(changed(topics, do, at)))

    return Course(topics, tuple(cases()))


def written() -> bytes:
    return msgspec.json.format(msgspec.json.encode(course()), indent=1) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(written())
