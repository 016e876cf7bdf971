"""Records for public service platforms that fetch instead of being pushed to (R-PLAT-10, R-DATA-01). No login."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.application.exchange.ports import Channel
from bidding.application.exchange.record import DataRecord

router = APIRouter(prefix="/exchange", tags=[tag("media")])

After = Annotated[int, Query(ge=0, le=2**53 - 1, description="The last number you have. 已有的最后编号。")]


class RecordSent(DataRecord, frozen=True, kw_only=True):
    """``number``: give the last one as ``after``; numbers have gaps, which tell nothing."""

    number: int


class RecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """``next``: the following page's ``after``, null after the last."""

    records: tuple[RecordSent, ...]
    next: int | None


@router.get(
    "/records", summary="Records in the exchange format · 交换数据", responses=json_answer(RecordPage)
)
async def records(found: AtDesks, after: After = 0, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Field names of 公共资源交易平台系统数据规范. A record is named by key and stamp; the same key under a later stamp
    is its new version."""
    items = await found.outbox.items(Channel.SERVICE, after, limit + 1)
    page = RecordPage(
        records=tuple(
            RecordSent(
                number=one.number, **msgspec.structs.asdict(msgspec.json.decode(one.body, type=DataRecord))
            )
            for one in items[:limit]
        ),
        next=items[limit - 1].number if len(items) > limit else None,
    )
    return Response(msgspec.json.encode(page), media_type="application/json")
