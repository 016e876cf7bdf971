"""An expert at its browser: signs in, reads the bids, scores with page references, signs (R-EVAL-03, R-ENG-18)."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bidding.cli.demo import scripts
from bidding.stage import concluding, opening, sealing
from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import shortened, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Where to keep a picture of each page that is passed, for whoever wants to look.
PICTURES = os.environ.get("PICTURES", "")


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def drawn(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A tender that is opened and whose committee is drawn; nobody has signed in."""
    async with tender(stand, ground / "drawn", 0, shortened(scripts()[0])) as play:
        await sealing.bids(play)
        await sealing.signing_in(play)
        await opening.opening(play)
        for office in play.offices.values():
            await office.disclose_evaluation_key()
        terms = play.script.terms
        asked = {
            "representatives": [play.representative.party],
            "trades": [{"trade": play.trade, "count": terms["committee_size"] - terms["tenderer_reps"]}],
        }
        await play.agency.session.command(play.lot, "evaluation/draw", asked)
        yield play


async def members(play: Play) -> list[Member]:
    """Who was drawn, as each finds out by itself."""
    return [
        one
        for one in (*play.experts, play.representative)
        if "committee" in (await play.view(one.session))["standings"]
    ]


async def at_desk(visit: Visit, member: Member, screen: str) -> Page:
    page = await visit(screen, "/app/nowhere")
    await seat(page, member)
    await page.goto("/app/expert")
    await expect(page.get_by_role("heading", level=1)).to_have_text("我的评标任务")
    return page


async def asked_and_answered(visit: Visit, drawn: Play, members: list[Member]) -> None:
    """R-EVAL-10: what more than half of the committee asks goes out, and the bidder answers once at its page."""
    asked = next(one for one in drawn.bidders if one.plan.releases and not one.plan.withdraws)
    question = {
        "bidder": asked.member.party,
        "kind": "CLARIFICATION",
        "text": "请说明工期安排的依据",
        "page": "第 5 页",
        "minutes": 600,
    }
    first, *others = (one.session for one in members[:3])
    await first.command(drawn.lot, "evaluation/ask-clarification", question)
    for other in others:
        await other.command(drawn.lot, "evaluation/support-clarification", {"number": 1})
    page = await visit("phone", "/app/nowhere")
    await seat(page, asked.member)
    await page.goto(f"/app/bidder/lots/{drawn.lot}/result")
    await expect(page.get_by_text("请说明工期安排的依据")).to_be_visible()
    await sound(page)
    await page.get_by_label("答复内容").fill("工期改为100天")
    await page.get_by_role("button", name="签名并答复").click()
    await expect(page.get_by_role("alert").filter(has_text="实质性内容")).to_be_visible()
    expected(page, "422")
    await page.get_by_label("答复内容").fill("工期安排见投标文件第 5 页")
    await page.get_by_role("button", name="签名并答复").click()
    await expect(page.get_by_text("已答复：")).to_be_visible()
    await sound(page)


async def test_an_expert_reads_scores_with_pages_and_signs(visit: Visit, drawn: Play) -> None:
    mine, *others = await members(drawn)
    page = await at_desk(visit, mine, "desktop")
    await expect(page.get_by_text("请签到，并声明与各投标人没有利害关系")).to_be_visible()
    await sound(page)
    await picture(page, "seats")
    await page.get_by_role("link", name="进入评标").click()
    await sound(page)
    await picture(page, "sign-in")
    await page.get_by_role("button", name="声明并签到").click()
    await expect(page.get_by_text("您已签到，等待其他成员签到")).to_be_visible()
    for other in others:
        await other.session.command(drawn.lot, "evaluation/sign-in", {})

    await expect(page.get_by_text("请阅读投标文件并独立打分")).to_be_visible(timeout=60_000)
    await asked_and_answered(visit, drawn, others)
    layer = page.locator(".textLayer")
    await expect(layer).to_contain_text("承诺完全响应招标文件的实质性要求", timeout=30_000)
    await expect(page.get_by_text("第 1 页，共")).to_be_attached()
    await page.get_by_role("region", name="投标文件页面").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_text("第 2 页，共")).to_be_attached()
    await expect(layer).to_contain_text("图 1")
    await sound(page)
    await picture(page, "reading")

    bids = page.get_by_role("navigation", name="投标人").get_by_role("button")
    criteria = drawn.script.terms["criteria"]
    plans = {one.plan.name: one.plan for one in drawn.bidders}
    for number in range(await bids.count()):
        await bids.nth(number).click()
        name = await bids.nth(number).locator("b").inner_text()
        await expect(layer).to_contain_text(name, timeout=30_000)
        # What the others will give too: objective points must agree.
        given = plans[name].points or tuple("8" for _ in criteria)
        for criterion, points in zip(criteria, given, strict=True):
            await page.get_by_label(f"{criterion['title']} 分值", exact=True).fill(points)
            await page.get_by_label(f"{criterion['title']} 理由", exact=True).fill("方案完整，措施可行")
            await page.get_by_label(f"{criterion['title']} 页码", exact=True).focus()
            await page.get_by_role("button", name="引用本页").click()
            cited = await page.get_by_label(f"{criterion['title']} 页码", exact=True).input_value()
            assert cited.endswith("页"), cited
    await picture(page, "scored")

    await page.reload()
    await expect(page.get_by_text("已恢复您上次填写的内容。")).to_be_visible()
    await expect(page.get_by_text("工期安排见投标文件第 5 页")).to_be_visible()
    await page.get_by_role("button", name="提交评分表").click()
    await expect(page.get_by_text("您的评分表已提交。")).to_be_visible()
    await expect(page.get_by_text("各成员评分")).to_have_count(0)

    for other in others:
        await concluding._score(drawn, other)
    await expect(page.get_by_text("请阅读评标报告并签署")).to_be_visible(timeout=60_000)
    await page.get_by_text("各成员评分").click()
    await page.get_by_text("计算过程").first.click()
    await sound(page)
    await picture(page, "report")
    await page.get_by_label("不同意见及理由").fill("对第二名的业绩得分有不同意见：合同日期早于要求。")
    await page.get_by_role("button", name="签署", exact=True).click()
    await expect(page.get_by_text("您已签署，等待其他成员")).to_be_visible()
    view = await drawn.view(mine.session)
    (signed,) = view["evaluation"]["signatures"]
    assert (signed["member"], "合同日期" in signed["dissent"]) == (mine.party, True)


async def test_a_member_reads_on_a_phone_in_english_and_large_type(visit: Visit, drawn: Play) -> None:
    mine = (await members(drawn))[1]
    page = await at_desk(visit, mine, "phone")
    await sound(page)
    await picture(page, "phone-seats")
    await page.get_by_role("link", name="进入评标").click()
    await expect(page.locator(".textLayer")).to_contain_text("承诺完全响应", timeout=30_000)
    await sound(page)
    await picture(page, "phone-seat")
    await page.get_by_role("button", name="菜单").click()
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="Large type").click()
    await sound(page)
    await picture(page, "phone-large")
