"""The desk of an agency or tenderer: its own lots, and what it must know to file and to book."""

from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks, Desks
from bidding.api.schemas import json_answer
from bidding.api.services import services
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.api.timeline import NodeShown, nodes_of
from bidding.domain.admission.catalogue import CATALOGUE, Item
from bidding.domain.admission.filing import Category, ChecklistEntry, Mode
from bidding.domain.admission.sharing import shared
from bidding.domain.disclosure import sight, view
from bidding.domain.errors import Forbidden, Unknown
from bidding.domain.lot import Phase
from bidding.domain.parties import Actor, Role, Standing
from bidding.domain.permissions import standings
from bidding.domain.timeline import State

router = APIRouter(prefix="/offices", tags=[tag("admission")])

Uscc = Annotated[str, Path(pattern="^[0-9A-Z]{18}$", examples=["11420902MB1A00001X"])]
Month = Annotated[str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
AfterLot = Annotated[
    str | None,
    Query(
        alias="after", pattern=r"^[0-9A-Za-z-]{1,64}$", description="Last lot of the page before. 上页末条。"
    ),
]


class LotAtOffice(msgspec.Struct, frozen=True, kw_only=True):
    """``now``: the lot's own instant; ``nodes``: of its timeline, those that are open or late."""

    lot: str
    title: str
    number: str
    phase: Phase
    mode: str
    category: str
    regime: str
    deadline: datetime | None
    suspended: bool
    now: datetime
    standings: tuple[Standing, ...]
    nodes: tuple[NodeShown, ...]


class LotsAtOffice(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    lots: tuple[LotAtOffice, ...]
    next: str | None


class TendererFound(msgspec.Struct, frozen=True, kw_only=True):
    party: str
    name: str
    uscc: str


class Checklists(msgspec.Struct, frozen=True, kw_only=True):
    """``items``: by category; those with ``agency_only`` are asked where an agency hosts the lot."""

    items: dict[str, tuple[Item, ...]]


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """``items``: with their references and the file that each was accepted with."""

    items: tuple[ChecklistEntry, ...]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    working: bool


class Days(msgspec.Struct, frozen=True, kw_only=True):
    days: tuple[Day, ...]


@router.get("/lots", summary="Lots of my office · 本单位的标段", responses=json_answer(LotsAtOffice))
async def lots(
    actor: Acting, found: AtDesks, after: AfterLot = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Those that you host or tender, unpublished ones included, newest file first."""
    ids = await found.platform.readmodels.lots_of(actor.party, after=after, limit=limit + 1)
    shown = [await _line(lot_id, actor, found) for lot_id in ids[:limit]]
    following = ids[limit - 1] if len(ids) > limit else None
    return _json(LotsAtOffice(lots=tuple(shown), next=following))


@router.get(
    "/tenderers/{uscc}", summary="A tenderer by its USCC · 查找招标人", responses=json_answer(TendererFound)
)
async def tenderer(uscc: Uscc, request: Request, actor: Acting) -> Response:
    """For agencies and tenderers, who name the tenderer in a file. Of other parties nothing is told."""
    if actor.roles.isdisjoint({Role.AGENCY, Role.TENDERER}):
        raise Forbidden("not-permitted", command="admission/submit", needed=["agency", "tenderer"])
    known = await services(request).identity.holder(uscc)
    if not known.verified or Role.TENDERER not in known.roles:
        raise Unknown("uscc-no-tenderer", rule="R-PLAT-08")
    return _json(TendererFound(party=known.party, name=known.name, uscc=known.uscc))


@router.get(
    "/shared",
    summary="Papers of a project that are known already · 已共享的资料",
    responses=json_answer(Shared),
)
async def known(
    request: Request,
    actor: Acting,
    found: AtDesks,
    tenderer: Annotated[
        str, Query(pattern=r"^[0-9A-Za-z-]{1,64}$", description="Its party id. 招标人编号。")
    ],
    project_code: Annotated[str, Query(max_length=64, description="The project's code. 项目代码。")],
    category: Annotated[str, Query(max_length=16, description="As in the file: 市政. 类别。")],
    mode: Annotated[str, Query(pattern="^(live|test)$")] = Mode.LIVE.value,
) -> Response:
    """For agencies and tenderers: what a new file of this project need not bring again (R-NB-HM-05)."""
    if actor.roles.isdisjoint({Role.AGENCY, Role.TENDERER}):
        raise Forbidden("not-permitted", command="admission/submit", needed=["agency", "tenderer"])
    if category not in set(Category):
        raise Unknown("no-such-category", rule="R-GEN-01", known=[one.value for one in Category])
    earlier = await found.admission.earlier(tenderer, Mode(mode))
    return _json(Shared(items=shared(Category(category), project_code, tenderer, earlier)))


@router.get("/checklists", summary="What a file must hold · 进场资料清单", responses=json_answer(Checklists))
async def checklists() -> Response:
    """By category, each with the article that asks for it; what is deferrable may follow (R-SVC-03, R-NB-HM-01)."""
    return _json(Checklists(items={category.value: items for category, items in CATALOGUE.items()}))


@router.get(
    "/calendar/{month}",
    tags=[tag("booking")],
    summary="Working days of a month · 工作日历",
    responses=json_answer(Days),
)
async def calendar(month: Month, found: AtDesks) -> Response:
    """By the State Council's holiday notice, make-up workdays included (R-TIME-03)."""
    day = date.fromisoformat(f"{month}-01")
    days = []
    while day.strftime("%Y-%m") == month:
        days.append(Day(day=day, working=found.platform.calendar.is_workday(day)))
        day += timedelta(days=1)
    return _json(Days(days=tuple(days)))


async def _line(lot_id: str, actor: Actor, found: Desks) -> LotAtOffice:
    recorded, known = await found.platform.recorded(lot_id, actor)
    mine = standings(actor, known)
    shown = view(lot_id, (one.event for one in recorded), sight(actor, known))
    admission = shown.admission
    nodes = [
        node for node in nodes_of(found.platform, shown, known) if node.state in (State.OPEN, State.LATE)
    ]
    return LotAtOffice(
        lot=lot_id,
        title=admission.title,
        number=admission.number,
        phase=shown.phase,
        mode=admission.mode,
        category=admission.category or "",
        regime=admission.regime or "",
        deadline=shown.notice.deadline,
        suspended=shown.control.suspended is not None,
        now=found.platform.lot_now(known),
        standings=tuple(sorted(mine)),
        nodes=tuple(nodes),
    )


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
