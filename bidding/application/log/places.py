"""At which leaf of a beat an event stands: where the clock puts it, so that the place tells nothing else.

A beat adds as many leaves whether there are events or not; cover leaves fill the rest (``docs/decisions`` 0010). An
event's place within its beat follows from its own instant, which whoever may see the event knows anyway: not from how
many others came before it, unless they came within the same fraction of a second.
"""

from collections.abc import Sequence
from datetime import datetime

#: Leaves to a multiple of which a beat with more events than its pace is filled up.
CROWD = 64


def leaves_for(events: int, pace: int) -> int:
    """How many leaves a beat adds: ``pace``, or with more events a multiple of ``CROWD``."""
    return pace if events <= pace else -(-events // CROWD) * CROWD


def places(instants: Sequence[datetime], since: datetime | None, until: datetime, leaves: int) -> list[int]:
    """The events' places among ``leaves``, rising strictly; ``instants``: theirs, in the log's order.

    The beat is what lies between ``since`` and ``until``. Raises ``ValueError`` if there are too few leaves.
    """
    if len(instants) > leaves:
        raise ValueError("more events than leaves")
    found: list[int] = []
    for number, at in enumerate(instants):
        place = 0 if since is None or until <= since else (at - since) * leaves // (until - since)
        earliest = found[-1] + 1 if found else 0
        latest = leaves - (len(instants) - number)  # room is left for those that follow
        found.append(min(max(place, earliest), latest))
    return found
