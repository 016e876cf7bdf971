"""Where the exchange sends to: an HTTP service, or a folder that another program empties (the embedded default)."""

import asyncio
import os
from pathlib import Path
from typing import Self
from urllib.parse import quote

import httpx2

from bidding.application.exchange.ports import Item, Refused, Target, Unreachable
from bidding.compose.bounded import NoAnswerError, asked

#: Seconds for one request; bytes of an echo that are read at most.
TIMEOUT = 20.0
LARGEST_ECHO = 8 * 1024 * 1024


class HttpTarget:
    """``PUT <address>/<key>`` with the item as body; ``GET`` of the same shows it.

    The headers name the version (``Bidding-Stamp``), make a repetition harmless (``Idempotency-Key``) and sign the
    body. Redirects are not followed: a notice goes where the settings say, and nowhere else.
    """

    def __init__(self, name: str, address: str, client: httpx2.AsyncClient) -> None:
        self.name = name
        self._address, self._client = address.rstrip("/"), client

    @classmethod
    def of(cls, name: str, address: str) -> Self:
        return cls(name, address, httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False))

    async def close(self) -> None:
        await self._client.aclose()

    async def deliver(self, item: Item, signature: str) -> None:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{quote(item.key)}@{item.stamp}",
            "Bidding-Stamp": item.stamp,
            "Bidding-Kind": item.kind,
            "Bidding-Signature": signature,
        }
        try:
            answer = await asked(
                self._client,
                "PUT",
                self._at(item),
                largest=LARGEST_ECHO,
                content=item.body,
                headers=headers,
            )
        except NoAnswerError as error:
            raise Unreachable(str(error)) from error
        if answer.succeeded:
            return
        if answer.never:
            raise Refused(f"HTTP {answer.status}")
        raise Unreachable(f"HTTP {answer.status}")

    async def echo(self, item: Item) -> bytes | None:
        try:
            async with asyncio.timeout(TIMEOUT), self._client.stream("GET", self._at(item)) as answer:
                if answer.status_code in (404, 410):
                    return None
                if not answer.is_success:
                    raise Unreachable(f"HTTP {answer.status_code}")
                shown = bytearray()
                async for chunk in answer.aiter_bytes():
                    shown += chunk
                    if len(shown) > LARGEST_ECHO:
                        break  # nothing of ours is as long: it is another thing whatever follows
        except (httpx2.HTTPError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from error
        return bytes(shown)

    def _at(self, item: Item) -> str:
        return f"{self._address}/{quote(item.key)}"


class DirectoryTarget:
    """``<folder>/<key>/<stamp>.json`` and, beside it, ``.sig``; the latest version is what the folder shows."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    async def close(self) -> None:
        """Nothing is held open."""

    async def deliver(self, item: Item, signature: str) -> None:
        try:
            await asyncio.to_thread(self._write, item, signature)
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    async def echo(self, item: Item) -> bytes | None:
        try:
            return await asyncio.to_thread(self._of(item).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    def _of(self, item: Item) -> Path:
        return self._folder / item.key / f"{item.stamp}.json"

    def _write(self, item: Item, signature: str) -> None:
        """The signature first: whoever sees the record finds it whole and signed."""
        file = self._of(item)
        file.parent.mkdir(parents=True, exist_ok=True)
        for path, data in ((file.with_suffix(".sig"), signature.encode()), (file, item.body)):
            part = path.with_suffix(f"{path.suffix}.part")
            part.write_bytes(data)
            os.replace(part, path)


def target(name: str, place: str) -> Target:
    """``place``: an address of an HTTP service, or a folder."""
    if place.startswith(("http://", "https://")):
        return HttpTarget.of(name, place)
    return DirectoryTarget(name, Path(place))
