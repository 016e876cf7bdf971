"""Yearly commitments: signed on the unit's own stream, listed for everyone (R-NB-HF-05)."""

import msgspec

from bidding.application.platform import Call, Platform
from bidding.application.ports import Request, VersionMoved, Write
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting
from bidding.domain.lot import Lot
from bidding.domain.performance.commands import MakeCommitment, ReportCommitment
from bidding.domain.performance.commitments import Commitment, evolve, make, replay, report
from bidding.domain.permissions import authorise

ATTEMPTS = 8


def commitment_stream(party: str) -> str:
    return f"commitment-{party}"


class CommitmentDesk:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        #: Position of the last event written here: who committed looks for it in the list.
        self.written = 0

    async def give(self, command: MakeCommitment | ReportCommitment, call: Call) -> bytes:
        """The unit's commitments as they are afterwards, as JSON. Raises ``Refusal``, ``KeyReused``."""
        answered = await self._platform.replayed(call)
        if answered is not None:
            return answered
        authorise(call.actor, type(command), Lot())
        facts = Facts(now=self._platform.clock.now(), actor=call.actor, signed=call.signed)
        stream = commitment_stream(call.actor.party)
        for _ in range(ATTEMPTS):
            recorded = await self._platform.journal.load(stream)
            known = replay(one.event for one in recorded)
            events = (
                make(known, command, facts)
                if isinstance(command, MakeCommitment)
                else report(known, command, facts)
            )
            for event in events:
                known = evolve(known, event)
            answer = described(known)
            write = Write(stream=stream, expected=len(recorded), events=events)
            request = Request(
                scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
            )
            try:
                appended = await self._platform.journal.append(
                    [write], meta=self._platform.meta(call), request=request
                )
            except VersionMoved:
                continue
            if appended:
                self.written = max(self.written, appended[-1].position)
            return answer
        raise Conflicting("commitments-busy", rule="R-NB-HF-05")


def described(known: tuple[Commitment, ...]) -> bytes:
    return msgspec.json.encode({"commitments": known})
