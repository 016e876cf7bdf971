"""What the browser's verifier must know of the domain: topics that are public, events that are time-stamped, or of
which personal data can be erased, acts that bind, and from which phase to which an event turns the lot.

``make web`` writes it: ``python -m bidding.application.record.known FILE``, which leaves a file alone that says it.
"""

import sys
from pathlib import Path

import msgspec

from bidding.application.record.history import seen_before
from bidding.domain import registry  # noqa: F401 - registers every topic and command
from bidding.domain.archive.erasable import ERASABLE
from bidding.domain.command import COMMANDS
from bidding.domain.event import EVERYONE, TOPICS
from bidding.domain.lot import PHASE_AFTER
from bidding.domain.timestamp.decide import STAMPED


def known() -> bytes:
    said = {
        "public": sorted(topic for topic, event in TOPICS.items() if event.AUDIENCE >= EVERYONE),
        "topics": sorted(TOPICS),
        "stamped": sorted(kind.TOPIC for kind in STAMPED),
        "erasable": sorted(ERASABLE),
        "binding": sorted(name for name, command in COMMANDS.items() if command.BINDING),
        "turns": {
            kind.TOPIC: {"after": after, "seen_before": sorted(seen_before(kind))}
            for kind, after in PHASE_AFTER.items()
        },
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if not file.is_file() or file.read_bytes() != known():
        file.write_bytes(known())
