"""A platform, a Chromium, and tenders to look at. Pages of other authors add files beside these tests.

``visit(screen)`` opens a page in a browser of its own; ``played`` is a tender that has its contract (``finished``:
its lot), ``noticed`` one that takes bids.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.async_api import Browser, Page, async_playwright
from pydantic import SecretStr

from bidding.api.webclient import FOLDER, INDEX
from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from bidding.stage import concluding, opening, sealing
from bidding.stage.play import Play
from storage.server import EmbeddedServer
from tests.browser.chromium import SWITCH, context, launched, switched_off
from tests.browser.trouble import Trouble
from tests.crypto.licensed import DAY, NOW, Authority
from tests.system.platforms import Stand, standing
from tests.system.tenders import shortened, tender

Visit = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not switched_off():
        return
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.skip(reason=f"{SWITCH} is set"))


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """Not tmp_path: pytest shuts its folders to the database's own user."""
    path = Path(tempfile.mkdtemp(prefix="bidding-browser-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def licensed(ground: Path) -> Authority:
    """A licensed authority that the platform recognises. Its list is good for years."""
    made = Authority(title="湖北测试电子认证服务有限公司")
    folder = ground / "licensed" / "hubei"
    folder.mkdir(parents=True)
    (folder / "root.pem").write_bytes(made.certificate.public_bytes(Encoding.PEM))
    (folder / "revoked.crl").write_bytes(made.revokes(until=NOW + 3000 * DAY))
    told = 'name = "湖北测试CA"\nkinds = ["USBKEY", "SOFT"]\nlevel = "HIGH"\n'
    told += 'roots = "root.pem"\nlists = ["revoked.crl"]\n'
    (folder / "authority.toml").write_text(told, encoding="utf-8")
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stand(pg_server: EmbeddedServer, ground: Path, licensed: Authority) -> AsyncIterator[Stand]:
    """One platform for all browser tests: each plays on lots of its own."""
    assert (FOLDER / INDEX).is_file(), "the client is not built: make web"
    dsn = pg_server.create_database("browser")
    settings = Settings(
        data=ground / "data",
        port=0,
        live_port=0,
        database_url=SecretStr(dsn),
        licensed_authorities=ground / "licensed",
    )
    async with AsyncExitStack() as stack:
        yield await standing(settings, stack)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, stand: Stand) -> AsyncIterator[Visit]:
    """``await visit("phone", "/app/")``: a page whose trouble fails the test, but for what is ``expected``."""
    async with AsyncExitStack() as stack:
        troubles: list[Trouble] = []

        async def opened(screen: str = "desktop", path: str | None = None, **options: Any) -> Page:
            made = await context(chromium, stand.api, screen, **options)
            stack.push_async_callback(made.close)
            page = await made.new_page()
            page.set_default_timeout(15_000)
            troubles.append(Trouble(page))
            if path is not None:
                await page.goto(path)
            return page

        yield opened
        assert [one for trouble in troubles for one in trouble.found] == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def played(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """The first scenario, played to its contract. Its cast stays, to be seated at pages."""
    async with tender(stand, ground / "played", 0, shortened(scripts()[0])) as play:
        await sealing.bids(play)
        await sealing.signing_in(play)
        await opening.opening(play)
        await concluding.evaluation(play)
        await concluding.award(play)
        await concluding.contract(play)
        await concluding.money(play)
        yield play


@pytest.fixture(scope="session")
def finished(played: Play) -> str:
    """The lot's id."""
    return played.lot


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def noticed(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A lot that takes bids, for all tests whose bidders are their own. Leave its clock alone."""
    async with tender(stand, ground / "noticed", 1) as play:
        yield play
