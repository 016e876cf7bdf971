"""The one function that decides who sees what: ``visible``.

REST views, the live gateway, the feeds and the exported record are all folds or lists of the events
that it lets through; none of them masks anything itself (the failure of an auction system whose socket
showed what its REST interface hid).
"""

from collections.abc import Iterable

import msgspec

from bidding.domain.bid.events import BidReceived
from bidding.domain.evaluation.asking import own_requests
from bidding.domain.event import Event
from bidding.domain.lot import Lot, evolve
from bidding.domain.parties import Actor, Standing
from bidding.domain.permissions import standings

SPECTATOR = frozenset({Standing.ANYONE})


def visible(event: Event, standings: frozenset[Standing]) -> bool:
    """Whether a party with these standings towards the lot may see the event (ANYONE is implied)."""
    return Standing.ANYONE in event.AUDIENCE or not standings.isdisjoint(event.AUDIENCE)


def is_public(event: Event) -> bool:
    return visible(event, SPECTATOR)


def shown_with_roll(event: Event, lot: Lot) -> bool:
    """Whether a bidder's own event is for everybody since the roll is public: the taking of the bid that stands on it,
    whose manifest and receipt everybody has by then (R-OPEN-23). Never what was replaced, withdrawn or refused."""
    return isinstance(event, BidReceived) and any(
        (one.bidder, one.receipt_number) == (event.bidder, event.receipt_number) for one in lot.opening.roll
    )


def sight(actor: Actor | None, lot: Lot) -> frozenset[Standing]:
    """The standings by which ``actor`` sees the lot: those it has, but for the committee's seal (R-EVAL-07).

    Until all members have signed in nobody sees who they are, members and supervision included, nor is any envelope
    shown to a member; from then on supervision sees what the committee sees. Who takes a seat later sees nothing of
    it before it has signed in too.
    """
    found = standings(actor, lot)
    if actor is None:
        return found
    evaluation = lot.evaluation
    unsealed = evaluation.unsealed_at is not None
    if actor.party in evaluation.members and not (unsealed and actor.party in evaluation.signed_in):
        return found - {Standing.COMMITTEE}
    return found | {Standing.COMMITTEE} if unsealed and Standing.SUPERVISOR in found else found


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
    """``shown``, and in it what the committee addressed to this party alone (R-EVAL-10; 招投条例 52), and to the notary
    the key ceremony that it is named for, which it sees as the offices do (R-BID-07).

    ``known``: the whole lot. Members see all requests already; of others each sees its own, without who asked.
    """
    if party and party == known.escrow.notary:
        whole = known.escrow
        ceremony = msgspec.structs.replace(
            shown.escrow,
            notary=whole.notary,
            notary_name=whole.notary_name,
            keys=whole.keys,
            trial=whole.trial,
        )
        shown = msgspec.structs.replace(shown, escrow=ceremony)
    mine = own_requests(known, party)
    if not mine or shown.evaluation.requests:
        return shown
    evaluation = msgspec.structs.replace(shown.evaluation, requests=mine)
    return msgspec.structs.replace(shown, evaluation=evaluation)
