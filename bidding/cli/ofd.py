"""``bidding verify FILE.ofd``: a sealed paper, checked without any server (GB/T 33190, GB/T 38540)."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from bidding.application.record import Check
from bidding.cli.checks import show
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line
from bidding.crypto.errors import CryptoError
from bidding.crypto.ofd.document import ROOT
from bidding.crypto.ofd.package import read_sealed
from bidding.crypto.sm2_certificate import read_authorities


def is_ofd(file: Path) -> bool:
    try:
        with ZipFile(file) as archive:
            return ROOT in archive.namelist()
    except (BadZipFile, OSError):
        return False


def check_ofd(file: Path, roots: Sequence[bytes], makers: Path | None) -> Check:
    """Shown as it is done, with whose seal it is and what the pages say."""
    if not roots or makers is None:
        raise failure(
            Exit.USAGE,
            ("核验签章需要两份根证书", "a sealed paper is checked under roots that you trust"),
            (
                "用 --ca-root(签章人证书)和 --seal-root(制章机构)给出",
                "give --ca-root (of the signer's authority) and --seal-root (of the seal maker's)",
            ),
        )
    try:
        read = read_sealed(file.read_bytes(), roots, read_authorities(makers.read_bytes()))
    except CryptoError as error:
        check = Check("ofd", str(error))
        show(check)
        return check
    said = read.sealed
    check = Check(f"ofd: {read.title}; sealed {said.at:%Y-%m-%d %H:%M:%S} UTC by {said.name} ({said.holder})")
    show(check)
    line(f"{say('签章内容', 'what it says')}:\n{read.text}")
    return check
