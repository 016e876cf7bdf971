"""What anybody sees without login: the list, a lot, its opening live and again, the statistics."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Milliseconds: the generated statistics are made when they are first asked for.
SLOW = 60_000
SCREENS = pytest.mark.parametrize("screen", ["phone", "desktop"])


@SCREENS
@pytest.mark.parametrize(
    "path",
    [
        "/app/",
        "/app/openings?mode=test",
        "/app/lots/{lot}",
        "/app/lots/{lot}/hall",
        "/app/dashboard?set=demo",
        "/app/wall?mode=test",
    ],
)
async def test_every_page_is_sound(visit: Visit, finished: str, screen: str, path: str) -> None:
    page = await visit(screen, path.format(lot=finished))
    await expect(page.locator("main h2").first).to_be_visible(timeout=SLOW)
    await sound(page)
    if screen == "phone":
        await page.get_by_role("button", name="菜单").click()
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="Large type").click()
    await sound(page)


async def test_a_newcomer_walks_from_the_first_page_through_a_whole_tender(
    visit: Visit, finished: str
) -> None:
    page = await visit("phone", "/app/")
    await page.get_by_role("link", name="看公告和免收依据").click()
    await expect(page.get_by_role("heading", name="不收一分钱")).to_be_visible()
    await page.get_by_role("link", name="回放开标").click()
    # Not what the film shows first: it plays at once, and is over the wait for the deadline in a moment.
    await expect(page.get_by_role("button", name="下一个事件")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="中标候选人")).to_be_visible()


async def test_the_list_leads_to_the_lot_and_finds_by_text(visit: Visit, finished: str) -> None:
    page = await visit("desktop", "/app/openings?mode=test")
    await page.get_by_role("searchbox").fill("城站路")
    await page.get_by_role("button", name="查找").click()
    await expect(page.locator(f"article a[href*='{finished}']").first).to_be_visible()
    await expect(page.get_by_role("article").filter(has_not_text="城站路")).to_have_count(0)
    await page.get_by_role("searchbox").fill("没有的项目")
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_text("没有符合条件的标段。")).to_be_visible()


async def test_a_hall_of_no_lot_says_so(visit: Visit) -> None:
    page = await visit("phone", "/app/lots/no-such-lot/hall")
    await expect(page.get_by_role("alert").get_by_text("没有这个标段")).to_be_visible(timeout=15_000)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("正在加载")).to_have_count(0)
    expected(page, "404", "WebSocket")


async def test_who_comes_late_sees_the_whole_opening(visit: Visit, finished: str) -> None:
    page = await visit("desktop", f"/app/lots/{finished}/hall")
    table = page.get_by_role("region", name="开标一览表")
    await expect(table.get_by_role("row")).to_have_count(5)
    await expect(table.get_by_text("2,655 万元")).to_be_visible()
    await expect(table.get_by_text("视为撤销")).to_be_visible()
    log = page.get_by_role("region", name="现场记录")
    await expect(log.get_by_text("所有报价同一时刻可读")).to_be_visible()
    await expect(log.get_by_text("投标截止，共收到 4 份")).to_be_visible()


async def test_a_replay_shows_no_price_before_its_moment(visit: Visit, finished: str) -> None:
    page = await visit("desktop", f"/app/lots/{finished}/replay")
    await page.get_by_role("button", name="暂停").click()
    seen = []
    forward = page.get_by_role("button", name="下一个事件")
    while await forward.is_enabled():
        shown = await page.locator("main").inner_text()
        seen.append(("名单" in shown, "2,655 万元" in shown, "开标一览表" in shown))
        assert not ("2,655 万元" in shown and "开标一览表" not in shown)
        await forward.click()
    assert seen[0][1] is False
    await expect(page.get_by_text("2,655 万元").first).to_be_visible()
    await page.locator(".speed select").select_option(
        "1"
    )  # else the wait before the deadline is over in a moment
    await page.get_by_role("button", name="从头播放").click()
    await expect(page.get_by_text("距离投标截止")).to_be_visible()


async def test_the_statistics_lead_down_to_their_entries(visit: Visit) -> None:
    page = await visit("desktop", "/app/dashboard?set=demo")
    await expect(page.get_by_text("生成数据,并非真实交易")).to_be_visible(timeout=SLOW)
    origin = page.locator(".origin")  # R-STAT-06
    await expect(origin).to_contain_text("10 × 80 万元 = 800 万元")
    await expect(origin).to_contain_text("推算一年")
    await page.get_by_role("button", name="市政").click()
    await expect(page.get_by_role("heading", name="明细：市政")).to_be_visible()
    await expect(page.get_by_role("row")).not_to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="明细：市政")).to_be_visible()
    await sound(page)
