"""What the committee reads: the opened envelopes, a member's own sheet; and what it asks a bidder."""

import re
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Path, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting
from bidding.api.streaming import stored
from bidding.api.tags import tag
from bidding.domain.disclosure import addressed, sight, view
from bidding.domain.errors import Forbidden, Unknown
from bidding.domain.evaluation.bids import to_be_scored
from bidding.domain.evaluation.duty import Duty, duty_of, to_confirm, to_correct
from bidding.domain.evaluation.own import OwnResult, own_result
from bidding.domain.evaluation.requests import ClarificationRequest
from bidding.domain.evaluation.sheets import Sheet
from bidding.domain.parties import Standing
from bidding.domain.permissions import standings

router = APIRouter(prefix="/lots/{lot_id}/evaluation", tags=[tag("evaluation")])

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
#: One range of the file, as viewers ask for the pages that are looked at (RFC 9110, 14.2).
_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


class BidToScore(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    name: str
    price_fen: int


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """``criterion`` empty: the whole bid, which you voted to reject and the majority did not. ``others``: where your
    ``points`` are 畸高 or 畸低 and wait to be corrected or stood by, the exact mean of what the others gave."""

    bidder: str
    criterion: str
    points: str = ""
    others: str = ""


class OwnSheet(msgspec.Struct, frozen=True, kw_only=True):
    """``duty``: what you have to do next; ``bids``: those that the committee scores; ``sheets_in`` of ``members``: how
    many have handed in; ``ends``: when the time set ends; ``correct``: what is still to be settled once all are seen.
    """

    sheet: Sheet | None
    duty: Duty
    bids: tuple[BidToScore, ...]
    sheets_in: int
    members: int
    ends: datetime | None
    correct: tuple[Differing, ...]


class RequestsShown(msgspec.Struct, frozen=True, kw_only=True):
    requests: tuple[ClarificationRequest, ...]


@router.get("/envelopes/{bidder}/{envelope}", summary="An opened envelope (ZIP) · 已解密的投标文件")
async def envelope(
    lot_id: LotId,
    bidder: Name,
    envelope: Name,
    actor: Acting,
    found: AtDesks,
    wanted: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:
    """For those to whom its opening was disclosed: the committee, and in GP the host for qualification.

    `Range: bytes=first-last` gets a part of it (206), so that a page of a large file can be read alone.
    """
    recorded, known = await found.platform.recorded(lot_id, actor)
    seen = view(lot_id, (one.event for one in recorded), sight(actor, known)).evaluation.envelopes
    opened = next((one for one in seen if (one.bidder, one.envelope) == (bidder, envelope)), None)
    if opened is None or not opened.object_key:
        raise Unknown("envelope-not-open", rule="R-EVAL-01", envelope=envelope)
    first, last = _part(wanted, opened.length)
    length = last - first + 1

    body = found.platform.objects.get(opened.object_key, first, length)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
        "Content-Disposition": f'attachment; filename="{envelope}.zip"',
    }
    if wanted is None or length == opened.length:
        return await stored(body, media_type="application/zip", headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{opened.length}"
    return await stored(body, 206, media_type="application/zip", headers=headers)


def _part(wanted: str | None, length: int) -> tuple[int, int]:
    """First and last byte. What is no range of this file is answered with all of it, as RFC 9110 allows."""
    found = _RANGE.fullmatch(wanted or "")
    first = int(found[1]) if found else 0
    last = min(int(found[2]), length - 1) if found and found[2] else length - 1
    return (first, last) if first <= last else (0, length - 1)


@router.get(
    "/requests",
    summary="What the committee asks of me · 评标委员会要求我澄清的事项",
    responses=json_answer(RequestsShown),
)
async def requests(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Of a bidder its own, with the term of the reply and the reply; of a member, and of supervision, all."""
    recorded, known = await found.platform.recorded(lot_id, actor)
    seen = view(lot_id, (one.event for one in recorded), sight(actor, known))
    mine = addressed(seen, known, actor.party).evaluation.requests
    return Response(msgspec.json.encode(RequestsShown(requests=mine)), media_type="application/json")


@router.get(
    "/result", summary="How my own result came about · 我的得分及计算过程", responses=json_answer(OwnResult)
)
async def result(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """For a bidder, from the award notice on: formula, base, each step of the own price score, the means of the
    criteria, total and rank; or the ground on which the bid fell."""
    _, known = await found.platform.recorded(lot_id, actor)
    if Standing.PARTICIPANT not in standings(actor, known):
        raise Forbidden("not-permitted", command="evaluation/result", needed=["participant"])
    return Response(msgspec.json.encode(own_result(known, actor.party)), media_type="application/json")


@router.get(
    "/sheet",
    summary="My own sheet, and what I have to do · 我的评分表与待办",
    responses=json_answer(OwnSheet),
)
async def sheet(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Nobody sees another member's before all are in."""
    _, known = await found.platform.recorded(lot_id, actor)
    if Standing.COMMITTEE not in standings(actor, known):
        raise Forbidden("not-permitted", command="evaluation/sheet", needed=["committee"])
    evaluation = known.evaluation
    answer = OwnSheet(
        sheet=next((one for one in evaluation.sheets if one.member == actor.party), None),
        duty=duty_of(known, actor.party),
        bids=tuple(
            BidToScore(bidder=bid.bidder, name=bid.name, price_fen=bid.price_fen)
            for bid in to_be_scored(known)
        ),
        sheets_in=len(evaluation.sheets),
        members=len(evaluation.members) + len(evaluation.vacant),
        ends=evaluation.ends,
        correct=(
            *(
                Differing(bidder=bid, criterion=criterion)
                for bid, criterion in to_correct(known, actor.party)
            ),
            *(
                Differing(bidder=one.bidder, criterion=one.criterion, points=one.points, others=one.others)
                for one in to_confirm(known, actor.party)
            ),
        ),
    )
    return Response(msgspec.json.encode(answer), media_type="application/json")
