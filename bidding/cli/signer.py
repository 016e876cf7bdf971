"""``bidding signer``: a process of its own that holds the platform's signing keys (R-CRYP-04)."""

import hashlib
import secrets
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.compose.clock import SystemClock
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.provider import KeyName
from bidding.signer.journal import Journal, broken_at

signer = typer.Typer(
    help="签名服务:平台签名密钥另存他处。The platform's signing keys, held by a process of their own.",
    no_args_is_help=True,
)

KEYS, TOKEN, JOURNAL = "signer.json", "token", "signatures.jsonl"

Folder = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="签名服务的目录:密钥、令牌、签名日志 · the signer's folder"),
]


@signer.command("serve")
def serve(
    data: Folder = Path(".signer"),
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="事件和档案中的名称 · as events and records name it")
    ] = "signer",
    host: Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口,0 为任意空闲 · 0: any that is free")] = 8200,
) -> None:
    """运行签名服务;首次启动生成密钥与令牌。Run it; keys and token are made on the first start.

    平台侧设 BIDDING_SIGNER 与 BIDDING_SIGNER_TOKEN。The platform gets both by BIDDING_SIGNER and BIDDING_SIGNER_TOKEN.
    """
    from bidding.compose.ports import bound, port_of, serve_alone
    from bidding.signer.service import signer_app

    _require_journal(data)
    keys, token = _keys(data), _token(data)
    app = signer_app(
        name, keys, hashlib.sha256(token.encode()).digest(), Journal(data / JOURNAL, SystemClock().now)
    )
    listening = bound(host, port)
    listening.listen()  # who reads the address may ask at once
    line(f"{say('签名服务', 'signer')} http://{host}:{port_of(listening)}", "bold")
    line(f"  {say('回执公钥编号', 'receipt key')} {keys[KeyName.RECEIPT].id}")
    line(f"  {say('令牌文件', 'token file')} {data / TOKEN}")
    serve_alone(app, listening)


@signer.command("import")
def take_over(
    keys: Annotated[
        Path,
        typer.Argument(metavar="KEYS", help="平台的密钥目录(.bidding/keys) · the platform's keys folder"),
    ],
    data: Folder = Path(".signer"),
) -> None:
    """把已有平台的签名密钥移入签名服务。Move an installation's signing keys into the signer; its receipts stay valid.

    先停止平台。Stop the platform first; back up both folders afterwards.
    """
    from bidding.compose.keyring import OtherKeys, forget, hand_over

    try:
        held = hand_over(keys)
        _write(data, {name: held.key(name) for name in KeyName})
        if _keys(data)[KeyName.RECEIPT].id != held.receipt.id:
            raise OtherKeys("the signer's folder holds other keys already")
        forget(keys)
    except (OSError, msgspec.MsgspecError, OtherKeys) as error:
        raise failure(
            Exit.LOCAL,
            (f"密钥未移动:{error}", f"no key was moved: {error}"),
            (
                "给出平台的 keys 目录,签名服务目录应为空",
                "name the platform's keys folder, and an empty signer's folder",
            ),
        ) from error
    line(f"✓ {say('已移入', 'moved')}: {held.receipt.id}", "bold green")
    note(
        say(
            "测试标段与日志的密钥仍可由平台种子导出",
            "Keys of test lots and of the log still follow from the platform's seed",
        )
    )


def _keys(data: Path) -> dict[KeyName, SigningKey]:
    """Made on the first start, mode 0600, never written over."""
    if not (data / KEYS).exists():
        _write(data, {name: SigningKey.generate(secrets.token_bytes) for name in KeyName})
    kept = msgspec.json.decode((data / KEYS).read_bytes(), type=dict[KeyName, str])
    return {name: SigningKey.from_private(unb64(kept[name])) for name in KeyName}


def _write(data: Path, keys: dict[KeyName, SigningKey]) -> None:
    from bidding.compose.keyring import write_once

    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_once(data / KEYS, msgspec.json.encode({name: b64(key.private) for name, key in keys.items()}))


def _token(data: Path) -> str:
    from bidding.compose.keyring import write_once

    if not (data / TOKEN).exists():
        write_once(data / TOKEN, b64(secrets.token_bytes(32)).encode())
    return (data / TOKEN).read_text().strip()


def _require_journal(data: Path) -> None:
    file = data / JOURNAL
    broken = broken_at(file) if file.exists() else None
    if broken is not None:
        raise failure(
            Exit.LOCAL,
            (
                f"签名日志第 {broken} 行与前文不连",
                f"line {broken} of the journal does not go on from the one before",
            ),
            ("保存原件备查,从备份恢复", "keep it as evidence, and restore it from a backup"),
        )
