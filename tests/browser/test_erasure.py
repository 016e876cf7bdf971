"""Personal data in a lot's events: ordered by a supervisor, erased by an operator, on one page (个人信息保护法 47)."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "420902198001011234"
#: Milliseconds: what is erased must be a leaf of the log first.
LEAF = 20_000


async def at(visit: Visit, play: Play, member: Member, screen: str) -> Page:
    page = await visit(screen, "/app/nowhere")
    await seat(page, member)
    await page.goto(f"/app/lots/{play.lot}/erasure")
    await expect(page.get_by_role("heading", level=1)).to_have_text("删除个人信息")
    return page


async def test_a_text_is_ticked_ordered_and_gone(visit: Visit, stand: Stand, ground: Path) -> None:
    """By whoever may, and by two: who gave the order does not carry it out."""
    async with tender(stand, ground / "erasing", 1) as play:
        objection = {"text": f"联系人身份证 {NUMBER}"}
        await play.bidders[0].member.session.command(play.lot, "notice/object", objection)
        page = await at(visit, play, play.supervisor, "phone")
        await expect(page.get_by_text("本标段没有删除令。")).to_be_visible()
        await page.get_by_text("下达删除令", exact=True).click()
        await page.get_by_label("查找文字").fill(NUMBER)
        await page.get_by_label("对招标文件的异议").check()
        await expect(page.get_by_text("已勾选 1 处。")).to_be_visible()
        await page.get_by_role("button", name="签署删除令").click()
        await expect(page.get_by_text("请填写“删除令文号”。")).to_be_visible()
        await page.get_by_label("理由").select_option("UNLAWFUL")
        await page.get_by_label("删除令文号").fill("删〔2026〕9号")
        await sound(page)
        await page.get_by_role("button", name="签署删除令").click()
        await expect(page.get_by_role("heading", name="删除令 1 待执行")).to_be_visible()
        await expect(page.get_by_role("button", name="签署并删除")).to_have_count(0)

        page = await at(visit, play, stand.operator, "desktop")
        await expect(page.get_by_text("删〔2026〕9号")).to_be_visible()
        await page.get_by_text("执行删除令 1").click()
        await page.get_by_role("button", name="签署并删除").click()
        await expect(page.get_by_role("heading", name="删除令 1 已删除")).to_be_visible(timeout=LEAF)
        await expect(page.get_by_role("button", name="签署并删除")).to_have_count(0)
        await sound(page)
        assert NUMBER not in str(await play.view(play.supervisor.session))


async def test_a_contact_goes_from_the_register(visit: Visit, stand: Stand, played: Play) -> None:
    gone = await played.troupe.organisation("退出建设有限公司", "bidder")
    page = await visit("phone", "/app/nowhere")
    await seat(page, played.supervisor)
    await page.goto("/app/centre/erasures")
    await page.get_by_label("主体编号").fill("退出")
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_text("应为 24 位数字和小写字母")).to_be_visible()
    await page.get_by_label("主体编号").fill(gone.party)
    await page.get_by_role("button", name="查找").click()
    await expect(page.get_by_role("heading", name="退出建设有限公司")).to_be_visible()
    await page.get_by_text("下达删除令", exact=True).click()
    await expect(page.get_by_label("自然人的姓名")).to_have_count(0)  # 个人信息保护法 4: of natural persons
    await page.get_by_label("联系人、电话").check()
    await page.get_by_label("理由").select_option("CONSENT_WITHDRAWN")
    await page.get_by_label("删除令文号").fill("删〔2026〕8号")
    await sound(page)
    await page.get_by_role("button", name="签署删除令").click()
    await expect(page.get_by_role("heading", name="删除令 1 待执行")).to_be_visible()

    page = await visit("desktop", "/app/nowhere")
    await seat(page, stand.operator)
    await page.goto(f"/app/centre/erasures?party={gone.party}")
    await page.get_by_text("执行删除令 1").click()
    await page.get_by_role("button", name="签署并删除").click()
    await expect(page.get_by_role("heading", name="删除令 1 已删除")).to_be_visible(timeout=LEAF)
    known = await gone.session.get("/parties/me")
    assert known["contact"] == {"person": "", "phone": "", "email": "", "address": ""}
