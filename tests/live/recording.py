"""``python -m tests.live.recording LOT.json …``: what spectators saw of played openings, for the browser's fold.

Each argument is what ``GET /lots/{lot}/events`` answered for a finished opening.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec

from bidding.application.platform import described
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.event import TOPICS, Event
from bidding.domain.opening.state import Opening

FILE = Path(__file__).parents[2] / "web" / "src" / "live" / "recorded.json"
LAST = "lot.opening-ended.v1"


def event_of(said: dict[str, Any]) -> Event:
    fields = {name: value for name, value in said.items() if name != "type"}
    return msgspec.convert(fields, TOPICS[said["type"]])


def folded(lot: str, events: list[dict[str, Any]]) -> Any:
    """The spectators' view after these events, as JSON."""
    known = view(lot, (event_of(one["event"]) for one in events), SPECTATOR)
    return msgspec.json.decode(msgspec.json.encode(known))


def until_the_end(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    end = next(index for index, one in enumerate(events) if one["event"]["type"] == LAST)
    return events[: end + 1]


def main(names: list[str]) -> None:
    openings = []
    for name in names:
        events = until_the_end(msgspec.json.decode(Path(name).read_bytes())["events"])
        lot = events[0]["lot"]
        assert all(described(event_of(one["event"])) for one in events)
        openings.append({"lot": lot, "events": events, "after": folded(lot, events)})
    unopened = msgspec.json.decode(msgspec.json.encode(Opening()))
    FILE.write_bytes(
        msgspec.json.format(msgspec.json.encode({"unopened": unopened, "openings": openings}), indent=1)
        + b"\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
