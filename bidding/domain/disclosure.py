"""The one function that decides who sees what: ``visible``.

REST views, the live gateway, the feeds and the exported record are all folds or lists of the events
that it lets through; none of them masks anything itself (the failure of an auction system whose socket
showed what its REST interface hid).
"""

from collections.abc import Iterable

import msgspec

from bidding.domain.evaluation.asking import own_requests
from bidding.domain.event import Event
from bidding.domain.lot import Lot, evolve
from bidding.domain.parties import Standing

SPECTATOR = frozenset({Standing.ANYONE})


def visible(event: Event, standings: frozenset[Standing]) -> bool:
    """Whether a party with these standings towards the lot may see the event (ANYONE is implied)."""
    return Standing.ANYONE in event.AUDIENCE or not standings.isdisjoint(event.AUDIENCE)


def is_public(event: Event) -> bool:
    return visible(event, SPECTATOR)


def view(lot_id: str, events: Iterable[Event], standings: frozenset[Standing]) -> Lot:
    """The lot as an audience knows it: a fold of what it may see and of nothing else.

    ``version`` counts visible events only here: it is no ETag.
    """
    lot = Lot(lot_id=lot_id)
    for event in events:
        if visible(event, standings):
            lot = evolve(lot, event)
    return lot


def addressed(shown: Lot, known: Lot, party: str) -> Lot:
    """``shown``, and in it what the committee addressed to this party alone (R-EVAL-10; 招投条例 52).

    ``known``: the whole lot. Members see all requests already; of others each sees its own, without who asked.
    """
    mine = own_requests(known, party)
    if not mine or shown.evaluation.requests:
        return shown
    evaluation = msgspec.structs.replace(shown.evaluation, requests=mine)
    return msgspec.structs.replace(shown, evaluation=evaluation)
