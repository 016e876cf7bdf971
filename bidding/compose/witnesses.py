"""Witnesses of a service, over HTTP (c2sp.org/tlog-witness)."""

from typing import Self

import httpx2

from bidding.application.log.witnessing import Answer, Away, Witness
from bidding.compose.bounded import NoAnswerError, asked
from bidding.compose.settings import Settings
from bidding.crypto.log.note import NoteKey, parse_vkey

#: Seconds for one answer: who is slower is left out of this checkpoint.
TIMEOUT = 5.0
#: Bytes of an answer that are read; who has more to say has not answered.
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
            answer = await asked(
                self._client, "POST", f"{self._address}/add-checkpoint", largest=_LARGEST, content=body
            )
        except NoAnswerError as error:
            raise Away(str(error)) from error
        return Answer(answer.status, answer.body)


def witnesses(settings: Settings) -> list[Witness]:
    """Those that the settings name."""
    return [HttpWitness.of(vkey, address) for vkey, address in settings.witnesses.items()]
