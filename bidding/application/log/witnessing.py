"""Has each checkpoint cosigned by witnesses that the platform does not run, and publishes what a quorum has seen.

With witnesses named, nobody is shown a checkpoint before enough of them have cosigned it: a history that some have
seen cannot be taken back, and nobody can be shown another. Witnesses that do not answer hold up proofs, never the
platform.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, Protocol

import structlog

from bidding.application.leading import lead, paced
from bidding.application.log.ports import LogStore
from bidding.application.log.reader import LogReader
from bidding.application.log.sequencer import BEAT
from bidding.application.ports import Gate
from bidding.crypto.errors import NoteError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.note import Note, NoteKey, SignatureLine, parse_note, seen_by
from bidding.crypto.log.witnessing import AddCheckpoint

log = structlog.get_logger(__name__)

NAME = "log-witnesses"
_DONE, _CONFLICT = 200, 409


class Answer(NamedTuple):
    status: int
    body: bytes


class Away(Exception):
    """The witness did not answer."""


class Witness(Protocol):
    @property
    def key(self) -> NoteKey: ...

    async def ask(self, body: bytes) -> Answer:
        """``POST add-checkpoint``. Raises ``Away``."""
        ...

    async def close(self) -> None: ...


class Witnessing:
    """``key``: the log's; ``quorum``: how many of ``witnesses`` must cosign what is published."""

    def __init__(
        self,
        store: LogStore,
        gate: Gate,
        reader: LogReader,
        key: NoteKey,
        witnesses: Sequence[Witness],
        quorum: int,
    ) -> None:
        self._store, self._gate, self._reader = store, gate, reader
        self._key, self._witnesses, self._quorum = key, tuple(witnesses), quorum
        #: What each was last known to have seen: a guess after a start, which its answer corrects.
        self._seen: dict[NoteKey, int] = {}
        self._refused: set[NoteKey] = set()

    async def run(self) -> None:
        """For ever."""
        await lead(self._gate, NAME, partial(paced, self.round, BEAT), part="witnesses")

    async def round(self) -> bytes | None:
        """Ask all about the newest checkpoint; what is published then, None if too few have cosigned it."""
        newest = (await self._store.head()).note
        if newest is None:
            return None
        checkpoint, note = open_checkpoint(newest, self._key)
        lines = await asyncio.gather(*(self._cosigned(one, checkpoint, note) for one in self._witnesses))
        found = Note(note.text, (*note.signatures, *(line for line in lines if line is not None)))
        seen = seen_by(found, (one.key for one in self._witnesses))
        if len(seen) < self._quorum:
            log.warning("witnesses.too-few", cosigned=len(seen), wanted=self._quorum)
            return None
        cosigned = found.encoded
        await self._store.keep_witnessed(checkpoint.size, cosigned)
        return cosigned

    async def _cosigned(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> SignatureLine | None:
        """The witness' line that holds; None, with an alarm, if it gives none."""
        try:
            answer = await self._asked(witness, checkpoint, note)
        except Away as error:
            log.warning("witness.away", witness=witness.key.name, reason=str(error))
            return None
        line = _line(answer.body, note, witness.key) if answer.status == _DONE else None
        if line is not None:
            self._seen[witness.key] = checkpoint.size
            self._refused.discard(witness.key)
        elif witness.key not in self._refused:
            # It has seen another history, or a longer one: a restored backup, a second platform so named, an attack.
            log.error("witness.refuses", witness=witness.key.name, status=answer.status)
            self._refused.add(witness.key)
        return line

    async def _asked(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> Answer:
        """Its answer; once more, from the size that it says it has seen, if the guess was wrong. Raises ``Away``."""
        old = self._seen.get(witness.key, 0)
        answer = await self._ask(witness, old, checkpoint, note)
        size = _size(answer)
        if size is None or size == old or size > checkpoint.size:
            return answer
        self._seen[witness.key] = size
        return await self._ask(witness, size, checkpoint, note)

    async def _ask(self, witness: Witness, old: int, checkpoint: Checkpoint, note: Note) -> Answer:
        proof = await self._reader.consistency(old, checkpoint.size) if old else []
        return await witness.ask(AddCheckpoint(old, tuple(proof), note.encoded).encoded)


def _size(answer: Answer) -> int | None:
    """What a witness that answers with a conflict has seen last."""
    text = answer.body.strip()
    return int(text) if answer.status == _CONFLICT and text.isdigit() and len(text) < 19 else None


def _line(body: bytes, note: Note, key: NoteKey) -> SignatureLine | None:
    """The cosignature by this key in the answer; None if there is none that holds."""
    try:
        return parse_note(note.text.encode() + b"\n" + body).signed_by(key)
    except NoteError:
        return None
