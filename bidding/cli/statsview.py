"""The statistics as tables and bars in the terminal, as pages of charts, and as JSON."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from rich.bar import Bar
from rich.table import Table

from bidding.application.figures import COUNTS, DIMENSIONS, GENERATED, HOW, NAMES
from bidding.application.statistics import Folded, Statement, load_rates
from bidding.cli.language import language, say
from bidding.cli.statschart import Page, Panel
from bidding.cli.terminal import Text, line, out, yuan
from bidding.domain.benefits.figures import RULES, Dimension, chosen, grouped, of, total
from bidding.domain.benefits.lines import Figure, Line
from bidding.domain.benefits.origin import BASES, example, extrapolated

BAR = 40
WAN, YI = 10_000_00, 100_000_000_00


def amount(value: int, figure: Figure) -> str:
    """A count as it is; 分 in 亿元 or 万元, cut to two decimals with "≈" where that loses something."""
    if figure in COUNTS:
        return f"{value:,} {'家' if figure is Figure.ENTERPRISES else '家次'}"
    if value == 0:
        return "0 元"
    unit, name = (YI, "亿元") if value >= YI else (WAN, "万元")
    cut = value * 100 // unit
    return f"{'' if cut * unit == value * 100 else '≈'}{Decimal(cut).scaleb(-2):,} {name}"


def show(
    folded: Folded, found: Statement, figure: Figure, dimensions: Sequence[Dimension], *, generated: bool
) -> None:
    if generated:
        line(f"⚠ {say(*GENERATED)}", "bold yellow")
    _figures(found)
    _origins(folded, found)
    _method()
    _indicators(found)
    for dimension in dimensions:
        _bars(found, figure, dimension)
    line("")
    line(say("下钻", "drill down") + ": bidding stats … --drill bid-deposit:2023-05", "dim")


def show_drill(folded: Folded, found: Statement, figure: Figure, dimension: Dimension, value: str) -> None:
    """Each lot behind the figure with its share and the feed positions of its events, and their sum."""
    picked = _picked(found, figure, dimension, value)
    line(f"{say(*NAMES[figure])} {dimension.value}={value or '*'}  {RULES[figure]}", "bold")
    table = Table(box=None, pad_edge=False)
    for head in (say("标段", "lot"), say("轮次", "round"), say("笔数", "lines"), say("数额", "amount")):
        table.add_column(head, no_wrap=True)
    table.add_column(say("事件位置", "event positions"), overflow="fold")
    for lot in sorted({one.lot for one in picked}):
        mine = [one for one in picked if one.lot == lot]
        sum_of = total(mine, figure).value
        again = say("重新招标", "re-tender") if mine[0].retender else ""
        events = spans(position for one in mine for position in one.events)
        table.add_row(lot, again, str(len(mine)), _exact(sum_of, figure), events)
        table.add_row(Text(f"  {folded.title(lot)}", style="dim"))
    out().print(table)
    line(f"{say('合计', 'in all')}: {_exact(total(picked, figure).value, figure)}", "bold")


def machine(
    folded: Folded,
    found: Statement,
    wanted: tuple[Figure, Dimension, str] | None,
    *,
    generated: bool,
) -> str:
    """JSON: figures in 分 with their groups, the method, the indicators; lines if one was drilled into."""
    content: dict[str, Any] = {
        "generated": generated,
        "position": folded.position,
        "figures": {
            figure.value: {
                "rule": RULES[figure],
                "estimate": figure is Figure.DOCUMENTS,
                "basis": BASES[figure].value,
                "example": msgspec.to_builtins(example(found.lines, figure)),
                "year": msgspec.to_builtins(extrapolated(found.lines, figure)),
                **msgspec.to_builtins(total(found.lines, figure)),
                "by": {
                    dimension.value: {
                        value: one.value for value, one in grouped(found.lines, figure, dimension).items()
                    }
                    for dimension in Dimension
                },
            }
            for figure in Figure
        },
        "method": msgspec.to_builtins(load_rates()),
        "indicators": {name: _plain(value) for name, value in _named(found)},
        "deviations": msgspec.to_builtins(found.deviations),
    }
    if wanted is not None:
        content["lines"] = msgspec.to_builtins(_picked(found, *wanted))
    return msgspec.json.encode(content).decode()


def pages(found: Statement, *, generated: bool) -> list[Page]:
    """One page of charts per figure, and one that sums up."""
    mark = " / ".join(GENERATED) if generated else ""
    first = Page(
        name="summary",
        title="交易零成本 · What was waived and saved",
        mark=mark,
        facts=[
            (f"{NAMES[figure][0]} {RULES[figure]}", amount(total(found.lines, figure).value, figure))
            for figure in Figure
        ],
        panels=[
            _panel(found, figure, Dimension.MONTH) for figure in (Figure.BID_DEPOSIT, Figure.PERFORMANCE_BOND)
        ],
        foot=method_lines(),
    )
    return [first, *(_page(found, figure, mark) for figure in Figure)]


def method_lines(*, english: bool = False) -> list[str]:
    """How the estimated figures came about; stands wherever they stand (R-STAT-04)."""
    rates = load_rates()
    latest = max(rates.lpr, key=lambda one: one.since)
    copies, pages, binding, courier = (
        ("copies", "pages", "binding", "courier") if english else ("份", "页", "装订", "递送")
    )
    units = "; ".join(
        f"{bought.value} {paper.copies} {copies} × ({paper.pages} {pages} × {yuan(rates.documents.page_fen)}"
        f" + {binding} {yuan(paper.binding_fen)}) + {courier} {yuan(paper.courier_fen)}"
        f" = {yuan(rates.documents.unit_fen(bought))}"
        for bought, paper in rates.documents.units.items()
    )
    if english:
        return [
            f"Bid papers are an ESTIMATE (R-STAT-04). One paper bid: {units}",
            "Capital cost (R-STAT-05) = Σ bid deposit waived × days (opening to due back) ÷ 365 × one-year LPR of "
            f"the opening; LPR table up to {latest.since} ({latest.rate:.2%}). Not counted without a due day",
            "A failed lot's bidders stay secret: its bids and amounts count, its enterprises do not (R-GEN-04)",
        ]
    return [
        f"标书制作费为{rates.documents.label}(R-STAT-04),每份:{units}",
        "资金占用成本(R-STAT-05)=Σ 免收投标保证金×天数(开标日至应退日)÷365×开标日一年期 LPR;"
        f"LPR 表止于 {latest.since}({latest.rate:.2%})。无应退日的不计",
        "流标标段的投标人名单依法不公开:其份数计入家次与金额,不计入家数(R-GEN-04)",
    ]


def spans(positions: Iterable[int]) -> str:
    """``3–5, 9`` for 3, 4, 5, 9."""
    runs: list[list[int]] = []
    for position in sorted(set(positions)):
        if runs and position == runs[-1][-1] + 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _picked(found: Statement, figure: Figure, dimension: Dimension, value: str) -> list[Line]:
    return chosen(found.lines, figure, dimension, value) if value else of(found.lines, figure)


def _exact(value: int, figure: Figure) -> str:
    return f"{value:,}" if figure in COUNTS else yuan(value)


def _figures(found: Statement) -> None:
    table = Table(title=say("交易零成本", "what was waived and saved"), title_justify="left")
    for head in (
        say("指标", "figure"),
        say("数额", "amount"),
        say("精确值", "exact"),
        say("其中重新招标", "of it re-tendered"),
        say("规则", "rule"),
    ):
        table.add_column(head, no_wrap=True)
    for figure in Figure:
        one = total(found.lines, figure)
        table.add_row(
            say(*NAMES[figure]),
            Text(amount(one.value, figure), style="bold green"),
            _exact(one.value, figure),
            _exact(one.retender, figure),
            RULES[figure],
        )
    out().print(table)


def _origins(folded: Folded, found: Statement) -> None:
    """R-STAT-06: how each comes about, its largest lot, and apart from both what a year would be."""
    line(say("数字来历", "how they come about") + " R-STAT-06", "bold")
    for figure in Figure:
        line(f"{say(*NAMES[figure])} — {say(*HOW[figure])}")
        most, year = example(found.lines, figure), extrapolated(found.lines, figure)
        if most is not None:
            times = f"{most.times} × {yuan(most.each)} = " if most.each is not None else f"{most.times} → "
            line(
                f"    {say('最多的标段', 'largest lot')}: {folded.title(most.lot)}: {times}{yuan(most.amount)}",
                "dim",
            )
        if year is not None:
            line(
                "    "
                + say(
                    f"推算一年 {amount(year.amount, figure)}:按 {year.first} 至 {year.last} 共 {year.months} 个月"
                    "的项目推算,不是统计数,不计入合计",
                    f"a year extrapolated: {amount(year.amount, figure)}, from the {year.months} months "
                    f"{year.first} to {year.last}; no statistic, and in no sum",
                ),
                "dim",
            )


def _method() -> None:
    for text in method_lines(english=language() == "en"):
        line(text, "dim")


def _named(found: Statement) -> list[tuple[str, int | Fraction | None]]:
    return [(name, getattr(found.indicators, name)) for name in found.indicators.__struct_fields__]


def _plain(value: int | Fraction | None) -> int | str | None:
    return f"{float(value):.2f}" if isinstance(value, Fraction) else value


def _indicators(found: Statement) -> None:
    said = found.indicators
    rates = [
        (say("标段", "lots"), str(said.lots)),
        (say("流标率", "failed"), _share(said.failed, said.lots)),
        (say("重新招标", "re-tendered"), str(said.retenders)),
        (say("标均投标人", "bids per lot"), _ratio(said.bids, said.lots)),
        (say("解密成功率", "opened"), _share(said.opened, said.on_roll)),
        (say("公告至合同(天)", "days notice to contract"), _days(said.mean_days_to_contract)),
        (say("保证金占用(天)", "days held"), _days(said.mean_days_held)),
        (say("少跑(往返)", "journeys saved"), str(said.trips)),
        (say("应退日未定(份)", "return day open"), str(said.undated_bids)),
        (
            say("按期履约率", "obligations in time"),
            _share(said.milestones - said.milestones_late, said.milestones),
        ),
        (say("逾期付款(笔)", "late payments"), str(said.late_payments)),
        (say("逾期金额(元)", "late, in yuan"), f"{said.late_fen / 100:,.2f}"),
        (say("仍未付(笔)", "still unpaid"), str(said.still_late)),
        (say("平均逾期(天)", "days late"), _days(said.mean_days_late)),
    ]
    line("R-STAT-08  " + " · ".join(f"{name} {value}" for name, value in rates))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.1f}" if whole else "–"


def _days(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(value):.1f}"


def _bars(found: Statement, figure: Figure, dimension: Dimension) -> None:
    groups = grouped(found.lines, figure, dimension)
    line("")
    line(f"{say(*NAMES[figure])} · {say(*DIMENSIONS[dimension])}  {RULES[figure]}", "bold")
    most = max((one.value for one in groups.values()), default=0)
    table = Table(box=None, show_header=False, pad_edge=False)
    for value, one in groups.items():
        bar = Bar(size=most or 1, begin=0, end=one.value, width=BAR, color="green")
        table.add_row(value, bar, amount(one.value, figure))
    out().print(table)


def _page(found: Statement, figure: Figure, mark: str) -> Page:
    return Page(
        name=figure.value,
        title=f"{NAMES[figure][0]} · {NAMES[figure][1]}",
        mark=mark,
        facts=[(RULES[figure], amount(total(found.lines, figure).value, figure))],
        panels=[_panel(found, figure, dimension) for dimension in Dimension],
        foot=method_lines() if figure in {Figure.DOCUMENTS, Figure.CAPITAL_COST} else [],
    )


def _panel(found: Statement, figure: Figure, dimension: Dimension) -> Panel:
    return Panel(
        title=f"{NAMES[figure][0]} {DIMENSIONS[dimension][0]} {RULES[figure]}",
        bars=[
            (value, one.value, amount(one.value, figure))
            for value, one in grouped(found.lines, figure, dimension).items()
        ],
    )
