"""What the committee reads: the opened envelopes, a member's own sheet; and what it asks a bidder."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.disclosure import addressed, view
from bidding.domain.errors import Forbidden, Unknown
from bidding.domain.evaluation.own import own_result
from bidding.domain.parties import Standing
from bidding.domain.permissions import standings

router = APIRouter(prefix="/lots/{lot_id}/evaluation", tags=[tag("evaluation")])

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


@router.get("/envelopes/{bidder}/{envelope}", summary="An opened envelope (ZIP) · 已解密的投标文件")
async def envelope(lot_id: LotId, bidder: Name, envelope: Name, actor: Acting, found: AtDesks) -> Response:
    """For those to whom its opening was disclosed: the committee, and in GP the host for qualification."""
    recorded, known = await found.platform.recorded(lot_id, actor)
    seen = view(lot_id, (one.event for one in recorded), standings(actor, known)).evaluation.envelopes
    opened = next((one for one in seen if (one.bidder, one.envelope) == (bidder, envelope)), None)
    if opened is None or not opened.object_key:
        raise Unknown("envelope-not-open", rule="R-EVAL-01", envelope=envelope)

    async def body() -> AsyncIterator[bytes]:
        async for chunk in found.platform.objects.get(opened.object_key):
            yield chunk

    return StreamingResponse(
        body(),
        media_type="application/zip",
        headers={
            "Content-Length": str(opened.length),
            "Content-Disposition": f'attachment; filename="{envelope}.zip"',
        },
    )


@router.get("/requests", summary="What the committee asks of me · 评标委员会要求我澄清的事项")
async def requests(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Of a bidder its own, with the term of the reply and the reply; of a member, and of supervision, all."""
    recorded, known = await found.platform.recorded(lot_id, actor)
    seen = view(lot_id, (one.event for one in recorded), standings(actor, known))
    mine = addressed(seen, known, actor.party).evaluation.requests
    return Response(msgspec.json.encode({"requests": mine}), media_type="application/json")


@router.get("/result", summary="How my own result came about · 我的得分及计算过程")
async def result(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """For a bidder, from the award notice on: formula, base, each step of the own price score, the means of the
    criteria, total and rank; or the ground on which the bid fell."""
    _, known = await found.platform.recorded(lot_id, actor)
    if Standing.PARTICIPANT not in standings(actor, known):
        raise Forbidden("not-permitted", command="evaluation/result", needed=["participant"])
    return Response(msgspec.json.encode(own_result(known, actor.party)), media_type="application/json")


@router.get("/sheet", summary="My own sheet · 我的评分表")
async def sheet(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Nobody sees another member's before all are in."""
    _, known = await found.platform.recorded(lot_id, actor)
    if Standing.COMMITTEE not in standings(actor, known):
        raise Forbidden("not-permitted", command="evaluation/sheet", needed=["committee"])
    mine = next((one for one in known.evaluation.sheets if one.member == actor.party), None)
    return Response(msgspec.json.encode({"sheet": mine}), media_type="application/json")
