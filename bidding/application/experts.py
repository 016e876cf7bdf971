"""The expert pool: one stream, changed by the centre, read at each draw."""

import asyncio
from collections.abc import Callable

from bidding.application.admission import Parties
from bidding.application.platform import Call, Platform
from bidding.application.ports import Meta, Request, VersionMoved, Write
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting
from bidding.domain.event import Event
from bidding.domain.experts.commands import DelistExpert, ListExpert
from bidding.domain.experts.decide import delist_expert, list_expert
from bidding.domain.experts.state import Pool, replay
from bidding.domain.lot import Lot
from bidding.domain.permissions import authorise

STREAM = "experts"
ATTEMPTS = 8


class ExpertPool:
    def __init__(self, platform: Platform, parties: Parties) -> None:
        self._platform, self._parties = platform, parties
        self._one_at_a_time = asyncio.Lock()  # so that only other processes can be faster

    async def pool(self) -> Pool:
        return replay(one.event for one in await self._platform.journal.load(STREAM))

    async def list_expert(self, command: ListExpert, call: Call) -> bytes:
        party = await self._parties.party(command.party)
        return await self._change(command, call, lambda pool, facts: list_expert(pool, party, command, facts))

    async def delist_expert(self, command: DelistExpert, call: Call) -> bytes:
        return await self._change(command, call, lambda pool, facts: delist_expert(pool, command, facts))

    async def _change(
        self, command: Command, call: Call, decided: Callable[[Pool, Facts], list[Event]]
    ) -> bytes:
        answered = await self._platform.replayed(call)
        if answered is not None:
            return answered
        authorise(call.actor, type(command), Lot())
        async with self._one_at_a_time:
            return await self._decided(call, decided)

    async def _decided(self, call: Call, decided: Callable[[Pool, Facts], list[Event]]) -> bytes:
        facts = Facts(now=self._platform.clock.now(), actor=call.actor)
        for _ in range(ATTEMPTS):
            pool = await self.pool()
            events = decided(pool, facts)
            answer = b'{"ok":true}'
            request = Request(
                scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
            )
            meta = Meta(actor=call.actor.party, credential=call.actor.credential, address=call.address)
            try:
                await self._platform.journal.append(
                    [Write(stream=STREAM, expected=pool.version, events=events)], meta=meta, request=request
                )
            except VersionMoved:
                continue
            return answer
        raise Conflicting("experts-busy", rule="R-EVAL-07")
