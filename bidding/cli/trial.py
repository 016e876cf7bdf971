"""``bidding open``: the bidder opens its own sealed bid once, to be sure. Nothing leaves the device."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from msgspec import UnsetType
from rich.table import Table

from bidding.cli.device import ByRecoveryCode, KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import Text, line, out, progress, size, yuan
from bidding.client.bid import BidFolder
from bidding.crypto.bid import SUFFIX, unwrap_ceks
from bidding.crypto.container import Member
from bidding.crypto.form import OpeningForm
from bidding.crypto.guarantee import read_guarantee
from bidding.crypto.manifest import POLICY_P3, Manifest, verify_manifest
from bidding.crypto.opening import open_documents, open_form
from bidding.crypto.padding import FORM

BidDir = Annotated[
    Path, typer.Argument(metavar="DIR", help="bidding seal 生成的目录 · what bidding seal made")
]


def trial(folder: BidDir, key: KeyFile, recovery: ByRecoveryCode = False) -> None:
    """用自己的密钥试解密:显示开标一览表与文件清单,不联网。Trial opening with your own key; no network."""
    device = read_device(key, by_recovery_code=recovery)
    bid = BidFolder(folder)
    manifest = verify_manifest(bid.signed_by(device), device.signing.public)
    if manifest.policy == POLICY_P3:
        raise failure(
            Exit.LOCAL,
            (
                "本投标由受托人开启(策略 P3),投标人不持有密钥",
                "trustees alone open this bid (policy P3): its bidder has no key",
            ),
            ("以自留的原件核对后直接 bidding submit", "check your originals, then bidding submit"),
        )
    opening = device.opening_for(manifest.suite)
    ceks = unwrap_ceks(manifest, opening.private, opening.public)
    form = open_form((folder / f"{FORM}{SUFFIX}").read_bytes(), manifest, ceks[FORM]).form
    files = _opened(manifest, ceks, folder)
    _show(form)
    for name, members in files.items():
        table = Table(title=Text(name), title_justify="left", box=None)
        table.add_column(say("文件", "file"))
        table.add_column(say("大小", "size"), justify="right")
        for member in members:
            table.add_row(Text(member.name), size(member.length))
        out().print(table)
    line(f"✓ {say('可以解密', 'it opens')}", "bold green")


def _opened(manifest: Manifest, ceks: dict[str, bytes], folder: Path) -> dict[str, tuple[Member, ...]]:
    """The files of each envelope. What was opened is deleted again; it takes the bid's size for a moment."""
    found, before = {}, 0
    with (
        progress(say("试解密", "opening")) as report,
        tempfile.TemporaryDirectory(prefix=".trial-", dir=folder) as scratch,
    ):
        for envelope in manifest.envelopes:
            name = envelope.name
            if name == FORM:
                continue

            def step(done: int, _: int, before: int = before) -> None:
                report(before + done, manifest.sealed_length)

            archive = Path(scratch) / f"{name}.zip"
            sealed = folder / f"{name}{SUFFIX}"
            found[name] = open_documents(sealed, manifest, name, ceks[name], archive, step).members
            archive.unlink()
            before += envelope.sealed_length
    return found


def _show(form: OpeningForm) -> None:
    rows = {
        say("报价", "price"): yuan(form.price_fen),
        say("工期(天)", "days"): str(form.duration_days),
        say("质量", "quality"): form.quality,
        say("项目负责人", "project lead"): form.project_lead,
        **form.extras,
        **({say("备注", "note"): form.note} if form.note else {}),
        **_guarantee(form),
    }
    for name, value in rows.items():
        line(f"  {name}: {value}")


def _guarantee(form: OpeningForm) -> dict[str, str]:
    if isinstance(form.guarantee, UnsetType):
        return {}
    said = read_guarantee(form.guarantee).letter
    name = say("电子保函", "guarantee")
    return {name: f"{said.number}  {said.issuer}  {yuan(said.amount_fen)}  → {said.valid_until}"}
