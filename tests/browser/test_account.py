"""A unit at its account page: who holds it, a changed name, a major change (招投条例 34, 38; R-NB-HS-02)."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.async_api import FilePayload, Page, expect

from bidding.crypto.canonical import b64
from bidding.crypto.public_keys import SoftSigner
from tests.browser.bidder import BidderAtBrowser
from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound
from tests.crypto.licensed import DAY, NOW, Authority, made, name

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


async def choose(page: Page, label: str, data: bytes) -> None:
    file = FilePayload(name="file", mimeType="application/octet-stream", buffer=data)
    await page.get_by_label(label, exact=True).set_input_files(file)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa", "ed25519"])
async def test_a_licensed_certificate_is_bound_by_its_own_key(
    visit: Visit, licensed: Authority, tmp_path: Path, kind: str
) -> None:
    """R-CRED-04: a soft certificate's key signs in the browser; a token's own tool signs what is saved for it."""
    unit = BidderAtBrowser(await visit("phone"), "安陆持证建设有限公司")
    await unit.enrol()
    page, me, key = unit.page, await unit.get("/parties/me"), made(kind)
    leaf = licensed.issue(key.public_key(), name(me["name"], me["uscc"]), until=NOW + 3000 * DAY)
    await page.get_by_text("绑定一张证书").click()
    await page.get_by_label("这张证书叫什么").fill("财务室证书")
    await choose(page, "签名证书文件", b"no certificate")
    await expect(page.get_by_text("这个文件里没有证书。")).to_be_visible()
    await choose(page, "签名证书文件", leaf)
    await sound(page)
    if kind == "p256":
        async with page.expect_download() as download:
            await page.get_by_role("button", name="保存待签文件").click()
        await (await download.value).save_as(tmp_path / "binding.bin")
        said = (tmp_path / "binding.bin").read_bytes()
        await choose(page, "签名文件", SoftSigner(made(kind)).sign(said))
        await page.get_by_role("button", name="签署并绑定").click()
        await expect(page.get_by_text("公钥或持有证明不正确")).to_be_visible()
        expected(page, "422")
        await choose(page, "签名文件", SoftSigner(key).sign(said))
    else:
        await page.get_by_label("载体").select_option("SOFT")
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        await choose(page, "软证书的私钥文件", private)
    async with page.expect_request("**/parties/me/certificates") as sent:
        await page.get_by_role("button", name="签署并绑定").click()
    await expect(page.get_by_text("✓ 证书已绑定。")).to_be_visible()
    bound = (await unit.get("/parties/me"))["credentials"][-1]
    assert (bound["issuer"], bound["label"]) == ("湖北测试CA", "财务室证书")
    assert bound["certificate"] == b64(leaf)
    assert "PRIVATE" not in ((await sent.value).post_data or "")
