"""``storage.sessions`` fitted to ``bidding.application.login.Sessions``: under the ports' errors."""

from datetime import datetime

from bidding.compose.journal import named_by_the_application
from storage import sessions


class StorageSessions:
    def __init__(self, stored: sessions.Sessions) -> None:
        self._stored = stored

    async def challenge(self, nonce: bytes, credential: str, expires_at: datetime) -> None:
        with named_by_the_application():
            await self._stored.challenge(nonce, credential, expires_at)

    async def redeem(self, nonce: bytes, credential: str, now: datetime) -> bool:
        with named_by_the_application():
            return await self._stored.redeem(nonce, credential, now)

    async def create(
        self,
        token_hash: bytes,
        party: str,
        credential: str,
        expires_at: datetime,
        *,
        now: datetime | None = None,
    ) -> None:
        with named_by_the_application():
            await self._stored.create(token_hash, party, credential, expires_at, now=now)

    async def find(self, token_hash: bytes, now: datetime) -> sessions.Session | None:
        with named_by_the_application():
            return await self._stored.find(token_hash, now)

    async def revoke(self, token_hash: bytes) -> bool:
        with named_by_the_application():
            return await self._stored.revoke(token_hash)

    async def purge(self, now: datetime) -> int:
        """Forget expired sessions and challenges; how many there were."""
        with named_by_the_application():
            return await self._stored.purge(now)

    async def revoke_credential(self, credential: str) -> int:
        with named_by_the_application():
            return await self._stored.revoke_credential(credential)
