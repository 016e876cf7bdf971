"""``bidding export``: a lot in one closed file, fetched and checked at once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bidding.application.record import verify_bundle
from bidding.cli.checks import told
from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line
from bidding.client.session import Session, raise_for


class For(StrEnum):
    """``own``: whatever is disclosed to the key's party; ``public``: what anyone gets."""

    OWN = "own"
    PUBLIC = "public"


def export(
    lot_id: Lot,
    url: Url,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help="本设备的密钥文件;不给则导出公开内容 · your key file; without it, what is public",
        ),
    ] = None,
    reader: Annotated[
        For,
        typer.Option(
            "--for", help="own:向你披露的全部;public:任何人可见的 · all disclosed to you, or what anyone sees"
        ),
    ] = For.OWN,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="存到 · where to put it")] = None,
) -> None:
    """导出标段的可验证数据包并当场核验。Export a lot's bundle and verify it at once."""
    path = out or Path(f"{lot_id}.bundle.json")
    device = read_device(key) if key is not None else None

    async def work(session: Session) -> bytes:
        answer = await session.http.get(f"/lots/{lot_id}/bundle", params={"for": reader.value})
        if not answer.is_success:
            raise_for(answer)
        return answer.content

    data = connected(url, work, device)
    path.write_bytes(data)
    with told() as tell:
        checks = verify_bundle(data, tell=tell)
    if not checks[-1].ok:
        raise failure(
            Exit.FOUND_WRONG,
            ("数据包核验不通过", "the bundle does not hold"),
            ("重新导出;仍不通过则保存为证据", "export it again; if it stays so, keep it as evidence"),
        )
    line(f"✓ {say('数据包', 'bundle')}: {path} ({len(checks)})", "bold green")
