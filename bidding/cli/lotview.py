"""A lot's public view, and ``bidding lot``, which fetches it: all that sealing must know of the lot."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bidding.application.log.noticed import as_served, logged_lot
from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import party_of, read_device
from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note, yuan
from bidding.client.bid import deposit_asked
from bidding.client.session import Session, raise_for
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.errors import CryptoError
from bidding.crypto.escrow import Trustee
from bidding.crypto.log.policy import LogPolicy
from bidding.crypto.manifest import POLICY_P1
from bidding.domain.ruleset import Charged

Policy = Annotated[
    Path | None,
    typer.Option(
        "--log-policy",
        envvar="BIDDING_LOG_POLICY",
        metavar="FILE",
        help="日志信任策略:只信见证过的公告 · trust only a notice that the log's witnesses have seen",
    ),
]


class _Document(msgspec.Struct, frozen=True):
    sha256: str
    version: int
    name: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    name: str
    title: str = ""


class _Trustee(msgspec.Struct, frozen=True):
    trustee: Trustee
    public: str


class _Terms(msgspec.Struct, frozen=True):
    envelopes: tuple[_Envelope, ...]
    max_duration_days: int
    quality: str = ""
    suites: tuple[str, ...] = ("intl-1",)
    key_policy: str = POLICY_P1
    trustees: tuple[_Trustee, ...] = ()
    bid_deposit_fen: int = 0
    spare: str = ""
    bid_validity_days: int = 0


class _Line(msgspec.Struct, frozen=True):
    charge: str | None = None


class _Waiver(msgspec.Struct, frozen=True):
    by_credit: tuple[_Line, ...] = ()


class _Own(msgspec.Struct, frozen=True):
    """What ``party`` alone is told: the deposit asked of it, in 分."""

    party: str
    deposit_asked_fen: int


class _Notice(msgspec.Struct, frozen=True):
    documents: tuple[_Document, ...] = ()
    terms: _Terms | None = None
    title: str = ""
    price_limit_fen: int | None = None
    deadline: datetime | None = None
    tenderer_name: str = ""
    waiver: _Waiver | None = None


class LotView(msgspec.Struct, frozen=True):
    """Of the platform's answer only what sealing needs; further fields are passed over."""

    lot_id: str
    phase: str
    notice: _Notice
    own: _Own | None = None

    def deposit_fen(self, party: str) -> int | None:
        """In 分, what the party is asked; None: its credit may make it another than everybody's, and nobody has asked
        the platform yet (R-NB-SS-02)."""
        if self.own is not None and self.own.party == party:
            return self.own.deposit_asked_fen
        graded = self.notice.waiver.by_credit if self.notice.waiver is not None else ()
        if any(one.charge == Charged.BID_DEPOSIT for one in graded):
            return None
        return self.terms.bid_deposit_fen

    @property
    def document(self) -> _Document:
        """The version that bids must be built on."""
        return self.notice.documents[-1]

    @property
    def terms(self) -> _Terms:
        assert self.notice.terms is not None
        return self.notice.terms


def parse_lot(data: bytes) -> LotView:
    """Failure unless it is the view of a lot whose notice is out."""
    try:
        view = msgspec.json.decode(data, type=LotView)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise failure(
            Exit.LOCAL,
            ("这不是标段信息文件", "this is no view of a lot"),
            ("用 bidding lot 重新取得", "fetch it again with bidding lot"),
        ) from None
    if view.notice.terms is None or not view.notice.documents:
        raise failure(
            Exit.LOCAL,
            (f"标段 {view.lot_id} 尚未发布公告", f"the notice of lot {view.lot_id} is not out yet"),
            ("公告发布后重新取得", "fetch it again after the notice"),
        )
    return view


def beside(lot_file: Path) -> Path:
    """Where the proofs of a lot's events lie: ``lot.json`` → ``lot.log.json``."""
    return lot_file.with_suffix(".log.json")


def require_logged(lot: LotView, proofs: bytes, policy: LogPolicy) -> None:
    """Failure unless the lot is as the log tells it, under the policy's witnesses."""
    try:
        logged = parse_lot(as_served(logged_lot(proofs, lot.lot_id, policy)))
    except CryptoError as error:
        raise _not_logged(str(error)) from error
    if (logged.lot_id, logged.notice) != (lot.lot_id, lot.notice):
        raise _not_logged("the log tells another notice, document or terms than you were shown")


def _not_logged(reason: str) -> Failure:
    return failure(
        Exit.FOUND_WRONG,
        (f"公告未在见证过的日志中得到证明:{reason}", f"the notice is not proved by the log: {reason}"),
        (
            "重新取得标段信息;仍不符则不要封装,向监督部门报告并保存文件",
            "fetch the lot again; if it still fails do not seal: keep the files and tell the supervisor",
        ),
    )


def read_policy(file: Path) -> LogPolicy:
    try:
        return parse_canonical(file.read_bytes().strip(), LogPolicy)
    except (OSError, CryptoError):
        raise failure(
            Exit.USAGE,
            (f"读不出日志信任策略:{file.name}", f"no log policy in {file.name}"),
            (
                "用监督部门或中心在别处公布的策略文件(内容同平台 /log/policy)",
                "use the policy that the supervisor or the centre has made known elsewhere (as at /log/policy)",
            ),
        ) from None


def lot(
    lot_id: Lot,
    url: Url,
    log_policy: Policy = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="存到 · where to put it")] = Path(
        "lot.json"
    ),
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help="本设备的密钥文件:一并取得本单位应缴的保证金 · your key file: with the deposit asked of you",
        ),
    ] = None,
) -> None:
    """取得标段公开信息,供离线封装。Fetch the lot's public view, for sealing without a network.

    保证金按信用分级的,须给出 --key。Where deposits are graded by credit, give --key.
    """
    device = None if key is None else read_device(key)

    async def work(session: Session) -> tuple[dict[str, Any], bytes]:
        view = await session.lot(lot_id)
        if device is not None and view["notice"]["terms"] is not None:
            asked = await deposit_asked(session, lot_id, view["notice"]["terms"]["bid_deposit_fen"])
            view["own"] = {"party": party_of(device), "deposit_asked_fen": asked}
        if log_policy is None:
            return view, b""
        proofs = await session.http.get(f"/lots/{lot_id}/receipts")
        raise_for(proofs)
        return view, proofs.content

    view, proofs = connected(url, work, device)
    data = msgspec.json.encode(view)
    shown = parse_lot(data)
    if log_policy is not None:
        require_logged(shown, proofs, read_policy(log_policy))
        beside(out).write_bytes(proofs)
        line(f"✓ {say('公告在见证过的日志中', 'the notice is in the witnessed log')}", "bold green")
    out.write_bytes(msgspec.json.format(data, indent=1) + b"\n")
    line(f"{shown.lot_id}  {shown.notice.title}", "bold")
    line(f"  {say('文件', 'file')}: {out}")
    line(f"  {say('招标文件', 'document')}: v{shown.document.version} {shown.document.sha256}")
    if shown.notice.price_limit_fen is not None:
        line(f"  {say('最高投标限价', 'price limit')}: {yuan(shown.notice.price_limit_fen)}")
    if shown.notice.deadline is not None:
        line(f"  {say('投标截止', 'deadline')}: {shown.notice.deadline.isoformat()}")
    if shown.own is not None and shown.own.deposit_asked_fen:
        line(f"  {say('本单位应缴保证金', 'deposit asked of you')}: {yuan(shown.own.deposit_asked_fen)}")
    note(
        say(
            "招标文件如有新版本,须重新取得并重新封装",
            "A new version of the document needs a new view and seal",
        )
    )
