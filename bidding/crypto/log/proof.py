"""c2sp.org/tlog-proof: that an entry is in the log, in one text that is checked offline."""

import base64
import re
from collections.abc import Sequence

import msgspec

from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.note import NoteKey
from bidding.crypto.parts import DIGEST_SIZE, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})\Z")
_MAX_PATH = 63


class LogProof(msgspec.Struct, frozen=True):
    """The leaf ``index`` (from 0), its audit ``path`` and the encoded ``checkpoint`` that the path leads to.

    ``extra`` is carried along and vouched for by nobody.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @property
    def text(self) -> str:
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {_b64(self.extra)}")
        lines += [f"index {self.index}", *(_b64(one) for one in self.path), ""]
        return "\n".join(lines) + "\n" + self.checkpoint.decode()


def parse_proof(text: str) -> LogProof:
    """The proof, unchecked. LogError for anything that is not exactly one."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    try:
        extra = None
        if len(lines) > 1 and lines[1].startswith("extra "):
            extra = base64.b64decode(lines.pop(1).removeprefix("extra "), validate=True)
        index = _INDEX.match(lines[1]) if len(lines) > 1 else None
        path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
        if index is None or len(path) > _MAX_PATH or any(len(one) != DIGEST_SIZE for one in path):
            raise ValueError
        proof = LogProof(int(index[1]), path, checkpoint.encode(), extra)
    except ValueError:
        raise LogError(what="not a tlog-proof") from None
    if not blank or proof.text != text:
        raise LogError(what="not a tlog-proof in its one spelling")
    return proof


def check_proof(
    proof: LogProof, entry: bytes, log: NoteKey, witnesses: Sequence[NoteKey] = (), quorum: int = 0
) -> Checkpoint:
    """The checkpoint under which ``entry`` is leaf ``proof.index``.

    NoteError: the checkpoint is not this log's, or not cosigned by ``quorum`` of ``witnesses``. LogError: the entry
    is not in that tree at that place.
    """
    checkpoint, _ = open_checkpoint(proof.checkpoint, log, witnesses, quorum)
    if not verify_inclusion(entry, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise LogError(what=f"this is not leaf {proof.index} of the log")
    return checkpoint


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
