"""The desk of supervision and of the centre: all lots with what awaits them, and a lot's record in words."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from bidding.api.commands import LotId
from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks, Desks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting, Viewing
from bidding.api.tags import tag
from bidding.api.timeline import NodeShown, nodes_of
from bidding.application.chronicle import Entry, told
from bidding.application.platform import described
from bidding.domain.disclosure import sight, view, visible
from bidding.domain.errors import Forbidden
from bidding.domain.lot import Phase
from bidding.domain.parties import Actor, Role
from bidding.domain.supervision import Awaited, awaited
from bidding.domain.timeline import Light, State

router = APIRouter(tags=[tag("control")])

AfterLot = Annotated[
    str | None,
    Query(
        alias="after", pattern=r"^[0-9A-Za-z-]{1,64}$", description="Last lot of the page before. 上页末条。"
    ),
]
AfterEntry = Annotated[int, Query(ge=0, le=2**31, description="The last entry you have. 已有的最后一条。")]


class LotWatched(msgspec.Struct, frozen=True, kw_only=True):
    """``awaited``: what waits for the supervising authority; ``alerts``: raised and not acknowledged; ``nodes``: of
    the timeline, those whose light is not green."""

    lot: str
    title: str
    number: str
    phase: Phase
    mode: str
    regime: str
    category: str
    host: str
    tenderer: str
    deadline: datetime | None
    suspended: bool
    now: datetime
    awaited: tuple[Awaited, ...]
    alerts: int
    nodes: tuple[NodeShown, ...]


class LotsWatched(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after`` for the following page, null after the last."""

    lots: tuple[LotWatched, ...]
    next: str | None


class EntryShown(Entry, frozen=True, kw_only=True):
    """``number`` counts the entries that you may see; ``event``: its fields and its topic as ``type``."""

    number: int
    event: dict[str, Any]


class ChroniclePage(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: give it as ``after``, null after the last."""

    entries: tuple[EntryShown, ...]
    next: int | None


@router.get(
    "/supervision/lots",
    summary="All lots, and what awaits you · 全部标段与待办",
    responses=json_answer(LotsWatched),
)
async def lots(
    actor: Acting, found: AtDesks, after: AfterLot = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """For supervisors and the centre, unpublished lots included, newest file first."""
    _require_watching(actor)
    ids = await found.platform.readmodels.all_lots(after=after, limit=limit + 1)
    shown = [await _line(lot_id, actor, found) for lot_id in ids[:limit]]
    following = ids[limit - 1] if len(ids) > limit else None
    return _json(LotsWatched(lots=tuple(shown), next=following))


@router.get(
    "/supervision/lots/{lot_id}",
    summary="One lot, and what awaits you · 一个标段的待办",
    responses=json_answer(LotWatched),
)
async def lot(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    _require_watching(actor)
    return _json(await _line(lot_id, actor, found))


@router.get(
    "/lots/{lot_id}/chronicle",
    summary="The lot's record in words, each entry with its clause · 标段大事记与依据",
    responses=json_answer(ChroniclePage),
)
async def lot_chronicle(
    lot_id: LotId, actor: Viewing, found: AtDesks, after: AfterEntry = 0, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Every event that you may see, oldest first: a spectator the public ones, supervision all but what is sealed."""
    recorded, known = await found.platform.recorded(lot_id, actor)
    mine = sight(actor, known)
    shown = [one for one in recorded if visible(one.event, mine)]
    entries = told([(one.recorded_at, one.event) for one in shown])
    page = [
        EntryShown(**msgspec.structs.asdict(entry), number=number, event=described(one.event))
        for number, (entry, one) in enumerate(zip(entries, shown, strict=True), start=1)
    ][after : after + limit]
    more = after + len(page) < len(shown)
    return _json(ChroniclePage(entries=tuple(page), next=after + len(page) if more else None))


def _require_watching(actor: Actor) -> None:
    if actor.roles.isdisjoint({Role.SUPERVISOR, Role.OPERATOR}):
        raise Forbidden("not-permitted", command="supervision/lots", needed=["operator", "supervisor"])


async def _line(lot_id: str, actor: Actor, found: Desks) -> LotWatched:
    recorded, known = await found.platform.recorded(lot_id, actor)
    shown = view(lot_id, (one.event for one in recorded), sight(actor, known))
    admission = shown.admission
    nodes = [
        node
        for node in nodes_of(found.platform, shown, known)
        if node.light != Light.GREEN and node.state in (State.OPEN, State.LATE)
    ]
    return LotWatched(
        lot=lot_id,
        title=shown.notice.title or admission.title,
        number=admission.number,
        phase=shown.phase,
        mode=admission.mode,
        regime=admission.regime or "",
        category=admission.category or "",
        host=admission.host_name,
        tenderer=admission.tenderer_name,
        deadline=shown.notice.deadline,
        suspended=shown.control.suspended is not None,
        now=found.platform.lot_now(known),
        awaited=awaited(shown) if Role.SUPERVISOR in actor.roles else (),
        alerts=sum(one.acknowledged_at is None for one in shown.alerts.all),
        nodes=tuple(nodes),
    )


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
