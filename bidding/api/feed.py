"""The change feed of public events: everything that anyone may know, in order, for ever."""

from typing import Any

import msgspec
from fastapi import APIRouter, Response

from bidding.api import cursors
from bidding.api.cursors import Limit
from bidding.api.desks import AtDesks
from bidding.api.lots import Mode, Position
from bidding.api.tags import tag
from bidding.application.platform import described

router = APIRouter(tags=[tag("public")])

_LOTS = "lot-"


@router.get("/feed", summary="Public events after a position · 公开事件流")
async def feed(
    found: AtDesks, after: Position = 0, limit: Limit = cursors.DEFAULT_LIMIT, mode: Mode = "live"
) -> Response:
    """Ask again with `after` = the last `position`. Positions count public events only, of all lots.

    Test lots have this feed for themselves under `mode=test`; `end` is how far this answer has looked.
    """
    shown: list[dict[str, Any]] = []
    looked = after
    for one in await found.platform.journal.feed(after, limit):
        assert one.feed_position is not None
        looked = one.feed_position
        lot_id = one.stream.removeprefix(_LOTS)
        if await found.platform.mode_of(lot_id) == mode:
            shown.append(
                {
                    "position": one.feed_position,
                    "at": one.recorded_at,
                    "lot": lot_id,
                    "event": described(one.event),
                }
            )
    return Response(msgspec.json.encode({"events": shown, "end": looked}), media_type="application/json")
