"""What a reader trusts of a log: its key, its witnesses, and how many of them must have seen a checkpoint."""

from typing import Annotated

import msgspec

from bidding.crypto.errors import NoteError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.note import COSIGNATURES, NoteKey, parse_vkey


class LogPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``log``, ``witnesses``: verifier keys; a witness that stands there with two must have signed by both. Bidders and
    supervisors keep it, and do not take it on faith each time."""

    log: str
    witnesses: tuple[str, ...] = ()
    quorum: Annotated[int, msgspec.Meta(ge=0)] = 0
    v: int = 1

    @property
    def log_key(self) -> NoteKey:
        """Raises MalformedKeyError."""
        return parse_vkey(self.log)

    @property
    def witness_keys(self) -> list[NoteKey]:
        """Raises MalformedKeyError."""
        return [parse_vkey(one) for one in self.witnesses]

    def open(self, note: bytes) -> Checkpoint:
        """The checkpoint, signed by the log and by a quorum of its witnesses. NoteError, MalformedKeyError."""
        keys = self.witness_keys
        names = {key.name for key in keys}
        if self.quorum > len(names) or any(key.kind not in COSIGNATURES for key in keys):
            raise NoteError(reason="a policy that no checkpoint can fulfil")
        return open_checkpoint(note, self.log_key, keys, self.quorum)[0]
