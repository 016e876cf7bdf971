"""``GET /statistics``: aggregates of public events with the way down to each event (R-STAT-01…08, R-GEN-04; F-40)."""

from datetime import datetime
from typing import Any

import httpx2
import pytest

from bidding.application.figures import StatisticsDesk
from bidding.application.platform import Platform
from bidding.application.ports import Meta, Write
from bidding.domain.benefits.figures import RULES, Dimension
from bidding.domain.benefits.lines import Figure
from bidding.domain.benefits.origin import Basis
from bidding.domain.errors import Unknown
from bidding.domain.money.commands import RecordBenefits
from bidding.domain.opening.events import SubmissionClosed
from tests.domain.opening.hall import Hall
from tests.rules.conftest import Served

#: The published sums (R-STAT-07), in 分 and 家.
PUBLISHED = {
    "enterprises": 1861,
    "bid-deposit": 5_5600_0000_00,
    "performance-bond": 9_9900_0000_00,
    "info-fee": 303_9300_00,
}


async def ask(served: Served, path: str = "", **query: str) -> dict[str, Any]:
    async with httpx2.AsyncClient(base_url=served.url, timeout=60) as http:
        answer = await http.get(f"/statistics{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def values(content: dict[str, Any]) -> dict[str, int]:
    return {one["figure"]: one["value"] for one in content["figures"]}


async def test_the_demo_set_gives_the_published_figures_and_says_that_it_is_generated(served: Served) -> None:
    content = await ask(served, set="demo")
    found = values(content)
    assert {name: found[name] for name in PUBLISHED} == PUBLISHED
    assert found["documents"] > 180_0000_00
    assert content["generated"] is True
    assert content["zh"]
    assert content["en"]


async def test_every_figure_names_rule_unit_and_groups_that_add_up(served: Served) -> None:
    for one in (await ask(served, set="demo"))["figures"]:
        figure = Figure(one["figure"])
        assert one["rule"] == RULES[figure]
        assert one["unit"] == ("count" if figure in {Figure.ENTERPRISES, Figure.PARTICIPATIONS} else "fen")
        assert set(one["by"]) == {dimension.value for dimension in Dimension}
        for groups in one["by"].values():
            summed = sum(group["amount"] for group in groups)
            assert summed >= one["value"] if figure is Figure.ENTERPRISES else summed == one["value"]
        assert (one["label"] == "估算") is one["estimate"] is (figure is Figure.DOCUMENTS)


async def test_the_estimate_stands_beside_its_unit_table(served: Served) -> None:
    """R-STAT-04, F-58."""
    content = await ask(served, set="demo")
    method = content["method"]
    assert method["documents"]["label"] == "估算"
    works = method["documents"]["units"]["WORKS"]
    each = works["copies"] * (works["pages"] * method["documents"]["page_fen"] + works["binding_fen"])
    assert method["unit_fen"]["WORKS"] == each + works["courier_fen"]
    assert content["indicators"]["trips"] > 0


async def test_every_figure_says_how_it_comes_about_and_no_sum_has_the_year(served: Served) -> None:
    """R-STAT-06."""
    figures = {one["figure"]: one for one in (await ask(served, set="demo"))["figures"]}
    assert {one["origin"]["basis"] for one in figures.values()} == set(Basis)
    assert all(one["origin"]["zh"] and one["origin"]["en"] for one in figures.values())
    deposits = figures["bid-deposit"]
    most, year = deposits["origin"]["example"], deposits["origin"]["year"]
    assert most["title"].startswith("【生成数据】")
    assert most["times"] * most["each"] == most["amount"]
    assert (year["first"], year["last"], year["months"]) == ("2022-10", "2023-09", 12)
    within = [one["amount"] for one in deposits["by"]["month"] if "2022-10" <= one["value"] <= "2023-09"]
    assert year["amount"] == sum(within) < deposits["value"] == PUBLISHED["bid-deposit"]
    assert figures["enterprises"]["origin"]["year"] is None
    assert [one["origin"]["year"] for one in (await ask(served))["figures"]] == [None] * len(Figure)


async def test_a_drill_pages_through_lines_down_to_events(served: Served) -> None:
    wanted = {"set": "demo", "dimension": "category", "value": "市政", "limit": "50"}
    page = await ask(served, "/info-fee", **wanted)
    seen = list(page["lines"])
    assert page["next"] == 50
    while page["next"] is not None:
        page = await ask(served, "/info-fee", **wanted, after=str(page["next"]))
        seen += page["lines"]
    assert len(seen) == page["count"]
    assert sum(line["amount"] for line in seen) == page["total"]
    summary = await ask(served, set="demo")
    (fee,) = [one for one in summary["figures"] if one["figure"] == "info-fee"]
    (group,) = [one for one in fee["by"]["category"] if one["value"] == "市政"]
    assert group["amount"] == page["total"]
    for line in seen:
        assert line["title"].startswith("【生成数据】")
        types = {one["type"] for one in line["events"]}
        assert {"lot.noticed.v1", "lot.contract-filed.v1", "lot.benefit-recorded.v1"} <= types


async def test_months_bound_the_period(served: Served) -> None:
    whole = await ask(served, set="demo")
    part = await ask(served, **{"set": "demo", "from": "2023-01", "to": "2023-06"})
    assert 0 < values(part)["bid-deposit"] < values(whole)["bid-deposit"]
    (deposits,) = [one for one in part["figures"] if one["figure"] == "bid-deposit"]
    assert all("2023-01" <= group["value"] <= "2023-06" for group in deposits["by"]["month"])


async def test_live_lots_are_counted_from_the_log(served: Served) -> None:
    """Four bids on the roll; live and generated never mix."""
    content = await ask(served)
    assert content["generated"] is False
    assert values(content)["participations"] == 4
    assert content["indicators"]["lots"] == 1
    assert values(await ask(served, set="test"))["participations"] == 0
    page = await ask(served, "/participations")
    assert {line["lot"] for line in page["lines"]} == {"lot-1"}
    assert "lot.submission-closed.v1" in {one["type"] for one in page["lines"][0]["events"]}


@pytest.mark.parametrize(
    "path", ["/statistics?set=all", "/statistics/bonds", "/statistics?from=2022-1", "/statistics?to=x"]
)
async def test_what_is_asked_wrongly_is_said_so(served: Served, path: str) -> None:
    async with httpx2.AsyncClient(base_url=served.url, timeout=60) as http:
        answer = await http.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_nothing_counts_before_submission_has_closed(served: Served) -> None:
    """R-GEN-04: with two bids or with five handed in, the statistics are those of no bid at all."""
    desk: StatisticsDesk = served.app.state.desks.statistics
    platform: Platform = served.app.state.desks.platform
    before = await desk.summary("live", "", "9999-99")
    for number, bids in enumerate((2, 5)):
        hall = Hall()
        for name in "abcde"[:bids]:
            hall.submit(name)
        stream = f"lot-other-{number}"
        assert not any(isinstance(event, SubmissionClosed) for event in hall.events)
        await platform.journal.append(
            [Write(stream=stream, expected=0, events=hall.events)], meta=Meta(actor="test")
        )
        after = await desk.summary("live", "", "9999-99")
        assert after["figures"] == before["figures"]
        assert after["indicators"] == before["indicators"]


async def test_a_platform_without_the_generated_set_says_so(served: Served) -> None:
    desk = StatisticsDesk(served.app.state.desks.platform, None)
    with pytest.raises(Unknown, match="statistics-set-unknown"):
        await desk.summary("demo", "", "9999-99")


async def test_a_further_event_moves_the_figures(served: Served) -> None:
    """The fold goes on from where it was."""
    from bidding.domain.money.decide import record_benefits
    from tests.domain.lots import facts

    desk: StatisticsDesk = served.app.state.desks.statistics
    platform: Platform = served.app.state.desks.platform
    before = (await desk.summary("live", "", "9999-99"))["position"]
    lot = await platform.load("lot-1")
    events = record_benefits(lot, RecordBenefits(), facts(now=datetime.fromisoformat("2026-06-09T02:00:00Z")))
    await platform.journal.append(
        [Write(stream="lot-lot-1", expected=lot.version, events=events)], meta=Meta(actor="test")
    )
    assert (await desk.summary("live", "", "9999-99"))["position"] == before + len(events) == before + 4


async def test_a_spectators_ledger_holds_what_is_public_and_balances(served: Served) -> None:
    """R-LEDG-01: the deposit that is due to "a" is the offices' to know; that "d" is liable is public."""
    async with httpx2.AsyncClient(base_url=served.url, timeout=60) as http:
        content = (await http.get("/lots/lot-1/ledger")).json()
    assert content["entries"] == content["overdue"] == []
    assert sum(content["balances"].values()) == 0
    (memo,) = content["memoranda"]
    assert (memo["party"], memo["consequence"]) == ("d", "CREDIT_RECORD_ONLY")
    assert memo["position"] > 0
