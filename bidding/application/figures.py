"""What the statistics say, for a screen: each figure with words, rule and groups, and the way down to events."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

import msgspec

from bidding.application.platform import Platform
from bidding.application.rulebook import rulebook
from bidding.application.statistics import Folded, PublicEvent, Statement, fold, load_rates, statement
from bidding.domain.benefits.figures import RULES, Dimension, chosen, grouped, of, total
from bidding.domain.benefits.lines import Figure, Line
from bidding.domain.benefits.origin import BASES, example, extrapolated
from bidding.domain.errors import Unknown

Set = Literal["live", "test", "demo"]
Generated = Callable[[], Sequence[PublicEvent]]

NAMES = {
    Figure.ENTERPRISES: ("受益企业(家)", "enterprises"),
    Figure.PARTICIPATIONS: ("参与(家次)", "participations"),
    Figure.BID_DEPOSIT: ("免收投标保证金", "bid deposits waived"),
    Figure.PERFORMANCE_BOND: ("免收履约保证金", "performance bonds waived"),
    Figure.INFO_FEE: ("免收信息服务费", "information fees waived"),
    Figure.DOCUMENTS: ("节省标书制作费(估算)", "bid papers saved (estimate)"),
    Figure.CAPITAL_COST: ("节省资金占用成本", "capital cost saved"),
}
#: How each comes about (R-STAT-06).
HOW = {
    Figure.ENTERPRISES: (
        "逐家计数:有减免的标段,已公布的投标人名单上有多少个不同的统一社会信用代码",
        "counted: the distinct codes (USCC) on the published rolls of lots that waive something",
    ),
    Figure.PARTICIPATIONS: (
        "逐份计数:有减免的标段,开标时有效的投标",
        "counted: the bids that stood at the deadline of such lots",
    ),
    Figure.BID_DEPOSIT: (
        "逐笔记录:开标时有效的每份投标,按公告本应缴纳的数额",
        "recorded bid by bid: what each that stood at the deadline would have paid by the notice",
    ),
    Figure.PERFORMANCE_BOND: (
        "逐笔记录:已签订并备案的合同,按合同价依法最多可收的数额",
        "recorded contract by contract, once signed and filed: the lawful maximum of its price",
    ),
    Figure.INFO_FEE: (
        "逐笔记录:随合同记录的、取消收费前的标准",
        "recorded with the contract: the tariff before it was abolished",
    ),
    Figure.DOCUMENTS: (
        "估算:每份投标,按单位表算出的纸质标书费用",
        "estimated: what each bid would have cost on paper, by the unit table",
    ),
    Figure.CAPITAL_COST: (
        "测算:逐笔记录的投标保证金 × 占用天数 ÷ 365 × 一年期 LPR",
        "computed: each bid deposit recorded × days held ÷ 365 × one-year LPR",
    ),
}
DIMENSIONS = {
    Dimension.MONTH: ("按月", "by month"),
    Dimension.CATEGORY: ("按类别", "by category"),
    Dimension.FUNDING: ("按资金来源", "by funding"),
    Dimension.SIZE: ("按企业规模", "by enterprise size"),
    Dimension.HOME: ("按企业注册地", "by home region"),
    Dimension.POLICY: ("按免收依据(R-WAIVE-04)", "by policy row (R-WAIVE-04)"),
    Dimension.METHOD: ("按采购方式", "by method"),
}
COUNTS = frozenset({Figure.ENTERPRISES, Figure.PARTICIPATIONS})
GENERATED = ("生成数据,并非真实交易", "GENERATED data: no real tender")
#: Entries of the feed read at once.
PAGE = 500


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A set as far as it was read: the fold, and what stands at each position that a figure may rest on."""

    folded: Folded = Folded()
    events: dict[int, tuple[str, str, datetime]] = {}
    looked: int = 0


class StatisticsDesk:
    """``generated`` gives the demonstration's events; None: this platform serves none.

    Each set is folded on from where it was, never from the start; the generated one is made once.
    """

    def __init__(self, platform: Platform, generated: Generated | None) -> None:
        self._platform, self._generated = platform, generated
        self._known: dict[str, Known] = {}
        self._lock = asyncio.Lock()
        self._said: dict[tuple[str, str, str], tuple[int, Statement]] = {}

    async def summary(self, which: Set, first: str, last: str) -> dict[str, Any]:
        """Every figure with its groups, in 分 or counts. Nothing of a lot before its submission has closed."""
        known, found = await self._statement(which, first, last)
        return {
            **_head(which, known, first, last),
            "figures": [_figure(known, found, figure) for figure in Figure],
            "method": {
                **msgspec.to_builtins(load_rates()),
                "unit_fen": {
                    bought.value: load_rates().documents.unit_fen(bought)
                    for bought in load_rates().documents.units
                },
            },
            "indicators": {
                name: _plain(getattr(found.indicators, name)) for name in found.indicators.__struct_fields__
            },
            "deviations": msgspec.to_builtins(found.deviations),
        }

    async def lines(
        self,
        which: Set,
        figure: Figure,
        dimension: Dimension,
        value: str,
        *,
        first: str,
        last: str,
        after: int,
        limit: int,
    ) -> dict[str, Any]:
        """The lines that one figure, or one group of it, is made of, each with its source events, a page at a time."""
        known, found = await self._statement(which, first, last)
        picked = chosen(found.lines, figure, dimension, value) if value else of(found.lines, figure)
        page = picked[after : after + limit]
        return {
            **_head(which, known, first, last),
            "figure": figure.value,
            "rule": RULES[figure],
            "dimension": dimension.value,
            "value": value,
            "total": total(picked, figure).value,
            "count": len(picked),
            "lines": [_line(known, line) for line in page],
            "next": after + limit if after + limit < len(picked) else None,
        }

    async def _statement(self, which: Set, first: str, last: str) -> tuple[Known, Statement]:
        known = await self._read(which)
        key, position = (which, first, last), known.folded.position
        kept = self._said.get(key)
        if kept is None or kept[0] != position:
            found = await asyncio.to_thread(
                statement, known.folded, first=first, last=last, calendar=self._platform.calendar
            )
            if len(self._said) >= PAGE:
                self._said.clear()
            kept = self._said[key] = position, found
        return known, kept[1]

    async def _read(self, which: Set) -> Known:
        async with self._lock:
            known = self._known.get(which, Known())
            if which == "demo":
                known = known if known.looked else await asyncio.to_thread(self._demonstration)
            else:
                known = await self._feed(which, known)
            self._known[which] = known
            return known

    def _demonstration(self) -> Known:
        if self._generated is None:
            raise Unknown("statistics-set-unknown", rule="R-STAT-07")
        events = self._generated()
        return _further(Known(), events, looked=events[-1].position)

    async def _feed(self, mode: str, known: Known) -> Known:
        while page := await self._platform.journal.feed(known.looked, PAGE):
            found = []
            for one in page:
                lot = one.stream.removeprefix("lot-")
                assert one.feed_position is not None
                if await self._platform.mode_of(lot) == mode:
                    found.append(
                        PublicEvent(position=one.feed_position, at=one.recorded_at, lot=lot, event=one.event)
                    )
            known = _further(known, found, looked=page[-1].feed_position or known.looked)
        return known


def _further(known: Known, events: Sequence[PublicEvent], *, looked: int) -> Known:
    shown = {one.position: (one.event.TOPIC, one.lot, one.at) for one in events}
    return Known(folded=fold(events, known.folded), events={**known.events, **shown}, looked=looked)


def _head(which: Set, known: Known, first: str, last: str) -> dict[str, Any]:
    generated = which == "demo"
    return {
        "set": which,
        "generated": generated,
        "zh": GENERATED[0] if generated else "",
        "en": GENERATED[1] if generated else "",
        "position": known.folded.position,
        "from": first,
        "to": last,
    }


def _figure(known: Known, found: Statement, figure: Figure) -> dict[str, Any]:
    rule = rulebook().rules[RULES[figure]]
    estimate = figure is Figure.DOCUMENTS
    return {
        "figure": figure.value,
        "zh": NAMES[figure][0],
        "en": NAMES[figure][1],
        "unit": "count" if figure in COUNTS else "fen",
        "rule": RULES[figure],
        "article": rule.article,
        "estimate": estimate,
        "label": load_rates().documents.label if estimate else "",
        **msgspec.to_builtins(total(found.lines, figure)),
        "by": {
            dimension.value: [
                {"value": value, "amount": one.value, "lines": one.lines}
                for value, one in grouped(found.lines, figure, dimension).items()
            ]
            for dimension in Dimension
        },
        "origin": _origin(known, found, figure),
    }


def _origin(known: Known, found: Statement, figure: Figure) -> dict[str, Any]:
    """R-STAT-06. The year stands here, beside the figure, and in no sum."""
    most, year = example(found.lines, figure), extrapolated(found.lines, figure)
    return {
        "basis": BASES[figure].value,
        "zh": HOW[figure][0],
        "en": HOW[figure][1],
        "example": None
        if most is None
        else {**msgspec.to_builtins(most), "title": known.folded.title(most.lot)},
        "year": msgspec.to_builtins(year),
    }


def _line(known: Known, line: Line) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(line)
    return {
        **content,
        "title": known.folded.title(line.lot),
        "events": [
            {"position": position, "type": known.events[position][0], "at": known.events[position][2]}
            for position in line.events
        ],
    }


def _plain(value: int | Fraction | None) -> int | str | None:
    """A mean as decimal text: everything else is a whole number."""
    return f"{float(value):.2f}" if isinstance(value, Fraction) else value
