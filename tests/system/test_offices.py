"""What an office's pages ask: its own lots, rehearsals, checklists, working days, scores of sample prices."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bidding.api.examples import example
from bidding.api.formulas import SAMPLE
from bidding.client.session import Problem, Session
from bidding.domain.scoring import Offer, parse_formula, score_prices
from bidding.stage.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def listed(session: Session) -> list[dict[str, Any]]:
    lots: list[dict[str, Any]] = (await session.get("/offices/lots"))["lots"]
    return lots


async def once_listed(play: Play, lot: str) -> list[dict[str, Any]]:
    """The list follows the log, a moment behind it."""
    async with asyncio.timeout(60):
        while True:
            found = await listed(play.agency.session)
            if any(one["lot"] == lot for one in found):
                return found
            await asyncio.sleep(0.05)  # another task's commit


async def refusal(session: Session, path: str, body: object) -> Problem:
    with pytest.raises(Problem) as refused:
        await session.post(path, body, keyed=False)
    return refused.value


async def test_host_and_tenderer_see_their_lot_with_its_open_nodes_and_nobody_else_does(play: Play) -> None:
    for member in (play.agency, play.tenderer):
        (line,) = [one for one in await listed(member.session) if one["lot"] == play.lot]
        assert line["phase"] == "noticed"
        assert "deadline" in [node["step"] for node in line["nodes"]]
        assert all(node["zh"] and node["en"] and node["article"] for node in line["nodes"])
    for session in (play.bidders[0].member.session, play.supervisor.session, play.troupe.operator.session):
        assert play.lot not in [one["lot"] for one in await listed(session)]


async def test_an_unpublished_lot_is_in_its_offices_list_and_in_no_other(play: Play) -> None:
    filing = {**example("admission/submit"), "tenderer": play.tenderer.party, "mode": "test"}
    made = await play.agency.session.post("/lots", filing)
    found = await once_listed(play, made["lot"])
    assert found[0]["phase"] == "submitted"
    assert found[0]["deadline"] is None
    for other in (play.tenderer.session, play.bidders[0].member.session, play.supervisor.session):
        seen = [one["lot"] for one in await listed(other)]
        assert (made["lot"] in seen) == (other is play.tenderer.session)


async def test_the_list_in_pages_is_the_list_newest_first(play: Play) -> None:
    """The agency of this run may have filed other tests' lots before: the pages are compared with the whole."""
    filing = {**example("admission/submit"), "tenderer": play.tenderer.party, "mode": "test"}
    made = await play.agency.session.post("/lots", filing)
    whole = [one["lot"] for one in await once_listed(play, made["lot"])]
    assert whole.index(made["lot"]) == 0
    assert play.lot in whole[1:]
    paged: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = await play.agency.session.get("/offices/lots", limit=1, **after)
        paged += [one["lot"] for one in page["lots"]]
        if page["next"] is None:
            break
        assert page["next"] == paged[-1]
        after = {"after": page["next"]}
    assert paged == whole


async def test_a_rehearsal_refuses_as_the_act_would_and_records_nothing(play: Play) -> None:  # R-ENG-04
    agency, before = play.agency.session, await play.agency.session.version(play.lot)
    path = f"/lots/{play.lot}/notice/clarify/rehearsal"
    deadline = datetime.fromisoformat((await play.view())["notice"]["deadline"])
    late = {
        "text": "清单改动。",
        "affects_bids": True,
        "new_deadline": (deadline - timedelta(days=1)).isoformat(),
    }
    refused = await refusal(agency, path, late)
    assert (refused.code, refused.status) == ("deadline-not-earlier", 422)
    with pytest.raises(Problem, match="deadline-not-earlier"):
        await agency.command(play.lot, "notice/clarify", late)
    tried = await agency.post(path, {"text": "清单改动。", "affects_bids": True}, keyed=False)
    assert tried["events"][0]["type"] == "lot.clarified.v1"
    assert await agency.version(play.lot) == before


async def test_only_who_may_act_may_rehearse(play: Play) -> None:
    path = f"/lots/{play.lot}/notice/clarify/rehearsal"
    body = {"text": "改动。", "affects_bids": False}
    for session in (play.bidders[0].member.session, play.tenderer.session):
        assert (await refusal(session, path, body)).code == "not-permitted"


async def test_an_agency_finds_the_tenderer_by_its_code_and_bidders_are_told_nothing(play: Play) -> None:
    me = await play.tenderer.session.get("/parties/me")
    found = await play.agency.session.get(f"/offices/tenderers/{me['uscc']}")
    assert found == {"party": play.tenderer.party, "name": play.tenderer.name, "uscc": me["uscc"]}
    bidder = play.bidders[0].member.session
    other = (await bidder.get("/parties/me"))["uscc"]
    with pytest.raises(Problem, match="uscc-no-tenderer"):
        await play.agency.session.get(f"/offices/tenderers/{other}")
    with pytest.raises(Problem, match="not-permitted"):
        await bidder.get(f"/offices/tenderers/{me['uscc']}")


async def test_a_preview_gives_the_scores_of_the_evaluation_itself(play: Play) -> None:  # R-SCORE-10
    shown = await play.agency.session.post("/formulas/preview", SAMPLE, keyed=False)
    offers = [Offer(**one) for one in SAMPLE["offers"]]
    expected = score_prices(parse_formula(SAMPLE["formula"]), offers, limit="2800")
    assert [one["score"] for one in shown["result"]["scores"]] == [one.score for one in expected.scores]
    assert shown["result"]["scores"][0]["derivation"]
    assert shown["faults"] == []


async def test_a_preview_names_what_keeps_a_formula_from_being_published(play: Play) -> None:  # R-SCORE-10
    unlawful = {**SAMPLE, "formula": {**SAMPLE["formula"], "e1": "0.2", "e2": "0.3"}}
    shown = await play.agency.session.post("/formulas/preview", unlawful, keyed=False)
    assert shown["faults"] == ["E1_NOT_ABOVE_E2"]
    shown = await play.agency.session.post("/formulas/preview", {**SAMPLE, "regime": "GP"}, keyed=False)
    assert shown["faults"] == ["WRONG_REGIME"]


async def test_the_calendar_knows_days_off_and_days_worked_instead(play: Play) -> None:  # R-TIME-03
    shown = await play.agency.session.get("/offices/calendar/2026-02")
    working = {one["day"]: one["working"] for one in shown["days"]}
    assert len(working) == 28
    assert not working["2026-02-17"]  # 春节
    assert working["2026-02-28"]  # a Saturday, worked instead


async def test_a_checklist_is_told_for_every_category_with_its_articles(play: Play) -> None:  # R-SVC-03
    shown = (await play.agency.session.get("/offices/checklists"))["items"]
    assert set(shown) == {"房建", "市政", "交通", "水利", "货物", "服务"}
    assert all(item["title"] and item["source"] for items in shown.values() for item in items)
