"""What the screen on the wall shows (R-NB-ZX-05)."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from bidding.api.cursors import Limit
from bidding.api.desks import AtDesks
from bidding.api.lots import LotLine, Mode, line
from bidding.api.packing import packed
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.application.wall import Wall, WallEvent

router = APIRouter(tags=[tag("public")])


class WallShown(msgspec.Struct, frozen=True, kw_only=True):
    """``running``: openings of now; ``coming``: those whose deadline is in the next 24 hours; ``events``: public ones
    of the last 24, newest first; ``next``: give it as ``before`` for those before, null after the last."""

    now: datetime
    running: tuple[LotLine, ...]
    coming: tuple[LotLine, ...]
    events: tuple[WallEvent, ...]
    next: int | None


@router.get(
    "/wall", summary="Openings and the day's public events · 挂图作战", responses=json_answer(WallShown)
)
async def wall(
    request: Request,
    found: AtDesks,
    mode: Mode = "live",
    before: Annotated[int | None, Query(ge=1, description="`next` of the page before. 上页的 next。")] = None,
    limit: Limit = 30,
) -> Response:
    """Without login, for a screen: nothing that `/lots` and `/feed` do not tell anyone."""
    screen = Wall(found.platform)
    told = await screen.feed(mode, before, limit)
    shown = WallShown(
        now=found.platform.clock.now(),
        running=tuple(map(line, await screen.running(mode))),
        coming=tuple(map(line, await screen.coming(mode))),
        events=told.events,
        next=told.next,
    )
    return packed(request, msgspec.json.encode(shown))
