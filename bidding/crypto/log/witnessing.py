"""c2sp.org/tlog-witness: what a log asks a witness, and whether the witness may cosign it."""

import base64
import binascii
import re

import msgspec

from bidding.crypto.errors import ConsistencyError, NoteError, WitnessConflictError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.note import Note, NoteKey
from bidding.crypto.log.tree import verify_consistency
from bidding.crypto.parts import DIGEST_SIZE, root

#: Hashes of a consistency proof at most: a tree has no more levels.
MAX_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})\Z")


class AddCheckpoint(msgspec.Struct, frozen=True):
    """``old``: what the log believes the witness saw last; ``proof``: from there to the checkpoint in ``note``."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @property
    def encoded(self) -> bytes:
        """The body of ``POST <witness>/add-checkpoint``."""
        lines = [f"old {self.old}", *(base64.b64encode(one).decode("ascii") for one in self.proof)]
        return "\n".join(lines).encode() + b"\n\n" + self.note


def parse_request(data: bytes) -> AddCheckpoint:
    """NoteError for a body that is not one."""
    head, blank, note = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    found = _OLD.match(lines[0])
    if not blank or found is None or len(lines) - 1 > MAX_PROOF:
        raise NoteError(reason="not a request for a cosignature")
    try:
        proof = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
    except (ValueError, binascii.Error):
        raise NoteError(reason="not base64 in the proof") from None
    if any(len(one) != DIGEST_SIZE for one in proof):
        raise NoteError(reason="a hash of another length in the proof")
    return AddCheckpoint(int(found[1]), proof, note)


def may_cosign(asked: AddCheckpoint, seen: Checkpoint | None, log: NoteKey) -> tuple[Checkpoint, Note]:
    """What to cosign and keep as the last one seen.

    Raises NoteError: not signed by the log, or smaller than the size it says the witness has seen;
    WitnessConflictError: the witness has seen another size, or another tree of this size; ConsistencyError.
    """
    checkpoint, note = open_checkpoint(asked.note, log)
    if checkpoint.size < asked.old:
        raise NoteError(reason="a checkpoint smaller than the old size")
    last = seen.size if seen is not None else 0
    if asked.old != last:
        raise WitnessConflictError(size=last, reason="another size was seen last")
    if seen is not None and checkpoint.size == last and checkpoint.root != seen.root:
        raise WitnessConflictError(size=last, reason="another tree of this size was seen")
    known = seen.root if seen is not None else root([])
    if not verify_consistency(last, known, checkpoint.size, checkpoint.root, asked.proof):
        raise ConsistencyError(old=last, new=checkpoint.size)
    return checkpoint, note
