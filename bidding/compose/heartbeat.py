"""The clock's sign of life: a file in the data folder, touched as long as timers and projections go on.

``bidding status --clock`` reads its age; nothing else does.
"""

import asyncio
from pathlib import Path

import structlog

from bidding.application.ports import Unavailable
from bidding.compose.service import Service

log = structlog.get_logger(__name__)

FILE = "clock.alive"
#: Seconds between two signs, and the age at which there is none any more.
BEAT = 3.0
OLDEST = 20.0
#: Events that the projection may be behind.
BEHIND = 1000


async def beat(service: Service) -> None:
    """For ever: a sign of life whenever the store answers and the projection keeps up.

    Whoever stands by for the leadership beats too: its task is to wait.
    """
    file = service.settings.data / FILE
    journal = service.platform.journal
    while True:
        try:
            if (await journal.checkpoint("lots") or 0) + BEHIND >= await journal.position():
                await asyncio.to_thread(file.touch)
        except (Unavailable, OSError) as error:
            log.warning("clock.no-heartbeat", error=type(error).__name__)
        await asyncio.sleep(BEAT)


def age(folder: Path, now: float) -> float | None:
    """Seconds from the last sign of life to ``now`` (seconds since 1970); None if there never was one."""
    try:
        touched = (folder / FILE).stat().st_mtime
    except FileNotFoundError:
        return None
    return max(0.0, now - touched)
