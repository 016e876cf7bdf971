"""Licensed authorities of a service (R-CRED-04): one folder each, with its certificates and where to ask it.

``<folder>/<any name>/authority.toml``::

    name = "湖北CA"                                   # as events name it; never changed
    kinds = ["USBKEY", "MOBILE"]                      # what of its certificates is taken
    level = "HIGH"                                    # BASIC, SUBSTANTIAL, HIGH
    roots = "root.pem"                                # PEM, several if need be
    intermediates = "issuing.pem"                     # may be left out
    lists = ["revoked.crl", "https://…/ca.crl"]       # files beside it, or addresses
    responder = "https://…/ocsp"                      # may be left out if there are lists
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.client import OK
from pathlib import Path
from typing import Self

import httpx2
import msgspec

from bidding.application.licensed import Authority, Certificates, NoStatus
from bidding.compose.bounded import NoAnswerError, asked
from bidding.crypto.errors import CertificateError
from bidding.crypto.revocation import LARGEST
from bidding.crypto.sm2_certificate import read_authorities
from bidding.domain.registration.events import CredentialKind, Level

FILE = "authority.toml"
#: Seconds for one list or answer, and for which it is not asked for again; its own term is judged elsewhere.
TIMEOUT, FRESH = 10.0, 300.0


class NoAuthority(Exception):
    """The folder names an authority that cannot be read; the text says which and why."""


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: str
    kinds: tuple[CredentialKind, ...]
    level: Level
    roots: str
    intermediates: str = ""
    lists: tuple[str, ...] = ()
    responder: str = ""


def recognised(folder: Path) -> list[Authority]:
    """The authorities of a folder, by the names of theirs. Raises ``NoAuthority``."""
    found = [_read(one) for one in sorted(folder.glob(f"*/{FILE}"))]
    if not found:
        raise NoAuthority(f"{folder}: no */{FILE}")
    if len({one.name for one in found}) < len(found):
        raise NoAuthority(f"{folder}: two authorities of one name")
    return found


def _read(file: Path) -> Authority:
    folder = file.parent
    try:
        told = msgspec.toml.decode(file.read_bytes(), type=_Told)
        if not told.lists and not told.responder:
            raise NoAuthority(f"{file}: neither lists nor responder: nobody could ask what it has revoked")
        return Authority(
            name=told.name,
            kinds=frozenset(told.kinds),
            level=told.level,
            roots=read_authorities((folder / told.roots).read_bytes()),
            intermediates=read_authorities((folder / told.intermediates).read_bytes())
            if told.intermediates
            else (),
            lists=tuple(one if _remote(one) else str(folder / one) for one in told.lists),
            responder=told.responder,
        )
    except (OSError, msgspec.MsgspecError, CertificateError) as error:
        raise NoAuthority(f"{file}: {error}") from error


def _remote(place: str) -> bool:
    return place.startswith(("http://", "https://"))


class StatusByFileAndHttp:
    """Files are read anew each time; what came over HTTP is kept for ``FRESH`` seconds, longer while nobody answers.

    ``clock``: seconds that only grow."""

    def __init__(self, client: httpx2.AsyncClient, clock: Callable[[], float]) -> None:
        self._client, self._clock = client, clock
        self._kept: dict[tuple[str, bytes], tuple[float, bytes]] = {}

    @classmethod
    def of(cls, clock: Callable[[], float]) -> Self:
        return cls(httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False), clock)

    async def close(self) -> None:
        await self._client.aclose()

    async def revocation_list(self, place: str) -> bytes:
        if _remote(place):
            return await self._fetched(place, b"")
        try:
            return await asyncio.to_thread(Path(place).read_bytes)
        except OSError as error:
            raise NoStatus(type(error).__name__) from error

    async def status(self, place: str, query: bytes) -> bytes:
        return await self._fetched(place, query)

    async def _fetched(self, place: str, query: bytes) -> bytes:
        kept = self._kept.get((place, query))
        if kept is not None and self._clock() - kept[0] < FRESH:
            return kept[1]
        try:
            answer = await self._asked(place, query)
        except NoStatus:
            if kept is not None:
                return kept[1]
            raise
        self._kept[place, query] = (self._clock(), answer)
        return answer

    async def _asked(self, place: str, query: bytes) -> bytes:
        """RFC 6960, A.1 by POST; a list by GET."""
        headers = {"Content-Type": "application/ocsp-request"} if query else {}
        try:
            answer = await asked(
                self._client,
                "POST" if query else "GET",
                place,
                largest=LARGEST,
                content=query or None,
                headers=headers,
            )
        except NoAnswerError as error:
            raise NoStatus(str(error)) from error
        if answer.status != OK:
            raise NoStatus(f"HTTP {answer.status}")
        return answer.body


@asynccontextmanager
async def certificates(folder: Path | None) -> AsyncIterator[Certificates]:
    """What is recognised in ``folder``, None: nothing. Raises ``NoAuthority``."""
    if folder is None:
        yield Certificates()
        return
    status = StatusByFileAndHttp.of(asyncio.get_running_loop().time)
    try:
        yield Certificates(recognised(folder), status)
    finally:
        await status.close()
