"""What was signed, when and by which key: one line of JSON each, in the signer's own hands (R-CRYP-04: evidence).

The message's hash alone: what it says is the platform's affair."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from bidding.crypto.instant import instant


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``key``: its id; ``message``: hex SHA-256 of what was signed; ``before``: of the line before, so none is lost
    unseen."""

    at: str
    key: str
    message: str
    before: str


class Journal:
    """Appends; a line is written out before the signature is given."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file, self._now, self._lock = file, now, threading.Lock()
        lines = file.read_bytes().splitlines() if file.exists() else []
        self._before = hashlib.sha256(lines[-1]).hexdigest() if lines else ""

    def add(self, key: str, message: bytes) -> None:
        """Raises ``OSError``."""
        with self._lock:
            said = Entry(
                at=instant(self._now()),
                key=key,
                message=hashlib.sha256(message).hexdigest(),
                before=self._before,
            )
            line = msgspec.json.encode(said)
            with self._file.open("ab") as file:
                file.write(line + b"\n")
                file.flush()
            self._before = hashlib.sha256(line).hexdigest()


def broken_at(file: Path) -> int | None:
    """The first line that does not go on from the one before; None: all do."""
    before = ""
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            if msgspec.json.decode(line, type=Entry).before != before:
                return number
        except msgspec.MsgspecError:
            return number
        before = hashlib.sha256(line).hexdigest()
    return None
