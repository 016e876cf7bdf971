"""The agency's and tenderer's pages: from the file to the published notice; an opening hosted by the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from bidding.crypto.canonical import b64
from bidding.stage.cast import Member, Troupe
from bidding.stage.concluding import evaluation
from bidding.stage.opening import opening
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, deadline, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEGINS = "2026-03-02T09:00:00+08:00"


@pytest_asyncio.fixture(loop_scope="session")
async def troupe(stand: Stand) -> AsyncIterator[Troupe]:
    async with AsyncExitStack() as stack:
        yield Troupe(stand.api, stack, stand.operator)


async def at_desk(visit: Visit, member: Member, path: str, screen: str = "desktop") -> Page:
    page = await visit(screen, "/app/")
    await seat(page, member)
    await page.goto(path)
    return page


async def press(page: Page | Locator, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def confirmed(page: Page, name: str) -> None:
    """A button that asks first."""
    await press(page, name)
    await press(page, name)


async def file_by_hand(page: Page, uscc: str) -> None:
    await page.get_by_label("标段名称").fill("城站路道路改造工程施工")
    await page.get_by_label("招标人统一社会信用代码").fill(uscc)
    await press(page, "查找招标人")
    await expect(page.get_by_text("✓ 招标人：")).to_be_visible()
    await page.get_by_label("项目名称").fill("城站路道路改造工程")
    await page.get_by_label("项目代码").fill("2601-420902-04-01-12345A")
    await page.get_by_label("立项或审批文号").fill("孝南发改审〔2026〕12号")
    await page.get_by_label("估算价").fill("2860万")
    await (
        page.get_by_label("最高投标限价(可后补)")
        .or_(page.get_by_label("最高投标限价（可后补）"))
        .fill("2800万")
    )
    await page.get_by_label("金额", exact=True).fill("2860 万元")
    await page.get_by_label("演示标段").check()


async def tick_all(page: Page, but: str = "") -> None:
    group = page.get_by_role("group", name="进场资料清单")
    boxes = group.get_by_role("checkbox")
    for box in await boxes.all():
        name = await box.evaluate("(box) => box.closest('label').textContent")
        if but and but in name:
            continue
        await box.check()
    for field in await group.get_by_label("文号或存放处").all():
        await field.fill("孝南〔2026〕1号")


async def room_for(stand: Stand, lot: str, kind: str, name: str) -> None:
    room = {
        "room": f"{kind.lower()}-{lot[:8]}",
        "name": name,
        "kind": kind,
        "seats": 9,
        "buffer_minutes": 30,
        "test": True,
    }
    await stand.operator.session.post("/rooms", room)


async def test_a_lot_is_filed_corrected_booked_and_published_by_the_page(
    visit: Visit, stand: Stand, troupe: Troupe
) -> None:
    """R-SVC-03, R-SVC-04, R-DOC-01, R-ENG-02, R-WAIVE-05: all by the page, but for the centre's own acts."""
    agency = await troupe.organisation("湖北公诚招标代理有限公司", "agency")
    tenderer = await troupe.organisation("孝感市孝南区城市建设局", "tenderer", prefix="11")
    # R-PRIV-01: without a supervisor's device nothing can be published.
    supervisor = await troupe.person("监督员", "supervisor")
    uscc = (await tenderer.session.get("/parties/me"))["uscc"]
    page = await at_desk(visit, agency, "/app/agency/file")
    await file_by_hand(page, uscc)
    await tick_all(page, but="资金来源")
    await page.wait_for_timeout(600)  # the draft is written 300 ms after the last key
    await page.reload()
    await expect(page.get_by_label("标段名称")).to_have_value("城站路道路改造工程施工")
    await sound(page)
    await press(page, "提交申报")
    await expect(page.get_by_role("heading", level=1)).to_have_text("概览")
    lot = page.url.rsplit("/", 1)[1]
    await agency.session.command(lot, "control/set-test-clock", {"rate": 1, "at": BEGINS})

    operator = stand.operator.session
    await operator.command(lot, "admission/request-correction", {})
    await page.reload()
    await expect(page.get_by_role("heading", name="一次性补正清单")).to_be_visible()
    await page.get_by_role("link", name="补正并重新提交").click()
    await expect(page.get_by_label("标段名称")).to_have_value("城站路道路改造工程施工")
    await tick_all(page)
    await press(page, "重新提交")
    await expect(page.get_by_role("heading", level=1)).to_have_text("概览")
    await operator.command(lot, "admission/admit", {})
    await page.reload()
    await expect(page.get_by_text("投标保证金").first).to_be_visible()
    await expect(page.get_by_text("免收").first).to_be_visible()
    await sound(page)

    await room_for(stand, lot, "OPENING", "不见面开标一厅")
    await page.get_by_role("link", name="时间场地").click()
    await press(page, "3月25日周三，工作日")
    await sound(page)
    await page.get_by_role(
        "button", name="预约不见面开标一厅 09:00–12:00", exact=True
    ).first.click()  # others have rooms too
    await expect(page.get_by_text("不见面开标一厅 · 2026-03-25 09:00")).to_be_visible()

    await page.get_by_role("link", name="公告", exact=True).click()
    await expect(page.get_by_label("投标截止日期")).to_have_value("2026-03-25")
    await page.get_by_label("招标范围").fill("道路、排水、照明施工")
    await page.get_by_label("建设规模").fill("全长 1.86 千米")
    for number, office in enumerate(("招标人联系人", "代理机构联系人")):  # R-PLAT-09
        await page.get_by_label(office).fill("张工")
        await page.get_by_label("电话", exact=True).nth(number).fill("0712-2850001")
        await page.get_by_label("地址", exact=True).nth(number).fill("孝感市孝南区城站路 1 号")
    await page.get_by_label("投标截止日期").fill("2026-03-10")
    await page.get_by_label("招标文件获取截止日").fill("2026-03-09")
    field = page.locator(".field", has=page.get_by_label("投标截止日期"))
    await expect(field.get_by_role("status")).to_be_visible()  # fewer than 20 days: told beside the field
    expected(page, "422", "400")  # it is asked while the contacts are still being typed
    await page.get_by_label("投标截止日期").fill("2026-03-25")
    await page.get_by_label("投标截止时间").fill("09:30")
    await page.get_by_label("公告正文").fill("现对施工进行公开招标。")
    await page.get_by_label("招标文件", exact=True).set_input_files(
        {"name": "招标文件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"x" * 5000}
    )
    for number, price in enumerate(("2688万", "2655万", "2701万"), start=1):
        await page.get_by_role("textbox", name=f"报价 {number}").fill(price)
    scores = page.get_by_role("table").locator("tbody tr")
    await expect(scores).to_have_count(3)
    await expect(page.get_by_text("可以发布：")).to_be_visible()
    await sound(page)
    # R-SCORE-12, R-EVAL-07: what is drawn repeats the head that the supervisor publishes before the notice.
    await page.get_by_label("评标基准价").select_option("drawn")
    await page.get_by_label("K 的备选值").fill("0.03 0.01 0.02")
    await page.get_by_label("评标专家公开抽签").check()
    await expect(page.get_by_text("监督部门还没有公布本标段的哈希链首值")).to_be_visible()
    await supervisor.session.command(lot, "opening/anchor-draw", {"anchor": b64(bytes(32))})
    await page.reload()
    await expect(page.get_by_text("可以发布：")).to_be_visible(timeout=30_000)
    await sound(page)
    await confirmed(page, "签名并发布公告")
    await expect(page.get_by_role("heading", name="公告已发布")).to_be_visible()
    view = await agency.session.lot(lot)
    assert view["phase"] == "noticed"
    terms = view["notice"]["terms"]
    choices = ["0.01", "0.02", "0.03"]
    assert terms["price_formula"]["base"]["factor"] == {"kind": "drawn-reduction", "choices": choices}
    assert (terms["draw"]["pools"][0]["values"], terms["expert_draw"]["anchor"]) == (choices, b64(bytes(32)))
    assert view["notice"]["deadline"] == "2026-03-25T09:30:00+08:00"
    expected(page, "422")


async def test_an_opening_is_hosted_by_the_page(visit: Visit, stand: Stand, ground: Path) -> None:
    """R-OPEN-23…30: the host's keys are made in the browser; supervisor and bidders act from elsewhere."""
    async with tender(stand, ground / "hosted", 3) as play:
        await all_hand_in(play)
        page = await at_desk(visit, play.agency, f"/app/agency/lots/{play.lot}/opening", "phone")
        await expect(page.get_by_text("等待平台自动")).to_be_visible()
        await closed(play)
        supervisor = OfficeDesk(
            play.supervisor.session, "supervisor", play.lot, ground / "hosted" / "supervisor.keys"
        )
        await expect(page.get_by_text("该您办理")).to_be_visible()
        await sound(page)
        await confirmed(page, "公布投标人名单")
        await press(page, "在本设备生成并公布密钥")
        await expect(page.get_by_text("等待监督部门")).to_be_visible()
        await supervisor.announce_keys()
        await confirmed(page, "下达解密指令")
        await expect(page.get_by_text("解密剩余时间")).to_be_visible()
        await asyncio.gather(*(release(one.member.session, one.folder) for one in play.bidders if one.folder))
        await sound(page)
        await window_over(play)
        await page.reload()  # the keys outlive it
        await confirmed(page, "公布开标密钥")
        await supervisor.publish_form_key()
        await confirmed(page, "唱标")
        await expect(page.get_by_role("heading", name="开标一览表")).to_be_visible()
        await object_once(play)
        await page.get_by_label("答复").fill("经核对，唱标内容与投标文件一致。")
        await press(page, "签名答复")
        await expect(page.get_by_text("经核对，唱标内容与投标文件一致。")).to_be_visible()
        view = await play.view()
        await play.travel(datetime.fromisoformat(view["opening"]["confirmation_window"]["ends"]), what="")
        await press(page, "签署开标记录")
        await expect(page.get_by_text("等待监督部门")).to_be_visible()
        recorded = await play.supervisor.session.get(f"/lots/{play.lot}/opening/record")
        await play.supervisor.session.command(
            play.lot, "opening/sign-record", {"record_hash": recorded["record_hash"]}
        )
        await expect(page.get_by_text("开标已经结束。")).to_be_visible()
        await sound(page)
        await page.get_by_role("link", name="评标密钥").click()
        await press(page, "交出评标密钥")
        await expect(page.locator("li.yes", has_text="代理机构的评标密钥已交出")).to_be_visible()
        await supervisor.disclose_evaluation_key()
        await page.get_by_label("招标人代表（平台编号，每行一个）").fill(play.representative.party)
        await page.get_by_label("专业", exact=True).fill(play.trade)
        await page.get_by_label("人数").fill(str(len(play.experts) - 2))
        await press(page, "抽取评标委员会")
        await expect(page.get_by_text("已抽取，名单保密。")).to_be_visible()
        await sound(page)
        expected(page, "412")  # the supervisor and the bidders moved the lot: the page looked again


async def test_a_clarification_tells_the_moved_deadline_before_it_is_issued(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    """R-ENG-04, R-ENG-06, R-DOC-04: fewer than 15 days are left, so the deadline moves; an objection is answered."""
    async with tender(stand, ground / "clarified", 3) as play:
        bidder = play.bidders[0].member.session
        await bidder.command(play.lot, "notice/object", {"text": "资格条件要求本地纳税三年，请删除。"})
        page = await at_desk(visit, play.agency, f"/app/agency/lots/{play.lot}/questions", "phone")
        await page.get_by_label("答复").fill("已删除该条件。")
        await sound(page)
        await press(page, "签名答复")
        await expect(page.get_by_text("答复 已删除该条件。")).to_be_visible()
        await approach(play, timedelta(days=9))
        await page.reload()
        await page.get_by_label("澄清内容").fill("工程量清单第 12 项改为沥青混凝土 AC-13C。")
        await expect(page.get_by_text("截止时间将顺延至")).to_be_visible()
        await sound(page)
        before = await deadline(play)
        await confirmed(page, "签名并发布澄清")
        await expect(page.get_by_role("heading", name="截止时间变更")).to_be_visible()
        assert await deadline(play) > before
        await expect(page.get_by_label("澄清内容")).to_have_value("")
        await sound(page)
        expected(page, "412", "422")


async def test_a_lot_is_awarded_and_its_contract_signed_by_the_pages(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    """R-ENG-21…24, R-CONT-01: agency and tenderer each at a desk of their own."""
    async with tender(stand, ground / "awarded", 3) as play:
        await all_hand_in(play)
        await closed(play)
        await opening(play)
        await evaluation(play)
        await award_by_hand(visit, play)


async def award_by_hand(visit: Visit, play: Play) -> None:
    path = f"/app/agency/lots/{play.lot}/award"
    page = await at_desk(visit, play.agency, "/app/agency")
    duty = page.get_by_role("article").filter(has_text=play.script.lot["title"])
    await expect(duty.get_by_role("link", name="去办理：").first).to_be_visible()
    await sound(page)
    await page.goto(path)
    await press(page, "签名并公示")
    await expect(page.get_by_role("heading", name="公示中标候选人")).to_have_count(0)
    loser = play.bidders[-1].member.session
    await loser.command(play.lot, "award/object", {"text": "请公开类似业绩的得分依据。"})
    await page.reload()
    await page.get_by_label("答复").fill("得分依据见评标报告第 3 页，已补充公示。")
    await sound(page)
    await press(page, "签名答复")
    await expect(page.get_by_text("已补充公示。")).to_be_visible()

    until = datetime.fromisoformat((await play.view())["award"]["until"])
    await play.travel(until, what="")
    await play.wait_on(minutes=5)
    other = await at_desk(visit, play.tenderer, path, "phone")
    candidates = (await play.view())["award"]["candidates"]
    second = other.get_by_role("radio", name=candidates[1]["name"])
    await second.check()  # the first may not be passed over without a ground
    await expect(other.get_by_text("应当确定排名第一的候选人")).to_be_visible()
    await other.get_by_role("radio", name=candidates[0]["name"]).check()
    await expect(other.get_by_text("可以办理：")).to_be_visible()
    await sound(other)
    await confirmed(other, "定标")
    await expect(other.get_by_role("heading", name="中标通知书")).to_be_visible()
    await page.reload()
    await confirmed(page, "签名并发出通知书")
    await page.wait_for_load_state(
        "networkidle"
    )  # the page is laid out anew for the notice, under the pointer
    await press(page, "签名报送")
    await expect(page.get_by_text("✓ 已报送")).to_be_visible(timeout=30_000)
    await page.get_by_label("合同条款").fill("按招标文件合同条款执行。")
    await press(page, "签名并生成合同文本")
    await expect(page.get_by_text("合同文本", exact=True)).to_be_visible()
    await other.reload()
    await confirmed(other, "签署合同")
    await expect(other.get_by_text("等待中标人签署")).to_be_visible()
    winner = next(one for one in play.bidders if one.member.party == candidates[0]["bidder"])
    signing = {"contract_hash": (await play.view())["contract"]["contract_hash"]}
    await winner.member.session.command(play.lot, "contract/sign", signing)
    await expect(other.get_by_text("✓ 合同已备案")).to_be_visible(timeout=30_000)
    await other.get_by_role("button", name="菜单").click()
    await other.get_by_role("button", name="English").click()
    await other.get_by_role("button", name="Large type").click()
    await expect(other.get_by_text("The contract is filed")).to_be_visible()
    await sound(other)
    for one in (page, other):
        expected(one, "422", "409", "412")


async def window_over(play: Play) -> None:
    view = await play.view()
    await play.travel(datetime.fromisoformat(view["opening"]["release_window"]["ends"]), what="")
    await play.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])


async def object_once(play: Play) -> None:
    body: dict[str, Any] = {"kind": "objection", "text": "唱标工期与我方投标文件不一致，请核对。"}
    await play.bidders[0].member.session.command(play.lot, "opening/object", body)
