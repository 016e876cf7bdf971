"""P1: an evaluation key that does not come is reported on the page, decided, and released once more (R-OPEN-24)."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bidding.client.office import OfficeDesk
from bidding.stage import opening
from bidding.stage.cast import Member
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.test_agency import confirmed
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def at(visit: Visit, member: Member, screen: str, path: str) -> Page:
    page = await visit(screen, "/app/nowhere")
    await seat(page, member)
    await page.goto(f"/app{path}")
    return page


async def test_a_missing_evaluation_key_is_reported_decided_and_run_again(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    async with tender(stand, ground / "rerunning", bidders=3) as play:
        await all_hand_in(play)
        await closed(play)
        await opening.opening(play)
        page = await at(visit, play.agency, "phone", f"/agency/lots/{play.lot}/evaluation")
        await page.get_by_text("报告评标密钥没有移交").click()
        await page.get_by_label("哪一方的密钥").select_option("agency")
        await page.get_by_label("经过").fill("主持人设备丢失")
        await page.get_by_label("证据（留存本方").fill("报案回执")
        await sound(page)
        await page.get_by_role("button", name="签署报告").click()
        await expect(page.get_by_role("heading", name="代理机构没有移交评标密钥")).to_be_visible()

        desk = await at(visit, play.supervisor, "desktop", f"/supervisor/{play.lot}")
        await expect(desk.get_by_text("代理机构未移交评标密钥")).to_be_visible()
        await desk.get_by_label("处理").first.select_option("rerun")
        await desk.get_by_label("接替代理机构的一方").select_option(play.tenderer.party)
        await desk.get_by_label("理由").first.fill("由招标人接替")
        await desk.get_by_role("button", name="决定", exact=True).click()
        await expect(desk.get_by_text("决定重新解密")).to_be_visible()
        await sound(desk)

        page = await at(visit, play.tenderer, "phone", f"/agency/lots/{play.lot}/opening")
        await expect(page.get_by_text("该您办理")).to_be_visible()
        await page.get_by_role("button", name="在本设备生成并公布密钥").click()
        await expect(page.get_by_text("等待监督部门")).to_be_visible()
        bidder = await at(visit, play.bidders[0].member, "phone", f"/bidder/lots/{play.lot}/opening")
        await expect(bidder.get_by_text("将重新解密一次")).to_be_visible()
        await sound(bidder)

        await OfficeDesk(play.supervisor.session, "supervisor", play.lot).announce_keys()
        await confirmed(page, "下达解密指令")
        await expect(bidder.get_by_text("现在重新解密：请再解密一次")).to_be_visible()
        await sound(bidder)
        await bidder.get_by_role("button", name="解密我的投标").click()
        await expect(bidder.get_by_text("您的投标已打开，报价已公布。")).to_be_visible()
        view = await play.view()
        assert [one["bidder"] for one in view["opening"]["released"]] == [play.bidders[0].member.party]
        assert view["opening"]["announcement"]["table"], "what was announced stays as it was"
