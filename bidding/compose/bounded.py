"""Answers of others over HTTP: no more of one is read than it may hold, and none is waited for without end."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import httpx2
import msgspec

#: Answers of the 4xx kind that say "later", not "never": both sides can mend them without whom they are about.
LATER = frozenset({401, 403, 404, 408, 409, 423, 425, 429})
#: What reading made-up bytes as JSON may come to: of another form, of another charset, nested without end.
NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")


class NoAnswerError(Exception):
    """Nobody answered, not in time, without end or in no words; the text says how, for a log."""


class Answered(NamedTuple):
    status: int
    body: bytes

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def never(self) -> bool:
        """The same request will not be taken another time either."""
        return 400 <= self.status < 500 and self.status not in LATER

    def read(self, kind: type[T]) -> T:
        """Its JSON. Raises ``NoAnswerError``."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except NOT_JSON as error:
            raise NoAnswerError("an answer that cannot be read") from error


async def asked(
    client: httpx2.AsyncClient,
    method: str,
    place: str,
    *,
    largest: int,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """What is at ``place``; at most ``largest`` bytes are read, and in all for as many seconds as ``client`` would wait
    for each part. Raises ``NoAnswerError``."""
    body = bytearray()
    try:
        async with (
            asyncio.timeout(client.timeout.read),
            client.stream(method, place, content=content, headers=headers) as found,
        ):
            async for chunk in found.aiter_bytes():
                body += chunk
                if len(body) > largest:
                    raise NoAnswerError("an answer without end")
            return Answered(found.status_code, bytes(body))
    except (httpx2.HTTPError, TimeoutError) as error:
        raise NoAnswerError(type(error).__name__) from error
