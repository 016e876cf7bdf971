"""One command's connection to the platform: opened, logged in if it must be, closed again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from bidding.cli.failure import Exit, failure
from bidding.cli.language import accept_language
from bidding.client.session import Session
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.public_keys import Signer

T = TypeVar("T")

Url = Annotated[
    str,
    typer.Option(
        "--url", envvar="BIDDING_URL", metavar="URL", help="平台网址(或 BIDDING_URL) · the platform's address"
    ),
]
Lot = Annotated[str, typer.Argument(metavar="LOT", help="标段编号 · the lot's id")]


def connected(
    url: str,
    work: Callable[[Session], Awaitable[T]],
    device: DeviceCredential | None = None,
    *,
    login: bool = True,
    signer: Signer | None = None,
    party: str = "",
) -> T:
    """Run ``work`` on a session; with a ``device`` or ``signer`` it is logged in first, unless ``login`` is false."""
    if not url.startswith(("http://", "https://")):
        raise failure(
            Exit.USAGE,
            (f"网址有误:{url}", f"no address of a platform: {url}"),
            ("写成 https://主机:端口", "write https://host:port"),
        )

    async def whole() -> T:
        language = accept_language()
        async with Session(url.rstrip("/"), device, language=language, signer=signer, party=party) as session:
            if (device or signer) is not None and login:
                await session.login()
            return await work(session)

    return asyncio.run(whole())
