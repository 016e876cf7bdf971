"""One party's connection to a platform: enrols, logs in, gives commands, signs what binds."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import httpx2
import msgspec

from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.instant import instant
from bidding.crypto.public_keys import Signer
from bidding.crypto.statement import Statement, sign_statement
from bidding.crypto.suite import key_id
from bidding.crypto.trial import answer_trial
from bidding.domain.registry import COMMANDS

TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
#: An idle connection is let go after 5 s, long before the platform would: a request never meets one that is closing.
LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)
#: How often a guarded command looks at the lot anew, and the status that says it changed.
LOOKS = 5
CHANGED = 412
ENROL = "registration/enrol"
LOGIN = "session/login"
PROVE = "registration/prove"


class Problem(Exception):
    """The platform refused (RFC 9457). ``code`` is stable; ``detail`` and ``next_step`` are for people."""

    def __init__(self, status: int, content: Mapping[str, Any]) -> None:
        self.status, self.content = status, dict(content)
        self.code = str(content.get("code", status))
        self.detail = str(content.get("detail", ""))
        self.next_step = str(content.get("next", ""))
        self.found: dict[str, Any] = dict(content.get("found", {}))
        super().__init__(f"{self.code}: {self.detail} {self.next_step}".strip())


class Session:
    """A party at a platform. ``credential`` None: a spectator, who only reads.

    ``signer``: a licensed authority's key that signs in the device's place, once it is bound to ``party``.

    Use as ``async with``. ``now``: this device's clock; a statement carries it, the platform judges by its own.
    """

    def __init__(
        self,
        url: str,
        credential: DeviceCredential | None = None,
        *,
        language: str = "zh-CN",
        signer: Signer | None = None,
        party: str = "",
    ) -> None:
        self.credential = credential
        self._signer, self._party = signer, party
        self.http = httpx2.AsyncClient(
            base_url=url, timeout=TIMEOUT, limits=LIMITS, headers={"Accept-Language": language}
        )
        self.token = ""

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    @property
    def device(self) -> DeviceCredential:
        if self.credential is None:
            raise ValueError("a spectator has no device")
        return self.credential

    @property
    def party(self) -> str:
        """The party's id: the first 24 characters of its first device's id."""
        return self._party or self.device.id[:24]

    @property
    def signer(self) -> Signer:
        """What signs for the party here: the token where there is one, else the device."""
        return self._signer or self.device.signing

    async def enrol(self, fields: Mapping[str, Any], *, bootstrap: str = "") -> dict[str, Any]:
        """Register this device's party. ``fields``: kind, name, uscc, requested_roles, contact, label."""
        body = {
            **fields,
            "signing_key": b64(self.device.signing.public),
            "opening_key": b64(self.device.opening.public),
        }
        content = self.signed(ENROL, None, body)
        if bootstrap:
            content["bootstrap_code"] = bootstrap
        return await self.post("/parties", content)

    async def login(self) -> None:
        asked = await self.post(
            "/sessions/challenges", {"credential": key_id(self.signer.public)}, keyed=False
        )
        body = self.signed(LOGIN, None, {"challenge": asked["challenge"]})
        answer = await self.post("/sessions", body, keyed=False)
        self.token = answer["token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        if not answer["proved"] and self.device.recovered is None:
            # Two logins at once may both try; a key that opens nothing is told when a bid is sealed to it.
            with suppress(MalformedKeyError, Problem):
                await self.prove(answer["credential"])

    async def prove(self, credential: str) -> None:
        """Pass the trial of one of this party's opening keys, which is at hand (R-CRED-03).

        ``MalformedKeyError``: it does not decrypt what is encrypted to it, so that no bid may be sealed to it.
        """
        asked = await self.post("/parties/me/credentials/trial", {"credential": credential}, keyed=False)
        opening = self.device.opening_for(asked["suite"])
        secret = answer_trial(unb64(asked["trial"]), opening.private, credential, asked["suite"])
        body = {"credential": credential, "secret": b64(secret)}
        await self.post("/parties/me/credentials/prove", self.signed(PROVE, None, body))

    async def command(
        self, lot: str, name: str, fields: Mapping[str, Any] | None = None, *, key: str = ""
    ) -> dict[str, Any]:
        """Give a command to a lot. Signs it if it binds; reads the lot's version first if it needs that.

        Bookkeeping of the platform may change the lot between the look and the act: then it looks again.
        """
        kind = COMMANDS[name]
        content: Mapping[str, Any] = fields or {}
        if kind.BINDING:
            content = self.signed(name, lot, content)
        for attempt in range(LOOKS):
            headers = {"If-Match": await self.version(lot)} if kind.GUARDED else {}
            try:
                return await self.post(f"/lots/{lot}/{name}", content, headers=headers, key=key)
            except Problem as problem:
                if problem.status != CHANGED or attempt == LOOKS - 1:
                    raise
        raise AssertionError("unreachable")

    async def lot(self, lot: str) -> dict[str, Any]:
        """The lot as this party may see it."""
        return await self.get(f"/lots/{lot}")

    async def version(self, lot: str) -> str:
        response = await self.http.get(f"/lots/{lot}")
        raise_for(response)
        return str(response.headers["ETag"])

    def signed(self, act: str, lot: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """A statement of this device as it travels: JSON object and detached signature."""
        statement = Statement(
            act=act,
            lot=lot,
            by=self.party,
            credential=key_id(self.signer.public),
            at=instant(datetime.now(UTC)),  # noqa: TID251 - the device's own clock, which decides nothing
            body=dict(body),
        )
        made = sign_statement(self.signer, statement)
        return {"statement": msgspec.json.decode(made.payload), "signature": b64(made.signature)}

    async def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        response = await self.http.get(path, params=parameters or None)
        return _content(response)

    async def post(
        self,
        path: str,
        content: object,
        *,
        headers: Mapping[str, str] | None = None,
        key: str = "",
        keyed: bool = True,
    ) -> dict[str, Any]:
        """POST JSON. ``keyed``: under an idempotency key, so that a lost answer can be asked for again."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if keyed:
            sent["Idempotency-Key"] = key or secrets.token_hex(16)
        return await self._repeated(path, canonical(content), sent)

    async def _repeated(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Once more after a lost connection: the key makes the second request the same as the first."""
        try:
            return _content(await self.http.post(path, content=body, headers=headers))
        except httpx2.TransportError:
            if "Idempotency-Key" not in headers:
                raise
            return _content(await self.http.post(path, content=body, headers=headers))


def _content(response: httpx2.Response) -> dict[str, Any]:
    raise_for(response)
    decoded: dict[str, Any] = msgspec.json.decode(response.content)
    return decoded


def raise_for(response: httpx2.Response) -> None:
    if response.is_success:
        return
    try:
        content = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        content = {"detail": response.reason_phrase}
    raise Problem(response.status_code, content if isinstance(content, dict) else {})
