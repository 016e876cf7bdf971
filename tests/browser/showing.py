"""A platform with one finished tender, for pictures and measurements."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog

from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from tests.system.platforms import standing
from tests.system.tenders import performed


@asynccontextmanager
async def playing() -> AsyncIterator[tuple[str, str]]:
    """The platform's address and the lot, while the block runs."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bidding-show-")))
        stand = await standing(Settings(data=folder / "data", port=0, live_port=0, demo=True), stack)
        report = await performed(stand, scripts()[0], folder / "play")
        assert report["ok"], report["error"]
        yield stand.api, str(report["lot"])
