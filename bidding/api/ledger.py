"""A lot's double-entry book, as far as its reader may know the events that it is made of (R-LEDG-01)."""

import msgspec
from fastapi import APIRouter, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.domain.disclosure import sight, view, visible
from bidding.domain.money.book import book
from bidding.domain.money.ledger import overdue

router = APIRouter(prefix="/lots", tags=[tag("money")])


@router.get("/{lot_id}/ledger", summary="The lot's ledger, entry by entry · 标段台账")
async def ledger(lot_id: LotId, actor: Viewing, found: AtDesks) -> Response:
    """Each entry names its event's type and, where that is public, its feed position. `balances` sum to zero;
    `overdue`: deposits that are late by the clock; `memoranda`: liability without a deposit, never a payment order.
    """
    recorded, known = await found.platform.recorded(lot_id, actor)
    mine = sight(actor, known)
    shown = [one for one in recorded if visible(one.event, mine)]
    made = book(one.event for one in shown)
    content = {
        "lot": lot_id,
        "entries": [
            {**msgspec.to_builtins(one), "position": shown[one.event - 1].feed_position}
            for one in made.entries
        ],
        "balances": made.trial_balance(),
        "memoranda": [
            {**msgspec.to_builtins(one), "position": shown[one.event - 1].feed_position}
            for one in made.memoranda
        ],
        "overdue": overdue(view(lot_id, (one.event for one in shown), mine), found.platform.lot_now(known)),
    }
    return Response(msgspec.json.encode(content), media_type="application/json")
