"""Makers of seals and certificate authorities over HTTP: the adapter's own form, described in ``docs/licence.md``
(R-NB-HS-01)."""

import hmac
from contextlib import AsyncExitStack
from hashlib import sha256
from typing import Annotated, Self
from urllib.parse import quote

import httpx2
import msgspec

from bidding.application.bodies import BodySilent, LicenceNotice
from bidding.application.ports import Clock
from bidding.compose.bounded import NoAnswerError, asked
from bidding.compose.settings import Settings
from bidding.domain.registration.bodies import BodyAnswer
from bidding.domain.registration.events import BodyState

#: Bytes of an answer that are read at most.
LARGEST = 64 * 1024


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a body sends. ``key``: of the notice that it speaks of; ``reference``: its own number of the case."""

    key: str
    state: BodyState
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class HttpBody:
    """``PUT <address>/<key>`` with the notice; ``secret``: shared with the body, "" if it asks for none.

    Redirects are not followed. Whatever is not an answer about this notice is none.
    """

    def __init__(
        self, name: str, address: str, secret: str, clock: Clock, client: httpx2.AsyncClient
    ) -> None:
        self.name = name
        self._address, self._secret, self._clock, self._client = address.rstrip("/"), secret, clock, client

    @classmethod
    def of(cls, name: str, address: str, settings: Settings, clock: Clock) -> Self:
        given = settings.licence_secrets.get(name)
        client = httpx2.AsyncClient(timeout=settings.licence_timeout, follow_redirects=False)
        return cls(name, address, "" if given is None else given.get_secret_value(), clock, client)

    async def close(self) -> None:
        await self._client.aclose()

    async def tell(self, notice: LicenceNotice) -> BodyAnswer:
        body = msgspec.json.encode(notice, order="sorted")
        place = f"{self._address}/{quote(notice.key, safe='')}"
        headers = self._headers(notice.key, body)
        try:
            answer = await asked(self._client, "PUT", place, largest=LARGEST, content=body, headers=headers)
            if answer.never:
                return BodyAnswer(state=BodyState.REFUSED, text=f"HTTP {answer.status}")
            if not answer.succeeded:
                raise BodySilent(f"HTTP {answer.status}")
            said = answer.read(Answer)
        except NoAnswerError as error:
            raise BodySilent(str(error)) from error
        if said.key != notice.key:
            raise BodySilent("an answer about another notice")
        return BodyAnswer(state=said.state, reference=said.reference, text=said.text)

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        """The instant is signed with the notice, so that an overheard one is of no use later."""
        at = self._clock.now().isoformat()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Bidding-At": at}
        if self._secret:
            said = f"bidding/licence/v1\n{at}\n".encode() + body
            headers["Bidding-Signature"] = hmac.new(self._secret.encode(), said, sha256).hexdigest()
        return headers


def licence_bodies(settings: Settings, clock: Clock, stack: AsyncExitStack) -> list[HttpBody]:
    """Those of ``BIDDING_LICENCE_BODIES``, closed with ``stack``."""
    found = [HttpBody.of(name, address, settings, clock) for name, address in settings.licence_bodies.items()]
    for one in found:
        stack.push_async_callback(one.close)
    return found
