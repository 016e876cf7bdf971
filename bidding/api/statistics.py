"""The statistics 交易零成本, from public events alone: no login, and nothing before a lot's submission has closed."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from bidding.api import cursors
from bidding.api.cursors import Limit
from bidding.api.desks import AtDesks
from bidding.api.packing import packed
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.application.figures import Set
from bidding.domain.benefits.figures import Dimension
from bidding.domain.benefits.lines import Figure
from bidding.domain.benefits.origin import Basis, Example, Extrapolation

router = APIRouter(prefix="/statistics", tags=[tag("public")])

Which = Annotated[
    Set, Query(alias="set", description="`demo` is generated data, and says so. 演示数据为生成数据。")
]
Month = r"^([0-9]{4}(-[0-9]{2})?)?$"
First = Annotated[str, Query(alias="from", pattern=Month, description="First month, 2022-01; empty: all.")]
Last = Annotated[str, Query(alias="to", pattern=Month, description="Last month, included; empty: all.")]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` in the figure's unit; ``lines``: how many lines it sums."""

    value: str
    amount: int
    lines: int


class ExampleShown(Example, frozen=True, kw_only=True):
    """The lot with most of the figure."""

    title: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """How the figure comes about. ``year``: drawn from past months, and in no sum; null where there are too few."""

    basis: Basis
    zh: str
    en: str
    example: ExampleShown | None
    year: Extrapolation | None


class FigureShown(msgspec.Struct, frozen=True, kw_only=True):
    """``unit``: fen or count; ``retender``: the part of ``value`` that lots tendered again have."""

    figure: str
    zh: str
    en: str
    unit: Literal["fen", "count"]
    rule: str
    article: str
    estimate: bool
    label: str
    value: int
    lines: int
    retender: int
    by: dict[str, tuple[Group, ...]]
    origin: Origin


class Summary(msgspec.Struct, frozen=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """``generated``: the set is no real trade; ``zh``, ``en`` say so. ``indicators``: counts, means as decimal text."""

    set: Set
    generated: bool
    zh: str
    en: str
    position: int
    first: str
    last: str
    figures: tuple[FigureShown, ...]
    indicators: dict[str, int | str | None]
    method: dict[str, Any]
    deviations: Any


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A public event that a line rests on. ``type``: its topic."""

    position: int
    type: str
    at: datetime


class LineShown(msgspec.Struct, frozen=True, kw_only=True):
    lot: str
    title: str
    name: str
    uscc: str
    amount: int
    bids: int
    month: str
    retender: bool
    events: tuple[Source, ...]


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """A page of ``count`` lines that sum to ``total``; ``next``: the ``after`` of the following page."""

    figure: str
    rule: str
    dimension: str
    value: str
    total: int
    count: int
    lines: tuple[LineShown, ...]
    next: int | None


OneFigure = Annotated[Figure, Path(examples=["bid-deposit"])]


@router.get("", summary="What was waived and saved · 交易零成本统计", responses=json_answer(Summary))
async def statistics(
    request: Request, found: AtDesks, which: Which = "live", first: First = "", last: Last = ""
) -> Response:
    """Every figure with its rule and its groups by month, category, funding, size, home region, policy and method.

    Amounts are integer 分, `unit` says where a figure counts instead; `estimate` marks the one that rests on the unit
    table in `method`. A lot counts from the close of its submission on: before that, how many bid is a secret.
    """
    return packed(
        request, msgspec.json.encode(await found.statistics.summary(which, first, last or "9999-99"))
    )


@router.get(
    "/{figure}", summary="The lines and events behind a figure · 下钻到事件", responses=json_answer(Lines)
)
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
