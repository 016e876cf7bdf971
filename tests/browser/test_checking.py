"""R-OPEN-30: the offline verifying page, one file opened from the disk, finds what ``bidding verify`` finds."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from bidding.api.webclient import FOLDER, OFFLINE_VERIFY
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from tests.browser.conftest import Visit
from tests.browser.trouble import sound
from tests.records.altering import BUNDLE, CASES, KEY, RECORD, altered, key_of
from tests.records.logged import LOG_KEY, LOGGED
from tests.records.stamped import ROOT, STAMPED

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(page: Page, folder: Path) -> list[str]:
    """A copy of the page on the disk, the network switched off. What it asks for all the same."""
    copy = folder / OFFLINE_VERIFY
    copy.write_bytes((FOLDER / OFFLINE_VERIFY).read_bytes())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await page.goto(copy.as_uri())
    return asked


async def verified(page: Page, data: bytes) -> list[tuple[str, bool]]:
    """(step, whether it holds) of each step that the page shows."""
    chosen = FilePayload(name="record.json", mimeType="application/json", buffer=data)
    await page.locator("input[name=file]").set_input_files(chosen)
    await page.get_by_role("button", name="核验", exact=True).click()
    await expect(page.locator("#outcome")).to_be_visible(timeout=30_000)
    shown: list[list[Any]] = await page.eval_on_selector_all(
        "li[data-step]", "all => all.map((one) => [one.dataset.step, one.dataset.holds === 'true'])"
    )
    return [(step, holds) for step, holds in shown]


@pytest.mark.parametrize("screen", ["phone", "desktop"])
async def test_a_record_and_a_bundle_hold_without_any_network(
    visit: Visit, tmp_path: Path, screen: str
) -> None:
    """R-PAIN-06: no plugin; on a phone, in large type, by keyboard; and in both languages."""
    page = await visit(screen)
    asked = await opened(page, tmp_path)
    await sound(page)
    for data, count in ((RECORD, 15), (BUNDLE, 20)):
        steps = await verified(page, data)
        assert all(holds for _, holds in steps)
        assert len(steps) >= count
        await expect(page.locator("#outcome")).to_be_focused()
        await expect(page.locator("#outcome")).to_contain_text("全部核验通过")
        await expect(page.get_by_text(KEY.id)).to_be_visible()
    await page.get_by_role("button", name="长者模式").press("Enter")
    await sound(page)
    await page.get_by_role("button", name="English").press("Enter")
    await expect(page.locator("#outcome")).to_contain_text("Everything holds")
    await sound(page)
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []


async def test_every_alteration_fails_in_its_step(visit: Visit, tmp_path: Path) -> None:
    """The table that the command and the unit tests are held to as well."""
    page = await visit("desktop")
    await opened(page, tmp_path)
    await page.locator("input[name=roots]").set_input_files(ROOT)
    for case in CASES:
        await page.locator("input[name=key]").fill(b64(key_of(case).public))
        *before, (step, holds) = await verified(page, altered(case))
        assert (step, holds) == (case["step"], False), case["name"]
        assert all(held for _, held in before), case["name"]
    await expect(page.locator("#outcome")).to_contain_text("核验不通过")
    await expect(page.get_by_text("问题所在")).to_be_visible()
    await sound(page)


async def test_tokens_are_checked_under_the_roots_that_the_reader_gives(visit: Visit, tmp_path: Path) -> None:
    """R-CRYP-06: their signatures too; a file without certificates is said to be none."""
    page = await visit("phone")
    await opened(page, tmp_path)
    nonsense = FilePayload(name="root.pem", mimeType="application/x-pem-file", buffer=b"nothing")
    await page.locator("input[name=roots]").set_input_files(nonsense)
    await expect(page.get_by_text("文件中没有 PEM 证书。")).to_be_visible()
    await page.locator("input[name=roots]").set_input_files(ROOT)
    steps = await verified(page, STAMPED.read_bytes())
    assert all(holds for _, holds in steps)
    assert [step for step, _ in steps].count("time-stamps") == 2
    await expect(page.get_by_text("under a root that you gave").first).to_be_visible()
    await sound(page)


async def test_the_log_is_the_one_whose_key_the_reader_gives(visit: Visit, tmp_path: Path) -> None:
    """R-GEN-05: what is no key, or no certificate, is said at once; a record without proofs fails by it."""
    page = await visit("phone")
    await opened(page, tmp_path)
    key, press = page.locator("input[name=log-key]"), page.get_by_role("button", name="核验", exact=True)
    await key.fill("log.example/vectors+00000000+AA==")
    await expect(page.get_by_text("这不是日志公钥。")).to_be_visible()
    await expect(press).to_be_disabled()
    await key.fill(LOG_KEY.vkey)
    nonsense = FilePayload(name="ca.pem", mimeType="application/x-pem-file", buffer=b"nothing")
    await page.locator("input[name=ca-roots]").set_input_files(nonsense)
    await expect(page.get_by_text("文件中没有 PEM 证书。")).to_be_visible()
    await page.locator("input[name=ca-roots]").set_input_files(ROOT)
    steps = await verified(page, LOGGED.read_bytes())
    assert all(holds for _, holds in steps)
    await expect(page.get_by_text("by the key you gave")).to_be_attached()
    *_, last = await verified(page, RECORD)
    assert last == ("log", False)
    await sound(page)


async def test_a_folder_is_laid_beside_the_file(visit: Visit, tmp_path: Path) -> None:
    """R-BID-04: what was handed in and what the platform signed for; other bytes are found, without any network."""
    record = parse_canonical(RECORD, LotRecord)
    form, receipt = record.forms[0], record.receipts[0]
    folder = tmp_path / "kept"
    body = folder / form.bidder / "form.sealed"
    body.parent.mkdir(parents=True)
    body.write_bytes(unb64(form.body))
    paper = canonical({"receipt": receipt.receipt, "signature": receipt.signature})
    (folder / "receipt.json").write_bytes(paper)
    (folder / "large.bin").write_bytes(bytes(20 << 20))
    page = await visit("desktop")
    asked = await opened(page, tmp_path)
    await page.locator("input[name=folder]").set_input_files(folder)
    steps = await verified(page, BUNDLE)
    assert all(holds for _, holds in steps)
    assert [step for step, _ in steps].count("files") == 3
    await expect(page.get_by_text("2 as the file says; 1 that it does not speak of")).to_be_visible()
    body.write_bytes(unb64(form.body)[:-1] + b"x")
    await page.locator("input[name=folder]").set_input_files(folder)
    assert (await verified(page, BUNDLE))[-1] == ("files", False)
    await expect(page.get_by_text("other bytes than the bid's").first).to_be_visible()
    await sound(page)
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []


async def test_a_receipt_needs_the_platforms_key(visit: Visit) -> None:
    """On the page as the platform serves it, whose policy is the same."""
    page = await visit("phone", f"/app/{OFFLINE_VERIFY}")
    receipt = parse_canonical(RECORD, LotRecord).receipts[0]
    paper = canonical({"receipt": receipt.receipt, "signature": receipt.signature})
    assert await verified(page, paper) == [("signature", False)]
    await page.locator("input[name=key]").fill("no key")
    await expect(page.get_by_text("这不是 32 字节的公钥。")).to_be_visible()
    await expect(page.get_by_role("button", name="核验", exact=True)).to_be_disabled()
    await page.locator("input[name=key]").fill(b64(KEY.public))
    assert await verified(page, paper) == [("signature", True)]
    await sound(page)
