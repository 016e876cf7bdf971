"""Rooms and their slots (时间场地预约): made by the centre, read by hosts without names of other lots."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request, Response

from bidding.api.commands import take
from bidding.api.desks import AtDesks
from bidding.api.examples import example
from bidding.api.schemas import header, ref, request_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.domain.booking.commands import CreateRoom
from bidding.domain.booking.state import Room
from bidding.domain.errors import Unknown
from bidding.domain.parties import Actor, Role

router = APIRouter(prefix="/rooms", tags=[tag("booking")])

RoomId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", examples=["room-1"])]


@router.post(
    "",
    status_code=201,
    summary="Create a room · 新增场地",
    openapi_extra={
        "requestBody": request_body(ref(CreateRoom), example(CreateRoom.NAME)),
        "parameters": [header("Idempotency-Key", "Your name for this act.", "0f5a1c1e-7d0e", required=True)],
    },
)
async def create(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, CreateRoom, None, actor)
    answer = await found.booking.create_room(command, call)
    return Response(answer, 201, {"Location": f"/rooms/{command.room}"}, media_type="application/json")


@router.get("", summary="Rooms and when they are taken · 场地与占用")
async def rooms(actor: Acting, found: AtDesks) -> Response:
    shown = [_shown(room, actor) for room in await found.booking.rooms()]
    return Response(msgspec.json.encode({"rooms": shown}), media_type="application/json")


@router.get("/{room_id}", summary="One room · 场地详情")
async def room(room_id: RoomId, actor: Acting, found: AtDesks) -> Response:
    known = await found.booking.room(room_id)
    if not known.version:
        raise Unknown("room-unknown", rule="R-SVC-04")
    return Response(msgspec.json.encode(_shown(known, actor)), media_type="application/json")


def _shown(room: Room, actor: Actor) -> dict[str, Any]:
    """Whose slot it is stays with the centre: another host's lot may not be noticed yet."""
    fields: dict[str, Any] = msgspec.to_builtins(room)
    if actor.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR}):
        for entry in fields["entries"]:
            del entry["lot"]
    return fields
