"""``bidding verify``: receipts, refusals, lot records, bundles and archive packages, checked without any server."""

from pathlib import Path
from typing import Annotated
from zipfile import is_zipfile

import msgspec
import typer
from cryptography.x509 import Certificate

from bidding.application.record import Check, verify_bundle, verify_package, verify_record
from bidding.application.record.bundle_format import FORMAT as BUNDLE
from bidding.application.record.format import FORMAT as RECORD
from bidding.cli.checks import conclude, show, told
from bidding.cli.failure import Exit, failure
from bidding.cli.handing import PLATFORM_KEY
from bidding.cli.language import say
from bidding.cli.ofd import check_ofd, is_ofd
from bidding.cli.paper import Paper, check_paper
from bidding.cli.recipients import log_key_of, public_key, read_public_key
from bidding.cli.terminal import line, note
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.errors import CryptoError, TimestampError
from bidding.crypto.sm2_certificate import read_authorities
from bidding.crypto.suite import key_id
from bidding.crypto.timestamp import read_roots


class _Record(msgspec.Struct, frozen=True):
    platform_key: str


class _Kind(msgspec.Struct, frozen=True):
    """``platform_key``: of a record; a bundle has it in its record."""

    format: str
    platform_key: str = ""
    record: _Record = _Record("")


def verify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="回执、拒收回执、标段档案、数据包或归档包 · receipt, refusal, record, bundle, archive package",
        ),
    ],
    platform_key: Annotated[
        str,
        typer.Option(
            "--platform-key", metavar="B64", help="你信任的平台公钥 · the platform key that you trust"
        ),
    ] = "",
    time_root: Annotated[
        Path | None,
        typer.Option(
            "--time-root",
            metavar="PEM",
            help="你信任的时间戳根证书 · roots of time-stamp authorities that you trust",
        ),
    ] = None,
    log_key: Annotated[
        str, typer.Option("--log-key", metavar="VKEY", help="你信任的日志公钥 · the log key that you trust")
    ] = "",
    ca_root: Annotated[
        Path | None,
        typer.Option(
            "--ca-root",
            metavar="PEM",
            help="你信任的电子认证机构根证书 · roots of licensed authorities that you trust",
        ),
    ] = None,
    seal_root: Annotated[
        Path | None,
        typer.Option(
            "--seal-root", metavar="PEM", help="你信任的制章机构根证书 · roots of seal makers that you trust"
        ),
    ] = None,
    bid: Annotated[
        Path | None,
        typer.Option("--bid", metavar="DIR", help="投标目录,默认回执所在目录 · the sealed bid's folder"),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(
            "--files",
            metavar="DIR",
            help="与档案或数据包对照:投标及备用文件、留存的回执和入链证明 · files, receipts and proofs you kept",
        ),
    ] = None,
) -> None:
    """离线核验,逐项打印 ✓/✗;有一项不符退出码为 1。Verify offline, check by check; exit code 1 if one fails."""
    key = public_key(platform_key) if platform_key else None
    roots = _roots(time_root) if time_root is not None else []
    log = log_key_of(log_key)
    licensed = _ca_roots(ca_root) if ca_root is not None else ()
    if is_zipfile(file) and is_ofd(file):
        _conclude([check_ofd(file, licensed, seal_root)], None, given=True)
        return
    if is_zipfile(file):
        checks = verify_package(file, key, roots, log, licensed)
        for check in checks:
            show(check)
        _conclude(checks, None, given=bool(platform_key))
        return
    data = file.read_bytes()
    kind = _kind(data)
    if kind is not None:
        trusted = _raw(kind.platform_key or kind.record.platform_key)
        with told() as tell:
            in_bundle = kind.format == BUNDLE
            checks = (
                verify_bundle(data, key, files, roots, tell, log_key=log, ca_roots=licensed)
                if in_bundle
                else verify_record(data, key, roots, tell, files=files, log_key=log, ca_roots=licensed)
            )
    else:
        paper = _paper(data)
        key = trusted = key or _kept_key(file)
        checks = check_paper(paper, key, bid or file.parent)
        for check in checks:
            show(check)
    _conclude(checks, trusted, given=bool(platform_key))


def _roots(file: Path) -> list[Certificate]:
    try:
        return read_roots(file.read_bytes())
    except (OSError, TimestampError):
        raise failure(
            Exit.USAGE,
            (f"读不出时间戳根证书:{file.name}", f"no roots of time-stamp authorities in {file.name}"),
            ("给出 PEM 格式的证书文件", "give a file of PEM certificates"),
        ) from None


def _ca_roots(file: Path) -> tuple[bytes, ...]:
    try:
        return read_authorities(file.read_bytes())
    except (OSError, CryptoError):
        raise failure(
            Exit.USAGE,
            (f"读不出根证书:{file.name}", f"no roots of licensed authorities in {file.name}"),
            ("给出 PEM 格式的证书文件", "give a file of PEM certificates"),
        ) from None


def _kind(data: bytes) -> _Kind | None:
    """None unless it calls itself a record or a bundle. One altered just there is no receipt either."""
    try:
        found = msgspec.json.decode(data, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.format in (RECORD, BUNDLE) else None


def _paper(data: bytes) -> Paper:
    try:
        return parse_canonical(data, Paper)
    except CryptoError:
        raise failure(
            Exit.FOUND_WRONG,
            ("既不是回执也不是标段档案,或已被改动", "neither a receipt nor a lot record, or altered"),
            ("取原始文件再核验", "verify the original file"),
        ) from None


def _kept_key(file: Path) -> bytes:
    kept = file.parent / PLATFORM_KEY
    if kept.exists():
        return read_public_key(kept)
    raise failure(
        Exit.USAGE,
        ("核验回执需要平台公钥", "a receipt is verified with the platform's public key"),
        (
            "用 --platform-key 给出(平台 /keys 公布)",
            "give it by --platform-key (the platform publishes it at /keys)",
        ),
    )


def _raw(text: str) -> bytes | None:
    try:
        return unb64(text)
    except CryptoError:
        return None


def _conclude(checks: list[Check], key: bytes | None, *, given: bool) -> None:
    if key is not None:
        line(f"{say('平台公钥指纹', 'platform key fingerprint')}: {key_id(key)}")
        if not given:
            note(
                say(
                    "与平台公布的指纹(/keys 的 receipt_id)对照,或用 --platform-key 指定",
                    "Compare it with the published one (receipt_id of /keys), or give --platform-key",
                ),
                "yellow",
            )
    conclude(checks)
