"""What a trustee's device needs of a lot's escrow."""

import msgspec
from fastapi import APIRouter, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.escrow import TrusteesPapers

router = APIRouter(prefix="/lots/{lot_id}", tags=[tag("escrow")])


@router.get("/escrow", summary="A trustee's papers · 受托人材料", responses=json_answer(TrusteesPapers))
async def papers(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """The test bid's manifest and, by report, the manifests of the bids in it: for trustees alone. Report 0:
    the opening itself, once it is ordered, where trustees alone open the bids."""
    shown = await found.escrow.papers(lot_id, actor)
    return Response(msgspec.json.encode(shown), media_type="application/json")
