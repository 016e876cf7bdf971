"""Lots as their readers may know them: the public list, one lot, its events. No login is needed."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response

from bidding.api import cursors
from bidding.api.commands import LotId
from bidding.api.cursors import After, Limit
from bidding.api.desks import AtDesks
from bidding.api.packing import packed
from bidding.api.preconditions import etag
from bidding.api.problems import BadRequest
from bidding.api.schemas import json_answer
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.application.platform import described
from bidding.application.ports import LotRow
from bidding.domain.disclosure import addressed, sight, view, visible
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Standing
from bidding.domain.permissions import standings
from bidding.domain.registry import COMMANDS

router = APIRouter(prefix="/lots", tags=[tag("public")])

#: Who needs the lot's true version, because a command of theirs asks for it. Any member may file a lot, but
#: is its host from then on.
_GUARDED_FOR = frozenset().union(*(command.BY for command in COMMANDS.values() if command.GUARDED)) - {
    Standing.MEMBER
}


class LotLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the public list. ``phase`` as in the lot; ``position`` in the public feed."""

    lot: str
    title: str
    project_code: str
    category: str
    regime: str
    region: str
    mode: str
    phase: Phase
    deadline: datetime | None
    noticed_at: datetime | None
    tenderer: str
    agency: str
    position: int


class LotPage(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: the cursor of the following page, null after the last."""

    lots: tuple[LotLine, ...]
    next: str | None


class LotShown(Lot, frozen=True, kw_only=True):
    """``now``: the lot's own instant (a test lot's time runs at its own rate); ``standings``: yours."""

    now: datetime
    standings: tuple[Standing, ...]


class EventShown(msgspec.Struct, frozen=True, kw_only=True):
    """``event``: its fields and its topic as ``type``."""

    position: int
    at: datetime
    lot: str
    event: dict[str, Any]


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    events: tuple[EventShown, ...]


Mode = Annotated[
    Literal["live", "test"], Query(description="Test lots are shown only to who asks. 测试标段须指明。")
]
Position = Annotated[int, Query(ge=0, le=2**53 - 1, description="The last position you have seen.")]


@router.get("", summary="Published lots, newest first · 标段列表", responses=json_answer(LotPage))
async def lots(
    request: Request,
    found: AtDesks,
    mode: Mode = "live",
    phase: Annotated[list[str] | None, Query(max_length=20)] = None,
    category: Annotated[str | None, Query(max_length=20)] = None,
    text: Annotated[str | None, Query(max_length=100)] = None,
    cursor: After = None,
    limit: Limit = cursors.DEFAULT_LIMIT,
) -> Response:
    """A page of lots and, where there are more, the cursor of the next."""
    try:
        rows, following = await found.platform.readmodels.lots(
            mode=mode, phases=phase, category=category, text=text, after=cursor, limit=limit
        )
    except ValueError:
        raise BadRequest("cursor-invalid") from None
    return packed(request, msgspec.json.encode(LotPage(lots=tuple(map(line, rows)), next=following)))


@router.get(
    "/{lot_id}", summary="One lot, as far as you may see it · 标段详情", responses=json_answer(LotShown)
)
async def lot(request: Request, lot_id: LotId, actor: Viewing, found: AtDesks) -> Response:
    """A fold of the events that you may see. The ETag is for `If-Match`: the lot's version.

    To whoever has no guarded command to give it counts the events that they see: the true one would count
    those that they may not.
    """
    recorded, known = await found.platform.recorded(lot_id, actor)
    mine = standings(actor, known)
    shown = view(lot_id, (one.event for one in recorded), sight(actor, known))
    if actor is not None:
        shown = addressed(shown, known, actor.party)
    version = shown.version if mine.isdisjoint(_GUARDED_FOR) else known.version
    content: dict[str, Any] = msgspec.to_builtins(shown)
    content["version"] = version
    content["now"] = found.platform.lot_now(known)
    content["standings"] = sorted(mine)
    text, headers = msgspec.json.encode(content), {"ETag": etag(version)}
    return _json(text, headers) if actor is not None else packed(request, text, headers)


@router.get(
    "/{lot_id}/events", summary="A lot's public events · 标段公开事件", responses=json_answer(EventPage)
)
async def events(
    request: Request, lot_id: LotId, found: AtDesks, after: Position = 0, limit: Limit = cursors.DEFAULT_LIMIT
) -> Response:
    """Positions are those of the public feed."""
    recorded, _ = await found.platform.recorded(lot_id, None)
    shown = [
        {
            "position": one.feed_position,
            "at": one.recorded_at,
            "lot": lot_id,
            "event": described(one.event),
        }
        for one in recorded
        if one.feed_position is not None and one.feed_position > after and visible(one.event, frozenset())
    ]
    return packed(request, msgspec.json.encode({"events": shown[:limit]}))


def line(row: LotRow) -> LotLine:
    return LotLine(
        lot=row.lot_id,
        title=row.title,
        project_code=row.project_code,
        category=row.category,
        regime=row.regime,
        region=row.region,
        mode=row.mode,
        phase=Phase(row.phase),
        deadline=row.deadline,
        noticed_at=row.noticed_at,
        tenderer=row.tenderer,
        agency=row.agency,
        position=row.feed_position,
    )


def _json(content: bytes, headers: dict[str, str]) -> Response:
    return Response(content, headers=headers, media_type="application/json")
