"""``bidding seal``: a whole bid sealed on this device, without any network."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from msgspec import UNSET

from bidding.cli.device import KeyFile, party_of, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.formfile import check_form, read_form
from bidding.cli.guaranteefile import enclosed
from bidding.cli.language import say
from bidding.cli.lotview import LotView, Policy, beside, parse_lot, read_policy, require_logged
from bidding.cli.recipients import read_opening_key
from bidding.cli.terminal import line, note, progress, size, yuan
from bidding.client.bid import BidFolder
from bidding.client.bid import seal as seal_into
from bidding.crypto.bid import Address, replacing
from bidding.crypto.canonical import unb64
from bidding.crypto.container import require_safe_names
from bidding.crypto.envelope import COMMERCIAL, QUALIFICATION, TECHNICAL
from bidding.crypto.manifest import POLICY_P3, SpareFile, manifest_hash
from bidding.crypto.padding import FORM

Files = list[Path] | None


def seal(
    lot: Annotated[
        Path, typer.Option("--lot", metavar="FILE", help="bidding lot 取得的文件 · what bidding lot made")
    ],
    key: KeyFile,
    form: Annotated[
        Path, typer.Option("--form", metavar="FILE", help="开标一览表 .toml/.json · the opening form")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="新目录 · a new folder")],
    technical: Annotated[
        Files, typer.Option("--technical", metavar="FILE", help="技术标,可多个 · repeatable")
    ] = None,
    commercial: Annotated[
        Files, typer.Option("--commercial", metavar="FILE", help="商务标,可多个 · repeatable")
    ] = None,
    qualification: Annotated[
        Files, typer.Option("--qualification", metavar="FILE", help="资格文件,可多个 · repeatable")
    ] = None,
    replaces: Annotated[
        Path | None,
        typer.Option("--replaces", metavar="DIR", help="被替换的那一版 · the version it replaces"),
    ] = None,
    guarantee: Annotated[
        Path | None,
        typer.Option("--guarantee", metavar="FILE", help="电子保函 .json · the issuer's signed letter"),
    ] = None,
    recipient: Annotated[
        Files,
        typer.Option(
            "--recipient", metavar="FILE", help="本单位另一解密公钥(如恢复公钥)· another key of yours"
        ),
    ] = None,
    spare: Annotated[
        Path | None,
        typer.Option(
            "--spare",
            metavar="FILE",
            help="另存未加密备用文件,自行保管 · keep an unencrypted spare file, where the document allows it",
        ),
    ] = None,
    log_policy: Policy = None,
) -> None:
    """在本机封装投标文件,不联网。Seal a bid on this device; no network is used.

    报价与工期先对照标段信息核对,超限不予封装。Price and duration are checked against the lot first.
    给出 --log-policy 时,公告须在见证过的日志中,否则不予封装。With --log-policy, a notice that the log does not prove
    is not sealed for.
    """
    view = parse_lot(lot.read_bytes())
    if log_policy is not None:
        require_logged(view, _proofs(lot), read_policy(log_policy))
    opening_form = read_form(form)
    check_form(opening_form, view)
    documents = _documents(view, {TECHNICAL: technical, COMMERCIAL: commercial, QUALIFICATION: qualification})
    device = read_device(key)
    if guarantee is not None:
        opening_form = enclosed(opening_form, guarantee, view, documents, party_of(device))
    alone = view.terms.key_policy == POLICY_P3
    if alone and recipient:
        raise failure(
            Exit.LOCAL,
            (
                "本标段由受托人开启(策略 P3),投标人不持有密钥",
                "trustees alone open this lot's bids (policy P3): no key of the bidder's",
            ),
            ("去掉 --recipient", "leave out --recipient"),
        )
    _require_spare_allowed(view, spare)
    _require_new(out)
    recipients = [read_opening_key(path) for path in recipient or ()]
    address = _address(view, party_of(device), replaces)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
    try:
        with progress(say("封装", "sealing")) as report:
            folder = seal_into(
                address,
                opening_form,
                documents,
                device,
                partial,
                recipients=recipients,
                progress=report,
                spare=spare,
            )
        manifest = folder.manifest
        os.replace(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        if spare is not None:
            spare.unlink(missing_ok=True)
        raise
    line(f"✓ {say('已封装', 'sealed')}: {out}", "bold green")
    line(f"  {say('标段', 'lot')}: {view.lot_id} {view.notice.title}")
    line(
        f"  {say('报价', 'price')}: {yuan(opening_form.price_fen)}  {opening_form.duration_days} {say('天', 'days')}"
    )
    if opening_form.guarantee is not UNSET:
        line(f"  {say('电子保函', 'guarantee')}: {say('已随标密封', 'sealed inside the bid')}")
    elif view.terms.bid_deposit_fen:
        _remind(view.deposit_fen(party_of(device)))
    for envelope in manifest.envelopes:
        line(f"  {envelope.name:14} {size(envelope.sealed_length):>12}  {envelope.root}")
    line(f"  {say('投标版本', 'bid version')}: {manifest.bid_version}  {manifest_hash(manifest)}")
    if isinstance(manifest.spare, SpareFile):
        line(f"  {say('备用文件', 'spare file')}: {spare}  {manifest.spare.sha256}")
        note(
            say(
                "备用文件未加密,请离线妥善保管,开标前勿交任何人",
                "The spare file is not encrypted: keep it offline, and give it to nobody before the opening",
            ),
            "yellow",
        )
    if view.terms.quality and opening_form.quality != view.terms.quality:
        note(
            say(
                f"注意:质量承诺“{opening_form.quality}”与招标文件“{view.terms.quality}”不同",
                f"Note: quality “{opening_form.quality}” differs from the document's “{view.terms.quality}”",
            ),
            "yellow",
        )
    if alone:
        note(
            say(
                "本标段由受托人开启(策略 P3):清单已含您的书面同意,封装后您自己也打不开,请自留原件。"
                "下一步:bidding submit",
                "Trustees alone open this lot's bids (P3): the manifest holds your consent, and you cannot open it "
                "again yourself: keep the originals. Next: bidding submit",
            )
        )
        return
    note(
        say(
            "下一步:bidding open 试解密,再 bidding submit",
            "Next: bidding open (a trial), then bidding submit",
        )
    )


def _remind(asked_fen: int | None) -> None:
    """``asked_fen``: the deposit, in 分; None: graded by credit, and not known here."""
    if asked_fen == 0:
        return
    zh, en = (
        ("(按本单位信用核定)", "an amount that your credit decides")
        if asked_fen is None
        else (yuan(asked_fen),) * 2
    )
    note(
        say(
            f"本标段收取投标保证金 {zh};未附电子保函,须另行缴纳",
            f"A deposit of {en} is asked; no guarantee is enclosed: pay it",
        ),
        "yellow",
    )


def _require_spare_allowed(view: LotView, spare: Path | None) -> None:
    if spare is None:
        return
    if not view.terms.spare:
        raise failure(
            Exit.LOCAL,
            ("招标文件未允许备用文件", "this tender document allows no spare file"),
            ("去掉 --spare", "leave out --spare"),
        )
    if spare.exists():
        raise FileExistsError(17, "exists", str(spare))


def _proofs(lot: Path) -> bytes:
    try:
        return beside(lot).read_bytes()
    except FileNotFoundError:
        raise failure(
            Exit.LOCAL,
            (f"缺少 {beside(lot).name}", f"{beside(lot).name} is missing"),
            ("用 bidding lot --log-policy 重新取得标段", "fetch the lot again with bidding lot --log-policy"),
        ) from None


def _documents(lot: LotView, given: dict[str, Files]) -> dict[str, dict[str, Path]]:
    """Envelope → name in the envelope → file. Exactly the envelopes of this lot; safe names; real files."""
    wanted = {envelope.name for envelope in lot.terms.envelopes} - {FORM}
    found = {name: paths for name, paths in given.items() if paths}
    if missing := sorted(wanted - found.keys()):
        raise failure(
            Exit.USAGE,
            (f"缺少:{', '.join(missing)}", f"missing: {', '.join(missing)}"),
            (f"加上 --{missing[0]} FILE", f"add --{missing[0]} FILE"),
        )
    if extra := sorted(found.keys() - wanted):
        raise failure(
            Exit.USAGE,
            (f"本标段没有这类文件:{', '.join(extra)}", f"this lot has no such envelope: {', '.join(extra)}"),
            ("放入招标文件规定的类别", "put the files where the tender document asks for them"),
        )
    for paths in found.values():
        require_safe_names([path.name for path in paths])
        for path in paths:
            if not path.is_file():
                raise FileNotFoundError(2, "no such file", str(path))
    return {name: {path.name: path for path in paths} for name, paths in found.items()}


def _require_new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(17, "exists", str(folder))
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)


def _address(lot: LotView, bidder: str, replaces: Path | None) -> Address:
    version, supersedes = 1, None
    if replaces is not None:
        earlier = BidFolder(replaces).manifest
        if (earlier.lot, earlier.bidder) != (lot.lot_id, bidder):
            raise failure(
                Exit.LOCAL,
                (
                    "被替换的投标属于另一标段或另一主体",
                    "the bid to be replaced is another lot's or another party's",
                ),
                ("检查 --replaces 的目录与密钥", "check the folder of --replaces, and the key"),
            )
        version, supersedes = replacing(earlier)
    return Address(
        lot=lot.lot_id,
        bidder=bidder,
        document_hash=lot.document.sha256,
        document_version=lot.document.version,
        bid_version=version,
        supersedes=supersedes,
        suite=lot.terms.suites[0],
        policy=lot.terms.key_policy,
        trustees={one.trustee: unb64(one.public) for one in lot.terms.trustees},
    )
