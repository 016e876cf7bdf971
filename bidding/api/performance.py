"""Payments over all contracts: what public bodies owed at a year's end, and how departments stand."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from bidding.api.commands import signed_schema, take
from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks
from bidding.api.examples import example, signed_example
from bidding.api.schemas import header, json_answer, request_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.performance import departments, overdue
from bidding.domain.command import Command
from bidding.domain.errors import Forbidden
from bidding.domain.parties import Role
from bidding.domain.performance.commands import MakeCommitment, ReportCommitment
from bidding.domain.performance.commitments import Commitment, State
from bidding.domain.performance.publication import OverdueList
from bidding.domain.performance.standing import DebtStanding
from bidding.domain.periods import local_date

router = APIRouter(prefix="/performance", tags=[tag("performance")])

Year = Annotated[int, Query(ge=2000, le=2200, description="The year whose end is meant. 年度。")]


AfterName = Annotated[
    str | None, Query(max_length=200, description="Last name of the page before. 上页末名。")
]


class OverduePage(OverdueList, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    next: str | None = None


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """As ``DebtStanding``: ``amounts`` in 分 and ``counts`` of invoices by class; ``score`` in hundredths."""

    name: str
    total_fen: int
    count: int
    amounts: dict[str, int]
    counts: dict[str, int]
    interest_fen: int
    undelivered: int
    score: int


class Departments(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    departments: tuple[Department, ...]
    next: str | None = None


class CommitmentShown(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: OPEN, OVERDUE, RECTIFYING, KEPT or KEPT_LATE, today."""

    state: State
    commitment: Commitment


class Commitments(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    commitments: tuple[CommitmentShown, ...]
    next: int | None = None


@router.get(
    "/overdue",
    summary="Overdue contracts of public bodies at a year's end · 年度逾期未支付合同公示",
    responses=json_answer(OverduePage),
)
async def yearly(
    found: AtDesks, year: Year, after: AfterName = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Public, without login, from the first day after the year; due by 31 March (款项条例 18). By the bodies' names: a
    page looks at ``limit`` bodies and tells of those that owe."""
    told, following = await overdue(found.lists, year, after=after, limit=limit)
    page = OverduePage(**msgspec.structs.asdict(told), next=following)
    return Response(msgspec.json.encode(page), media_type="application/json")


@router.get(
    "/departments",
    summary="How each department pays · 各单位履约与付款情况",
    responses=json_answer(Departments),
)
async def standings(
    actor: Acting,
    found: AtDesks,
    after: AfterName = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """For supervisors and the centre: every class of debt, which together make up the whole (R-NB-HF-05)."""
    if actor.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR}):
        raise Forbidden("not-permitted", command="performance/departments", needed=["operator", "supervisor"])
    known = await departments(found.lists, after=after, limit=limit + 1)
    names = list(known)[:limit]
    shown = Departments(
        departments=tuple(shown_as(name, known[name]) for name in names),
        next=names[-1] if len(known) > limit else None,
    )
    return Response(msgspec.json.encode(shown), media_type="application/json")


def _described(command: type[Command]) -> dict[str, Any]:
    body = request_body(signed_schema(command), signed_example(command.NAME, example(command.NAME)))
    return {
        "requestBody": body,
        "parameters": [header("Idempotency-Key", "Your name for this act.", "0f5a1c1e-7d0e", required=True)],
    }


@router.get(
    "/commitments",
    summary="Yearly commitments and how they ended · 年度承诺",
    responses=json_answer(Commitments),
)
async def commitments(
    found: AtDesks,
    year: Year,
    after: Annotated[int | None, Query(ge=1, description="`next` of the page before. 上页的 next。")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Public, without login: what units promised for the year, kept or not, and why not (R-NB-HF-05)."""
    page = await found.lists.commitments(
        year, after=after, limit=limit + 1, written=found.commitments.written
    )
    today = local_date(found.lists.now())
    shown = Commitments(
        commitments=tuple(CommitmentShown(state=one.state(today), commitment=one) for _, one in page[:limit]),
        next=page[limit - 1][0] if len(page) > limit else None,
    )
    return Response(msgspec.json.encode(shown), media_type="application/json")


@router.post(
    "/commitments",
    status_code=201,
    summary="Make a yearly commitment · 作出年度承诺",
    openapi_extra=_described(MakeCommitment),
)
async def make_commitment(request: Request, actor: Acting, found: AtDesks) -> Response:
    """For tenderers. It is published at once and not taken back."""
    command, call = await take(request, MakeCommitment, None, actor)
    return Response(await found.commitments.give(command, call), 201, media_type="application/json")


@router.post(
    "/commitments/report",
    summary="Report how a commitment ended · 报告承诺兑现情况",
    openapi_extra=_described(ReportCommitment),
)
async def report_commitment(request: Request, actor: Acting, found: AtDesks) -> Response:
    """Kept, with evidence; or not, with cause, response and the day agreed: all of it is published."""
    command, call = await take(request, ReportCommitment, None, actor)
    return Response(await found.commitments.give(command, call), media_type="application/json")


def shown_as(name: str, one: DebtStanding) -> Department:
    return Department(
        name=name,
        total_fen=one.total_fen,
        count=one.count,
        amounts=one.amounts,
        counts=one.counts,
        interest_fen=one.interest_fen,
        undelivered=one.undelivered,
        score=one.score,
    )
