"""``bidding keygen``: the keys of this device, and a recovery code on paper."""

from pathlib import Path
from typing import Annotated

import typer

from bidding.cli.device import new_passphrase, party_of
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.key_file import write_key_file
from bidding.crypto.recovery_code import recovery_code
from bidding.crypto.suite import INTL_1, KeyPair, require_suite

#: Beside the key file: the recovery key's public half, which enrolment and sealing name.
RECOVERY_SUFFIX = ".recovery.pub"


def keygen(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="密钥文件,不会覆盖 · key file, never overwritten")
    ],
    no_passphrase: Annotated[
        bool,
        typer.Option("--no-passphrase", help="不加口令,只靠文件权限 0600 · protected by mode 0600 alone"),
    ] = False,
    recovery: Annotated[
        bool,
        typer.Option("--recovery", help="另制恢复码,抄在纸上 · also a recovery code, to be written down"),
    ] = False,
    suite: Annotated[
        str, typer.Option("--suite", help="恢复码所用密码套件 · the recovery code's cipher suite")
    ] = INTL_1,
) -> None:
    """在本机生成签名与解密密钥;私钥不离开本机。Make this device's keys; the private ones never leave it."""
    require_suite(suite)
    beside = file.with_name(file.name + RECOVERY_SUFFIX)
    for taken in (file, beside) if recovery else (file,):
        if taken.exists():
            raise FileExistsError(17, "exists", str(taken))
    passphrase = None if no_passphrase else new_passphrase()
    device = DeviceCredential.generate()
    write_key_file(file, device, passphrase)
    line(f"{say('密钥文件', 'key file')}: {file}")
    line(f"{say('主体编号', 'party')}: {party_of(device)}")
    line(f"{say('设备编号', 'device')}: {device.id}")
    if recovery:
        pair = KeyPair.generate(suite=suite)
        beside.write_text(b64(pair.public) + "\n")
        line(f"{say('恢复公钥', 'recovery public key')}: {beside}")
        line(f"{say('恢复码', 'recovery code')}: {recovery_code(pair.private)}", "bold")
        note(
            say(
                "只显示这一次:抄写后离线保管。注册时用 --recovery-key,封装时用 --recipient 指明公钥文件。",
                "Shown this once: write it down, keep it offline. Name the public key file at enrolment "
                "(--recovery-key) and when sealing (--recipient).",
            )
        )
    elif not no_passphrase:
        note(say("口令丢失则密钥作废,无人可以恢复", "A lost passphrase is a lost key: nobody can restore it"))
