"""What each event leaves in the state: ``folds.txt``; ``python -m tests.domain.folds.told`` writes it anew.

Each event is folded into an empty state and into a full one, and what changes is written down::

    topic
      empty  path = value        an event whose every field is told apart, into an empty state
      full   path = value        the same into a state that has an entry of everything
      found  path = value        one that names those very entries (… is the sample text that all of them have)
      book   kind party: 分 to an account from another, rule      what it is in the lot's double-entry book
      noted  party: consequence, rule                            and among the book's memoranda
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect as kinds

from bidding.domain.bid.state import Bid
from bidding.domain.bid.state import evolve as evolve_bid
from bidding.domain.credit.record import Record
from bidding.domain.credit.record import evolve as evolve_record
from bidding.domain.event import TOPICS, Event
from bidding.domain.experts.state import Pool
from bidding.domain.experts.state import evolve as evolve_pool
from bidding.domain.lot import PARTS, Lot
from bidding.domain.money.book import book
from bidding.domain.prequalification.state import Application, evolve_application
from bidding.domain.registration.state import Party
from bidding.domain.registration.state import evolve as evolve_party
from tests.domain.sampling import AWKWARD, sample

FILE = Path(__file__).with_name("folds.txt")
Fold = Callable[[Any, Event], Any]
#: Streams of their own: the start of the topic, the empty state, its fold.
OWN: tuple[tuple[str, Any, Fold], ...] = (
    ("bid.", Bid(lot="lot-1", bidder="b"), evolve_bid),
    ("application.", Application(lot="lot-1", applicant="b"), evolve_application),
    ("party.", Party(), evolve_party),
    ("credit.", Record(), evolve_record),
    ("experts.", Pool(), evolve_pool),
)


def fold_of(event: type[Event]) -> tuple[Any, Fold] | None:
    """The empty state that the event is folded into, and by what; None: into none."""
    own = next(((empty, fold) for start, empty, fold in OWN if event.TOPIC.startswith(start)), None)
    if own is not None or event.__module__ not in PARTS:
        return own
    name, fold = PARTS[event.__module__]
    return getattr(Lot(lot_id="lot-1"), name), fold


def told(event: type[Event]) -> Iterator[str]:
    yield from folded(event)
    yield from booked(event)


def booked(event: type[Event]) -> Iterator[str]:
    written = book([named(event)])
    for one in written.entries:
        accounts = f"{one.debit} from {one.credit}"
        yield f"  book   {one.kind} {one.party}: {one.amount_fen} to {accounts}, {one.rule}"
    for noted in written.memoranda:
        yield f"  noted  {noted.party}: {noted.consequence}, {noted.rule}"


def folded(event: type[Event]) -> Iterator[str]:
    found = fold_of(event)
    if found is None:
        return
    empty, fold = found
    full = sample(type(empty))
    apart = named(event)
    for case, before, given in (
        ("empty", empty, apart),
        ("full ", full, apart),
        ("found", full, sample(event)),
    ):
        after = fold(before, given)
        was, now = (dict(_leaves(msgspec.to_builtins(one, order="deterministic"))) for one in (before, after))
        assert msgspec.convert(msgspec.to_builtins(after), type(after)) == after
        for path in sorted(was.keys() | now.keys()):
            if was.get(path, "-") != now.get(path, "-"):
                value = now.get(path, "gone")
                yield f"  {case}  {path} = {'…' if value == AWKWARD else repr(value)}"


def named(kind: type[Event]) -> Event:
    """An event whose texts are the names of their fields, with numbers and dates that differ from field to field."""
    sampled = msgspec.to_builtins(sample(kind))
    struct = kinds.type_info(kind)
    assert isinstance(struct, kinds.StructType)
    types = {field.encode_name: field.type for field in struct.fields}
    return msgspec.convert({name: _named(value, types[name], name) for name, value in sampled.items()}, kind)


def _named(value: Any, kind: Any, name: str) -> Any:
    apart = sum(name.encode()) % 97
    kept = [one for one in getattr(kind, "types", (kind,)) if not isinstance(one, kinds.NoneType)]
    match kept[0]:
        case kinds.StrType(pattern=None, min_length=None):
            return f"the {name}"
        case kinds.IntType(ge=None | 0 | 1, le=None):
            return 1 + apart
        case kinds.DateTimeType():
            return f"2026-04-01T00:{apart % 60:02}:{apart // 60:02}Z"
        case kinds.DateType():
            return str(date(2026, 5, 1) + timedelta(days=apart))
    return value


def _leaves(what: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(what, dict) and what:
        for name, value in what.items():
            yield from _leaves(value, f"{path}.{name}".removeprefix("."))
    elif isinstance(what, list | tuple) and what:
        for place, value in enumerate(what):
            yield from _leaves(value, f"{path}[{place}]")
    elif what not in (None, (), [], {}, ""):
        yield path, what


def blocks() -> dict[str, list[str]]:
    return {topic: list(told(TOPICS[topic])) for topic in sorted(TOPICS)}


def recorded() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    topic = ""
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("  "):
            found[topic].append(line)
        else:
            topic = line
            found[topic] = []
    return found


if __name__ == "__main__":
    FILE.write_text(
        "".join(
            f"{topic}\n" + "".join(f"{line}\n" for line in lines)
            for topic, lines in blocks().items()
            if lines
        ),
        "utf-8",
    )
