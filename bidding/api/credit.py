"""The credit register: read by every party, kept by supervisors (R-CRDT-01, R-NB-SS-03)."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from bidding.api.commands import signed_schema, take
from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks
from bidding.api.examples import example, signed_example
from bidding.api.schemas import header, json_answer, request_body
from bidding.api.services import services
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.credit import conducts, described, effects
from bidding.application.performance import require_over
from bidding.domain.command import Command
from bidding.domain.credit.commands import AttestCredit, DecideConduct, ListUnit, RepairUnit
from bidding.domain.credit.yearly import Waiting, YearlyEvaluation, waiting, yearly_evaluation
from bidding.domain.errors import Forbidden
from bidding.domain.parties import Role

router = APIRouter(prefix="/credit", tags=[tag("credit")])


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    uscc: str
    name: str
    waiting: tuple[Waiting, ...]


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    units: tuple[Proposed, ...]
    next: int | None = None


Year = Annotated[int, Query(ge=2000, le=2200, description="The year whose end is meant. 年度。")]
Uscc = Annotated[str, Path(pattern="^[0-9A-Z]{18}$", examples=["91420902MA4900002B"])]


def _described(command: type[Command]) -> dict[str, Any]:
    body = request_body(signed_schema(command), signed_example(command.NAME, example(command.NAME)))
    return {
        "requestBody": body,
        "parameters": [header("Idempotency-Key", "Your name for this act.", "0f5a1c1e-7d0e", required=True)],
    }


@router.post("", status_code=201, summary="Enter a record · 登记失信记录", openapi_extra=_described(ListUnit))
async def list_unit(request: Request, actor: Acting, found: AtDesks) -> Response:
    command, call = await take(request, ListUnit, None, actor)
    return Response(await found.credit.list_unit(command, call), 201, media_type="application/json")


@router.post(
    "/attest",
    status_code=201,
    summary="Attest a look-up by hand · 登记人工查询",
    openapi_extra=_described(AttestCredit),
)
async def attest(request: Request, actor: Acting, found: AtDesks) -> Response:
    """Where a source outside is silent: it was looked at by hand, and what it lists is entered here by itself."""
    command, call = await take(request, AttestCredit, None, actor)
    assert isinstance(command, AttestCredit)
    return Response(await found.credit.attest(command, call), 201, media_type="application/json")


@router.post("/repair", summary="Repair a record · 信用修复", openapi_extra=_described(RepairUnit))
async def repair_unit(request: Request, actor: Acting, found: AtDesks) -> Response:
    """Lifts its effect at once; lots that had found the unit listed look again. The history stays."""
    command, call = await take(request, RepairUnit, None, actor)
    return Response(await found.credit.repair_unit(command, call), media_type="application/json")


@router.post(
    "/conduct", summary="Decide on conduct found · 认定失信行为", openapi_extra=_described(DecideConduct)
)
async def decide_conduct(request: Request, actor: Acting, found: AtDesks) -> Response:
    """Record what was proposed, or dismiss a finding; what is dismissed stays readable and has no weight."""
    command, call = await take(request, DecideConduct, None, actor)
    return Response(await found.credit.decide_conduct(command, call), media_type="application/json")


@router.get("/conducts", summary="Which conduct goes on record, by which clause · 失信行为清单")
async def conduct_table() -> Response:
    """`automatic`: recorded at once; else a supervisor decides. None of them bars anybody by itself (R-NB-SS-02)."""
    return Response(msgspec.json.encode(conducts()), media_type="application/json")


@router.get(
    "/proposals",
    summary="Conduct that waits for a decision · 待认定失信行为",
    responses=json_answer(Proposals),
)
async def proposals(
    actor: Acting,
    found: AtDesks,
    after: Annotated[int | None, Query(ge=1, description="`next` of the page before. 上页的 next。")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """For supervisors: units with findings to decide, each with how long it has waited (R-NB-SS-05)."""
    if Role.SUPERVISOR not in actor.roles:
        raise Forbidden("not-permitted", command=DecideConduct.NAME, needed=["supervisor"])
    page = await found.lists.proposals(after=after, limit=limit + 1, written=found.credit.written)
    now = found.lists.now()
    shown = Proposals(
        units=tuple(
            Proposed(uscc=unit.uscc, name=unit.name, waiting=waiting(unit.conduct, now))
            for _, unit in page[:limit]
        ),
        next=page[limit - 1][0] if len(page) > limit else None,
    )
    return Response(msgspec.json.encode(shown), media_type="application/json")


@router.get(
    "/evaluation",
    summary="A year's evaluation of conduct · 年度信用评价",
    responses=json_answer(YearlyEvaluation),
)
async def evaluation(found: AtDesks, year: Year) -> Response:
    """Public, without login, from the first day after the year; numbers alone, no names (R-NB-SS-05)."""
    require_over(year, found.lists.now(), "R-NB-SS-05")
    units = await found.lists.conduct(year)
    shown = yearly_evaluation([unit.conduct for unit in units], year)
    return Response(msgspec.json.encode(shown), media_type="application/json")


@router.get("/effects", summary="What each list does, by which law · 名单后果与依据")
async def table() -> Response:
    """A list that has no line for a regime has no effect in it (R-NB-SS-02)."""
    return Response(msgspec.json.encode(effects()), media_type="application/json")


@router.get("/{uscc}", summary="A unit's record with its history · 信用记录")
async def record(uscc: Uscc, request: Request, actor: Acting, found: AtDesks) -> Response:
    """List entries for every party; `conduct` for the unit itself and supervisors."""
    mine = (await services(request).identity.party(actor.party)).uscc == uscc
    known = described(await found.credit.record(uscc), whole=mine or Role.SUPERVISOR in actor.roles)
    return Response(msgspec.json.encode({**known, "uscc": uscc}), media_type="application/json")
