"""Login challenges are used once; sessions are found by the hash of their token until they end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from storage.database import Database
from storage.errors import IntegrityError
from storage.sessions import Session, Sessions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
NONCE = bytes(range(32))
TOKEN = sha256(b"token").digest()


@pytest.fixture
def sessions(database: Database) -> Sessions:
    return Sessions(database)


async def test_a_challenge_is_redeemed_once(sessions: Sessions) -> None:
    await sessions.challenge(NONCE, "device-1", SOON)
    results = await asyncio.gather(*(sessions.redeem(NONCE, "device-1", NOW) for _ in range(6)))
    assert sorted(results) == [False] * 5 + [True]


async def test_a_challenge_is_of_its_credential_and_its_time_and_a_wrong_try_uses_it_up(
    sessions: Sessions,
) -> None:
    await sessions.challenge(NONCE, "device-1", SOON)
    assert not await sessions.redeem(NONCE, "device-2", NOW)
    assert not await sessions.redeem(NONCE, "device-1", NOW)
    await sessions.challenge(NONCE, "device-1", SOON)
    assert not await sessions.redeem(NONCE, "device-1", SOON)
    assert not await sessions.redeem(bytes(32), "device-1", NOW)


async def test_a_nonce_is_long_and_never_given_twice(sessions: Sessions) -> None:
    with pytest.raises(ValueError, match="16"):
        await sessions.challenge(b"short", "device-1", SOON)
    await sessions.challenge(NONCE, "device-1", SOON)
    with pytest.raises(IntegrityError):
        await sessions.challenge(NONCE, "device-2", SOON)


async def test_a_session_lives_until_it_expires(sessions: Sessions) -> None:
    await sessions.create(TOKEN, "party-1", "device-1", SOON, now=NOW)
    expected = Session(party="party-1", credential="device-1", created_at=NOW, expires_at=SOON)
    assert await sessions.find(TOKEN, NOW) == expected
    assert await sessions.find(TOKEN, SOON - timedelta(microseconds=1)) == expected
    assert await sessions.find(TOKEN, SOON) is None
    assert await sessions.find(sha256(b"other").digest(), NOW) is None


async def test_a_revoked_session_is_gone(sessions: Sessions) -> None:
    await sessions.create(TOKEN, "party-1", "device-1", SOON)
    assert await sessions.revoke(TOKEN) is True
    assert await sessions.revoke(TOKEN) is False
    assert await sessions.find(TOKEN, NOW) is None


async def test_all_sessions_of_a_credential_end_with_it(sessions: Sessions) -> None:
    for number in range(3):
        await sessions.create(sha256(bytes([number])).digest(), "party-1", f"device-{number // 2}", SOON)
    assert await sessions.revoke_credential("device-0") == 2
    assert await sessions.find(sha256(b"\x02").digest(), NOW) is not None


async def test_only_hashes_are_taken(sessions: Sessions) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        await sessions.create(b"the token itself", "party-1", "device-1", SOON)


async def test_a_token_is_not_given_to_two_sessions(sessions: Sessions) -> None:
    await sessions.create(TOKEN, "party-1", "device-1", SOON)
    with pytest.raises(IntegrityError):
        await sessions.create(TOKEN, "party-2", "device-2", SOON)


async def test_what_has_expired_is_purged(sessions: Sessions) -> None:
    await sessions.create(TOKEN, "party-1", "device-1", SOON)
    await sessions.create(sha256(b"later").digest(), "party-1", "device-1", SOON + timedelta(hours=1))
    await sessions.challenge(NONCE, "device-1", SOON)
    assert await sessions.purge(NOW) == 0
    assert await sessions.purge(SOON) == 2
    assert await sessions.find(sha256(b"later").digest(), SOON) is not None
