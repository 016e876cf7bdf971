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
from bidding.crypto.provider import CryptoProvider, KeyName, SoftProvider
from bidding.crypto.suite import KEY_SIZE

FILE = "platform.json"


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``receipt_key``: empty where the signing keys are held elsewhere; ``receipt_id`` then says which receipt key is
    this platform's."""

    authority_certificate: str
    authority_key: str
    receipt_key: str
    evaluation_seed: str
    receipt_id: str = ""
    v: int = 1

    def __repr__(self) -> str:
        return "Kept(…)"


class OtherKeys(Exception):
    """What is to sign is not what this platform's receipts name: they would no longer verify. The text says which."""


def load_keyring(
    folder: Path,
    now: datetime,
    random: Callable[[int], bytes],
    provider: CryptoProvider | None = None,
) -> Keyring:
    """The keys of ``folder``, made there on the first start. Several processes may start at once.

    ``provider``: holds the signing keys elsewhere (R-CRYP-04); None: they are in the folder too. Raises ``OtherKeys``.
    Lose this file, and receipts can no longer be signed by the key that people know: back it up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    if not path.exists():
        write_once(path, msgspec.json.encode(_made(now, random, provider)))
    kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    seed = unb64(kept.evaluation_seed)
    own = SoftProvider(SigningKey.from_private(unb64(kept.receipt_key)), seed) if kept.receipt_key else None
    signing = provider or own
    if signing is None:
        raise OtherKeys("the signing keys are held elsewhere, and BIDDING_SIGNER does not say where")
    wanted = own.receipt.id if own is not None else kept.receipt_id
    if (found := signing.key(KeyName.RECEIPT).id) != wanted:
        raise OtherKeys(
            f"receipts of this platform name key {wanted[:12]}…, the signing service holds {found[:12]}…"
        )
    return Keyring(
        authority=EnrolmentCA(unb64(kept.authority_certificate), unb64(kept.authority_key), random),
        provider=signing,
        evaluation_seed=seed,
    )


def _made(now: datetime, random: Callable[[int], bytes], provider: CryptoProvider | None) -> Kept:
    authority = EnrolmentCA.create("100服务 enrolment", now, random)
    return Kept(
        authority_certificate=b64(authority.certificate),
        authority_key=b64(authority.private),
        receipt_key=b64(SigningKey.generate(random).private) if provider is None else "",
        evaluation_seed=b64(random(KEY_SIZE)),
        receipt_id=provider.key(KeyName.RECEIPT).id if provider is not None else "",
    )


def hand_over(folder: Path) -> SoftProvider:
    """The signing keys of an installation that a signer takes over; ``forget`` takes them out of it.

    ``FileNotFoundError``; ``OtherKeys`` where they are out of it already."""
    kept = msgspec.json.decode((folder / FILE).read_bytes(), type=Kept)
    if not kept.receipt_key:
        raise OtherKeys("the signing keys of this installation are held elsewhere already")
    return SoftProvider(SigningKey.from_private(unb64(kept.receipt_key)), unb64(kept.evaluation_seed))


def forget(folder: Path) -> None:
    """Once the signer has them: the installation goes on with the receipt key's id alone."""
    kept = msgspec.json.decode((folder / FILE).read_bytes(), type=Kept)
    bare = msgspec.structs.replace(kept, receipt_key="", receipt_id=hand_over(folder).receipt.id)
    fresh = folder / f".{FILE}.{secrets.token_hex(8)}"
    write_once(fresh, msgspec.json.encode(bare))
    fresh.replace(folder / FILE)


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
