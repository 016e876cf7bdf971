"""一企一册: one bidder's own book, every lot it has bid on (R-NB-ZX-04)."""

from datetime import datetime

import msgspec
from fastapi import APIRouter, Response

from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.bid.devices import NONE, Alarm, Alarms
from bidding.domain.bid.state import Bid
from bidding.domain.disclosure import sight, view
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor

router = APIRouter(prefix="/parties/me")


class BookLine(msgspec.Struct, frozen=True, kw_only=True):
    """One lot. ``receipts``: numbers of the versions handed in, oldest first; ``effective``: of the one that counts,
    empty if it was withdrawn. ``lead``: true where the party itself handed in, false where it joined another's bid.
    ``waived_fen``: 分 that this party did not have to pay. ``won`` is null before the award notice is out.
    ``alarms``: devices that will not open the bid, while it can be sealed anew; ``must_reseal``: none will (R-CRED-01).
    """

    lot: str
    title: str
    phase: Phase
    mode: str
    deadline: datetime | None
    lead: bool
    receipts: tuple[str, ...]
    effective: str
    refused: int
    waived_fen: int
    won: bool | None
    contract: str
    contract_due: datetime | None
    alarms: tuple[Alarm, ...] = ()
    must_reseal: bool = False


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first. ``waived_fen``: 分, of live lots alone; what test lots waive is no money."""

    lots: tuple[BookLine, ...]
    waived_fen: int


@router.get(
    "/lots",
    tags=[tag("bid")],
    summary="My own book: lots, receipts, what was waived · 一企一册",
    responses=json_answer(Book),
)
async def book(actor: Acting, found: AtDesks) -> Response:
    """Nobody else's is ever shown here; it is no list of bidders, for it names one (R-GEN-04)."""
    lines = []
    for lot_id in reversed(await found.bids.placed_on(actor.party)):
        recorded, lot = await found.platform.recorded(lot_id, actor)
        shown = view(lot_id, (one.event for one in recorded), sight(actor, lot))
        bid = await found.bids.bid(lot_id, actor.party)
        taking = lot.phase is Phase.NOTICED
        lines.append(_line(shown, bid, actor, await found.bids.alarms(lot, bid) if taking else NONE))
    own = Book(lots=tuple(lines), waived_fen=sum(one.waived_fen for one in lines if one.mode == "live"))
    return Response(
        msgspec.json.encode(own), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _line(lot: Lot, bid: Bid, actor: Actor, devices: Alarms) -> BookLine:
    won = None if lot.award.issued_at is None else lot.award.winner == actor.party
    return BookLine(
        lot=lot.lot_id,
        title=lot.notice.title,
        phase=lot.phase,
        mode=lot.admission.mode.value,
        deadline=lot.notice.deadline,
        lead=bool(bid.versions),
        receipts=tuple(one.receipt_number for one in bid.versions),
        effective="" if bid.effective is None else bid.effective.receipt_number,
        refused=len(bid.refused),
        waived_fen=sum(one.waived_fen for one in lot.money.benefits if one.party == actor.party),
        won=won,
        contract=lot.contract.number if won else "",
        contract_due=lot.award.contract_due if won else None,
        alarms=devices.alarms,
        must_reseal=devices.must_reseal,
    )
