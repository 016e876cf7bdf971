"""The one way in for commands: load the lot, check, decide, append, answer.

A command either has a decider in the domain, or needs facts from outside (bids, rooms, cryptography) and
then has a handler, a method of a desk in ``bidding/application/<phase>.py``, that gathers them. Both end in a
``Plan``.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from bidding.application.ports import (
    Clock,
    Gate,
    Journal,
    KeyReused,
    Meta,
    Objects,
    Pass,
    ReadModels,
    Recorded,
    Request,
    Unavailable,
    Uploads,
    VersionMoved,
    Write,
)
from bidding.domain.admission.commands import Submit
from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Command, Facts
from bidding.domain.disclosure import sight, visible
from bidding.domain.errors import Refusal, Suspended, Unknown
from bidding.domain.event import Event, SignedAct
from bidding.domain.lot import Lot, Phase, evolve, replay
from bidding.domain.notice.commands import Publish
from bidding.domain.operation import UNCERTIFIED, Operation
from bidding.domain.parties import PLATFORM, Actor, Standing
from bidding.domain.periods import local_date
from bidding.domain.permissions import authorise, standings
from bidding.domain.prequalification import commands as prequalification
from bidding.domain.registry import DECIDERS
from bidding.domain.ruleset import RuleSet

#: Who knows of a lot before its notice.
INSIDE = frozenset(
    {Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR, Standing.PLATFORM}
)

#: How often an unguarded command is decided anew because somebody else wrote to the lot meanwhile.
ATTEMPTS = 16


class PreconditionRequired(Refusal):
    """A guarded command came without the version that its author saw."""


class PreconditionFailed(Refusal):
    """The lot has changed since its author looked: look again."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of one command. ``if_match``: the lot version the author saw.

    ``arrived``: the platform's instant at which all of it was here, where that decides (see ``together``).
    """

    actor: Actor
    signed: SignedAct | None = None
    idempotency_key: str = ""
    request_hash: bytes = b""
    if_match: int | None = None
    request_id: str = ""
    address: str = ""
    causation: str = ""
    arrived: datetime | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """``answer``: JSON for the author, the same again on every replay of the request."""

    version: int
    answer: bytes


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a command comes to. ``events`` go to the lot; ``writes`` to other streams in the same commit.

    ``guards``: versions of further streams that were read to decide and must not have moved when it is written.
    ``refusal`` is raised after the commit: a refused bid is recorded and receipted all the same.
    ``unnamed``: nothing of the request is stored beside the events, neither who gave it nor its answer.
    ``afterwards`` clears away what the commit has made useless; a failure of it changes nothing that counts.
    """

    events: Sequence[Event] = ()
    writes: Sequence[Write] = ()
    guards: Mapping[str, int] = {}
    answer: Mapping[str, Any] = {}
    refusal: Refusal | None = None
    unnamed: bool = False
    afterwards: Callable[[], Awaitable[None]] | None = None


Handler = Callable[[Lot, Any, Call, Facts], Awaitable[Plan]]


def lot_stream(lot_id: str) -> str:
    return f"lot-{lot_id}"


def require_known(lot: Lot, actor: Actor | None) -> None:
    """Raises ``Unknown`` for a lot that does not exist or, before its notice, is none of the actor's business."""
    hidden = lot.phase in (Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED)
    notary = actor is not None and actor.party == lot.escrow.notary
    if lot.version == 0 or (hidden and not notary and standings(actor, lot).isdisjoint(INSIDE)):
        raise Unknown("no-such-lot")


def described(event: Event) -> dict[str, Any]:
    """The event as outsiders are shown it: its type and its fields."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return {"type": event.TOPIC, **fields}


#: What a tender begins by: a platform that may take none refuses these (R-PLAT-05).
BEGINNINGS = (Submit, Publish, prequalification.Publish)


class Platform:
    """Everything a command may touch. One per process; safe to share between tasks."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        gate: Gate,
        objects: Objects,
        uploads: Uploads,
        readmodels: ReadModels,
        calendar: WorkCalendar,
        rulesets: Sequence[RuleSet],
        random: Callable[[int], bytes],
        operation: Operation = UNCERTIFIED,
    ) -> None:
        self.operation = operation
        self.journal, self.clock, self.gate, self.objects = journal, clock, gate, objects
        self.uploads, self.readmodels = uploads, readmodels
        self.calendar, self.rulesets, self.random = calendar, rulesets, random
        #: Command class → the desk's method that gathers its facts.
        self.handlers: dict[type[Command], Handler] = {}
        #: Commands that pass the lot's gate together, and those that pass it alone.
        self.together: set[type[Command]] = set()
        self.alone: set[type[Command]] = set()
        self._modes: dict[str, str] = {}

    async def load(self, lot_id: str) -> Lot:
        """The lot, or an empty one at version 0."""
        recorded = await self.journal.load(lot_stream(lot_id))
        return replay(lot_id, (one.event for one in recorded))

    async def recorded(self, lot_id: str, actor: Actor | None) -> tuple[list[Recorded], Lot]:
        """A lot's events and state, for somebody who may know of it. What of them to show is ``visible``'s affair."""
        recorded = await self.journal.load(lot_stream(lot_id))
        lot = replay(lot_id, (one.event for one in recorded))
        require_known(lot, actor)
        return recorded, lot

    async def mode_of(self, lot_id: str) -> str:
        """live or test: fixed when the lot is filed, so it is looked up once."""
        if lot_id not in self._modes:
            self._modes[lot_id] = (await self.load(lot_id)).admission.mode.value
        return self._modes[lot_id]

    def lot_now(self, lot: Lot) -> datetime:
        """The lot's own instant: a test lot's time runs at its own rate."""
        return self.lot_time(lot, self.clock.now())

    def lot_time(self, lot: Lot, instant: datetime) -> datetime:
        """The lot's instant when the platform's is ``instant``."""
        return lot.control.clock.at(instant) if lot.control.clock is not None else instant

    def facts(self, lot: Lot, call: Call) -> Facts:
        return Facts(
            now=self.lot_now(lot) if call.arrived is None else self.lot_time(lot, call.arrived),
            actor=call.actor,
            signed=call.signed,
            calendar=self.calendar,
            rulesets=tuple(self.rulesets),
            random=self.random,
        )

    async def replayed(self, call: Call) -> bytes | None:
        """The first answer to this very request, if it was answered before. Raises ``KeyReused``."""
        if not call.idempotency_key:
            return None
        found = await self.journal.answer(call.actor.party, call.idempotency_key)
        if found is None:
            return None
        if found[0] != call.request_hash:
            raise KeyReused(call.idempotency_key)
        return found[1]

    async def create(self, command: Command, call: Call) -> tuple[str, Outcome]:
        """Carry out the command that begins a lot, under a new random id. Raises as ``execute``.

        A replayed request gets the first lot's id, which stands in its answer.
        """
        answered = await self.replayed(call)
        if answered is not None:
            first = msgspec.json.decode(answered)
            return first["lot"], Outcome(version=first["version"], answer=answered)
        lot = Lot(lot_id=str(UUID(bytes=self.random(16), version=4)))
        authorise(call.actor, type(command), lot)
        self._may_begin(lot, command)
        plan = await self.plan(lot, command, call)
        plan = msgspec.structs.replace(plan, answer={**plan.answer, "lot": lot.lot_id})
        outcome = await self.commit(lot, plan, call)
        return msgspec.json.decode(outcome.answer)["lot"], outcome

    async def execute(self, lot_id: str, command: Command, call: Call) -> Outcome:
        """Carry out one command on an existing lot.

        Raises a ``Refusal`` (nothing happened, or only the refusal was recorded), ``KeyReused`` or
        ``Unavailable`` (ask again under the same key).
        """
        first = await self._first_outcome(call)
        if first is not None:
            return first
        if type(command) in self.together:
            # Not after the gate: who was here in time is in time, however long the queue (R-TIME-08).
            call = msgspec.structs.replace(call, arrived=call.arrived or self.clock.now())
        async with self._passage(lot_id, type(command)) as leave:
            try:
                return await self._carry_out(lot_id, command, call, leave)
            except Refusal:
                # The same request came twice at once, the other was first, and to this one the lot had moved.
                first = await self._first_outcome(call)
                if first is None:
                    raise
                return first

    async def _first_outcome(self, call: Call) -> Outcome | None:
        answered = await self.replayed(call)
        if answered is None:
            return None
        return Outcome(version=msgspec.json.decode(answered)["version"], answer=answered)

    def _passage(self, lot_id: str, command: type[Command]) -> AbstractAsyncContextManager[Pass | None]:
        if command in self.together:
            return self.gate.shared(lot_stream(lot_id))
        if command in self.alone:
            return self.gate.exclusive(lot_stream(lot_id))
        return nullcontext()

    async def _carry_out(self, lot_id: str, command: Command, call: Call, leave: Pass | None) -> Outcome:
        lot = await self.load(lot_id)
        for _ in range(ATTEMPTS):
            self.admit(lot, command, call)
            plan = await self.plan(lot, command, call)
            try:
                return await self.commit(lot, plan, call, leave)
            except VersionMoved as moved:
                lot = await self.load(lot_id)
                if command.GUARDED and call.actor != PLATFORM and moved.stream == lot_stream(lot_id):
                    raise PreconditionFailed("lot-changed", version=lot.version) from None
        raise PreconditionFailed("lot-busy", version=lot.version)

    def admit(self, lot: Lot, command: Command, call: Call) -> None:
        """Existence, permission, precondition and suspension, in this order."""
        require_known(lot, call.actor)
        authorise(call.actor, type(command), lot)
        self._may_begin(lot, command)
        if command.GUARDED and call.actor != PLATFORM:
            if call.if_match is None:
                raise PreconditionRequired("if-match-required", version=lot.version)
            if call.if_match != lot.version:
                raise PreconditionFailed("lot-changed", version=lot.version)
        if command.FORWARD and lot.control.suspended is not None:
            raise Suspended("lot-suspended", rule="R-STATE-01")

    def _may_begin(self, lot: Lot, command: Command) -> None:
        """R-PLAT-05: by the platform's own clock, for its certificate runs by no lot's."""
        if isinstance(command, BEGINNINGS):
            mode = command.mode if isinstance(command, Submit) else lot.admission.mode
            self.operation.require(mode, local_date(self.clock.now()))

    async def plan(self, lot: Lot, command: Command, call: Call) -> Plan:
        facts = self.facts(lot, call)
        handler = self.handlers.get(type(command))
        if handler is not None:
            return await handler(lot, command, call, facts)
        return Plan(events=DECIDERS[type(command)](lot, command, facts))

    async def commit(self, lot: Lot, plan: Plan, call: Call, leave: Pass | None = None) -> Outcome:
        version = lot.version + len(plan.events)
        after = lot
        for event in plan.events:
            after = evolve(after, event)
        mine = sight(call.actor, after)
        shown = [described(event) for event in plan.events if visible(event, mine)]
        answer = msgspec.json.encode({"version": version, "events": shown, **plan.answer})
        stream = lot_stream(lot.lot_id)
        writes = list(plan.writes)
        guards = dict(plan.guards)
        if plan.events:
            writes.insert(0, Write(stream=stream, expected=lot.version, events=plan.events))
        else:
            guards[stream] = lot.version  # what was decided must still be so when it is written
        request = None
        if call.idempotency_key and plan.refusal is None and not plan.unnamed:
            request = Request(
                scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
            )
        if plan.refusal is not None and await self._first_outcome(call) is not None:
            raise plan.refusal  # which ``execute`` answers with the first outcome: nothing is to be recorded
        appended: Sequence[Recorded] = ()
        if writes:
            if leave is not None:
                leave.ensure()  # the guards catch whoever wrote already, this who may be about to
            meta = Meta(actor="") if plan.unnamed else self.meta(call)
            appended = await self.journal.append(writes, meta=meta, guards=guards, request=request)
        if plan.afterwards is not None:
            with suppress(Unavailable):
                await plan.afterwards()
        if plan.refusal is not None:
            raise plan.refusal
        if request is not None and not appended:
            # The same request came twice at once and the other was first: its answer is the true one.
            return await self._first_outcome(call) or Outcome(version=version, answer=answer)
        return Outcome(version=version, answer=answer)

    def meta(self, call: Call) -> Meta:
        return Meta(
            actor=call.actor.party,
            credential=call.actor.credential,
            request=call.request_id,
            causation=call.causation,
            address=call.address,
        )

    async def act(self, lot_id: str, command: Command, causation: str = "") -> None:
        """The platform's own act (a timer, a reaction). What is out of order by now was done already."""
        await self.execute(lot_id, command, Call(actor=PLATFORM, causation=causation))


def events_of(recorded: Sequence[Recorded]) -> list[Event]:
    return [one.event for one in recorded]
