"""What a witness has seen last of each log, kept on disk before it signs."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from threading import Lock

from bidding.crypto.errors import NoteError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from bidding.crypto.log.note import Kind, NoteKey, SignatureLine, cosign_note, parse_note
from bidding.crypto.log.witnessing import may_cosign, parse_request


class UnknownLogError(Exception):
    """A log that this witness was not told of."""


class UnsignedError(Exception):
    """A checkpoint without a signature of its log that holds."""


class Ledger:
    """``name`` and ``private``: the witness' own; ``seed``: of its ML-DSA-44 key, if it has one; ``logs``: those it
    cosigns. Safe to share between threads.

    A checkpoint is on disk before its cosignature leaves: after a crash the witness remembers at least what it signed.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        private: bytes,
        logs: Iterable[NoteKey],
        now: Callable[[], datetime],
        seed: bytes = b"",
    ) -> None:
        self._folder, self._name, self._now = folder, name, now
        self._keys = {Kind.COSIGNATURE: private}
        if seed:
            self._keys[Kind.COSIGNATURE_ML_DSA_44] = seed
        self._logs = {log.name: log for log in logs}
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        for log in self._logs.values():
            self.seen(log)  # a file that is not what it was must not be found out by the first question

    def add(self, request: bytes) -> tuple[SignatureLine, ...]:
        """The cosignatures that ``add-checkpoint`` asks for, by each of its keys.

        Raises NoteError, UnknownLogError, UnsignedError, WitnessConflictError, ConsistencyError; OSError when it
        cannot be kept, and then nothing was signed.
        """
        asked = parse_request(request)
        origin = parse_checkpoint(parse_note(asked.note).text).origin
        log = self._logs.get(origin)
        if log is None:
            raise UnknownLogError(origin)
        try:
            open_checkpoint(asked.note, log)
        except NoteError as error:
            raise UnsignedError(error.reason) from error
        with self._lock:
            _, note = may_cosign(asked, self.seen(log), log)
            cosigned, at = note, int(self._now().timestamp())
            for kind, key in self._keys.items():
                cosigned = cosign_note(cosigned, self._name, key, at, kind)
            self._keep(log, cosigned.encoded)
        return cosigned.signatures[len(note.signatures) :]

    def seen(self, log: NoteKey) -> Checkpoint | None:
        """The last checkpoint of this log; None before the first. NoteError: its file was altered."""
        try:
            kept = self._file(log).read_bytes()
        except FileNotFoundError:
            return None
        try:
            return open_checkpoint(kept, log)[0]
        except NoteError as error:
            raise NoteError(reason=f"{self._file(log)}: {error.reason}") from error

    def _keep(self, log: NoteKey, note: bytes) -> None:
        path = self._file(log)
        partial = path.with_suffix(".new")
        with open(partial, "wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _file(self, log: NoteKey) -> Path:
        """Named by the key, not the origin: a name may hold what no file name should."""
        return self._folder / f"{log.id.hex()}-{log.public.hex()[:16]}.checkpoint"
