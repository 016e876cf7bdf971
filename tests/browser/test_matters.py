"""Matters of a lot at the browser: draw, money, performance, remedies, prequalification, reference price."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from bidding.cli.demo import scripts
from bidding.domain.periods import SHANGHAI
from bidding.stage import concluding, opening, preparing, sealing
from bidding.stage.cast import Member, Troupe
from bidding.stage.play import Play
from bidding.stage.theatre import Silence
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import shortened, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Milliseconds: what the platform does by itself.
SLOW = 60_000
PAPER = FilePayload(name="资格预审文件.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n")


async def at(visit: Visit, member: Member, path: str, screen: str = "desktop") -> Page:
    page = await visit(screen, "/app/nowhere")
    await seat(page, member)
    await page.goto(path)
    return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(stand: Stand, ground: Path) -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def admitted(stand: Stand, stack: AsyncExitStack, folder: Path) -> Play:
    """The private works with its file accepted, before any notice."""
    await asyncio.to_thread(folder.mkdir)
    play = Play(
        script=shortened(scripts()[4]),
        troupe=Troupe(stand.api, stack, stand.operator),
        theatre=Silence(),
        live_url=stand.live,
        folder=folder,
    )
    await preparing.cast(play)
    await preparing.admission(play)
    return play


async def test_private_works_from_the_draw_to_the_last_payment(
    visit: Visit, stand: Stand, ground: Path, stage: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agency draws at its page, the experts too, anybody computes it again; then money, delivery and payment
    (R-DRAW-02, R-EVAL-07)."""

    async def commits(play: Play) -> None:
        await play.draws["supervisor"].commit()
        await play.draws["supervisor"].commit_experts()
        page = await at(visit, play.agency, f"/app/lots/{play.lot}/draw", "phone")
        await expect(page.get_by_text("招标文件公布的规则")).to_be_visible()
        await page.get_by_role("button", name="生成并锁定").click()
        await expect(page.get_by_text("截止前已锁定")).to_have_count(3)
        await sound(page)
        await page.get_by_role("link", name="专家抽取").click()
        await page.get_by_role("button", name="生成并锁定").click()
        await expect(page.get_by_text("冻结前已锁定")).to_have_count(3)
        await sound(page)
        expected(page, "412")  # the supervisor moved the lot: the page looked again
        pages.append(page)

    async def reveals(play: Play) -> None:
        await play.wait_for("the set is frozen", lambda now: now["opening"]["drawing"]["opened_at"])
        (page,) = pages
        await page.goto(f"/app/agency/lots/{play.lot}/opening")
        await expect(page.get_by_text("抽取系数：依次公布随机数")).to_have_count(2)
        await play.draws["supervisor"].reveal()
        await page.get_by_role("link", name="去办理").click()
        await page.get_by_role("button", name="签署并公布").click(timeout=SLOW)
        await expect(page.get_by_text(re.compile("^已于 .* 公布$"))).to_have_count(2)
        await play.draws["supervisor"].reveal()
        await play.wait_for("it is drawn", lambda now: now["opening"]["drawing"]["drawn"])

    async def seats(play: Play) -> None:
        (page,) = pages
        await page.goto(f"/app/agency/lots/{play.lot}/evaluation")
        await page.get_by_role("link", name="去抽取专家").click()
        await page.get_by_label("招标人代表（平台编号，每行一个）").fill(play.representative.party)
        await page.get_by_role("button", name="冻结并开始").click()
        await play.wait_for("the pool", lambda now: now["evaluation"]["lottery"]["drawing"]["opened_at"])
        await play.draws["supervisor"].reveal_experts()
        await page.get_by_role("button", name="签署并公布").click(timeout=SLOW)
        await expect(page.get_by_text(re.compile("^已于 .* 公布$"))).to_have_count(2)
        await play.draws["supervisor"].reveal_experts()
        expected(page, "412")
        view = await play.wait_for("they are drawn", lambda now: now["evaluation"]["lottery"]["seed"])
        anybody = await visit("phone", f"/app/lots/{play.lot}/experts")
        await anybody.get_by_role("button", name="下载公开记录并复算").click()
        drawn = len(view["evaluation"]["lottery"]["used"])
        await expect(anybody.get_by_text(f"复算一致：同样的 {drawn} 签")).to_be_visible()
        await expect(anybody.get_by_text("✓ 符合")).to_have_count(7)
        await sound(anybody)

    pages: list[Page] = []
    monkeypatch.setattr(preparing, "committed", commits)
    monkeypatch.setattr(opening, "drawn", reveals)
    monkeypatch.setattr(concluding, "experts_drawn", seats)
    play = await admitted(stand, stage, ground / "private")
    await preparing.booking(play)
    await preparing.notice(play)
    await sealing.bids(play)
    await sealing.signing_in(play)
    await opening.opening(play)

    watcher = await visit("phone", f"/app/lots/{play.lot}/draw")
    await watcher.get_by_role("button", name="下载公开记录并复算").click()
    value = (await play.view())["opening"]["drawing"]["drawn"][0]["value"]
    await expect(watcher.get_by_text(f"复算一致：下浮系数 K = {value}")).to_be_visible()
    await expect(watcher.get_by_text("✓ 符合")).to_have_count(7)
    await sound(watcher)

    await concluding.evaluation(play)
    await concluding.award(play)
    await concluding.contract(play)
    await concluding.money(play)
    view = await play.view()
    today = datetime.fromisoformat(view["now"]).astimezone(SHANGHAI).date()
    winner = next(one.member for one in play.bidders if one.member.party == view["award"]["winner"])

    payer = await at(visit, play.tenderer, f"/app/lots/{play.lot}/performance")
    await payer.get_by_label("名称").fill("主体完工")
    await payer.get_by_label("最迟交付").fill((today + timedelta(days=90)).isoformat())
    await payer.get_by_label("金额").first.fill(str(view["contract"]["price_fen"] / 100))
    await payer.get_by_role("button", name="签署节点").click()
    await expect(payer.get_by_role("heading", name="1. 主体完工")).to_be_visible()
    await sound(payer)

    builder = await at(visit, winner, f"/app/lots/{play.lot}/performance", "phone")
    await builder.get_by_text("登记交付：主体完工").click()
    await builder.get_by_label("交付日期").fill(today.isoformat())
    await builder.get_by_role("button", name="签署交付").click()
    await expect(builder.get_by_text(f"已于 {today} 交付")).to_be_visible()
    await payer.reload()
    await payer.get_by_text("登记验收：主体完工").click()
    await payer.get_by_label("验收日期").fill(today.isoformat())
    await payer.get_by_role("button", name="签署验收").click()
    await expect(payer.get_by_text(f"{today} 验收合格")).to_be_visible()
    await builder.reload()
    await builder.get_by_text("请求付款：主体完工").click()
    await builder.get_by_label("发票号码").fill("FP-1")
    await builder.get_by_label("金额", exact=True).fill("一百")
    await builder.get_by_role("button", name="签署付款请求").click()
    await expect(builder.get_by_text("请填写“金额”。")).to_be_visible()
    await builder.get_by_label("金额", exact=True).fill("100万")
    await builder.get_by_role("button", name="签署付款请求").click()
    await expect(builder.get_by_role("heading", name="发票 FP-1")).to_be_visible()
    await sound(builder)
    await payer.reload()
    await payer.get_by_text("登记付款").click()
    await payer.get_by_label("付款日期").fill(today.isoformat())
    await payer.locator("details", has=payer.get_by_text("登记付款")).get_by_label("金额").fill("100万")
    await payer.get_by_role("button", name="签署付款", exact=True).click()
    await expect(payer.get_by_text("已付清")).to_be_visible()

    for screen in ("phone", "desktop"):
        page = await visit(screen, f"/app/lots/{play.lot}/money")
        await page.get_by_text("台账").last.click()
        await expect(page.get_by_role("heading", name="保函", exact=True)).to_be_visible()
        await sound(page)
    centre = await at(visit, stand.operator, f"/app/lots/{play.lot}/money")
    await expect(centre.get_by_role("heading", name="保证金退还")).to_be_visible()
    await centre.get_by_text("台账", exact=True).click()
    await expect(centre.get_by_text("✓ 借贷平衡")).to_be_visible()
    await sound(centre)

    loser = next(one.member for one in play.bidders if one.member.party != winner.party)
    page = await at(visit, loser, f"/app/lots/{play.lot}/remedies", "phone")
    await page.get_by_text("向监督部门投诉").click()
    await page.get_by_label("投诉的是").select_option(label="其他")
    await page.get_by_label("投诉事项").fill("中标人业绩不实")
    for label, text in (("请求", "查处"), ("事实依据", "合同编号不存在")):
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("知道的日期").fill(today.isoformat())
    await page.get_by_role("button", name="签署并投诉").click()
    await expect(page.get_by_role("alert").filter(has_text="证明材料")).to_be_visible()
    expected(page, "422")
    await page.get_by_label("证明材料").set_input_files(PAPER)
    await page.get_by_role("button", name="签署并投诉").click()
    await expect(page.get_by_role("heading", name="投诉 第 1 号")).to_be_visible()
    await expect(page.get_by_text("待受理")).to_be_visible()
    await sound(page)


async def test_prequalification_from_the_notice_to_the_results(
    visit: Visit, stand: Stand, ground: Path, stage: AsyncExitStack
) -> None:
    """R-ENG-05, R-GEN-04: refused with a sentence, then published; sealed on the device, opened at once, reviewed."""
    play = await admitted(stand, stage, ground / "prequalified")
    today = datetime.fromisoformat((await play.view())["now"]).astimezone(SHANGHAI)
    page = await at(visit, play.agency, f"/app/lots/{play.lot}/prequalification")
    await page.get_by_label("条件", exact=True).fill("类似业绩")
    await page.get_by_label("要证明什么、怎样证明").fill("近五年完成过标准厂房一项，附合同。")
    await page.get_by_label("公告正文").fill("现对厂房施工进行资格预审。")
    for label, text in (("招标范围", "厂房施工"), ("建设规模（采购数量）", "一栋，八千平方米")):
        await page.get_by_label(label).fill(text)
    for who in ("招标人", "代理机构"):
        await page.get_by_label(f"{who}联系人").fill("张工")
        await page.get_by_label(f"{who}电话").fill("0712-2850001")
        await page.get_by_label(f"{who}地址").fill("城站路 1 号")
    await page.get_by_label("申请截止时间").fill(f"{today + timedelta(days=1):%Y-%m-%dT17:00}")
    await page.get_by_label("文件发售截止日").fill(f"{today + timedelta(days=1):%Y-%m-%d}")
    await page.get_by_role("button", name="签署并发布").click()
    await expect(page.get_by_text("请先上传资格预审文件。")).to_be_visible()
    await page.get_by_label("由资格审查委员会审查").uncheck()
    await page.locator("input[type=file]").set_input_files(PAPER)
    await expect(page.get_by_text("资格预审文件.pdf")).to_be_visible()
    await page.get_by_role("button", name="签署并发布").click()
    await expect(page.get_by_role("alert").filter(has_text="不得早于")).to_be_visible()
    expected(page, "422")
    await page.get_by_label("申请截止时间").fill(f"{today + timedelta(days=20):%Y-%m-%dT17:00}")
    await page.get_by_label("文件发售截止日").fill(f"{today + timedelta(days=8):%Y-%m-%d}")
    await page.get_by_role("button", name="签署并发布").click()
    await expect(page.get_by_text("接受申请")).to_be_visible()
    await expect(page.get_by_text("张工 · 0712-2850001 · 城站路 1 号").first).to_be_visible()
    await page.get_by_text("抄下密钥").click()
    await sound(page)

    path = f"/app/lots/{play.lot}/prequalification"
    applicant = await at(visit, play.bidders[0].member, path, "phone")
    await applicant.get_by_text("对资格预审文件提出异议").click()
    await applicant.get_by_label("异议内容").fill("“标准厂房”未说明面积")
    await applicant.get_by_role("button", name="签署并提出").click()
    await expect(applicant.get_by_text("✓ 已办理。").first).to_be_visible()
    await page.reload()
    await page.get_by_label("答复", exact=True).fill("不限面积。")
    await sound(page)
    await page.get_by_role("button", name="签署答复").click()
    await expect(page.get_by_text("不限面积。").first).to_be_visible()
    await applicant.reload()
    await expect(applicant.get_by_text("不限面积。")).to_be_visible()
    await applicant.get_by_label("类似业绩 怎样满足").fill("2024年完成二期厂房")
    await applicant.locator("#proof").set_input_files(PAPER)
    await expect(applicant.get_by_text("资格预审文件.pdf")).to_have_count(2)
    await expect(applicant.get_by_text("申请和证明材料在本设备上封装")).to_be_visible()
    await sound(applicant)
    await applicant.get_by_role("button", name="签署并提交申请").click()
    await expect(applicant.get_by_text("平台已收到申请（第 1 次），回执编号")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("回执编号")).to_have_count(0)
    await applicant.get_by_text("撤回申请").first.click()
    await applicant.get_by_role("button", name="签署撤回").click()
    await expect(applicant.get_by_text("申请已撤回")).to_be_visible()

    others = [await at(visit, one.member, path) for one in play.bidders[1:3]]
    applicants = [applicant, *others]
    for number, one in enumerate(applicants, start=1):
        await one.get_by_label("类似业绩 怎样满足").fill(f"2024年完成{number}期厂房")
        await one.locator("#proof").set_input_files(PAPER)
        await one.get_by_role("button", name="签署并提交申请").click()
        await expect(one.get_by_text("平台已收到申请")).to_be_visible()
    terms = (await play.view())["notice"]["prequalification"]
    reviewer = await at(visit, play.tenderer, path)
    await play.travel(datetime.fromisoformat(terms["deadline"]), what="")
    await reviewer.reload()
    await expect(reviewer.get_by_text("申请已截止，等待代理机构解封。")).to_be_visible()
    await page.reload()
    await sound(page)
    await page.get_by_role("button", name="解封", exact=True).click()
    await expect(page.get_by_role("heading", name="审查密钥")).to_have_count(0)
    await reviewed(reviewer)
    for one in applicants:
        await one.reload()
        await expect(one.get_by_text("本单位资格审查合格，可以参加投标。")).to_be_visible()
    await sound(applicant)


async def reviewed(page: Page) -> None:
    """The tenderer reads what was sealed, finds on each, and ends it."""
    await page.reload()
    waiting = page.get_by_role("region", name="待审申请").get_by_role("article")
    await expect(waiting).to_have_count(3)
    for number in (1, 2, 3):
        await expect(page.get_by_text(f"2024年完成{number}期厂房")).to_be_visible()
    href = await page.get_by_role("link", name=PAPER["name"]).first.get_attribute("href")
    assert await (await page.request.get(href or "")).body() == PAPER["buffer"]
    await sound(page)
    for number in range(3):
        await waiting.nth(number).locator("summary").click()
        await waiting.nth(number).get_by_role("button", name="签署审查意见").click()
        await expect(waiting.nth(number).get_by_text("您已提交审查意见")).to_be_visible()
    await page.locator("summary", has_text="结束审查").click()
    await page.get_by_role("button", name="签署并结束审查").click()
    await expect(page.get_by_text("已结束：合格申请人不少于三家，结果已分别通知")).to_be_visible()


async def test_a_reference_price_is_bound_and_kept_on_the_device(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    async with tender(stand, ground / "reference", 1) as play:
        page = await at(visit, play.agency, f"/app/lots/{play.lot}/reference", "phone")
        await page.get_by_label("标底").fill("460万")
        await page.get_by_role("button", name="锁定标底").click()
        await expect(page.get_by_text("标底保存在这台设备上，唱标之后在这里公布。")).to_be_visible()
        await sound(page)
        public = await play.view(play.bidders[0].member.session)
        assert public["opening"]["reference"]["fen"] is None
        await page.goto(f"/app/lots/{play.lot}/promises")
        await expect(page.get_by_role("heading", level=1)).to_have_text("告知承诺")
        await sound(page)
