"""``POST /lots/{lot_id}/<phase>/<verb>/rehearsal``: would this act be lawful now? Nothing is recorded."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from bidding.api.bodies import decode, read_json
from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.examples import example
from bidding.api.schemas import json_answer, json_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.rehearsal import REHEARSED, rehearse
from bidding.domain.command import Command

router = APIRouter(prefix="/lots/{lot_id}")


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """``events``: what the act would record now, without position and without signature."""

    events: tuple[dict[str, Any], ...]


def _endpoint(command: type[Command]) -> Any:
    async def rehearsal(request: Request, lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
        given = decode(await read_json(request), command)
        events = await rehearse(found.platform, lot_id, given, actor)
        return Response(msgspec.json.encode({"events": events}), media_type="application/json")

    return rehearsal


for _command in REHEARSED:
    _phase, _, _verb = _command.NAME.partition("/")
    router.add_api_route(
        f"/{_command.NAME}/rehearsal",
        _endpoint(_command),
        methods=["POST"],
        tags=[tag(_phase)],
        summary=f"Would {_verb} be lawful now? · 预检，不留痕",
        description="Takes the act's fields, unsigned, and refuses exactly as the act would. Nothing is recorded.",
        operation_id=f"{_phase}_{_verb.replace('-', '_')}_rehearsal",
        responses=json_answer(Rehearsed),
        openapi_extra=json_body(_command, example(_command.NAME)),
    )
