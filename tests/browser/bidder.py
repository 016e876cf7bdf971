"""A bidder at its browser: enrols, seals, hands in, signs in, releases, confirms, by the labels that people read."""

import secrets
from dataclasses import dataclass
from typing import Any

from playwright.async_api import FilePayload, Page, expect

from bidding.domain.codes import make_uscc
from bidding.stage.cast import REGION

PDF = b"%PDF-1.7\n"
FORM = {"投标报价": "470万", "工期（服务期），日历天": "150", "项目负责人": "王工"}
PRICE_FEN = 470_000_000


@dataclass
class BidderAtBrowser:
    """``page`` is this bidder's own browser: it holds its keys."""

    page: Page
    name: str

    async def enrol(self) -> str:
        """Registers, which logs in; the party's id."""
        page = self.page
        await page.goto("/app/account/enrol")
        await page.get_by_label("名称", exact=True).fill(self.name)
        await page.get_by_label("统一社会信用代码").fill(make_uscc("91", REGION, secrets.randbelow(10**6)))
        await page.get_by_label("这台设备叫什么").fill("王工的手机")
        await page.get_by_role("button", name="生成密钥并注册").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("本主体与设备")
        party: str = (await self.get("/parties/me"))["party"]
        return party

    async def get(self, path: str) -> dict[str, Any]:
        """What the platform tells this bidder."""
        found: dict[str, Any] = await self.page.evaluate("path => fetch(path).then(r => r.json())", path)
        return found

    async def recovery_code(self) -> str:
        """Makes one, copies it down and puts it to use."""
        page = self.page
        await page.goto("/app/account")
        await page.get_by_role("button", name="生成恢复码").click()
        groups = await page.locator("#recovery-code li").all_inner_texts()
        await page.get_by_label("抄好了").fill("".join(groups[-2:]).lower())
        await page.get_by_role("button", name="启用恢复码").click()
        await expect(page.get_by_text("恢复码已启用")).to_be_visible()
        return "-".join(groups)

    async def fill(self, lot: str, files: dict[str, list[FilePayload]], **form: str) -> None:
        """The opening form and the files, on the lot's page."""
        await self.page.goto(f"/app/bidder/lots/{lot}")
        for label, value in (FORM | form).items():
            await self.page.get_by_label(label, exact=True).fill(value)
        for envelope, chosen in files.items():
            await self.page.locator(f"input[type=file][name={envelope}]").set_input_files(chosen)

    async def seal(self) -> None:
        """Seals and waits for the trial opening."""
        await self.page.get_by_role("button", name="封装并试开标").click()
        await expect(self.page.get_by_text("逐字节打开，与封装内容一致")).to_be_visible(timeout=60_000)

    async def hand_in(self) -> None:
        await self.page.get_by_role("button", name="递交投标").click()
        await self.received()

    async def received(self) -> None:
        await expect(self.page.get_by_text("平台已收讫并签发回执")).to_be_visible(timeout=60_000)
        await expect(self.page.get_by_text("回执签名已在本机核对无误")).to_be_visible()


def paper(name: str, size: int = 4000) -> FilePayload:
    """A file that is another one for every name."""
    return FilePayload(name=name, mimeType="application/pdf", buffer=(PDF + name.encode() * size)[:size])


def papers(size: int = 4000) -> dict[str, list[FilePayload]]:
    """One or two files for every envelope of the road tender."""
    return {
        "qualification": [paper("资质.pdf", size)],
        "technical": [paper("施工组织设计.pdf", size), paper("a.txt", size)],
        "commercial": [paper("报价.pdf", size)],
    }
