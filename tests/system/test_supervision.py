"""The supervisor's channel over HTTP: orders, their audit, complaints and who may know of them.

R-PLAT-02, R-PLAT-11, R-DOC-03, R-ENG-27; F-34, F-47.
"""

from pathlib import Path

import pytest

from bidding.client.session import Problem
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOP = {"reason": "收到投诉,暂停核查", "order": "孝南公管督〔2026〕3号"}
CLARIFY = {"text": "更正联系电话。", "affects_bids": False}
OTHER = {
    "subject": "OTHER",
    "matters": [{"of": 0, "text": "代理机构与某投标人存在利害关系"}],
    "request": "责令改正",
    "facts": "同一法定代表人,见附件",
    "interest": "潜在投标人",
    "papers": [{"name": "登记信息.pdf", "sha256": "ab" * 32}],
}


async def test_an_order_stops_the_lot_in_the_act_that_gives_it_and_every_look_is_audited(
    stand: Stand, folder: Path
) -> None:
    async with tender(stand, folder, bidders=1) as play:
        supervisor, agency = play.supervisor.session, play.agency.session
        await supervisor.command(play.lot, "control/suspend", STOP)
        with pytest.raises(Problem) as refused:
            await agency.command(play.lot, "notice/clarify", CLARIFY)
        assert (refused.value.status, refused.value.code) == (409, "lot-suspended")
        with pytest.raises(Problem) as others:
            await play.troupe.operator.session.command(play.lot, "control/acknowledge", {"number": 1})
        assert others.value.code == "order-for-others"
        await agency.command(play.lot, "control/acknowledge", {"number": 1})
        wanted = {
            "kind": "PRODUCE",
            "addressee": "platform",
            "text": "调取公告",
            "wanted": ["lot.noticed.v1"],
        }
        await supervisor.command(play.lot, "control/order", wanted)
        produced = await supervisor.command(play.lot, "control/produce", {"number": 2})
        assert [one["type"] for one in produced["produced"]] == ["lot.noticed.v1"]
        assert [one["type"] for one in produced["events"]] == ["lot.events-produced.v1"]
        await _complaint_is_the_supervisors_to_know(play)
        await supervisor.command(play.lot, "control/lift", {"reason": "核查完毕"})
        await agency.command(play.lot, "notice/clarify", CLARIFY)


async def _complaint_is_the_supervisors_to_know(play: Play) -> None:
    """Lodged while the lot stands still: its author and the supervisor see it, the agency does not."""
    author = play.bidders[0].member.session
    agency, supervisor = play.agency.session, play.supervisor.session
    knew = (await supervisor.get(f"/lots/{play.lot}/timeline"))["now"][:10]
    await author.command(play.lot, "complaint/lodge", {**OTHER, "knew": knew})
    mine = await author.get(f"/lots/{play.lot}/objections")
    assert [one["status"] for one in mine["complaints"]] == ["LODGED"]
    assert (await agency.lot(play.lot))["complaints"]["all"] == []
    (seen,) = (await supervisor.lot(play.lot))["complaints"]["all"]
    assert seen["by"] == author.party
    await supervisor.command(play.lot, "complaint/accept", {"number": 1})
    (copied,) = (await agency.lot(play.lot))["complaints"]["all"]
    assert (copied["status"], copied["by"]) == ("ACCEPTED", "")
    dismissed = {
        "number": 1,
        "outcome": "DISMISSED",
        "ground": "UNFOUNDED",
        "findings": "查无此事",
        "law": "招标投标法实施条例第六十一条",
    }
    await supervisor.command(play.lot, "complaint/decide", dismissed)
    told = (await author.get(f"/lots/{play.lot}/timeline"))["decisions"]
    assert "R-ENG-28" in {one["rule"] for one in told}
