"""One route for every command of a lot: ``POST /lots/{lot_id}/<phase>/<verb>``.

Nothing here knows a phase. What a route demands follows from the command's class: the fields of its body,
whether it comes signed, whether it needs ``If-Match``.
"""

from collections.abc import Collection
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from bidding.api.bodies import decode, read_json
from bidding.api.examples import LOT, example, signed_example
from bidding.api.idempotency import HEADER, key_of, request_hash
from bidding.api.preconditions import etag, if_match
from bidding.api.schemas import header, ref, request_body
from bidding.api.services import Services, services
from bidding.api.sessions import Acting
from bidding.api.tags import BY_PHASE, tag
from bidding.application import statements
from bidding.application.platform import Call, Outcome
from bidding.domain.command import Command
from bidding.domain.event import SignedAct
from bidding.domain.parties import Actor, Standing
from bidding.domain.registry import COMMANDS

LotId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", examples=[LOT])]

CREATE = "admission/submit"
#: Phases whose commands change something else than one lot and have routes of their own.
ELSEWHERE = frozenset({"registration", "experts"})
#: Commands of a lot's phases that do.
EXCLUDED = frozenset(
    {
        "booking/create-room",
        "credit/attest",
        "credit/decide-conduct",
        "credit/list",
        "credit/repair",
        "performance/make-commitment",
        "performance/report-commitment",
    }
)


Taken = TypeVar("Taken", bound=Command)


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a binding command travels: the statement as JSON, and the signature over its RFC 8785 form."""

    statement: dict[str, Any]
    signature: Annotated[str, msgspec.Meta(max_length=statements.SIGNATURE)]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``version``: the lot's, for the next ``If-Match``; ``events``: those of the new ones that you may see.

    Some commands answer with more (a receipt, say), under names of their own.
    """

    version: int
    events: tuple[dict[str, Any], ...] = ()


async def take(request: Request, command: type[Taken], lot: str | None, actor: Actor) -> tuple[Taken, Call]:
    """The command and its circumstances, as the request tells them; a signature is verified here.

    Raises ``BadRequest`` (header, JSON), ``Invalid`` (statement, signature).
    """
    key = key_of(request)
    seen = if_match(request)
    body = await read_json(request)
    signed: SignedAct | None = None
    if command.BINDING:
        signed, fields, at = await _signed(request, body, command, lot, actor)
    else:
        fields, at = body, "$"
    call = Call(
        actor=actor,
        signed=signed,
        idempotency_key=key,
        request_hash=request_hash(request.method, request.url.path, body),
        if_match=seen,
        request_id=request.scope["state"]["request_id"],
        address=request.client.host if request.client else "",
    )
    return decode(fields, command, at=at), call


async def _signed(
    request: Request, body: bytes, command: type[Command], lot: str | None, actor: Actor
) -> tuple[SignedAct, bytes, str]:
    sent = decode(body, Binding)
    signed, statement = statements.received(sent.statement, sent.signature)
    statements.require(statement, act=command.NAME, lot=lot, by=actor.party, credential=actor.credential)
    register = services(request).identity
    party = await register.party(actor.party)
    device = party.speaks_through(actor.credential)
    statements.check(signed, device.signing_key if device is not None else "")
    if device is not None:
        await register.require_standing(party, device)
    return signed, statements.body_bytes(statement), "$.statement.body"


def answered(outcome: Outcome, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        outcome.answer,
        status,
        {"ETag": etag(outcome.version), **(headers or {})},
        media_type="application/json",
    )


def routed(excluded: Collection[str] = EXCLUDED) -> list[type[Command]]:
    """The commands that get a route: all that somebody beside the platform may give to a lot."""
    return [
        command
        for name, command in sorted(_of_lots(), key=_lifecycle)
        if name not in excluded and command.BY - {Standing.PLATFORM}
    ]


def commands_router(excluded: Collection[str] = EXCLUDED) -> APIRouter:
    """``excluded``: names of commands that have routes of their own."""
    router = APIRouter(prefix="/lots")
    create = COMMANDS[CREATE]
    router.add_api_route("", _creation(create), methods=["POST"], status_code=201, **_described(create, ""))
    for command in routed(excluded):
        router.add_api_route(
            f"/{{lot_id}}/{command.NAME}", _endpoint(command), methods=["POST"], **_described(command, LOT)
        )
    return router


def _endpoint(command: type[Command]) -> Any:
    async def give(
        request: Request, lot_id: LotId, actor: Acting, found: Annotated[Services, Depends(services)]
    ) -> Response:
        given, call = await take(request, command, lot_id, actor)
        return answered(await found.platform.execute(lot_id, given, call))

    return give


def _creation(command: type[Command]) -> Any:
    async def create(
        request: Request, actor: Acting, found: Annotated[Services, Depends(services)]
    ) -> Response:
        given, call = await take(request, command, None, actor)
        lot_id, outcome = await found.platform.create(given, call)
        return answered(outcome, 201, {"Location": f"/lots/{lot_id}"})

    return create


def _of_lots() -> list[tuple[str, type[Command]]]:
    return [item for item in COMMANDS.items() if item[0].partition("/")[0] not in ELSEWHERE]


def _lifecycle(item: tuple[str, type[Command]]) -> tuple[int, str]:
    phase = item[0].partition("/")[0]
    return list(BY_PHASE).index(phase), item[0]


def _described(command: type[Command], lot: str) -> dict[str, Any]:
    """What the OpenAPI document says about the route. ``lot``: empty for the one that creates it."""
    phase, _, verb = command.NAME.partition("/")
    fields = example(command.NAME)
    parameters = [
        header(HEADER, "Your name for this act; the same on a retry.", "0f5a1c1e-7d0e-4b57", required=True)
    ]
    if lot and command.GUARDED:
        parameters.append(header("If-Match", "The lot's ETag as you saw it.", '"7"', required=True))
    body = _body(command, fields, lot or None)
    who = ", ".join(sorted(command.BY - {Standing.PLATFORM}))
    doc = " ".join((command.__doc__ or "").split())
    return {
        "tags": [tag(phase)],
        "summary": verb if lot else "create a lot",
        "description": f"{doc}\n\nWho: {who}." + (" Signed." if command.BINDING else ""),
        "operation_id": f"{phase}_{verb.replace('-', '_')}" if lot else "create_lot",
        "responses": {
            201 if not lot else 200: {
                "description": "Done",
                "headers": {"ETag": {"description": "The lot's version", "schema": {"type": "string"}}},
                "content": {"application/json": {"schema": ref(Answer)}},
            },
        },
        "openapi_extra": {"requestBody": body, "parameters": parameters},
    }


def _body(command: type[Command], fields: dict[str, Any], lot: str | None) -> dict[str, Any]:
    if not command.BINDING:
        return request_body(ref(command), fields)
    return request_body(signed_schema(command), signed_example(command.NAME, fields, lot))


def signed_schema(command: type[Command]) -> dict[str, Any]:
    """``Binding`` with the command's own fields as the statement's body."""
    text = {"type": "string"}
    statement = {
        "type": "object",
        "properties": {
            "v": {"const": 1},
            "act": {"const": command.NAME},
            "lot": {"type": ["string", "null"]},
            "by": text,
            "credential": text,
            "at": text,
            "body": ref(command),
        },
        "required": ["v", "act", "lot", "by", "credential", "at", "body"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"statement": statement, "signature": text},
        "required": ["statement", "signature"],
        "additionalProperties": False,
    }
