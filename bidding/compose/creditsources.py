"""Credit sources outside, over HTTP: the adapter's own form, described in ``docs/credit.md`` (R-CRDT-01)."""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from hashlib import sha256
from http.client import OK
from typing import Self
from urllib.parse import urlencode

import httpx2
import msgspec
import structlog

from bidding.application.creditsources import SourceSilent
from bidding.application.ports import Clock
from bidding.compose.bounded import NoAnswerError, asked
from bidding.compose.settings import Settings
from bidding.domain.credit.lists import Listing

log = structlog.get_logger(__name__)

#: Seconds before the second attempt; each further one waits twice as long.
FIRST_PAUSE = 0.5
#: Bytes of an answer that are read at most.
LARGEST = 1024 * 1024
SERVER_FAULT = 500
#: Answers of the 4xx kind after which asking again may help.
LATER = frozenset({408, 425, 429})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a source sends. ``uscc``: whom it speaks of; ``at``: the instant of its own look."""

    uscc: str
    at: datetime
    listings: tuple[Listing, ...]


class HttpCreditSource:
    """``GET <address>?uscc=…&name=…``. ``secret``: shared with the source; "" if it asks for none.

    ``attempts``: after a lost connection, a timeout, a 5xx or a "later", with growing pauses. Whatever else comes, or
    an answer that speaks of somebody else, is no answer.
    """

    def __init__(
        self,
        name: str,
        address: str,
        secret: str,
        clock: Clock,
        client: httpx2.AsyncClient,
        attempts: int,
    ) -> None:
        self.name = name
        self._address, self._secret, self._clock = address, secret, clock
        self._client, self._attempts = client, attempts

    @classmethod
    def of(cls, name: str, address: str, settings: Settings, clock: Clock) -> Self:
        given = settings.credit_secrets.get(name)
        client = httpx2.AsyncClient(timeout=settings.credit_timeout, follow_redirects=False)
        secret = "" if given is None else given.get_secret_value()
        return cls(name, address, secret, clock, client, settings.credit_attempts)

    async def close(self) -> None:
        await self._client.aclose()

    async def look_up(self, uscc: str, name: str) -> Sequence[Listing]:
        pause = FIRST_PAUSE
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._ask(uscc, name)
            except _AgainError as error:
                # Whom it was about is nobody's business who reads logs.
                log.warning("credit.source-silent", source=self.name, attempt=attempt, reason=str(error))
            if attempt < self._attempts:
                await asyncio.sleep(pause)
                pause *= 2
        raise SourceSilent(self.name)

    async def _ask(self, uscc: str, name: str) -> Sequence[Listing]:
        query = urlencode({"uscc": uscc, "name": name})
        try:
            answer = await asked(
                self._client, "GET", f"{self._address}?{query}", largest=LARGEST, headers=self._headers(query)
            )
        except NoAnswerError as error:
            raise _AgainError(str(error)) from error
        if answer.status >= SERVER_FAULT or answer.status in LATER:
            raise _AgainError(f"HTTP {answer.status}")
        if answer.status != OK:
            raise SourceSilent(self.name)
        try:
            said = answer.read(Answer)
        except NoAnswerError:
            raise SourceSilent(self.name) from None
        if said.uscc != uscc:
            raise SourceSilent(self.name)
        return said.listings

    def _headers(self, query: str) -> dict[str, str]:
        """The instant is signed with the question, so that an overheard one is of no use later."""
        at = self._clock.now().isoformat()
        headers = {"Accept": "application/json", "Bidding-At": at}
        if self._secret:
            said = f"bidding/credit/v1\n{at}\n{query}".encode()
            headers["Bidding-Signature"] = hmac.new(self._secret.encode(), said, sha256).hexdigest()
        return headers


class _AgainError(Exception):
    """It may help to ask again."""


def credit_sources(settings: Settings, clock: Clock, stack: AsyncExitStack) -> list[HttpCreditSource]:
    """Those of ``BIDDING_CREDIT_SOURCES``, closed with ``stack``."""
    found = [
        HttpCreditSource.of(name, address, settings, clock)
        for name, address in settings.credit_sources.items()
    ]
    for one in found:
        stack.push_async_callback(one.close)
    return found
