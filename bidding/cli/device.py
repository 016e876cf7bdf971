"""The device of the command line: its key file, its passphrase, its recovery code."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bidding.cli.language import say
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.key_file import is_encrypted, read_key_file
from bidding.crypto.recovery_code import seed_of_code
from bidding.crypto.suite import KeyPair

PASSPHRASE = "BIDDING_PASSPHRASE"  # noqa: S105 - the name of a variable

KeyFile = Annotated[
    Path,
    typer.Option(
        "--key",
        metavar="FILE",
        help=f"本设备的密钥文件(口令:提示输入或 {PASSPHRASE}) · this device's key file",
    ),
]
ByRecoveryCode = Annotated[
    bool,
    typer.Option("--recovery", help="用恢复码代替本设备的解密密钥 · open with the recovery code instead"),
]


def read_device(path: Path, *, by_recovery_code: bool = False) -> DeviceCredential:
    """The credential; asks for the passphrase if the file needs one, and for the recovery code if wanted.

    Raises WrongPassphraseError, MalformedKeyError, OSError.
    """
    device = read_key_file(path, _passphrase() if is_encrypted(path) else None)
    if not by_recovery_code:
        return device
    code: str = typer.prompt(say("恢复码", "Recovery code"), hide_input=True, err=True)
    seed = seed_of_code(code)
    return replace(device, opening=KeyPair.from_private(seed), recovered=seed)


def new_passphrase() -> str:
    """From the environment, or asked for twice."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    asked: str = typer.prompt(
        say("新口令", "New passphrase"),
        hide_input=True,
        confirmation_prompt=say("再输入一次", "Again"),
        err=True,
    )
    return asked


def _passphrase() -> str:
    asked: str = os.environ.get(PASSPHRASE) or typer.prompt(
        say("口令", "Passphrase"), hide_input=True, err=True
    )
    return asked


def party_of(device: DeviceCredential) -> str:
    """The party's id: the first 24 characters of its first device's id."""
    return device.id[:24]
