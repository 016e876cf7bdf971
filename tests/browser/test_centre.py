"""The centre at its browser: admits a file, verifies and grants, keeps rooms and experts (R-SVC-03, R-CODE-01)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bidding.cli.demo import scripts
from bidding.stage import preparing
from bidding.stage.cast import Troupe
from bidding.stage.play import Play
from bidding.stage.theatre import Silence
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.test_expert import picture
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import shortened

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filed(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A lot whose file waits at the centre's desk."""
    async with AsyncExitStack() as stack:
        play = Play(
            script=shortened(scripts()[2]),
            troupe=Troupe(stand.api, stack, stand.operator),
            theatre=Silence(),
            live_url=stand.live,
            folder=ground,
        )
        await preparing.cast(play)
        filing = {**play.script.lot, "tenderer": play.tenderer.party, "mode": "test"}
        play.lot = (await play.agency.session.post("/lots", filing))["lot"]
        yield play


@pytest.mark.parametrize("screen", ["phone", "desktop"])
async def test_every_page_of_the_centre_is_sound(
    visit: Visit, filed: Play, stand: Stand, screen: str
) -> None:
    page = await visit(screen, "/app/nowhere")
    await seat(page, stand.operator)
    paths = ("/app/centre", "/app/centre/parties", "/app/centre/rooms", "/app/centre/experts")
    for path, heading in zip(paths, ("进场受理", "主体与身份", "场地", "专家库"), strict=True):
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        await expect(page.get_by_text("正在加载…")).to_have_count(0)
        await sound(page)
        await picture(page, f"centre-{path.rpartition('/')[2]}-{screen}")


async def test_the_centre_admits_a_file(visit: Visit, filed: Play, stand: Stand) -> None:
    page = await visit("phone", "/app/nowhere")
    await seat(page, stand.operator)
    await page.goto(f"/app/centre/lots/{filed.lot}")
    await expect(page.get_by_role("heading", name="资料清单")).to_be_visible()
    await sound(page)
    await picture(page, "centre-file")
    await page.get_by_role("button", name="受理并编号").click()
    await expect(page.get_by_text("已受理", exact=True)).to_be_visible()
    view = await filed.view(filed.agency.session)
    assert (view["phase"], bool(view["admission"]["number"])) == ("admitted", True)


async def test_the_centre_keeps_the_list_of_the_operators_own_group(visit: Visit, stand: Stand) -> None:
    """R-PLAT-07: everybody reads it, the centre enters a unit and takes it out."""
    page = await visit("phone", "/app/nowhere")
    await seat(page, stand.operator)
    await page.goto("/app/centre/group")
    await page.get_by_text("登记关联单位", exact=True).click()
    await page.get_by_label("统一社会信用代码").fill("91110000101623741K")
    await page.get_by_label("单位名称").fill("孝感市平台运营控股有限公司")
    await page.get_by_label("关联关系及依据").fill(
        "持有运营机构 60% 股权,国家企业信用信息公示系统 2026-02-01"
    )
    await page.get_by_role("button", name="登记", exact=True).click()
    await expect(page.get_by_role("heading", name="孝感市平台运营控股有限公司")).to_be_visible()
    reader = await visit("desktop", "/app/centre/group")
    await expect(reader.get_by_role("heading", name="孝感市平台运营控股有限公司")).to_be_visible()
    await expect(reader.get_by_role("button", name="登记", exact=True)).to_have_count(0)
    await sound(reader)
    await page.get_by_text("移出：孝感市平台运营控股有限公司", exact=True).click()
    await page.get_by_label("移出理由").fill("股权已转让")
    await page.get_by_role("button", name="移出", exact=True).click()
    await expect(page.get_by_text("名单上还没有单位。")).to_be_visible()
