"""Telling outside bodies of a changed licence: an outbox in the log, and who empties it (R-NB-HS-01).

What is to be told stands in the party's own stream, in the commit of the change; the stream ``licence-outbox`` only
says where to look. So a body that is down, or a process that dies, delays a notice and loses none. Telling again is
harmless: a notice has one key, and a body that is still at work answers the same request with what it has come to.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec
import structlog

from bidding.application.admission import Parties
from bidding.application.identity import party_stream
from bidding.application.leading import lead, paced
from bidding.application.licencebox import OUTBOX
from bidding.application.platform import Call, Platform
from bidding.application.ports import Journal, VersionMoved, Write
from bidding.domain.event import SignedAct
from bidding.domain.parties import PLATFORM
from bidding.domain.registration.bodies import BodyAnswer, BodyNotice, Told, answered
from bidding.domain.registration.events import Change, LicenceNoticeQueued, LicenceNoticeSettled
from bidding.domain.registration.state import Party

log = structlog.get_logger(__name__)

NAME = "licence-notices"
#: Seconds between two looks at the outbox, and before a body that was silent or is at work is asked again: at first,
#: and at most (each time twice as long).
PACE = 5.0
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
ATTEMPTS = 8


class BodySilent(Exception):
    """``reason``: why nothing is known; never more of the answer than its status."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LicenceNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What a body gets. ``key``: the same each time; ``consent``: the unit's signed statement, with the certificate of
    the device that signed it (base64url DER), so that the body need not take the platform's word."""

    key: str
    uscc: str
    name: str
    changes: tuple[Change, ...]
    consent: SignedAct
    certificate: str
    at: datetime


class OutsideBody(Protocol):
    """A maker of seals or a certificate authority."""

    @property
    def name(self) -> str: ...

    async def tell(self, notice: LicenceNotice) -> BodyAnswer:
        """Raises ``BodySilent``."""
        ...


class Queued(msgspec.Struct, frozen=True, order=True):
    party: str
    number: int


class Outbox:
    """The fold of the outbox: what waits, oldest first. Each look reads only what came since the one before."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: dict[Queued, None] = {}
        self.version = 0

    async def look(self) -> tuple[Queued, ...]:
        for one in await self._journal.load(OUTBOX, after=self.version):
            self.version = one.version
            match one.event:
                case LicenceNoticeQueued(party=party, number=number):
                    self._waiting[Queued(party, number)] = None
                case LicenceNoticeSettled(party=party, number=number):
                    self._waiting.pop(Queued(party, number), None)
        return tuple(self._waiting)


class Trial(msgspec.Struct, frozen=True):
    pause: timedelta
    due: datetime


class LicenceCourier:
    """``_trials``: when which body is asked again; lost with the process, which costs a question."""

    def __init__(self, platform: Platform, parties: Parties, bodies: Sequence[OutsideBody]) -> None:
        self._platform, self._parties, self._bodies = platform, parties, {one.name: one for one in bodies}
        self._trials: dict[tuple[Queued, str], Trial] = {}
        self._outbox = Outbox(platform.journal)

    async def run(self) -> None:
        """For ever, in one process at a time."""
        await lead(self._platform.gate, NAME, partial(paced, self.step, PACE), part=NAME)

    async def step(self) -> None:
        """Every body, of all that is due and that it has not spoken its last word on; a silent one delays no other."""
        waiting = await self._outbox.look()
        ended = await asyncio.gather(
            *(self._serve(one, waiting) for one in self._bodies.values()), return_exceptions=True
        )
        for error in ended:
            if error is not None:
                raise error
        for queued in waiting:
            party = await self._parties.party(queued.party)
            if all(one.settled for one in party.bodies if one.number == queued.number):
                await self._settle(queued)

    async def _serve(self, body: OutsideBody, waiting: Sequence[Queued]) -> None:
        """In their order, until the body is silent: it would be about the others, too."""
        for queued in waiting:
            party = await self._parties.party(queued.party)
            for notice in party.bodies:
                for told in notice.told:
                    asked = (notice.number, told.body) == (queued.number, body.name)
                    if asked and not await self._tell(body, queued, party, notice, told):
                        return

    async def _tell(
        self, body: OutsideBody, queued: Queued, party: Party, notice: BodyNotice, told: Told
    ) -> bool:
        """False: the body is silent."""
        now, trial = self._platform.clock.now(), self._trials.get((queued, told.body))
        if told.final or (trial is not None and now < trial.due):
            return True
        pause = FIRST_PAUSE if trial is None else min(trial.pause * 2, LONGEST_PAUSE)
        self._trials[queued, told.body] = Trial(pause, now + pause)
        try:
            answer = await body.tell(_said(queued, party, notice))
        except BodySilent as silent:
            # Whom it was about is nobody's business who reads logs.
            log.warning("licence-notices.body-silent", body=told.body, reason=silent.reason)
            return False
        await self._record(queued, told.body, answer)
        return True

    async def _record(self, queued: Queued, body: str, answer: BodyAnswer) -> None:
        for _ in range(ATTEMPTS):
            party = await self._parties.party(queued.party)
            now = self._platform.clock.now()
            events = answered(party.bodies, party.party, queued.number, body, answer, now)
            if not events:
                return
            write = Write(stream=party_stream(party.party), expected=party.version, events=events)
            try:
                await self._platform.journal.append([write], meta=self._platform.meta(Call(actor=PLATFORM)))
            except VersionMoved:
                continue  # the party is at work on itself, or another body has answered
            return

    async def _settle(self, queued: Queued) -> None:
        settled = LicenceNoticeSettled(party=queued.party, number=queued.number)
        await self._outbox.look()
        write = Write(stream=OUTBOX, expected=self._outbox.version, events=[settled])
        with suppress(VersionMoved):  # somebody else's change came in: the next look settles this one
            await self._platform.journal.append([write], meta=self._platform.meta(Call(actor=PLATFORM)))
        self._trials = {key: one for key, one in self._trials.items() if key[0] != queued}


def _said(queued: Queued, party: Party, notice: BodyNotice) -> LicenceNotice:
    credential = msgspec.json.decode(notice.consent.statement, type=_Named).credential
    device = party.credential(credential)
    return LicenceNotice(
        key=f"{queued.party}-{queued.number}",
        uscc=party.uscc,
        name=party.name,
        changes=notice.changes,
        consent=notice.consent,
        certificate="" if device is None else device.certificate,
        at=notice.at,
    )


class _Named(msgspec.Struct, frozen=True):
    """Of a statement, who signed it."""

    credential: str = ""
