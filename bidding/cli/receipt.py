"""``bidding receipt fetch`` and ``check``: a party's own proofs of what the platform took, offline and for years."""

from pathlib import Path
from typing import Annotated

import typer

from bidding.application.log.check import check_leaves
from bidding.application.record import Check
from bidding.application.record.against import lot_of_record, verify_against
from bidding.cli.checks import conclude, show
from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.handing import PLATFORM_KEY, REFUSAL, RELEASED
from bidding.cli.language import say
from bidding.cli.lotview import Policy, read_policy
from bidding.cli.paper import Paper
from bidding.cli.recipients import log_key_of, public_key, read_public_key
from bidding.cli.terminal import line, note
from bidding.client.bid import RECEIPT
from bidding.client.session import Session, raise_for
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.errors import CryptoError
from bidding.crypto.log.disclosed import DisclosedLeaves

receipt = typer.Typer(
    help="入链证明:取得与离线核验。Proofs that the log holds what you handed in.", no_args_is_help=True
)

FILE = "log-receipts.json"


@receipt.command()
def fetch(
    lot_id: Lot,
    url: Url,
    key: KeyFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="存到 · where to put it")] = Path(FILE),
) -> None:
    """取得本方在该标段的入链证明:投标、拒收、解密、异议。Fetch your proofs of a lot: bids, refusals, releases."""

    async def work(session: Session) -> bytes:
        answer = await session.http.get(f"/lots/{lot_id}/receipts")
        raise_for(answer)
        return answer.content

    data = connected(url, work, read_device(key))
    out.write_bytes(data)
    _report(check_leaves(data))
    line(f"✓ {say('入链证明', 'proofs')}: {out}", "bold green")


@receipt.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, help="入链证明 · the proofs")],
    log_key: Annotated[
        str, typer.Option("--log-key", metavar="VKEY", help="你信任的日志公钥 · the log key that you trust")
    ] = "",
    log_policy: Policy = None,
    platform_key: Annotated[
        str,
        typer.Option(
            "--platform-key", metavar="B64", help="你信任的平台公钥 · the platform key that you trust"
        ),
    ] = "",
    bid: Annotated[
        Path | None,
        typer.Option(
            "--bid", metavar="DIR", help="投标目录:其中的回执须在日志中 · receipts kept here must be in it"
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="FILE",
            exists=True,
            help="标段档案或数据包:对照其公开与未公开的事件,默认取同目录下的 · a record or bundle to lay them against",
        ),
    ] = None,
) -> None:
    """离线核验:每份回执都在日志中,且在截止之前。Check offline: each receipt is in the log, and before the close."""
    folder = bid or file.parent
    data = file.read_bytes()
    public = public_key(platform_key) if platform_key else _kept_key(folder)
    policy = read_policy(log_policy) if log_policy is not None else None
    checks = check_leaves(data, log_key_of(log_key), public, _kept(folder), policy)
    if all(one.ok for one in checks):
        for path in [record] if record is not None else _records(folder, data):
            checks.append(verify_against(path.read_bytes(), data, path.name, public, log_key_of(log_key))[-1])
    _report(checks)
    if not log_key and policy is None:
        note(
            say(
                "与中心在别处公布的日志公钥对照,或用 --log-key 指定",
                "Compare the log key with the one that the centre has made known elsewhere, or give --log-key",
            ),
            "yellow",
        )


def _records(folder: Path, proofs: bytes) -> list[Path]:
    """Records and bundles of the same lot that lie beside the proofs."""
    lot = parse_canonical(proofs, DisclosedLeaves).lot
    return [path for path in sorted(folder.glob("*.json")) if lot_of_record(path.read_bytes()) == lot]


def _kept_key(folder: Path) -> bytes | None:
    kept = folder / PLATFORM_KEY
    return read_public_key(kept) if kept.exists() else None


def _kept(folder: Path) -> dict[str, str]:
    """Receipts as they were handed out: what the platform signed once and might have dropped since."""
    found = {}
    for name in (RECEIPT, REFUSAL, RELEASED):
        path = folder / name
        if path.exists():
            try:
                found[name] = parse_canonical(path.read_bytes(), Paper).receipt
            except CryptoError:
                raise failure(
                    Exit.FOUND_WRONG,
                    (f"{name} 已被改动", f"{name} has been altered"),
                    ("取原始文件再核验", "check with the original file"),
                ) from None
    return found


def _report(checks: list[Check]) -> None:
    for check in checks:
        show(check)
    conclude(checks)
