"""A bidder's way by its browser, beside bidders at the command line (R-BID-01, R-BID-02, R-OPEN-21, R-OPEN-24)."""

import asyncio
import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, Route, expect

from bidding.client.bid import release
from bidding.client.consortium import read_consortium
from bidding.client.office import OfficeDesk
from bidding.crypto.bid import unwrap_ceks
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.manifest import Manifest
from bidding.crypto.opening import open_documents, open_form
from bidding.crypto.receipt import verify_receipt
from bidding.crypto.recovery_code import seed_of_code
from bidding.crypto.session import Office
from bidding.crypto.signing import Signed
from bidding.crypto.suite import public_of
from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.browser.bidder import PRICE_FEN, BidderAtBrowser, paper, papers
from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, road, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

MIB = 1 << 20


async def at_browser(visit: Visit, name: str, screen: str = "phone") -> BidderAtBrowser:
    bidder = BidderAtBrowser(await visit(screen), name)
    await bidder.enrol()
    return bidder


async def files_on_device(page: Page) -> dict[str, bytes]:
    """The sealed files in the browser's own file system, by envelope."""
    found: dict[str, str] = await page.evaluate(
        """async () => {
          const found = {}
          const bids = await (await navigator.storage.getDirectory()).getDirectoryHandle('bids')
          for await (const bid of bids.values())
            for await (const [name, file] of bid.entries()) {
              const data = new Uint8Array(await (await file.getFile()).arrayBuffer())
              found[name.replace('.sealed', '')] = data.toBase64 ? data.toBase64() : btoa(String.fromCharCode(...data))
            }
          return found
        }"""
    )
    return {name: base64.b64decode(data) for name, data in found.items()}


async def offices(play: Play) -> None:
    """The roll, session keys and the order to release."""
    await play.agency.session.command(play.lot, "opening/publish-roll", {})
    desks: tuple[tuple[Office, Member], ...] = (("agency", play.agency), ("supervisor", play.supervisor))
    for name, member in desks:
        play.offices[name] = OfficeDesk(member.session, name, play.lot)
        await play.offices[name].announce_keys()
    await play.agency.session.command(play.lot, "opening/order-release", {})


async def announced(play: Play) -> None:
    """The window ends, both form keys are published, all prices are read at once and announced."""
    window = (await play.view())["opening"]["release_window"]
    await play.travel(datetime.fromisoformat(window["ends"]), what="")
    await play.wait_for("the window ends", lambda view: view["opening"]["release_window"]["ended"])
    for office in play.offices.values():
        await office.publish_form_key()
    await play.wait_for("bids are imported", lambda view: view["opening"]["imported_at"])
    await play.agency.session.command(play.lot, "opening/announce", {})


async def test_from_enrolment_to_the_confirmed_announcement(visit: Visit, stand: Stand, ground: Path) -> None:
    async with tender(stand, ground / "way", 3) as play:
        bidder = await at_browser(visit, "安陆浏览器建设有限公司")
        page, party = bidder.page, (await bidder.get("/parties/me"))["party"]
        await bidder.recovery_code()
        await sound(page)

        await page.goto("/app/bidder/lots?mode=test")
        await expect(page.get_by_role("link", name="投标").first).to_be_visible()
        await sound(page)
        await bidder.fill(play.lot, papers())
        await sound(page)
        await bidder.seal()
        await expect(page.get_by_role("button", name="查看 施工组织设计.pdf")).to_be_visible()
        await sound(page)
        await bidder.hand_in()
        await sound(page)

        await all_hand_in(play)
        await approach(play, timedelta(minutes=40))
        await page.goto(f"/app/bidder/lots/{play.lot}/opening")
        await page.get_by_role("button", name="签到").click()
        await expect(page.get_by_text("已签到")).to_be_visible()
        await sound(page)
        await closed(play)
        await offices(play)
        await page.get_by_role("button", name="解密我的投标").dblclick()
        await expect(page.get_by_text("已解密。")).to_be_visible()
        await sound(page)
        for one in play.bidders:
            assert one.folder is not None
            await release(one.member.session, one.folder)
        await announced(play)
        await expect(page.get_by_text("您的投标已打开")).to_be_visible()
        await expect(page.get_by_text("与您封装的内容一致")).to_be_visible()
        await sound(page)
        await page.get_by_role("button", name="确认唱标结果").click()
        await expect(page.get_by_text("已确认。")).to_be_visible()
        await page.get_by_label("内容").fill("唱标顺序与名单不符")
        await page.get_by_role("radio", name="对开标程序有异议").check()
        await page.get_by_role("button", name="签名并提出").click()
        await expect(page.get_by_text("唱标顺序与名单不符")).to_be_visible()

        view = await play.view()
        row = next(one for one in view["opening"]["announcement"]["table"] if one["bidder"] == party)
        assert row["form"]["price_fen"] == PRICE_FEN
        assert [one["bidder"] for one in view["opening"]["confirmed"]] == [party]


async def test_what_the_browser_seals_the_command_line_opens_with_the_recovery_code(
    visit: Visit, noticed: Play, tmp_path: Path
) -> None:
    bidder = await at_browser(visit, "安陆互通建设有限公司", "desktop")
    code = await bidder.recovery_code()
    await bidder.fill(noticed.lot, papers(3_000_000))
    await bidder.seal()
    sealed = await files_on_device(bidder.page)
    await bidder.hand_in()
    own = await bidder.get(f"/lots/{noticed.lot}/bid")
    version = own["versions"][0]
    manifest = parse_canonical(version["manifest"].encode(), Manifest)
    private = seed_of_code(code)
    ceks = unwrap_ceks(manifest, private, public_of(private))
    form = open_form(sealed["form"], manifest, ceks["form"]).form
    assert (form.price_fen, form.duration_days, form.project_lead) == (PRICE_FEN, 150, "王工")
    for envelope, files in papers(3_000_000).items():
        (tmp_path / envelope).write_bytes(sealed[envelope])
        archive = tmp_path / f"{envelope}.zip"
        opened = open_documents(tmp_path / envelope, manifest, envelope, ceks[envelope], archive)
        assert [one.name for one in opened.members] == sorted(one["name"] for one in files)
    keys = await bidder.get("/keys")
    receipt = Signed(version["receipt"].encode(), unb64(version["receipt_signature"]))
    assert verify_receipt(receipt, unb64(keys["receipt_test"])).bytes == manifest.sealed_length


async def test_an_upload_goes_on_after_a_reload_and_after_the_network_is_back(
    visit: Visit, noticed: Play
) -> None:
    bidder = await at_browser(visit, "安陆断网建设有限公司", "desktop")
    page = bidder.page
    await bidder.fill(noticed.lot, papers(9_000_000))
    await bidder.seal()
    patches: list[str] = []

    async def slow(route: Any) -> None:
        patches.append(route.request.url)
        if len(patches) == 3:
            await page.context.set_offline(True)
        await route.continue_()

    await page.route("**/uploads/*", slow)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="递交投标").click()
    await expect(page.get_by_text("网络中断")).to_be_visible(timeout=30_000)
    await page.context.set_offline(False)
    await expect(page.get_by_text("网络中断")).to_be_hidden(timeout=30_000)
    await expect(page.get_by_text("网络中断")).to_be_visible(timeout=30_000)
    await page.context.set_offline(False)
    await expect(page.get_by_text("网络中断")).to_be_hidden(timeout=30_000)
    await page.unroute("**/uploads/*")
    await page.reload()
    again = page.get_by_role("button", name="继续递交")
    done = page.get_by_text("平台已收讫并签发回执")
    await expect(again.or_(done)).to_be_visible(timeout=30_000)
    if await again.is_visible():
        await again.click()
    await bidder.received()
    own = await bidder.get(f"/lots/{noticed.lot}/bid")
    assert len(own["versions"]) == 1
    begun = [one["envelope"] for one in own["uploads"]]
    assert set(begun) == {"form", "qualification", "technical", "commercial"}
    assert len(begun) <= 5  # begun twice at most where the answer to the beginning was lost on the way
    expected(page, "ERR_INTERNET_DISCONNECTED", "Failed to load resource", "net::", "WebSocket")


async def test_two_tabs_hand_a_bid_in_once(visit: Visit, noticed: Play) -> None:
    bidder = await at_browser(visit, "安陆双页建设有限公司", "desktop")
    page = bidder.page
    await bidder.fill(noticed.lot, papers(9_000_000))
    await bidder.seal()
    other = await page.context.new_page()
    await other.goto(f"/app/bidder/lots/{noticed.lot}")
    await expect(other.get_by_role("button", name="递交投标")).to_be_enabled()
    go = asyncio.Event()

    async def hold(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route("**/uploads", hold)
    await page.get_by_role("button", name="递交投标").click()
    await other.get_by_role("button", name="递交投标").click()
    await expect(other.get_by_text("另一个标签页正在递交")).to_be_visible()
    go.set()
    await bidder.received()
    assert len((await bidder.get(f"/lots/{noticed.lot}/bid"))["versions"]) == 1


async def test_nothing_typed_is_lost_and_a_wrong_price_is_said_beside_its_field(
    visit: Visit, noticed: Play
) -> None:
    bidder = await at_browser(visit, "安陆草稿建设有限公司")
    page = bidder.page
    await bidder.fill(noticed.lot, {}, 投标报价="99亿")
    await page.get_by_role("button", name="封装并试开标").click()
    await expect(page.get_by_text("高于最高投标限价")).to_be_visible()
    await expect(page.get_by_text("尚未选择文件").first).to_be_visible()
    await page.wait_for_timeout(400)  # the draft is written when typing has rested
    await page.reload()
    await expect(page.get_by_label("投标报价", exact=True)).to_have_value("99亿")
    await page.go_back()
    await page.go_forward()
    await expect(page.get_by_label("项目负责人", exact=True)).to_have_value("王工")


async def test_a_device_without_room_says_so_and_seals_once_there_is_some(
    visit: Visit, noticed: Play
) -> None:
    bidder = await at_browser(visit, "安陆满盘建设有限公司")
    page = bidder.page
    device = await page.context.new_cdp_session(page)
    origin = await page.evaluate("location.origin")
    files = papers() | {"technical": [paper("施工组织设计.pdf", 24 * MIB)]}
    await bidder.fill(noticed.lot, files, 质量承诺="优良")
    await device.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 12 * MIB})
    await page.get_by_role("button", name="封装并试开标").click()
    await expect(page.get_by_text("本机空间不够")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("请腾出与投标文件同样大的空间，或换一台设备。")).to_be_visible()
    await sound(page)
    assert "technical" not in await files_on_device(page)
    await expect(page.get_by_label("质量承诺", exact=True)).to_have_value("优良")
    await device.send("Storage.overrideQuotaForOrigin", {"origin": origin})  # as it was
    await bidder.seal()
    await bidder.hand_in()
    (version,) = (await bidder.get(f"/lots/{noticed.lot}/bid"))["versions"]
    manifest = parse_canonical(version["manifest"].encode(), Manifest)
    assert max(one.sealed_length for one in manifest.envelopes) > 24 * MIB


async def test_a_bid_is_replaced_and_withdrawn(visit: Visit, noticed: Play) -> None:
    """R-BID-02: the last complete one counts; R-DEC-13: a withdrawn one does not."""
    bidder = await at_browser(visit, "安陆替换建设有限公司", "desktop")
    page = bidder.page
    await bidder.fill(noticed.lot, papers())
    await bidder.seal()
    await bidder.hand_in()
    await page.get_by_role("button", name="重新封装（替换）").click()
    await page.get_by_label("投标报价", exact=True).fill("460万")
    for envelope, chosen in papers().items():
        await page.locator(f"input[type=file][name={envelope}]").set_input_files(chosen)
    await bidder.seal()
    await bidder.hand_in()
    own = await bidder.get(f"/lots/{noticed.lot}/bid")
    assert [one["bid_version"] for one in own["versions"]] == [1, 2]
    assert json.loads(own["versions"][1]["manifest"])["supersedes"] == own["versions"][0]["manifest_hash"]
    await page.get_by_role("button", name="撤回投标").click()
    await page.get_by_role("button", name="撤回投标").last.click()
    await expect(page.get_by_text("已撤回。")).to_be_visible()
    assert (await bidder.get(f"/lots/{noticed.lot}/bid"))["effective"] is None


async def test_keys_that_the_browser_lost_are_said_to_be_lost(visit: Visit, noticed: Play) -> None:
    bidder = await at_browser(visit, "安陆失钥建设有限公司")
    await bidder.fill(noticed.lot, papers())
    await bidder.page.evaluate(
        "() => new Promise((done) => { const r = indexedDB.open('bidding-device'); r.onsuccess = () => {"
        " const t = r.result.transaction('devices', 'readwrite'); t.objectStore('devices').clear();"
        " t.oncomplete = done } })"
    )
    await bidder.page.get_by_role("button", name="封装并试开标").click()
    await expect(bidder.page.get_by_text("本浏览器里没有这台设备的密钥")).to_be_visible()


async def test_a_consortiums_lead_names_its_members_who_agree_on_their_own_devices(
    visit: Visit, stand: Stand, ground: Path, tmp_path: Path
) -> None:
    """R-ENG-30, R-GP-28: agreement and shares go with the bid; each member has signed its own."""
    script = road(0)
    script = msgspec.structs.replace(
        script, terms=script.terms | {"consortia": True, "consortium_members": 2}
    )
    async with tender(stand, ground / "joint", 0, script) as play:
        lead = await at_browser(visit, "安陆牵头建设有限公司", "desktop")
        member = await at_browser(visit, "安陆成员建设有限公司")
        lead_id, member_id = [(await one.get("/parties/me"))["party"] for one in (lead, member)]
        page = lead.page
        await lead.fill(play.lot, papers())
        await page.get_by_label("以联合体投标").check()
        await page.locator("input[name=agreement]").set_input_files(paper("协议.pdf"))
        await page.get_by_label("成员的主体编号").fill(member_id)
        for number, work in enumerate(("道路", "排水")):
            await page.get_by_label("资质类别").nth(number).fill("市政公用工程")
            await page.get_by_label("承担的工作").nth(number).fill(work)
        await sound(page)
        async with page.expect_download() as download:
            await page.get_by_role("button", name="保存联合体文件").click()
        file = tmp_path / "consortium.json"
        await (await download.value).save_as(file)
        assert read_consortium(file).joining(member_id)["shares"][0]["work"] == "排水"

        await member.page.goto(f"/app/bidder/lots/{play.lot}")
        await member.page.get_by_text("本单位是联合体成员").click()
        await member.page.locator("input[name=consortium]").set_input_files(file)
        await member.page.get_by_role("button", name="签名同意").click()
        await expect(member.page.get_by_text("已同意。")).to_be_visible()
        await sound(member.page)

        await lead.seal()
        async with page.expect_request("**/bid/submit") as submitting:
            await lead.hand_in()
        said = json.loads((await submitting.value).post_data or "{}")["statement"]["body"]["consortium"]
        assert [one["party"] for one in said["partners"]] == [lead_id, member_id]
