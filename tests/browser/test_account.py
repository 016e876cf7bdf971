"""A unit at its account page: who holds it, a changed name, a major change (招投条例 34, 38; R-NB-HS-02)."""

import pytest
from playwright.async_api import expect

from tests.browser.bidder import BidderAtBrowser
from tests.browser.conftest import Visit
from tests.browser.trouble import sound

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_unit_tells_who_holds_it_and_what_changed(visit: Visit) -> None:
    unit = BidderAtBrowser(await visit("phone"), "安陆变更建设有限公司")
    await unit.enrol()
    page = unit.page
    await page.get_by_text("申报负责人和控股、管理关系").click()
    await page.get_by_role("button", name="增加一项控股或管理单位").click()
    await page.get_by_label("上级单位或股东名称").fill("湖北测试投资集团有限公司")
    await page.get_by_label("持股比例").fill("65.5")
    await page.get_by_label("负责人姓名").fill("张三")
    await page.get_by_label("负责人证件号码").fill("420902199001011234")
    await sound(page)
    async with page.expect_request("**/parties/me/relations") as declaring:
        await page.get_by_role("button", name="签署申报").click()
    said = (await declaring.value).post_data or ""
    assert '"share_bp":6550' in said
    assert "420902199001011234" not in said
    await expect(page.get_by_text("✓ 已办理。")).to_have_count(1)

    await page.get_by_text("证照变更一次办").click()
    await page.get_by_label("新的名称").fill("安陆更名建设有限公司")
    await page.get_by_label("证明文件及文号").first.fill("准予变更登记通知书〔2026〕第88号")
    await page.get_by_label("同意平台据此更新").check()
    await page.get_by_role("button", name="签署变更").click()
    await expect(page.get_by_role("heading", name="安陆更名建设有限公司")).to_be_visible()
    await sound(page)
