"""``bidding archive``: a duty holder's package of a lot that has ended, fetched and checked at once."""

from pathlib import Path
from typing import Annotated

import httpx2
import typer

from bidding.application.record import ArchiveDuty, verify_package
from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line
from bidding.client.session import Session, raise_for


def archive(
    lot_id: Lot,
    url: Url,
    key: KeyFile,
    duty: Annotated[
        ArchiveDuty,
        typer.Option("--for", help="你的归档责任:招标人、代理、投标人、平台 · your duty in the lot"),
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="存到 · where to put it")] = None,
) -> None:
    """取得本方的归档包并当场核验。Fetch your archive package and verify it at once."""
    path = out or Path(f"{lot_id}-{duty}.zip")

    async def work(session: Session) -> None:
        async with session.http.stream("GET", f"/lots/{lot_id}/archive", params={"for": duty}) as answer:
            await _refused(answer)
            with path.open("wb") as file:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)

    connected(url, work, read_device(key))
    checks = verify_package(path)
    for check in checks:
        line(f"{'✓' if check.ok else '✗'} {check.name} {check.fault}", "" if check.ok else "bold red")
    if not all(check.ok for check in checks):
        raise failure(
            Exit.FOUND_WRONG,
            ("归档包核验不通过", "the package does not hold"),
            ("重新取得;仍不通过则保存为证据", "fetch it again; if it stays so, keep it as evidence"),
        )
    line(f"✓ {say('归档包', 'package')}: {path}", "bold green")


async def _refused(answer: httpx2.Response) -> None:
    if not answer.is_success:
        await answer.aread()
        raise_for(answer)
