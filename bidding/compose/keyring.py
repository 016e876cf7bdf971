"""The platform's keys on disk: made once, mode 0600, never written over."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from bidding.application.keyring import Keyring
from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import SigningKey

FILE = "platform.json"


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    authority_certificate: str
    authority_key: str
    receipt_key: str
    evaluation_seed: str
    v: int = 1

    def __repr__(self) -> str:
        return "_Kept(…)"


def load_keyring(folder: Path, now: datetime, random: Callable[[int], bytes]) -> Keyring:
    """The keys of ``folder``, made there on the first start. Several processes may start at once.

    Lose this file, and receipts can no longer be signed by the key that people know: back it up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    if not path.exists():
        _write(path, Keyring.create(EnrolmentCA.create("100服务 enrolment", now, random), random))
    kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    return Keyring(
        authority=EnrolmentCA(unb64(kept.authority_certificate), unb64(kept.authority_key), random),
        receipt=SigningKey.from_private(unb64(kept.receipt_key)),
        evaluation_seed=unb64(kept.evaluation_seed),
    )


def _write(path: Path, keyring: Keyring) -> None:
    kept = _Kept(
        authority_certificate=b64(keyring.authority.certificate),
        authority_key=b64(keyring.authority.private),
        receipt_key=b64(keyring.receipt.private),
        evaluation_seed=b64(keyring.evaluation_seed),
    )
    write_once(path, msgspec.json.encode(kept))


def write_once(path: Path, content: bytes) -> None:
    """Whole or not at all, mode 0600; whoever is second finds what the first one wrote and leaves it."""
    # Not named after the process: in containers that share the folder every process may be number 1.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()


def bootstrap_code(folder: Path, random: Callable[[int], bytes]) -> str:
    """The one-time code that makes the first operator: kept in a file that only this system user reads."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "bootstrap-code"
    if not path.exists():
        write_once(path, b64(random(18)).encode())
    return path.read_text().strip()
