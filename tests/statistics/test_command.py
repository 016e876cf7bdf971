"""``bidding stats``: the figures, the way down to events, the charts."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from bidding.application.platform import described
from bidding.application.statistics import PublicEvent, Statement
from bidding.cli import statschart, statsview
from bidding.cli.failure import Exit, Failure
from bidding.cli.stats import PAGE, feed, stats
from bidding.cli.terminal import yuan
from bidding.client.session import Session
from bidding.domain.benefits.figures import RULES
from bidding.domain.benefits.lines import Figure
from tests.statistics.history import feed as lots_feed
from tests.statistics.history import planned, told

Stats: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Stats:
    for name in ("LC_ALL", "LC_MESSAGES", "BIDDING_URL", "BIDDING_HOLIDAYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "180")
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(stats)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_demo_prints_the_published_figures_with_their_rules(run: Stats) -> None:
    shown = run("--demo")
    assert shown.exit_code == 0
    for text in ("生成数据", "1,861 家", "5.56 亿元", "9.99 亿元", "303.93 万元", "185.26 万元", "估算"):
        assert text in shown.output
    assert all(rule in shown.output for rule in RULES.values())
    assert "≈5.56" not in shown.output


def test_it_says_how_each_figure_comes_about_and_keeps_the_year_apart(run: Stats) -> None:
    """R-STAT-06."""
    shown = run("--demo").output
    assert "逐笔记录:开标时有效的每份投标" in shown
    assert "10 × ¥800,000.00 = ¥8,000,000.00" in shown
    content = msgspec.json.decode(run("--demo", "--json").stdout)["figures"]["bid-deposit"]
    within = [fen for month, fen in content["by"]["month"].items() if "2022-10" <= month <= "2023-09"]
    assert content["year"] == {"first": "2022-10", "last": "2023-09", "months": 12, "amount": sum(within)}
    assert f"推算一年 {statsview.amount(sum(within), Figure.BID_DEPOSIT)}" in shown


def test_a_drill_lists_lots_and_event_positions(run: Stats) -> None:
    shown = run("--demo", "--drill", "bid-deposit:2022-01")
    assert "generated-0002" in shown.output
    assert "29–35" in shown.output
    content = msgspec.json.decode(run("--demo", "--drill", "bid-deposit:2022-01", "--json").stdout)
    listed = sum(line["amount"] for line in content["lines"])
    assert listed == content["figures"]["bid-deposit"]["by"]["month"]["2022-01"]
    assert f"合计: {yuan(listed)}" in shown.output
    assert all(line["events"] for line in content["lines"])


def test_a_drill_may_name_another_dimension(run: Stats) -> None:
    content = msgspec.json.decode(run("--demo", "--drill", "info-fee:category=市政", "--json").stdout)
    assert {line["category"] for line in content["lines"]} == {"市政"}
    listed = sum(line["amount"] for line in content["lines"])
    assert listed == content["figures"]["info-fee"]["by"]["category"]["市政"]
    assert content["generated"] is True


@pytest.mark.parametrize(
    "arguments", [(), ("--demo", "--figure", "bonds"), ("--demo", "--drill", "info-fee:colour=red")]
)
def test_wrong_usage_says_what_to_do(run: Stats, arguments: tuple[str, ...]) -> None:
    error = run(*arguments).exception
    assert isinstance(error, Failure)
    assert error.code == 2
    assert error.then


def test_capital_cost_is_counted_by_the_centres_own_holidays(run: Stats, tmp_path: Path) -> None:
    """R-STAT-05, R-TIME-03: as the platform counts, or both would give another figure."""
    table = tmp_path / "holidays.toml"
    table.write_text(
        '[[years]]\nyear = 2023\nsource = "longer"\nholidays = [\n'
        "{ first = 2023-01-01, last = 2023-01-31 },\n{ first = 2023-05-01, last = 2023-06-30 },\n"
        "{ first = 2023-10-01, last = 2023-10-07 },\n]\nworkdays = []\n",
        encoding="utf-8",
    )
    installed = msgspec.json.decode(run("--demo", "--json").stdout)["figures"]
    own = msgspec.json.decode(run("--demo", "--json", "--holidays", table).stdout)["figures"]
    longer = installed.pop("capital-cost"), own.pop("capital-cost")
    assert longer[0]["value"] < longer[1]["value"]
    assert own == installed
    table.write_text("[[years]]\nyear = 2023\n", encoding="utf-8")
    error = run("--demo", "--holidays", table).exception
    assert isinstance(error, Failure)
    assert error.code == Exit.LOCAL
    assert str(table) in error.what
    assert "docs/holidays.md" in error.then


def test_charts_are_well_formed_and_name_chinese_fonts(run: Stats, tmp_path: Path) -> None:
    assert run("--demo", "--out", tmp_path).exit_code == 0
    files = sorted(path.stem for path in tmp_path.glob("*.svg"))
    assert files == sorted(["summary", *(figure.value for figure in Figure)])
    for path in tmp_path.glob("*.svg"):
        root = ET.parse(path).getroot()
        texts = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert "Noto Sans CJK SC" in root.attrib["font-family"]
        assert any("GENERATED" in text for text in texts)
        assert any("R-STAT-0" in text for text in texts)
        height = float(root.attrib["height"])
        assert all(float(node.attrib["y"]) < height for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "5.56 亿元" in (tmp_path / "summary.svg").read_text(encoding="utf-8")


def test_bars_stand_in_proportion() -> None:
    bars = [("甲", 100, "100"), ("乙", 50, "50"), ("丙", 0, "0")]
    page = statschart.Page(
        name="n", title="<&>", mark="", facts=[], panels=[statschart.Panel(title="", bars=bars)], foot=[]
    )
    root = ET.fromstring(statschart.svg(page))
    widths = [float(node.attrib["width"]) for node in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert widths == [statschart.BAR, statschart.BAR / 2, 0]


def test_long_notes_break_between_characters() -> None:
    assert statschart.wrapped("一二三abc四", 4) == ["一二", "三ab", "c四"]
    assert statschart.wrapped("", 4) == [""]


def test_a_page_is_drawn_as_png_in_a_given_font(tmp_path: Path) -> None:
    panel = statschart.Panel(title="by month", bars=[("2022-01", 2, "2"), ("2022-02", 3, "3")])
    page = statschart.Page(name="n", title="t", mark="", facts=[("a", "b")], panels=[panel], foot=[])
    statschart.png(page, tmp_path / "n.png", "DejaVu Sans")
    assert (tmp_path / "n.png").read_bytes().startswith(b"\x89PNG")


def test_amounts_say_when_they_are_cut() -> None:
    assert statsview.amount(303_9300_00, Figure.INFO_FEE) == "303.93 万元"
    assert statsview.amount(303_9300_01, Figure.INFO_FEE) == "≈303.93 万元"
    assert statsview.amount(5_5600_0000_00, Figure.BID_DEPOSIT) == "5.56 亿元"
    assert statsview.amount(1861, Figure.ENTERPRISES) == "1,861 家"


def test_positions_are_told_in_runs() -> None:
    assert statsview.spans([9, 3, 4, 5, 4]) == "3–5, 9"


async def test_the_feed_is_read_to_its_end() -> None:
    """Pages that show nothing of this mode still lead on; types of a newer platform are passed over."""
    events = lots_feed(("lot-a", told(planned())))
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        after = int(request.url.params["after"])
        asked.append((after, request.url.params["limit"], request.url.params["mode"]))
        if after == 0:
            return httpx2.Response(200, json={"events": [], "end": 1})
        page = [one for one in events if after < one.position + 1 <= after + 5]
        shown = [_shown(one) for one in page]
        if after == 1:
            shown.append(
                {"position": 2, "at": events[0].at.isoformat(), "lot": "x", "event": {"type": "new.v9"}}
            )
        end = page[-1].position + 1 if page else after
        return httpx2.Response(200, content=msgspec.json.encode({"events": shown, "end": end}))

    session = Session("http://platform")
    await session.http.aclose()
    session.http = httpx2.AsyncClient(base_url="http://platform", transport=httpx2.MockTransport(answer))
    async with session:
        assert await feed(session, mode="test") == events
    assert asked[0] == (0, str(PAGE), "test")


def _shown(one: PublicEvent) -> dict[str, Any]:
    return {"position": one.position, "at": one.at, "lot": one.lot, "event": described(one.event)}


def test_a_page_holds_what_the_statement_says(said: Statement) -> None:
    pages = statsview.pages(said, generated=False)
    assert all(page.mark == "" for page in pages)
    assert dict(pages[0].facts)["免收履约保证金 R-STAT-02"] == "9.99 亿元"
