"""What the browser's verifier must know of the domain: topics that are public, events that are time-stamped, or of
which personal data can be erased, acts that bind, and the course that a history keeps.

``make web`` writes it: ``python -m bidding.application.record.known FILE``, which leaves a file alone that says it.
"""

import sys
from pathlib import Path

import msgspec

from bidding.domain import registry  # noqa: F401 - registers every topic and command
from bidding.domain.archive.erasable import ERASABLE
from bidding.domain.command import COMMANDS
from bidding.domain.course import ONCE, STANDS_ON, seen_before
from bidding.domain.event import EVERYONE, TOPICS
from bidding.domain.lot import PHASE_AFTER
from bidding.domain.timestamp.decide import STAMPED


def course() -> dict[str, dict[str, object]]:
    """By topic: ``phases`` in which its reader may last have seen the lot, ``after``: the one that it leads to, ``on``:
    of what one must stand before it, ``once``: there is one at most. What says nothing of an event is left out."""
    found: dict[str, dict[str, object]] = {}
    for topic, kind in sorted(TOPICS.items()):
        phases, said = seen_before(kind), dict[str, object]()
        if phases is not None:
            said["phases"] = sorted(phase.value for phase in phases)
        if kind in PHASE_AFTER:
            said["after"] = PHASE_AFTER[kind].value
        if kind in STANDS_ON:
            said["on"] = sorted(one.TOPIC for one in STANDS_ON[kind])
        if kind in ONCE:
            said["once"] = True
        if said:
            found[topic] = said
    return found


def known() -> bytes:
    said = {
        "public": sorted(topic for topic, event in TOPICS.items() if event.AUDIENCE >= EVERYONE),
        "topics": sorted(TOPICS),
        "stamped": sorted(kind.TOPIC for kind in STAMPED),
        "erasable": sorted(ERASABLE),
        "binding": sorted(name for name, command in COMMANDS.items() if command.BINDING),
        "course": course(),
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if not file.is_file() or file.read_bytes() != known():
        file.write_bytes(known())
