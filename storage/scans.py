"""Challenges that a PC shows and a phone confirms, until they are collected or have expired. Times are arguments."""

from __future__ import annotations

from datetime import datetime

from storage.database import Database


class Scans:
    """A document per challenge, each replaced or taken by whoever still holds it as it stands: two never both win."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self,
        challenge: bytes,
        holder: bytes,
        doc: bytes,
        *,
        address: str,
        expires_at: datetime,
        now: datetime,
        at_most: int,
    ) -> bool:
        """``challenge``, ``holder``: 32 bytes. False, and nothing: ``address`` has ``at_most`` that run."""
        tag = await self._database.execute(
            "INSERT INTO scans (challenge, holder, doc, address, expires_at) SELECT $1, $2, $3, $4, $5 "
            "WHERE (SELECT count(*) FROM scans WHERE address = $4 AND expires_at > $6) < $7",
            *(challenge, holder, doc, address, expires_at, now, at_most),
        )
        return tag == "INSERT 0 1"

    async def find(self, challenge: bytes) -> tuple[bytes, bytes] | None:
        """(holder, document)."""
        row = await self._database.fetchrow("SELECT holder, doc FROM scans WHERE challenge = $1", challenge)
        return None if row is None else (row["holder"], row["doc"])

    async def replace(self, challenge: bytes, was: bytes, becomes: bytes) -> bool:
        tag = await self._database.execute(
            "UPDATE scans SET doc = $3 WHERE challenge = $1 AND doc = $2", *(challenge, was, becomes)
        )
        return tag == "UPDATE 1"

    async def take(self, challenge: bytes, was: bytes) -> bool:
        """Forget it: True for one caller alone."""
        tag = await self._database.execute(
            "DELETE FROM scans WHERE challenge = $1 AND doc = $2", *(challenge, was)
        )
        return tag == "DELETE 1"
