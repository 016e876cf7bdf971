"""``bidding rules list`` and ``bidding rules explain``: the law as the platform counts it, and one lot under it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Column, Table

from bidding.application.rulebook import rulebook
from bidding.application.rulesets import load_rulesets
from bidding.cli.connection import Lot, Url, connected
from bidding.cli.failure import Exit, failure
from bidding.cli.terminal import Text, line, out, yuan
from bidding.compose.clock import SystemClock
from bidding.domain.periods import SHANGHAI, Unit
from bidding.domain.regime import Regime
from bidding.domain.ruleset import (
    Amount,
    Constant,
    Count,
    CreditEffect,
    Flag,
    Months,
    Rate,
    RateRange,
    RuleSet,
    RuleSetUnknown,
    Share,
    Term,
    choose,
)

rules = typer.Typer(
    help="规则:现行常数与标段依据。The rules in force, and a lot explained by them.", no_args_is_help=True
)

UNITS = {Unit.DAY: "日 days", Unit.WORKDAY: "工作日 working days"}
#: Told apart without colour too.
LIGHTS = {"green": "●", "yellow": "▲", "red": "✗"}


@rules.command("list")
def list_(
    regime: Annotated[
        Regime | None, typer.Option("--regime", help="只看一种制度 · one regime only", case_sensitive=False)
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at", formats=["%Y-%m-%d"], metavar="DATE", help="公告日期,默认今天 · the notice's date, today"
        ),
    ] = None,
) -> None:
    """某日发布公告所适用的规则版本、全部常数及依据。Every constant in force for a notice of that day."""
    notice_at = SystemClock().now() if at is None else at.replace(tzinfo=SHANGHAI)
    for one in (regime,) if regime is not None else tuple(Regime):
        try:
            found: RuleSet = choose(load_rulesets(), one, notice_at)
        except RuleSetUnknown:
            day = f"{notice_at:%Y-%m-%d}"
            raise failure(
                Exit.USAGE,
                (f"{day} 没有 {one.value} 的规则版本", f"no version of {one.value} was in force on {day}"),
                ("换一个较晚的日期", "give a later date"),
            ) from None
        _show_rules(found)


def _show_rules(found: RuleSet) -> None:
    line(f"{found.version}  {found.effective_from} 起施行 · in force since  {found.changes}", "bold")
    table = Table(
        Column("常数 constant", overflow="fold"),
        "值 value",
        Column("规则 rule", no_wrap=True),
        "内容 what",
        "依据 source",
    )
    book = rulebook().rules
    for name, constant in constants(found):
        rule = book.get(constant.rule)
        what = rule.title if rule is not None else ""
        table.add_row(name, value(constant), constant.rule, what, Text(constant.source))
    out().print(table)


def constants(part: msgspec.Struct, path: str = "") -> Iterator[tuple[str, Constant]]:
    """Every constant of a rule set under its dotted name; those that the regime does not have are left out."""
    for name in part.__struct_fields__:
        found = getattr(part, name)
        if isinstance(found, Constant):
            yield path + name, found
        elif isinstance(found, tuple):
            yield from ((f"{path}{name}.{effect_name(one)}", one) for one in found)
        elif isinstance(found, msgspec.Struct):
            yield from constants(found, f"{path}{name}.")


def effect_name(effect: CreditEffect) -> str:
    """One list may do several things: ``TAX_A.lower.bid_deposit``."""
    does = (effect.action, effect.charge)
    return ".".join((effect.list.value, *(one.value.lower() for one in does if one is not None)))


def value(constant: Constant) -> str:
    """The constant as people write it: days, 元, per cent."""
    match constant:
        case Term():
            return f"{constant.n} {UNITS[constant.unit]}"
        case Months():
            return f"{constant.at_least}–{constant.at_most} 个月 months"
        case Count():
            return str(constant.n)
        case Flag():
            return "是 yes" if constant.on else "否 no"
        case Rate():
            return f"{constant.value * 100:f}%"
        case RateRange():
            return f"{constant.lowest * 100:f}–{constant.highest * 100:f}%"
        case Share():
            return constant.value
        case CreditEffect():
            what = "" if constant.charge is None else f" {constant.charge.value} × {constant.factor}"
            return f"{constant.action.value}{what}, ≤ {constant.months} 个月 months"
        case Amount():
            return yuan(constant.fen)
        case _:
            raise TypeError(f"no way to write {type(constant).__name__}")


@rules.command()
def explain(lot_id: Lot, url: Url) -> None:
    """标段的时间表与每一项决定的依据。A lot's timeline, and every decision with its clause."""
    found: dict[str, Any] = connected(url, lambda session: session.get(f"/lots/{lot_id}/timeline"))
    line(f"{found['title']}  {found['lot']}", "bold")
    line(f"{found['ruleset']}  {_clock(found['now'])}")
    out().print(_timeline(found["nodes"]))
    for one in found["decisions"]:
        _show_decision(one)


def _timeline(nodes: list[dict[str, Any]]) -> Table:
    book = rulebook()
    rule = Column("规则 rule", no_wrap=True)
    table = Table(
        "", Column("节点 node", overflow="fold"), "谁办 who", "期限 due", "状态 state", rule, "依据 article"
    )
    states = {state.value: words for state, words in book.states.items()}
    acting = {who.value: words.zh for who, words in book.who.items()}
    for node in nodes:
        state = states[node["state"]]
        about = f" ({node['about']})" if node["about"] else ""
        table.add_row(
            Text(LIGHTS[node["light"]], style=node["light"]),
            Text.assemble(node["zh"], about, "\n", (node["en"], "dim")),
            "、".join(acting[who] for who in node["who"]),
            Text(_due(node)),
            Text(f"{state.zh} {state.en}\n{_clock(node['done_at'])}".rstrip()),
            node["rule"],
            Text(node["article"]),
        )
    return table


def _due(node: dict[str, Any]) -> str:
    """The last day where the term is one of days, else the instant; under it what the clock does."""
    if node["no_calendar_for"] is not None:
        return f"{node['no_calendar_for']} 年放假通知未装入\nno calendar for {node['no_calendar_for']}"
    lines = [f"{node['last_day']} 24:00"] if node["last_day"] else [_clock(node["due"])]
    if node["n"] is not None:
        lines.append(f"{node['n']} {UNITS[Unit(node['unit'])]}")
    if node["stopped_days"]:
        lines.append(f"停止 stopped {node['stopped_days']} 日")
    if node["stands_still"]:
        lines.append("时钟停止 clock stands still")
    return "\n".join(filter(None, lines))


def _show_decision(one: dict[str, Any]) -> None:
    console = out()
    about = f" [{one['about']}]" if one["about"] else ""
    console.print(Text.assemble((_clock(one["at"]), "dim"), "  ", (one["zh"], "bold"), about))
    console.print(Text(f"    {one['en']}", style="dim"))
    console.print(Text(f"    {one['rule']} {one['article']}", style="cyan"))
    for reason in one["reasons"]:
        console.print(Text(f"    · {reason}"))


def _clock(at: str | None) -> str:
    """Beijing time."""
    return "" if at is None else f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
