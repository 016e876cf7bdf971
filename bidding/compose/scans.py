"""``storage.scans`` fitted to ``bidding.application.scans.StoredScans``: under the ports' errors."""

from datetime import datetime

from bidding.compose.journal import named_by_the_application
from storage import scans


class StorageScans:
    def __init__(self, stored: scans.Scans) -> None:
        self._stored = stored

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
        with named_by_the_application():
            return await self._stored.begin(
                challenge, holder, doc, address=address, expires_at=expires_at, now=now, at_most=at_most
            )

    async def find(self, challenge: bytes) -> tuple[bytes, bytes] | None:
        with named_by_the_application():
            return await self._stored.find(challenge)

    async def replace(self, challenge: bytes, was: bytes, becomes: bytes) -> bool:
        with named_by_the_application():
            return await self._stored.replace(challenge, was, becomes)

    async def take(self, challenge: bytes, was: bytes) -> bool:
        with named_by_the_application():
            return await self._stored.take(challenge, was)
