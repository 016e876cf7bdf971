"""Witnesses of a service, over HTTP (c2sp.org/tlog-witness)."""

from typing import Self

import httpx2

from bidding.application.log.witnessing import Answer, Away, Witness
from bidding.compose.settings import Settings
from bidding.crypto.log.note import NoteKey, parse_vkey

#: Seconds for one answer: who is slower is left out of this checkpoint.
TIMEOUT = 5.0
#: Bytes of an answer that are read.
_LARGEST = 8 * 1024


class HttpWitness:
    def __init__(self, key: NoteKey, address: str, client: httpx2.AsyncClient) -> None:
        self.key = key
        self._address, self._client = address.rstrip("/"), client

    @classmethod
    def of(cls, vkey: str, address: str) -> Self:
        """Raises ``MalformedKeyError`` for a vkey that is none."""
        return cls(parse_vkey(vkey), address, httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False))

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, body: bytes) -> Answer:
        try:
            answer = await self._client.post(f"{self._address}/add-checkpoint", content=body)
        except httpx2.HTTPError as error:
            raise Away(type(error).__name__) from error
        return Answer(answer.status_code, answer.content[:_LARGEST])


def witnesses(settings: Settings) -> list[Witness]:
    """Those that the settings name."""
    return [HttpWitness.of(vkey, address) for vkey, address in settings.witnesses.items()]
