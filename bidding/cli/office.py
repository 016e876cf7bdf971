"""``bidding office``: agency or supervisor at an opening, in any suite: session keys made here, and the escrow."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.client.office import OfficeDesk
from bidding.client.session import Session
from bidding.crypto.manifest import POLICY_P1
from bidding.crypto.session import Office

office = typer.Typer(
    help="开标双方:会话密钥与密钥托管。Session keys of an opening's offices, and the escrow.",
    no_args_is_help=True,
)

Keep = Annotated[
    Path, typer.Option("--keep", metavar="FILE", help="本次开标会话密钥文件 · this opening's session keys")
]
As = Annotated[Office, typer.Option("--as", help="agency | supervisor")]
Evidence = Annotated[
    Path, typer.Option("--evidence", metavar="FILE", help="证据文件,只报送摘要 · its hash is reported")
]


@office.command("announce-keys")
def announce_keys(lot: Lot, who: As, keep: Keep, url: Url, key: KeyFile) -> None:
    """公布名单后:按标段套件生成会话密钥并公布公钥。Make this opening's session keys and publish the public ones."""
    _with_keys(lot, who, keep, url, key, "announce_keys")
    line(f"✓ {say('会话公钥已公布', 'session keys announced')}: {who}  {keep}", "bold green")
    note(say("密钥文件须保管到评标结束", "Keep the key file until the evaluation has ended"))


@office.command("publish-form-key")
def publish_form_key(lot: Lot, who: As, keep: Keep, url: Url, key: KeyFile) -> None:
    """解密时间结束后:公布开标私钥。Publish the private form key when the release window has ended."""
    _with_keys(lot, who, keep, url, key, "publish_form_key")
    line(f"✓ {say('开标密钥已公布', 'form key published')}: {who}", "bold green")


@office.command("disclose-evaluation-key")
def disclose_evaluation_key(lot: Lot, who: As, keep: Keep, url: Url, key: KeyFile) -> None:
    """开标后:向评标交出评标密钥。Hand the evaluation key to the evaluation."""
    _with_keys(lot, who, keep, url, key, "disclose_evaluation_key")
    line(f"✓ {say('评标密钥已移交', 'evaluation key handed over')}: {who}", "bold green")


@office.command("name-notary")
def name_notary(
    lot: Lot,
    notary: Annotated[
        str, typer.Option("--notary", metavar="PARTY", help="公证机构的主体编号 · its party id")
    ],
    url: Url,
    key: KeyFile,
) -> None:
    """公告前(策略 P2、P3):主持人指定公证机构。Name the third trustee, before a notice under P2 or P3."""
    _give(lot, url, key, "escrow/name-notary", {"notary": notary})
    line(f"✓ {say('已指定', 'named')}: {notary}", "bold green")


@office.command("seal-trial")
def seal_trial(lot: Lot, url: Url, key: KeyFile) -> None:
    """公告前(策略 P2、P3):向三方密钥封装试验投标。Seal a test bid to the three trustees' keys."""
    _give(lot, url, key, "escrow/seal-trial", {})
    line(f"✓ {say('已封装试验投标', 'test bid sealed')}", "bold green")


@office.command("report-lost-keys")
def report_lost_keys(
    lot: Lot,
    bidder: Annotated[list[str], typer.Option("--bidder", metavar="PARTY", help="可多个 · repeatable")],
    text: Annotated[str, typer.Option("--text", help="事由 · what happened")],
    evidence: Evidence,
    url: Url,
    key: KeyFile,
) -> None:
    """解密时间结束后:报告投标人密钥遗失,另一方同意后启用托管。Report bidders whose keys are lost."""
    fields = {"kind": "keys-lost", "bidders": bidder, "text": text, "evidence_hash": _hash(evidence)}
    _give(lot, url, key, "escrow/report", fields)
    line(f"✓ {say('已报告,待另一方同意', 'reported; the other office agrees next')}", "bold green")


@office.command("report-withheld-key")
def report_withheld_key(
    lot: Lot,
    withholding: Annotated[Office, typer.Option("--office", help="未公布密钥的一方 · who withholds its key")],
    text: Annotated[str, typer.Option("--text", help="事由 · what happened")],
    evidence: Evidence,
    url: Url,
    key: KeyFile,
) -> None:
    """报告一方未公布密钥:策略 P2 由受托人出示份额,P1 由监督部门决定。Report that an office withholds its key."""
    fields = {"office": withholding, "text": text, "evidence_hash": _hash(evidence)}

    async def report(session: Session) -> bool:
        view = await session.lot(lot)
        alone = view["notice"]["terms"]["key_policy"] == POLICY_P1
        if alone:
            await session.command(lot, "opening/report-withheld-key", fields)
        else:
            await session.command(lot, "escrow/report", {"kind": "office-withholds", **fields})
        return bool(alone)

    if connected(url, report, read_device(key)):
        line(f"✓ {say('已报告,由监督部门决定', 'reported; the supervisor decides next')}", "bold green")
    else:
        line(
            f"✓ {say('已报告,请受托人出示份额', 'reported; two trustees give their shares next')}",
            "bold green",
        )


@office.command("decide-withheld-key")
def decide_withheld_key(
    lot: Lot,
    report: Annotated[int, typer.Option("--report", help="报告编号 · the report's number")],
    resolution: Annotated[
        Literal["rerun", "fail"], typer.Option("--resolution", help="重新解密或招标失败 · run again, or fail")
    ],
    text: Annotated[str, typer.Option("--text", help="理由 · why")],
    url: Url,
    key: KeyFile,
    substitute: Annotated[
        str,
        typer.Option(
            "--substitute", metavar="PARTY", help="接替代理机构的招标人 · the tenderer in its place"
        ),
    ] = "",
) -> None:
    """监督部门(策略 P1):决定重新解密或招标失败。Under P1: run the release again, or let the lot fail."""
    fields = {"number": report, "resolution": resolution, "substitute": substitute, "reason": text}
    _give(lot, url, key, "opening/decide-withheld-key", fields)
    line(f"✓ {say('已决定', 'decided')}: {resolution}", "bold green")


@office.command("agree")
def agree(
    lot: Lot,
    report: Annotated[int, typer.Option("--report", help="报告编号 · the report's number")],
    url: Url,
    key: KeyFile,
) -> None:
    """同意另一方的报告,由此启用密钥托管。Agree to the other office's report: the escrow may then be used."""
    _give(lot, url, key, "escrow/agree", {"number": report})
    line(f"✓ {say('已同意', 'agreed')}: {report}", "bold green")


@office.command("accept-spare")
def accept_spare(
    lot: Lot,
    bidder: Annotated[str, typer.Option("--bidder", metavar="PARTY", help="投标人主体编号 · its party id")],
    fault: Annotated[
        Literal["BIDDER", "OTHER"], typer.Option("--fault", help="未解密的责任 · whose doing it was")
    ],
    text: Annotated[str, typer.Option("--text", help="理由 · why it is taken")],
    evidence: Evidence,
    url: Url,
    key: KeyFile,
) -> None:
    """监督部门:采用投标人递交的备用文件。The supervisor takes the spare file that a bidder brought."""
    fields = {"bidder": bidder, "fault": fault, "reason": text, "evidence_hash": _hash(evidence)}
    _give(lot, url, key, "opening/accept-spare", fields)
    line(f"✓ {say('已采用备用文件', 'spare file taken')}: {bidder}", "bold green")


def _with_keys(lot: str, who: Office, keep: Path, url: str, key: Path, act: str) -> None:
    async def work(session: Session) -> None:
        view = await session.lot(lot)
        desk = OfficeDesk(session, who, lot, keep, view["notice"]["terms"]["suites"][0])
        await getattr(desk, act)()

    connected(url, work, read_device(key))


def _give(lot: str, url: str, key: Path, command: str, fields: dict[str, Any]) -> None:
    connected(url, lambda session: session.command(lot, command, fields), read_device(key))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
