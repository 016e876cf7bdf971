"""What has run out is forgotten; a store that is away is asked again at the next look."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bidding.application.ports import Unavailable
from bidding.compose.running import sweep
from bidding.compose.service import Service
from bidding.compose.sessions import StorageSessions
from storage.database import Database
from storage.sessions import Sessions
from tests.storage.conftest import database

__all__ = ["database"]

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Uploads:
    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.looks = error, 0

    async def expire(self) -> int:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return 0


def service(sessions: Any, uploads: Uploads) -> Service:
    """As much of a service as a sweep touches."""
    platform = SimpleNamespace(clock=SimpleNamespace(now=lambda: NOW))
    return cast(Service, SimpleNamespace(sessions=sessions, uploads=uploads, platform=platform))


async def test_expired_sessions_and_challenges_are_forgotten_and_others_kept(database: Database) -> None:
    stored = Sessions(database)
    for number, life in enumerate((-MINUTE, timedelta(0), MINUTE)):
        token = bytes([number]) * 32
        await stored.create(token, "a", "device", NOW + life, now=NOW - 5 * MINUTE)
        await stored.challenge(token, "device", NOW + life)
    await sweep(service(StorageSessions(stored), Uploads()))
    assert await database.fetchval("SELECT count(*) FROM sessions") == 1
    assert await database.fetchval("SELECT count(*) FROM login_challenges") == 1
    assert await stored.find(bytes([2]) * 32, NOW) is not None


@pytest.mark.parametrize("away", ["uploads", "sessions"])
async def test_a_store_that_is_away_ends_no_sweep_for_good(away: str) -> None:
    class Away:
        async def purge(self, now: datetime) -> int:
            raise Unavailable("database")

    uploads = Uploads(Unavailable("object store") if away == "uploads" else None)
    await sweep(service(Away(), uploads))
    assert uploads.looks == 1
