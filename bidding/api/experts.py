"""The expert pool, for the centre alone; and each expert's own seats."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from bidding.api.commands import take
from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks, Desks
from bidding.api.examples import example
from bidding.api.schemas import header, json_answer, ref, request_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.command import Command
from bidding.domain.evaluation.duty import Duty, duty_of
from bidding.domain.experts.commands import DelistExpert, ListExpert
from bidding.domain.experts.state import Pool
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor
from bidding.domain.permissions import authorise

router = APIRouter(prefix="/experts", tags=[tag("evaluation")])

AfterLot = Annotated[
    str | None,
    Query(
        alias="after", pattern=r"^[0-9A-Za-z-]{1,64}$", description="Last lot of the page before. 上页末条。"
    ),
]


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """``now``: the lot's own instant; ``ends``: when the time set for the evaluation is over; ``duty``: yours now."""

    lot: str
    title: str
    number: str
    tenderer: str
    regime: str
    phase: Phase
    mode: str
    suspended: bool
    now: datetime
    ends: datetime | None
    seat: int
    duty: Duty


class Seats(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    seats: tuple[Seat, ...]
    next: str | None


def _described(command: type[Command]) -> dict[str, Any]:
    return {
        "requestBody": request_body(ref(command), example(command.NAME)),
        "parameters": [header("Idempotency-Key", "Your name for this act.", "0f5a1c1e-7d0e", required=True)],
    }


@router.post("", status_code=201, summary="List an expert · 专家入库", openapi_extra=_described(ListExpert))
async def list_expert(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, ListExpert, None, actor)
    return Response(await found.experts.list_expert(command, call), 201, media_type="application/json")


@router.post("/delist", summary="Take an expert out · 专家出库", openapi_extra=_described(DelistExpert))
async def delist_expert(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, DelistExpert, None, actor)
    return Response(await found.experts.delist_expert(command, call), media_type="application/json")


@router.get("/me/seats", summary="My seats · 我的评标任务", responses=json_answer(Seats))
async def seats(
    actor: Acting, found: AtDesks, after: AfterLot = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """The lots in whose committee you sit, newest file first. Nobody else can ask for them (R-EVAL-05)."""
    ids = await found.platform.readmodels.lots_of(actor.party, after=after, limit=limit + 1)
    shown = [await _seat(lot_id, actor, found) for lot_id in ids[:limit]]
    answer = Seats(
        seats=tuple(one for one in shown if one is not None),
        next=ids[limit - 1] if len(ids) > limit else None,
    )
    return Response(msgspec.json.encode(answer), media_type="application/json")


async def _seat(lot_id: str, actor: Actor, found: Desks) -> Seat | None:
    """None where the party has another part in the lot than a seat."""
    lot = await found.platform.load(lot_id)
    member = next((one for one in lot.evaluation.committee if one.party == actor.party), None)
    if member is None:
        return None
    return Seat(
        lot=lot_id,
        title=lot.notice.title,
        number=lot.notice.number,
        tenderer=lot.notice.tenderer_name,
        regime=lot.notice.regime or "",
        phase=lot.phase,
        mode=lot.notice.mode,
        suspended=lot.control.suspended is not None,
        now=found.platform.lot_now(lot),
        ends=lot.evaluation.ends,
        seat=member.seat,
        duty=duty_of(lot, actor.party),
    )


@router.get("", summary="The pool · 专家库", responses=json_answer(Pool))
async def pool(actor: Acting, found: AtDesks) -> Response:
    authorise(actor, ListExpert, Lot())
    return Response(msgspec.json.encode(await found.experts.pool()), media_type="application/json")
