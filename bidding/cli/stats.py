"""``bidding stats``: what "交易零成本" saved, from the public events of a platform or of the generated data set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note

if TYPE_CHECKING:
    from bidding.application.statistics import PublicEvent, Statement
    from bidding.client.session import Session
    from bidding.domain.benefits.figures import Dimension
    from bidding.domain.benefits.lines import Figure
    from bidding.domain.calendar import WorkCalendar

#: Entries of one page of the feed.
PAGE = 200
FIGURES = "enterprises|participations|bid-deposit|performance-bond|info-fee|documents|capital-cost"
DIMENSIONS = "month|category|funding|size|home|policy|method"

Demo = Annotated[bool, typer.Option("--demo", help="生成的两年数据 · the generated two years")]
Platform = Annotated[
    str,
    typer.Option("--url", envvar="BIDDING_URL", metavar="URL", help="平台网址 · the platform's address"),
]
Test = Annotated[bool, typer.Option("--test", help="只统计测试标段 · test lots instead of live ones")]
FigureName = Annotated[
    str, typer.Option("--figure", metavar="FIGURE", help=f"图中的指标 · charted: {FIGURES}")
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="DIMENSION", help=f"分组,可重复 · grouped by: {DIMENSIONS}"),
]
Drill = Annotated[
    str,
    typer.Option(
        "--drill",
        metavar="FIGURE[:VALUE]",
        help="下钻到标段与事件 · down to lots and events: bid-deposit:2023-05, info-fee:category=市政",
    ),
]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="起始月份 · first month")]
Last = Annotated[str, typer.Option("--to", metavar="YYYY-MM", help="截止月份 · last month")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="存为 SVG 图(能则 PNG) · charts as files")
]
Holidays = Annotated[
    Path | None,
    typer.Option(
        "--holidays",
        envvar="BIDDING_HOLIDAYS",
        metavar="FILE",
        help="交易中心的放假安排 · the centre's table of holidays",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="机读结果 · machine-readable")]


def stats(
    demo: Demo = False,
    url: Platform = "",
    test: Test = False,
    figure: FigureName = "bid-deposit",
    by: By = None,
    drill: Drill = "",
    first: First = "",
    last: Last = "9999-99",
    out: Out = None,
    holidays: Holidays = None,
    as_json: Json = False,
) -> None:
    """免收与节省的统计,每个数可下钻到事件。What was waived and saved; every figure comes apart into events."""
    if not demo and not url:
        raise failure(
            Exit.USAGE,
            ("没有说明统计什么", "nothing to count was named"),
            ("用 --demo 或 --url 平台网址", "give --demo, or --url with a platform's address"),
        )
    charted, dimensions = _figure(figure), [_dimension(name) for name in by or DIMENSIONS.split("|")]
    wanted = _parse_drill(drill) if drill else None
    from bidding.application.statistics import fold, statement
    from bidding.cli import statsview

    calendar = _calendar(holidays)
    folded = fold(_generated() if demo else _fetched(url, test=test))
    found = statement(folded, first=first, last=last, calendar=calendar)
    if as_json:
        line(statsview.machine(folded, found, wanted, generated=demo))
    elif wanted is not None:
        statsview.show_drill(folded, found, *wanted)
    else:
        statsview.show(folded, found, charted, dimensions, generated=demo)
    if out is not None:
        _save(out, found, generated=demo)
    _judge(found)


def _calendar(holidays: Path | None) -> "WorkCalendar":
    """As the platform counts: money would have lain until terms in working days were over (R-STAT-05)."""
    from bidding.cli.holidays import unusable
    from bidding.compose.calendars import NoHolidays, with_holidays
    from bidding.domain.calendar import STATE_COUNCIL

    try:
        return STATE_COUNCIL if holidays is None else with_holidays(holidays)
    except NoHolidays as error:
        raise unusable(error, Exit.LOCAL) from error


def _judge(found: "Statement") -> None:
    """What is recorded must be what the rules give (R-LEDG-01); what is not recorded yet is only told."""
    wrong = [one for one in found.deviations if not one.outstanding]
    waiting = len(found.deviations) - len(wrong)
    if waiting:
        note(
            say(f"{waiting} 笔免收尚未记账,未计入", f"{waiting} waived amounts not recorded yet, not counted")
        )
    if wrong:
        raise failure(
            Exit.FOUND_WRONG,
            (
                f"{len(wrong)} 笔记录与规则计算不符,未计入或数额有疑",
                f"{len(wrong)} recorded benefits differ from what the rules give",
            ),
            ("用 --json 查看 deviations", "see deviations in --json"),
        )


def _generated() -> "tuple[PublicEvent, ...]":
    from bidding.stage.dataset import two_years

    return two_years()


def _fetched(url: str, *, test: bool) -> "list[PublicEvent]":
    from bidding.cli.connection import connected

    async def whole(session: "Session") -> "list[PublicEvent]":
        return await feed(session, mode="test" if test else "live")

    return connected(url, whole)


async def feed(session: "Session", *, mode: str) -> "list[PublicEvent]":
    """Every public event of the platform, page after page. What a newer platform says is passed over."""
    from bidding.application.statistics import from_feed

    events, after = [], 0
    while True:
        page = await session.get("/feed", after=after, limit=PAGE, mode=mode)
        for content in page["events"]:
            try:
                events.append(from_feed(content))
            except KeyError:
                note(say("跳过未知类型的事件", "an event of a type unknown here was passed over"))
        if page["end"] == after:
            return events
        after = page["end"]


def _save(folder: Path, found: "Statement", *, generated: bool) -> None:
    from bidding.cli import statschart, statsview

    folder.mkdir(parents=True, exist_ok=True)
    pages = statsview.pages(found, generated=generated)
    for page in pages:
        path = folder / f"{page.name}.svg"
        path.write_text(statschart.svg(page), encoding="utf-8")
        note(str(path))
    font = statschart.chinese_font()
    if font is None:
        note(
            say(
                "未存 PNG:需要 matplotlib 与中文字体(如 Noto Sans CJK);SVG 用看图者的字体,不受影响",
                "no PNG: it needs matplotlib and a Chinese font (such as Noto Sans CJK); SVG uses the viewer's fonts",
            )
        )
        return
    for page in pages:
        path = folder / f"{page.name}.png"
        statschart.png(page, path, font)
        note(str(path))


def _figure(name: str) -> "Figure":
    from bidding.domain.benefits.lines import Figure

    if name not in set(Figure):
        raise _unknown(name, FIGURES)
    return Figure(name)


def _dimension(name: str) -> "Dimension":
    from bidding.domain.benefits.figures import Dimension

    if name not in set(Dimension):
        raise _unknown(name, DIMENSIONS)
    return Dimension(name)


def _parse_drill(text: str) -> "tuple[Figure, Dimension, str]":
    """``FIGURE``, ``FIGURE:2023-05`` or ``FIGURE:dimension=value``. A month may be given by its beginning."""
    name, _, value = text.partition(":")
    dimension, equals, chosen = value.partition("=")
    if not equals:
        dimension, chosen = "month", value
    return _figure(name), _dimension(dimension), chosen


def _unknown(name: str, known: str) -> Exception:
    listed = known.replace("|", ", ")
    return failure(
        Exit.USAGE, (f"没有“{name}”", f"there is no {name!r}"), (f"可用:{listed}", f"one of: {listed}")
    )
