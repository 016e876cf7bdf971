"""A platform's side of a connection, as far as a client can tell: answers from a script, requests kept."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
import msgspec

from bidding.client.session import TIMEOUT, Session
from bidding.crypto.credentials import DeviceCredential

Answer = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


def problem(status: int, code: str, **found: object) -> httpx2.Response:
    content = {"status": status, "code": code, "detail": "说明", "next": "下一步", "found": found}
    return httpx2.Response(
        status, content=msgspec.json.encode(content), headers={"Content-Type": "application/problem+json"}
    )


@dataclass
class Scripted:
    """Answers by method, in their order; the last one is given again and again."""

    answers: dict[str, list[Answer]]
    requests: list[httpx2.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(await request.aread())
        self.requests.append(request)
        waiting = self.answers[request.method]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            # A response is used up by being read: each request gets one of its own.
            return httpx2.Response(answer.status_code, content=answer.content, headers=answer.headers)
        return answer(request)

    def of(self, method: str) -> list[httpx2.Request]:
        return [one for one in self.requests if one.method == method]


def session(platform: Scripted, credential: DeviceCredential | None = None) -> Session:
    made = Session("http://platform", credential)
    made.http = httpx2.AsyncClient(
        base_url="http://platform", timeout=TIMEOUT, transport=httpx2.MockTransport(platform)
    )
    return made
