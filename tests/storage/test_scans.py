"""A challenge that a PC shows is replaced and taken by one caller alone (R-CRED-05)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.scans import Scans
from storage.sessions import Sessions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=2)
CHALLENGE, HOLDER = bytes(range(32)), bytes(32)


@pytest.fixture
def scans(database: Database) -> Scans:
    return Scans(database)


async def begun(scans: Scans, challenge: bytes = CHALLENGE, address: str = "a", at_most: int = 9) -> bool:
    return await scans.begin(
        challenge, HOLDER, b"1", address=address, expires_at=SOON, now=NOW, at_most=at_most
    )


async def test_of_two_answers_one_counts(scans: Scans) -> None:
    await begun(scans)
    done = await asyncio.gather(*(scans.replace(CHALLENGE, b"1", bytes([n])) for n in range(4)))
    assert sorted(done) == [False] * 3 + [True]


async def test_it_is_taken_once_and_only_as_it_was_read(scans: Scans) -> None:
    await begun(scans)
    assert await scans.find(CHALLENGE) == (HOLDER, b"1")
    assert not await scans.take(CHALLENGE, b"0")
    taken = await asyncio.gather(*(scans.take(CHALLENGE, b"1") for _ in range(4)))
    assert sorted(taken) == [False] * 3 + [True]
    assert await scans.find(CHALLENGE) is None


async def test_one_address_has_so_many_at_a_time(scans: Scans) -> None:
    assert await begun(scans, bytes([1]) * 32, at_most=1)
    assert not await begun(scans, bytes([2]) * 32, at_most=1)
    assert await begun(scans, bytes([2]) * 32, address="b", at_most=1)


async def test_what_has_expired_is_purged_with_the_sessions(scans: Scans, database: Database) -> None:
    await begun(scans)
    assert await Sessions(database).purge(NOW) == 0
    assert await Sessions(database).purge(SOON) == 1
    assert await scans.find(CHALLENGE) is None
