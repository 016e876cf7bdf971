"""Has each event on which a tender turns stamped by an authority outside the platform (R-CRYP-06, RFC 3161).

The opening never waits for it: tokens come when they come, and say how long after the event that was.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Protocol

import structlog
from cryptography import x509

from bidding.application.following import Follower
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded
from bidding.crypto.canonical import b64
from bidding.crypto.errors import TimestampError
from bidding.crypto.timestamp import check_token, query, token_of
from bidding.domain.errors import Refusal
from bidding.domain.event import encode
from bidding.domain.timestamp.commands import RecordTimestamp
from bidding.domain.timestamp.decide import CHECKPOINTED, STAMPED

log = structlog.get_logger(__name__)

#: Seconds: the first pause after a failure, and the longest; each is twice the one before.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
_LOTS = lot_stream("")


class NoAnswer(Exception):
    """The authority did not answer, or says to come again."""


class TimeAuthority(Protocol):
    """``name`` stands in events and alarms."""

    @property
    def name(self) -> str: ...

    async def ask(self, query: bytes) -> bytes:
        """The authority's DER answer to a DER query. Raises ``NoAnswer``."""
        ...

    async def close(self) -> None: ...


class Checkpoints(Protocol):
    async def covering(self, position: int) -> bytes | None:
        """The checkpoint, a signed note, that first covered the event at this position; None before one does."""
        ...


class Stamper(Follower):
    """Follows the log for one authority. ``roots``: what its tokens must be signed under to be kept.

    What it stamps again after a restart is refused. That it begins at the end of the log loses nothing: a token of
    today proves little of old events.
    """

    def __init__(
        self, platform: Platform, authority: TimeAuthority, roots: Sequence[x509.Certificate]
    ) -> None:
        super().__init__(platform)
        self._authority, self._roots = authority, tuple(roots)

    @property
    def name(self) -> str:
        return f"timestamps:{self._authority.name}"

    async def take(self, one: Recorded) -> bool:
        """Stamp the event if it is one of those; tried again ever less often until the authority's token holds."""
        if not one.stream.startswith(_LOTS) or not isinstance(one.event, STAMPED):
            return False
        await self._stamp(one)
        return True

    async def _stamp(self, one: Recorded, checkpoint: bytes = b"") -> None:
        command, pause = None, FIRST_PAUSE
        while command is None:
            try:
                command = await self._token(one, checkpoint)
            except (NoAnswer, TimestampError) as error:
                log.warning(
                    "timestamps.none", authority=self._authority.name, reason=str(error), retry_after=pause
                )
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
        try:
            await self._platform.act(one.stream.removeprefix(_LOTS), command)
        except Refusal as refusal:
            log.info("timestamps.known", code=refusal.code)  # kept before a crash

    async def _token(self, one: Recorded, checkpoint: bytes = b"") -> RecordTimestamp:
        """Checked before it is kept: over this event or checkpoint, for this query, under a trusted root."""
        content = checkpoint or encode(one.event)
        asked = query(content)
        token = token_of(await self._authority.ask(asked.der))
        stamp = check_token(token, content, self._roots, asked.nonce)
        return RecordTimestamp(
            subject=one.event.TOPIC,
            imprint=hashlib.sha256(content).hexdigest(),
            authority=self._authority.name,
            token=b64(token),
            instant=stamp.instant,
            checkpoint=checkpoint.decode(),
        )


class CheckpointStamper(Stamper):
    """Has the checkpoints stamped under which the close, the window's end and the opening record first stand.

    A follower of its own: it waits for the log, and for its witnesses, where tokens over events wait for nobody.
    """

    def __init__(
        self,
        platform: Platform,
        authority: TimeAuthority,
        roots: Sequence[x509.Certificate],
        log: Checkpoints,
    ) -> None:
        super().__init__(platform, authority, roots)
        self._log = log

    @property
    def name(self) -> str:
        return f"checkpoints:{self._authority.name}"

    async def take(self, one: Recorded) -> bool:
        if not one.stream.startswith(_LOTS) or not isinstance(one.event, CHECKPOINTED):
            return False
        while (note := await self._log.covering(one.position)) is None:  # noqa: ASYNC110 - another process' commit
            await asyncio.sleep(FIRST_PAUSE)
        await self._stamp(one, note)
        return True
