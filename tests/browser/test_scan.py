"""R-CRED-05 扫码 in two browsers: the PC has no key, the phone has it, and the key stays there."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.bidder import BidderAtBrowser
from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEYS = (
    "() => new Promise((done) => { const r = indexedDB.open('bidding-device'); r.onsuccess = () => {"
    " if (!r.result.objectStoreNames.contains('devices')) return done(0);"
    " const q = r.result.transaction('devices').objectStore('devices').count();"
    " q.onsuccess = () => done(q.result) } })"
)


async def shown(pc: Page, press: Any) -> str:
    """The address in the code that ``press`` brings on the PC's screen."""
    async with pc.expect_response("**/sessions/scans") as asked:
        await press
    told = await (await asked.value).json()
    await expect(pc.get_by_role("img", name="二维码")).to_be_visible()
    return f"{told['origin']}/app/account/scan#{told['challenge']}"


async def scan(phone: Page, pc: Page, link: str) -> str:
    """The phone opens it; the number that the PC then shows."""
    await phone.goto("about:blank")
    await phone.goto(link)
    await expect(phone.get_by_label("输入电脑上显示的两位数字")).to_be_visible()
    assert "#" not in phone.url
    await expect(pc.get_by_text("请在手机上输入这个数字")).to_be_visible()
    number = await pc.locator(".number").inner_text()
    assert re.fullmatch(r"[1-9]\d", number)
    return number


async def test_a_pc_without_a_key_logs_in_and_signs_by_the_phone(visit: Visit) -> None:
    unit = BidderAtBrowser(await visit("phone"), "安陆扫码建设有限公司")
    party = await unit.enrol()
    phone, pc = unit.page, await visit("desktop", "/app/account")
    link = await shown(pc, pc.get_by_role("button", name="用手机扫码登录").click())
    await sound(pc)
    number = await scan(phone, pc, link)
    await expect(phone.get_by_role("heading", name="在电脑上登录")).to_be_visible()
    await expect(phone.get_by_text(link.partition("/app/")[0], exact=True)).to_be_visible()
    await sound(phone)
    await phone.get_by_label("输入电脑上显示的两位数字").fill(number)
    await phone.get_by_role("button", name="签名并登录电脑").click()
    await expect(phone.get_by_text("已确认，请回到电脑")).to_be_visible()
    await expect(pc.get_by_role("heading", name="安陆扫码建设有限公司")).to_be_visible()
    assert (await BidderAtBrowser(pc, "").get("/parties/me"))["party"] == party

    await pc.get_by_text("报告重大变化").click()
    await pc.get_by_label("变化", exact=True).select_option("MERGER")
    await pc.get_by_label("说明", exact=True).fill("吸收合并一家子公司")
    await pc.get_by_label("证明文件及文号").last.fill("合并协议〔2026〕第1号")
    link = await shown(pc, pc.get_by_role("button", name="签署报告").click())
    number = await scan(phone, pc, link)
    await expect(phone.get_by_role("heading", name="重大变化告知")).to_be_visible()
    await expect(phone.get_by_text("吸收合并一家子公司", exact=True)).to_be_visible()
    await sound(phone)
    await phone.get_by_label("输入电脑上显示的两位数字").fill(number)
    async with pc.expect_request("**/parties/me/changes") as sent:
        await phone.get_by_role("button", name="核对无误，签署").click()
    said = json.loads((await sent.value).post_data or "")
    assert said["statement"]["by"] == party
    await expect(pc.get_by_text("✓ 已办理。")).to_have_count(1)
    assert await pc.evaluate(KEYS) == 0


async def test_a_wrong_number_or_a_refusal_ends_it_on_both_screens(visit: Visit) -> None:
    unit = BidderAtBrowser(await visit("phone"), "安陆转发建设有限公司")
    await unit.enrol()
    phone, pc = unit.page, await visit("desktop", "/app/account")
    link = await shown(pc, pc.get_by_role("button", name="用手机扫码登录").click())
    number = await scan(phone, pc, link)
    await phone.get_by_label("输入电脑上显示的两位数字").fill("10" if number != "10" else "11")
    await phone.get_by_role("button", name="签名并登录电脑").click()
    await expect(phone.get_by_text("这次扫码已作废")).to_be_visible()
    await expect(pc.get_by_text("这次扫码已作废")).to_be_visible()
    link = await shown(pc, pc.get_by_role("button", name="刷新二维码").click())
    await scan(phone, pc, link)
    await phone.get_by_role("button", name="不是我，拒绝").click()
    await expect(phone.get_by_text("已拒绝")).to_be_visible()
    await expect(pc.get_by_text("手机上选择了拒绝")).to_be_visible()
    assert (await pc.evaluate("fetch('/sessions/current').then((answer) => answer.status)")) == 204
    expected(phone, "403")
    expected(pc, "403")


async def test_the_phones_own_lock_is_asked_for_before_it_signs(visit: Visit, stand: Stand) -> None:
    """At a name, and on a device that has a lock: set up at the first code, asked for at every later one."""
    named = stand.api.replace("127.0.0.1", "localhost")
    unit = BidderAtBrowser(await visit("phone", base_url=named), "安陆锁屏建设有限公司")
    phone = unit.page
    devtools = await phone.context.new_cdp_session(phone)
    await devtools.send("WebAuthn.enable")
    lock = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": lock})
    this = {"authenticatorId": added["authenticatorId"]}
    await unit.enrol()
    for verified in (True, True, False):
        pc = await visit("desktop", f"{named}/app/account")
        link = await shown(pc, pc.get_by_role("button", name="用手机扫码登录").click())
        number = await scan(phone, pc, link)
        await phone.get_by_label("输入电脑上显示的两位数字").fill(number)
        await devtools.send("WebAuthn.setUserVerified", {**this, "isUserVerified": verified})
        await phone.get_by_role("button", name="签名并登录电脑").click()
        if verified:
            await expect(pc.get_by_role("heading", name="安陆锁屏建设有限公司")).to_be_visible()
        else:
            await expect(phone.get_by_text("没有解锁")).to_be_visible()
            assert await pc.evaluate("fetch('/sessions/current').then((answer) => answer.status)") == 204
    found = await devtools.send("WebAuthn.getCredentials", this)
    assert len(found["credentials"]) == 1
