"""What goes over the socket: one state, then events, as JSON text messages.

``{"type":"state","cursor":…,"position":n,"now":…,"lot":{…}}`` first, unless the client resumes;
``{"type":"event","position":n,"at":…,"event":{"type":topic,…}}`` for each event after it;
``{"type":"time","now":…}`` now and then, for countdowns.

A frame is serialised and framed once and the same bytes are written to every connection: framing once per
connection halves the fan-out.
"""

from datetime import datetime
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode

from bidding.application.ports import Recorded
from bidding.domain.event import Event
from bidding.domain.lot import Lot


def position_of(one: Recorded, *, spectator: bool) -> int | None:
    """An event's place for this audience: in the public feed for spectators, in the lot's stream for parties.

    Parties see events that have no place in the feed; spectators must not see the gaps these would leave.
    """
    return one.feed_position if spectator else one.version


def state_text(lot: Lot, position: int, now: datetime, *, spectator: bool) -> str:
    return _text(
        {
            "type": "state",
            "cursor": "feed" if spectator else "lot",
            "position": position,
            "now": now,
            "lot": lot,
        }
    )


def event_text(event: Event, position: int, at: datetime) -> str:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return _text({"type": "event", "position": position, "at": at, "event": {"type": event.TOPIC, **fields}})


def time_text(now: datetime) -> str:
    return _text({"type": "time", "now": now})


def framed(text: str) -> bytes:
    """The text as one unmasked websocket frame (RFC 6455 §5.2), ready for every connection's transport."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def _text(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()
