"""The expert pool, for the centre alone."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from bidding.api.commands import take
from bidding.api.desks import AtDesks
from bidding.api.examples import example
from bidding.api.schemas import header, ref, request_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.command import Command
from bidding.domain.experts.commands import DelistExpert, ListExpert
from bidding.domain.lot import Lot
from bidding.domain.permissions import authorise

router = APIRouter(prefix="/experts", tags=[tag("evaluation")])


def _described(command: type[Command]) -> dict[str, Any]:
    return {
        "requestBody": request_body(ref(command), example(command.NAME)),
        "parameters": [header("Idempotency-Key", "Your name for this act.", "0f5a1c1e-7d0e", required=True)],
    }


@router.post("", status_code=201, summary="List an expert · 专家入库", openapi_extra=_described(ListExpert))
async def list_expert(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, ListExpert, None, actor)
    assert isinstance(command, ListExpert)
    return Response(await found.experts.list_expert(command, call), 201, media_type="application/json")


@router.post("/delist", summary="Take an expert out · 专家出库", openapi_extra=_described(DelistExpert))
async def delist_expert(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, DelistExpert, None, actor)
    assert isinstance(command, DelistExpert)
    return Response(await found.experts.delist_expert(command, call), media_type="application/json")


@router.get("", summary="The pool · 专家库")
async def pool(actor: Acting, found: AtDesks) -> Response:
    authorise(actor, ListExpert, Lot())
    return Response(msgspec.json.encode(await found.experts.pool()), media_type="application/json")
