"""The statistics 交易零成本, from public events alone: no login, and nothing before a lot's submission has closed."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Response

from bidding.api import cursors
from bidding.api.cursors import Limit
from bidding.api.desks import AtDesks
from bidding.api.tags import tag
from bidding.application.figures import Set
from bidding.domain.benefits.figures import Dimension
from bidding.domain.benefits.lines import Figure

router = APIRouter(prefix="/statistics", tags=[tag("public")])

Which = Annotated[
    Set, Query(alias="set", description="`demo` is generated data, and says so. 演示数据为生成数据。")
]
Month = r"^([0-9]{4}(-[0-9]{2})?)?$"
First = Annotated[str, Query(alias="from", pattern=Month, description="First month, 2022-01; empty: all.")]
Last = Annotated[str, Query(alias="to", pattern=Month, description="Last month, included; empty: all.")]
OneFigure = Annotated[Figure, Path(examples=["bid-deposit"])]


@router.get("", summary="What was waived and saved · 交易零成本统计")
async def statistics(found: AtDesks, which: Which = "live", first: First = "", last: Last = "") -> Response:
    """Every figure with its rule and its groups by month, category, funding, size, home region, policy and method.

    Amounts are integer 分, `unit` says where a figure counts instead; `estimate` marks the one that rests on the unit
    table in `method`. A lot counts from the close of its submission on: before that, how many bid is a secret.
    """
    return _json(await found.statistics.summary(which, first, last or "9999-99"))


@router.get("/{figure}", summary="The lines and events behind a figure · 下钻到事件")
async def drill(
    found: AtDesks,
    figure: OneFigure,
    which: Which = "live",
    dimension: Dimension = Dimension.MONTH,
    value: Annotated[str, Query(max_length=100, description="One group's value; a month by its start.")] = "",
    first: First = "",
    last: Last = "",
    after: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Limit = cursors.DEFAULT_LIMIT,
) -> Response:
    """Each line with its lot and the public events that it rests on; `next` is the `after` of the following page."""
    return _json(
        await found.statistics.lines(
            which, figure, dimension, value, first=first, last=last or "9999-99", after=after, limit=limit
        )
    )


def _json(content: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
