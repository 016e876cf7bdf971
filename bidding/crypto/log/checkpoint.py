"""c2sp.org/tlog-checkpoint: what the log commits to, a size and a root under its name, as a signed note."""

import base64
import re
from collections.abc import Sequence

import msgspec

from bidding.crypto.errors import LogError, NoteError
from bidding.crypto.log.note import Note, NoteKey, open_note, parse_note, seen_by, sign_note
from bidding.crypto.log.tree import verify_consistency
from bidding.crypto.parts import DIGEST_SIZE
from bidding.crypto.public_keys import Signer

_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)\Z")


class Checkpoint(msgspec.Struct, frozen=True):
    """A tree of ``size`` leaves with this ``root`` (32 bytes), of the log that ``origin`` names."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text: three lines. We write no extension lines; a reader passes over others'."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states. NoteError if it states none."""
    found = _BODY.match(text)
    if found is not None:
        root = base64.b64decode(found[3])
        if len(root) == DIGEST_SIZE and base64.b64encode(root).decode("ascii") == found[3]:
            return Checkpoint(found[1], int(found[2]), root)
    raise NoteError(reason="not the text of a checkpoint")


def sign_checkpoint(checkpoint: Checkpoint, key: bytes | Signer) -> Note:
    """Signed by the log's Ed25519 key, raw or what holds it, under its origin."""
    return sign_note(checkpoint.text, checkpoint.origin, key)


def open_checkpoint(
    data: bytes, log: NoteKey, witnesses: Sequence[NoteKey] = (), quorum: int = 0
) -> tuple[Checkpoint, Note]:
    """The checkpoint, signed by ``log`` under its own name and by ``quorum`` at least of ``witnesses``.

    Raises NoteError: not signed so, no checkpoint, or the checkpoint of another log.
    """
    note = open_note(data, [log])
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.name:
        raise NoteError(reason=f"the checkpoint of another log: {checkpoint.origin}")
    seen = len(seen_by(note, witnesses))
    if seen < quorum:
        raise NoteError(reason=f"cosigned by {seen} witnesses, {quorum} are wanted")
    return checkpoint, note


def require_consistent(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """LogError unless ``new`` continues ``old``: what two checkpoints of an honest log always allow to show.

    A smaller tree is a log rolled back; a proof that does not hold, where one was to be had, is a second history.
    """
    if old.origin != new.origin:
        raise LogError(what="checkpoints of two logs")
    if new.size < old.size:
        raise LogError(what=f"the log was rolled back from {old.size} to {new.size} leaves")
    if not verify_consistency(old.size, old.root, new.size, new.root, proof):
        raise LogError(what=f"two histories: {new.size} leaves do not continue the {old.size} seen before")


def merged(first: bytes, second: bytes) -> Note:
    """One note with the signatures of two notes of the same text, each once. NoteError if the texts differ."""
    one, other = parse_note(first), parse_note(second)
    if one.text != other.text:
        raise NoteError(reason="signatures of two different texts")
    return Note(one.text, tuple(dict.fromkeys((*one.signatures, *other.signatures))))
