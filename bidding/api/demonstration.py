"""The parts that newcomers to a demonstration may play. Empty on every real platform."""

import msgspec
from fastapi import APIRouter, Response

from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.application.demonstration import Visitor

router = APIRouter(prefix="/demonstration", tags=[tag("public")])


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """``lot``: the tender that is under way, empty where none is; ``visitors``: who may be played in it."""

    lot: str
    visitors: tuple[Visitor, ...]


@router.get("", summary="Made-up parties of the demonstration · 演示角色", responses=json_answer(Parts))
async def parts(found: AtDesks) -> Response:
    """`bidding demo` alone fills it, with parties that exist for show; a platform in service answers with nothing."""
    shown = Parts(lot=found.demonstration.lot, visitors=found.demonstration.visitors)
    return Response(
        msgspec.json.encode(shown), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
