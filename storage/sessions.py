"""Login challenges and sessions. Times are arguments; tokens are known here by their SHA-256 only."""

from __future__ import annotations

from datetime import datetime

import msgspec

from storage.database import Database

_TOKEN_HASH_BYTES = 32


class Session(msgspec.Struct, frozen=True, kw_only=True):
    party: str
    credential: str
    created_at: datetime
    expires_at: datetime


class Sessions:
    """The token itself is random, made by the caller, and goes to the client alone: a reader of the table (or
    of a backup) cannot log in with what it holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def challenge(self, nonce: bytes, credential: str, expires_at: datetime) -> None:
        """Keep a random ``nonce`` (≥ 16 bytes) that ``credential`` has to sign."""
        if len(nonce) < 16:
            raise ValueError("a login challenge takes at least 16 random bytes")
        await self._database.execute(
            "INSERT INTO login_challenges (nonce, credential, expires_at) VALUES ($1, $2, $3)",
            *(nonce, credential, expires_at),
        )

    async def redeem(self, nonce: bytes, credential: str, now: datetime) -> bool:
        """Use up a challenge: True once, for its credential and before it expires; never again.

        Call it before checking the signature, so that a nonce cannot be tried twice.
        """
        row = await self._database.fetchrow(
            "DELETE FROM login_challenges WHERE nonce = $1 RETURNING credential, expires_at", nonce
        )
        return row is not None and row["credential"] == credential and now < row["expires_at"]

    async def create(
        self,
        token_hash: bytes,
        party: str,
        credential: str,
        expires_at: datetime,
        *,
        now: datetime | None = None,
    ) -> None:
        """``token_hash``: SHA-256 of the token. ``now``: its beginning, by default the database's."""
        if len(token_hash) != _TOKEN_HASH_BYTES:
            raise ValueError("a session is stored under the SHA-256 of its token")
        await self._database.execute(
            "INSERT INTO sessions (token_hash, party, credential, created_at, expires_at) "
            "VALUES ($1, $2, $3, coalesce($5, clock_timestamp()), $4)",
            *(token_hash, party, credential, expires_at, now),
        )

    async def find(self, token_hash: bytes, now: datetime) -> Session | None:
        """The session, unless it is unknown, revoked or expired at ``now``."""
        row = await self._database.fetchrow(
            "SELECT party, credential, created_at, expires_at FROM sessions "
            "WHERE token_hash = $1 AND expires_at > $2",
            *(token_hash, now),
        )
        return None if row is None else Session(**dict(row))

    async def revoke(self, token_hash: bytes) -> bool:
        """Log out; False if there was no such session."""
        tag = await self._database.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash)
        return tag == "DELETE 1"

    async def revoke_credential(self, credential: str) -> int:
        """End every session of a credential that was revoked; returns how many."""
        tag = await self._database.execute("DELETE FROM sessions WHERE credential = $1", credential)
        return int(tag.split()[-1])

    async def purge(self, now: datetime) -> int:
        """Forget what has expired; returns how many sessions and challenges, scanned ones too."""
        async with self._database.transaction() as connection:
            sessions = await connection.execute("DELETE FROM sessions WHERE expires_at <= $1", now)
            challenges = await connection.execute("DELETE FROM login_challenges WHERE expires_at <= $1", now)
            scans = await connection.execute("DELETE FROM scans WHERE expires_at <= $1", now)
        return sum(int(one.split()[-1]) for one in (sessions, challenges, scans))
