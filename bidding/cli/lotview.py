"""A lot's public view, and ``bidding lot``, which fetches it: all that sealing must know of the lot."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note, yuan
from bidding.crypto.escrow import Trustee


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
    trustees: tuple[_Trustee, ...] = ()
    bid_deposit_fen: int = 0
    bid_validity_days: int = 0


class _Notice(msgspec.Struct, frozen=True):
    documents: tuple[_Document, ...] = ()
    terms: _Terms | None = None
    title: str = ""
    price_limit_fen: int | None = None
    deadline: datetime | None = None
    tenderer_name: str = ""


class LotView(msgspec.Struct, frozen=True):
    """Of the platform's answer only what sealing needs; further fields are passed over."""

    lot_id: str
    phase: str
    notice: _Notice

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


def lot(
    lot_id: Lot,
    url: Url,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="存到 · where to put it")] = Path(
        "lot.json"
    ),
) -> None:
    """取得标段公开信息,供离线封装。Fetch the lot's public view, for sealing without a network."""
    view: dict[str, Any] = connected(url, lambda session: session.lot(lot_id))
    data = msgspec.json.encode(view)
    shown = parse_lot(data)
    out.write_bytes(msgspec.json.format(data, indent=1) + b"\n")
    line(f"{shown.lot_id}  {shown.notice.title}", "bold")
    line(f"  {say('文件', 'file')}: {out}")
    line(f"  {say('招标文件', 'document')}: v{shown.document.version} {shown.document.sha256}")
    if shown.notice.price_limit_fen is not None:
        line(f"  {say('最高投标限价', 'price limit')}: {yuan(shown.notice.price_limit_fen)}")
    if shown.notice.deadline is not None:
        line(f"  {say('投标截止', 'deadline')}: {shown.notice.deadline.isoformat()}")
    note(
        say(
            "招标文件如有新版本,须重新取得并重新封装",
            "A new version of the document needs a new view and seal",
        )
    )
