"""The whole platform, as it is deployed: uvicorn, websocket gateway, clock, PostgreSQL, object store."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from bidding.stage.play import BidderOnStage, Play
from storage.server import EmbeddedServer
from tests.system.platforms import Stand, standing
from tests.system.tenders import performed, tender

TEMPLATE = "bidding_template"


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """Where data folders lie. Not tmp_path: pytest shuts its folders to the database's own user."""
    path = Path(tempfile.mkdtemp(prefix="bidding-system-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder(ground: Path) -> Path:
    """A folder of the test's own."""
    path = ground / uuid4().hex
    path.mkdir()
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stand(pg_server: EmbeddedServer, ground: Path) -> AsyncIterator[Stand]:
    """One platform that tests share: each plays on lots of its own."""
    dsn = pg_server.create_database("system", template=TEMPLATE)
    settings = Settings(data=ground / "shared", port=0, live_port=0, database_url=SecretStr(dsn))
    async with AsyncExitStack() as stack:
        yield await standing(settings, stack)


@pytest_asyncio.fixture(loop_scope="session")
async def own(pg_dsn: str, folder: Path) -> AsyncIterator[Stand]:
    """A platform of the test's own, to be hurt."""
    settings = Settings(data=folder / "data", port=0, live_port=0, database_url=SecretStr(pg_dsn))
    async with AsyncExitStack() as stack:
        yield await standing(settings, stack)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def performances(stand: Stand, ground: Path) -> list[dict[str, Any]]:
    """The five scenarios' reports, in their order: played at once on one platform."""
    return await asyncio.gather(
        *(performed(stand, script, ground / f"scenario-{n}") for n, script in enumerate(scripts(), start=1))
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def play(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A noticed lot; each test takes a bidder that has not bid yet."""
    async with tender(stand, ground / "bad-input", bidders=5) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def bidder(play: Play) -> BidderOnStage:
    """One more bidder."""
    plan = msgspec.structs.replace(play.bidders[0].plan, name=f"临时建设{secrets.token_hex(3)}有限公司")
    return BidderOnStage(plan, await play.troupe.organisation(plan.name, "bidder"))
