"""``bidding trustee``: the keys of agency, supervisor and notary who together can open a bid under P2 or P3."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.client.session import Session
from bidding.client.trustee import TrusteeDesk
from bidding.crypto.escrow import Trustee
from bidding.crypto.suite import INTL_1, require_suite

trustee = typer.Typer(
    help="密钥受托人:登记密钥、演练、出示份额。Trustees' keys, their trial, and their shares.",
    no_args_is_help=True,
)

Keep = Annotated[
    Path, typer.Option("--keep", metavar="FILE", help="本标段受托密钥文件 · this lot's trustee key file")
]
As = Annotated[Trustee, typer.Option("--as", help="agency | supervisor | notary")]
SuiteName = Annotated[str, typer.Option("--suite", help="标段的密码套件 · the lot's cipher suite")]


@trustee.command("enrol")
def enrol(lot: Lot, who: As, keep: Keep, url: Url, key: KeyFile, suite: SuiteName = INTL_1) -> None:
    """公告前:生成并登记受托密钥,私钥只存于 FILE。Make this lot's trustee key and enrol its public half."""
    require_suite(suite)
    _act(lot, who, keep, url, key, suite, lambda desk: desk.enrol())
    line(f"✓ {say('已登记', 'enrolled')}: {who}  {keep}", "bold green")
    note(say("密钥文件须保管到评标结束", "Keep the key file until the evaluation has ended"))


@trustee.command("open-trial")
def open_trial(lot: Lot, who: As, keep: Keep, url: Url, key: KeyFile, suite: SuiteName = INTL_1) -> None:
    """公告前:打开试验投标的两份份额。Open this trustee's two shares of the test bid."""
    _act(lot, who, keep, url, key, suite, lambda desk: desk.open_trial())
    line(f"✓ {say('已打开试验投标的份额', 'test bid opened')}: {who}", "bold green")


@trustee.command("give")
def give(
    lot: Lot,
    who: As,
    keep: Keep,
    url: Url,
    key: KeyFile,
    report: Annotated[
        int,
        typer.Option(
            "--report", help="报告编号;策略 P3 开标时不填 · the report's number; none at an opening under P3"
        ),
    ] = 0,
    suite: SuiteName = INTL_1,
) -> None:
    """出示份额:按双方签署的报告(P2),或开标时(P3)。Give this trustee's shares, of a report or at an opening."""

    async def give(desk: TrusteeDesk) -> tuple[list[str], dict[str, str]]:
        return await desk.give(report), desk.faulty

    given, faulty = _act(lot, who, keep, url, key, suite, give)
    line(f"✓ {say('已出示份额', 'shares given')}: {', '.join(given)}", "bold green")
    for bidder, envelope in faulty.items():
        note(
            say(
                f"{bidder} 的 {envelope} 份额打不开,已报告",
                f"{bidder}: the shares of {envelope} do not open; reported",
            ),
            "yellow",
        )


def _act(lot: str, who: Trustee, keep: Path, url: str, key: Path, suite: str, act: Any) -> Any:
    device = read_device(key)

    async def work(session: Session) -> Any:
        return await act(TrusteeDesk(session, who, lot, keep, suite))

    return connected(url, work, device)
