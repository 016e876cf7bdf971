"""The first scenario by hand of the pages: agency, tenderer, five bidders, supervisor, two experts, three spectators.

Every party has a browser of its own. What nobody does by a page is the stage's: the centre's rooms, the test
clock, and the other members of the committee.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from bidding.application.record import verify_record
from bidding.cli.demo import scripts
from bidding.crypto.canonical import unb64
from bidding.stage.cast import Member
from bidding.stage.papers import write_pdf
from bidding.stage.play import Play
from bidding.stage.script import BidPlan
from tests.browser.bidder import BidderAtBrowser
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.test_agency import at_desk, confirmed, press, window_over
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import approach, closed, shortened, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Milliseconds that a page may wait for what others and the platform do.
PATIENCE = 60_000
SCRIPT = scripts()[0]


@dataclass
class Hall:
    """All who are there, each at a browser."""

    play: Play
    agency: Page
    tenderer: Page
    supervisor: Page
    spectators: list[Page]
    bidders: list[tuple[BidPlan, BidderAtBrowser]] = field(default_factory=list)

    def of(self, wanted: str) -> list[BidderAtBrowser]:
        """``all``, or the one who ``replaces``, ``withdraws``, ``objects``; ``opened``: those who release."""
        return [
            bidder
            for plan, bidder in self.bidders
            if wanted == "all"
            or (wanted == "opened" and plan.releases and not plan.withdraws)
            or (wanted == "replaces" and plan.replaces_fen)
            or (wanted == "withdraws" and plan.withdraws)
            or (wanted == "objects" and plan.objects)
            or (wanted == "fails" and not plan.releases)
        ]

    async def everywhere(self, path: str, who: Sequence[BidderAtBrowser]) -> None:
        await asyncio.gather(*(one.page.goto(f"/app/bidder/lots/{self.play.lot}{path}") for one in who))


@pytest_asyncio.fixture(loop_scope="session")
async def hall(visit: Visit, stand: Stand, ground: Path) -> AsyncIterator[Hall]:
    """A noticed lot, its document changed once, nobody bidding yet."""
    script = msgspec.structs.replace(shortened(SCRIPT), bids=())
    async with AsyncExitStack() as stack:
        play = await stack.enter_async_context(tender(stand, ground / "whole", 0, script))
        watching = f"/app/lots/{play.lot}/hall"
        yield Hall(
            play=play,
            agency=await at_desk(visit, play.agency, f"/app/agency/lots/{play.lot}/opening"),
            tenderer=await at_desk(visit, play.tenderer, f"/app/agency/lots/{play.lot}/award", "phone"),
            supervisor=await at_desk(visit, play.supervisor, f"/app/supervisor/{play.lot}"),
            spectators=[await visit(screen, watching) for screen in ("phone", "phone", "desktop")],
            bidders=[
                (plan, BidderAtBrowser(await visit("phone" if n % 2 else "desktop"), plan.name))
                for n, plan in enumerate(SCRIPT.bids)
            ],
        )


async def papers(hall: Hall, plan: BidPlan) -> dict[str, list[FilePayload]]:
    """Real PDFs, which the committee will read page by page."""
    found: dict[str, list[FilePayload]] = {}
    for term in SCRIPT.terms["envelopes"]:
        if (name := term["name"]) != "form":
            path = hall.play.folder / f"{plan.lead}-{name}.pdf"
            seed = f"{plan.name}-{name}"
            await asyncio.to_thread(write_pdf, path, term["title"], plan.name, [plan.lead], 50_000, seed)
            content = await asyncio.to_thread(path.read_bytes)
            found[name] = [
                FilePayload(name=f"{term['title']}.pdf", mimeType="application/pdf", buffer=content)
            ]
    return found


def wan(fen: int) -> str:
    return f"{fen // 1_000_000}万"


async def bidding(hall: Hall) -> None:
    """Each registers, takes the document, seals on its device, hands in; one replaces its bid, one withdraws it."""
    for plan, bidder in hall.bidders:
        await bidder.enrol()
        files = await papers(hall, plan)
        price = wan(plan.replaces_fen or plan.price_fen)
        form = {"投标报价": price, "工期（服务期），日历天": str(plan.duration_days), "项目负责人": plan.lead}
        await bidder.fill(hall.play.lot, files, **form)
        await bidder.seal()
        await bidder.hand_in()
        if plan.replaces_fen:
            await bidder.page.get_by_role("button", name="重新封装（替换）").click()
            await bidder.page.get_by_label("投标报价", exact=True).fill(wan(plan.price_fen))
            for envelope, chosen in files.items():
                await bidder.page.locator(f"input[type=file][name={envelope}]").set_input_files(chosen)
            await bidder.seal()
            await bidder.hand_in()
        if plan.withdraws:
            await bidder.page.get_by_role("button", name="撤回投标").click()
            await bidder.page.get_by_role("button", name="撤回投标").last.click()
            await expect(bidder.page.get_by_text("已撤回。")).to_be_visible()
    for page in (*hall.spectators, hall.agency, hall.supervisor):  # R-GEN-04: nobody sees who, or how many
        text = await page.locator("main").inner_text()
        assert not any(plan.name in text for plan in SCRIPT.bids)


async def opening(hall: Hall) -> None:
    play, agency, supervisor = hall.play, hall.agency, hall.supervisor
    there = [*hall.of("opened"), *hall.of("fails")]
    await approach(play, timedelta(minutes=40))
    await hall.everywhere("/opening", there)
    for one in there:
        await one.page.get_by_role("button", name="签到").click()
        await expect(one.page.get_by_text("已签到")).to_be_visible()
    await closed(play)
    await expect(agency.get_by_text("该您办理")).to_be_visible(timeout=PATIENCE)
    await confirmed(agency, "公布投标人名单")
    for page in hall.spectators:
        roll = page.get_by_role("region", name="投标人")
        await expect(roll.get_by_role("row")).to_have_count(len(there) + 1, timeout=PATIENCE)
    await press(agency, "在本设备生成并公布密钥")
    await supervisor.reload()
    await press(supervisor, "生成并公布")
    await confirmed(agency, "下达解密指令")
    await asyncio.gather(
        *(one.page.get_by_role("button", name="解密我的投标").click() for one in hall.of("opened"))
    )
    for one in hall.of("opened"):
        await expect(one.page.get_by_text("已解密。")).to_be_visible(timeout=PATIENCE)
    await window_over(play)

    (missing,) = hall.of("fails")
    await expect(missing.page.get_by_text("没有收到本单位的密钥")).to_be_visible(timeout=PATIENCE)
    await supervisor.reload()
    await supervisor.get_by_label("责任").select_option("BIDDER")
    await supervisor.get_by_label("证据和理由").fill(SCRIPT.fault_evidence)
    await press(supervisor, "作出认定")
    await confirmed(agency, "公布开标密钥")
    for page in hall.spectators:  # R-OPEN-02: no price before all outcomes are final
        await expect(page.get_by_role("region", name="开标一览表")).to_have_count(0)
    await press(supervisor, "公布")
    await confirmed(agency, "唱标")
    for page in hall.spectators:
        prices = page.get_by_role("region", name="开标一览表")
        await expect(prices.get_by_role("row")).to_have_count(len(there) + 1, timeout=PATIENCE)
        for plan, _ in hall.bidders:
            row = prices.get_by_role("row", name=plan.name)
            if plan.withdraws:
                await expect(row).to_have_count(0)
            else:
                price = f"{plan.price_fen // 1_000_000:,} 万元"
                await expect(row).to_contain_text(price if plan.releases else "视为撤销")


async def confirming(hall: Hall) -> None:
    """One objects and is answered, the others confirm; both offices sign the record."""
    (objecting,) = hall.of("objects")
    for one in hall.of("opened"):
        await expect(one.page.get_by_text("与您封装的内容一致")).to_be_visible(timeout=PATIENCE)
        if one is objecting:
            await one.page.get_by_label("内容").fill("唱标工期与我方投标文件不一致，请核对。")
            await one.page.get_by_role("button", name="签名并提出").click()
        else:
            await one.page.get_by_role("button", name="确认唱标结果").click()
            await expect(one.page.get_by_text("已确认。")).to_be_visible()
    await hall.agency.get_by_label("答复").fill(SCRIPT.answer)
    await press(hall.agency, "签名答复")
    await expect(objecting.page.get_by_text(SCRIPT.answer)).to_be_visible(timeout=PATIENCE)
    view = await hall.play.view()
    await hall.play.travel(datetime.fromisoformat(view["opening"]["confirmation_window"]["ends"]), what="")
    await press(hall.agency, "签署开标记录")
    await expect(hall.agency.get_by_text("等待监督部门")).to_be_visible(timeout=PATIENCE)
    await hall.supervisor.reload()
    await press(hall.supervisor, "签署")
    for page in hall.spectators:
        await expect(page.get_by_role("heading", name="开标结束")).to_be_visible(timeout=PATIENCE)
        await sound(page)


async def evaluating(hall: Hall, visit: Visit) -> None:
    play, agency = hall.play, hall.agency
    await agency.goto(f"/app/agency/lots/{play.lot}/evaluation")
    await press(agency, "交出评标密钥")
    await hall.supervisor.reload()
    await press(hall.supervisor, "移交")
    terms = SCRIPT.terms
    await agency.get_by_label("招标人代表").fill(play.representative.party)
    await agency.get_by_label("专业", exact=True).fill(play.trade)
    await agency.get_by_label("人数", exact=True).fill(str(terms["committee_size"] - terms["tenderer_reps"]))
    await press(agency, "抽取评标委员会")
    await expect(agency.get_by_text("已抽取，名单保密。")).to_be_visible(timeout=PATIENCE)
    members = [
        one
        for one in (*play.experts, play.representative)
        if "committee" in (await play.view(one.session))["standings"]
    ]
    by_page, others = members[:2], members[2:]
    desks = [await at_seat(visit, one, play.lot) for one in by_page]
    for page in desks:
        await page.get_by_role("button", name="声明并签到").click()
        await expect(page.get_by_text("您已签到")).to_be_visible()
    for one in others:
        await one.session.command(play.lot, "evaluation/sign-in", {})
    for page in desks:
        await score_by_page(page)
    view = await play.view(others[0].session)
    assert view["evaluation"]["ranking"] == [], "nobody sees scores until all are in"
    sheet = [
        {"bidder": bidder, "scores": [scored(one) for one in terms["criteria"]]}
        for bidder in sorted({one["bidder"] for one in view["evaluation"]["envelopes"]})
    ]
    for one in others:
        body = {"sheet": sheet, "rejections": []}
        await one.session.command(play.lot, "evaluation/submit-scores", body)
    view = await play.wait_for(
        "the scores are compiled", lambda now: now["evaluation"]["ranking"], others[0].session
    )
    for page in desks:
        await expect(page.get_by_text("请阅读评标报告并签署")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("button", name="签署", exact=True).click()
        await expect(page.get_by_text("您已签署")).to_be_visible()
    for one in others:
        report = {"report_hash": view["evaluation"]["draft_hash"]}
        await one.session.command(play.lot, "evaluation/sign-report", report)
    await play.wait_for("the report is complete", lambda now: now["phase"] == "evaluated")


async def at_seat(visit: Visit, member: Member, lot: str) -> Page:
    page = await visit("desktop", "/app/")
    await seat(page, member)
    await page.goto(f"/app/expert/{lot}")
    return page


def scored(criterion: dict[str, Any]) -> dict[str, str]:
    return {"criterion": criterion["id"], "points": "8", "reason": "方案完整", "page": "技术文件第1页"}


async def score_by_page(page: Page) -> None:
    await expect(page.locator(".textLayer")).to_contain_text("资格审查资料", timeout=PATIENCE)
    bids = page.get_by_role("navigation", name="投标人").get_by_role("button")
    for number in range(await bids.count()):
        await bids.nth(number).click()
        for criterion in SCRIPT.terms["criteria"]:
            await page.get_by_label(f"{criterion['title']} 分值", exact=True).fill("8")
            await page.get_by_label(f"{criterion['title']} 理由", exact=True).fill("方案完整，措施可行")
            await page.get_by_label(f"{criterion['title']} 页码", exact=True).fill("资格审查资料第1页")
    await page.get_by_role("button", name="提交评分表").click()
    await expect(page.get_by_text("您的评分表已提交。")).to_be_visible(timeout=PATIENCE)


async def award_and_contract(hall: Hall) -> None:
    play, agency, tenderer = hall.play, hall.agency, hall.tenderer
    await agency.goto(f"/app/agency/lots/{play.lot}/award")
    await press(agency, "签名并公示")
    await expect(agency.get_by_text("公示期")).to_be_visible(timeout=PATIENCE)
    (objecting,) = hall.of("objects")
    await hall.everywhere("/result", hall.of("opened"))
    await objecting.page.get_by_label("异议内容").fill(SCRIPT.result_objection)
    await objecting.page.get_by_role("button", name="签名并提出").click()
    await agency.get_by_label("答复").fill(SCRIPT.result_answer)
    await press(agency, "签名答复")
    await expect(agency.get_by_text(SCRIPT.result_answer)).to_be_visible(timeout=PATIENCE)
    view = await play.view()
    await play.travel(datetime.fromisoformat(view["award"]["until"]) + timedelta(minutes=5), what="")
    best = view["award"]["candidates"][0]["name"]
    await tenderer.reload()
    await tenderer.get_by_role("radio", name=best).check()
    await confirmed(tenderer, "定标")
    await confirmed(agency, "签名并发出通知书")
    await play.wait_for("the notice is out", lambda now: now["phase"] == "awarded")
    await play.wait_on(days=4)
    await agency.reload()
    await agency.get_by_label("合同条款").fill("按招标文件合同条款执行。")
    await press(agency, "签名并生成合同文本")
    await play.wait_for("the contract is drafted", lambda now: now["contract"]["contract_hash"])
    (winner,) = (one for plan, one in hall.bidders if plan.name == best)
    await winner.page.reload()
    await expect(winner.page.get_by_text("恭喜，本单位中标。")).to_be_visible(timeout=PATIENCE)
    await winner.page.get_by_role("button", name="签署合同").click()
    await expect(winner.page.get_by_text("本单位已签署。")).to_be_visible(timeout=PATIENCE)
    await tenderer.reload()
    await confirmed(tenderer, "签署合同")
    await expect(tenderer.get_by_text("✓ 合同已备案")).to_be_visible(timeout=PATIENCE)
    for page in (agency, tenderer, winner.page):
        await sound(page)


async def test_a_tender_goes_from_bids_to_contract_by_the_pages_alone(hall: Hall, visit: Visit) -> None:
    """R-SVC-01, R-SVC-02: business online, nobody travels. R-CRED-06: half the bidders have a phone alone.

    R-PAIN-06: a browser without any plugin or extension. R-ROOM-06: members sign in, score and sign on their screens.
    """
    await bidding(hall)
    await opening(hall)
    await confirming(hall)
    await evaluating(hall, visit)
    await award_and_contract(hall)
    for page in (hall.agency, hall.tenderer, hall.supervisor, *(one.page for one in hall.of("all"))):
        expected(page, "412")  # somebody else acted meanwhile: the page looked again and repeated the act
    view = await hall.play.view()
    assert view["phase"] == "contracted"
    assert {one["office"] for one in view["opening"]["signatures"]} == {"agency", "supervisor"}
    record = await hall.play.agency.session.http.get(f"/lots/{hall.play.lot}/record")
    keys = await hall.play.agency.session.get("/keys")
    checks = await asyncio.to_thread(verify_record, record.content, unb64(keys["receipt_test"]))
    assert [one.name for one in checks if not one.ok] == []
