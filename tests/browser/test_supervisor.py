"""A supervisor at its browser: suspends and lifts, opens with its own keys (R-PLAT-11, R-OPEN-04)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bidding.client.office import OfficeDesk
from bidding.client.session import Problem
from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.test_expert import picture
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Whether the form's draft, with this text in it, is on the disk.
_KEPT = """(text) => new Promise((resolve) => {
  const asked = indexedDB.open('bidding-client')
  asked.onsuccess = () => {
    const all = asked.result.transaction('drafts').objectStore('drafts').getAll()
    all.onsuccess = () => { asked.result.close(); resolve(JSON.stringify(all.result).includes(text)) }
  }
})"""


async def kept(page: Page, text: str) -> None:
    async with asyncio.timeout(10):
        while True:
            if await page.evaluate(_KEPT, text):
                return
            await asyncio.sleep(0.05)  # until the form is quiet and written down


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def noticed(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    async with tender(stand, ground / "watched", 3) as play:
        yield play


async def at_desk(visit: Visit, member: Member, screen: str, path: str) -> Page:
    page = await visit(screen, "/app/nowhere")
    await seat(page, member)
    await page.goto(path)
    return page


@pytest.mark.parametrize("screen", ["desktop", "phone"])
async def test_a_supervisor_suspends_and_lifts(visit: Visit, noticed: Play, screen: str) -> None:
    page = await at_desk(visit, noticed.supervisor, screen, "/app/supervisor")
    await expect(page.get_by_role("heading", level=1)).to_have_text("监督工作台")
    title = (await noticed.view())["notice"]["title"]
    await page.get_by_label("标段名称或编号").fill(title)
    await sound(page)
    await picture(page, f"watch-{screen}")
    await page.goto(f"/app/supervisor/{noticed.lot}")
    await expect(page.get_by_role("heading", name="全过程记录")).to_be_visible()
    await expect(page.get_by_text("发布招标公告")).to_be_visible()
    await sound(page)
    await page.get_by_text("暂停本标段").click()
    await page.get_by_role("button", name="签署并暂停").click()
    await expect(page.get_by_text("请填写“理由”。")).to_be_visible()
    await page.get_by_label("理由").first.fill("收到投诉，核查")
    await page.get_by_label("监督指令文号").first.fill("监督〔2026〕7号")
    await kept(page, "监督〔2026〕7号")
    await page.reload()
    await page.get_by_text("暂停本标段").click()
    await expect(page.get_by_label("理由").first).to_have_value("收到投诉，核查")
    await page.get_by_role("button", name="签署并暂停").click()
    await expect(page.get_by_text("已暂停：收到投诉，核查（监督〔2026〕7号）")).to_be_visible()
    await sound(page)
    await picture(page, f"suspended-{screen}")
    with pytest.raises(Problem) as refused:
        await noticed.agency.session.command(
            noticed.lot, "notice/clarify", {"text": "x", "affects_bids": False, "document": None}
        )
    assert refused.value.code == "lot-suspended"
    await page.get_by_text("恢复本标段").click()
    await page.get_by_label("理由").first.fill("核查完毕")
    await page.get_by_role("button", name="签署并恢复").click()
    await expect(page.get_by_text("已暂停：")).to_have_count(0)
    await expect(page.get_by_text("曾暂停").first).to_be_visible()
    assert (await noticed.view())["control"]["suspended"] is None


async def test_the_supervisors_keys_are_made_on_its_device_and_open_the_bids(
    visit: Visit, noticed: Play
) -> None:
    await all_hand_in(noticed)
    await closed(noticed)
    agency = noticed.agency.session
    await agency.command(noticed.lot, "opening/publish-roll", {})
    office = OfficeDesk(agency, "agency", noticed.lot, noticed.folder / "agency.keys")
    await office.announce_keys()
    page = await at_desk(visit, noticed.supervisor, "desktop", f"/app/supervisor/{noticed.lot}")
    await page.get_by_role("button", name="生成并公布").click()
    await expect(page.get_by_text("目前没有等待监督部门办理的事项。")).to_be_visible()
    keys = {one["office"]: one for one in (await noticed.view())["opening"]["office_keys"]}
    assert set(keys) == {"agency", "supervisor"}
    await agency.command(noticed.lot, "opening/order-release", {})
    view = await noticed.view()
    ends = view["opening"]["release_window"]["ends"]
    await noticed.travel(datetime.fromisoformat(ends), what="")
    await noticed.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])
    await expect(page.get_by_role("button", name="作出认定").first).to_be_visible(timeout=20_000)
    await sound(page)
    await picture(page, "faults")
