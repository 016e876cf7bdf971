"""What goes over the socket: one state, then events, as JSON text messages.

``{"type":"state","cursor":…,"position":n,"now":…,"lot":{…}}`` first, unless the client resumes;
``{"type":"event","position":n,"at":…,"event":{"type":topic,…}}`` for each event after it;
``{"type":"time","now":…}`` now and then, for countdowns.

A party gets a second state in place of events when its standing towards the lot changes: what it may know
of the past is then another thing. Whoever follows replaces what it had.
"""

from datetime import datetime
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode

from bidding.application.platform import described
from bidding.application.ports import Recorded

#: What ``position`` counts: a spectator's is the public feed, a party's the lot's version (decision 0002).
#: Parties see events that have no place in the feed; spectators must not see the gaps these would leave.
FEED, LOT = "feed", "lot"


def state_text(lot: msgspec.Raw, position: int, now: datetime, cursor: str) -> str:
    """``lot``: the encoded view, folded once for all who have the same standings."""
    return _text({"type": "state", "cursor": cursor, "position": position, "now": now, "lot": lot})


def event_text(one: Recorded, position: int) -> str:
    return _text(
        {"type": "event", "position": position, "at": one.recorded_at, "event": described(one.event)}
    )


def time_text(now: datetime) -> str:
    return _text({"type": "time", "now": now})


def mime_text(mime: str) -> str:
    """What a viewer needs before the first byte of a picture."""
    return _text({"mime": mime})


def framed(text: str) -> bytes:
    """The text as one unmasked websocket frame (RFC 6455 §5.2), ready for every connection's transport.

    Framing once per connection would halve the fan-out.
    """
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def _text(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()
