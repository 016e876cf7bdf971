"""A desk whose lot draws its experts by commitments and reveals, with real nonces and a chain."""

import hashlib
from typing import Any

from bidding.application.draws import arrange, fits_experts
from bidding.crypto.canonical import b64
from bidding.crypto.draws import chain, commitment
from bidding.domain.command import Command
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.ticketed import draw_experts, open_experts, open_round, reveal_experts
from bidding.domain.evaluation.ticketing import ExpertDrawRule, purpose
from bidding.domain.event import Event
from bidding.domain.parties import PLATFORM, Actor, Role
from bidding.domain.scoring import Source
from tests.domain.evaluation.tender import HOST, YUAN, Desk, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
#: Head first; two values can be shown.
CHAIN = chain("lot1", hashlib.sha256(b"chain").digest(), 2)
#: The chain of a later round, which has one of its own.
LATER = chain("lot1", hashlib.sha256(b"later").digest(), 1)
NONCES = {
    source: hashlib.sha256(source.encode()).digest()
    for source in (Source.SUPERVISOR, Source.AGENCY, Source.RESERVE)
}
SUPERVISOR = Actor(party="officer", roles=frozenset({Role.SUPERVISOR}))
#: Minutes for each reveal.
REVEAL = 5


class TicketDesk(Desk):
    def __init__(self, **changes: Any) -> None:
        rule = ExpertDrawRule(anchor=b64(CHAIN[0]), reveal_minutes=REVEAL, trades=changes.pop("trades", ()))
        super().__init__(tender(THREE, expert_draw=rule, **changes))

    def decided(self, command: Command, actor: Actor) -> list[Event]:
        facts = self.facts(actor)
        match command:
            case c.OpenExpertDraw():
                sent = self.representatives
                return open_experts(
                    self.lot,
                    command,
                    facts,
                    pool=self.pool,
                    representatives=sent,
                    interests=self.interests,
                )
            case c.OpenExpertRound():
                return open_round(self.lot, command, facts, pool=self.pool, interests=self.interests)
            case c.RevealExpertDraw():
                fit = fits_experts(self.lot, self.lot.evaluation.lottery.drawing.awaited, command.value)
                return reveal_experts(self.lot, command, facts, finding=None if fit else "another-value")
            case c.DrawExperts():
                return draw_experts(self.lot, command, facts, arrange=arrange)
            case _:
                return super().decided(command, actor)

    def commit(self, *offices: Source) -> None:
        for source in offices:
            actor = SUPERVISOR if source is Source.SUPERVISOR else HOST
            own = self.commitment(actor, source)
            reserve = self.commitment(actor, Source.RESERVE) if source is Source.AGENCY else ""
            later = self.round > 1 and source is Source.SUPERVISOR
            anchor = b64(LATER[0]) if later else ""
            self.give(c.CommitExpertDraw(commitment=own, reserve=reserve, anchor=anchor), actor)

    @property
    def round(self) -> int:
        return self.lot.evaluation.lottery.round

    def commitment(self, actor: Actor, source: Source) -> str:
        return commitment(["lot1", actor.party, source, purpose(self.round)], NONCES[source])

    def open(self) -> list[Event]:
        sent = ("delegate",) if self.lot.evaluation.lottery.whole else ()
        return self.give(c.OpenExpertDraw(representatives=sent))

    def reveal(self, source: Source, value: bytes | None = None) -> list[Event]:
        """What ``source`` is held to, or another ``value``."""
        actor = SUPERVISOR if source in {Source.SUPERVISOR, Source.BEACON} else HOST
        link = CHAIN[1] if self.round == 1 else LATER[1]
        held = link if source is Source.BEACON else NONCES[source]
        return self.give(c.RevealExpertDraw(value=b64(held if value is None else value)), actor)

    def miss(self) -> list[Event]:
        window = self.lot.evaluation.lottery.drawing.window
        assert window is not None
        self.now = max(self.now, window.ends)
        return self.give(c.MissExpertReveal(), PLATFORM)

    def draw(self) -> list[Event]:
        return self.give(c.DrawExperts(), PLATFORM)

    def drawn(self, *sources: Source) -> "TicketDesk":
        """Committed, frozen, revealed in the declared order, drawn."""
        self.commit(Source.SUPERVISOR, Source.AGENCY)
        self.open()
        for source in sources or (Source.SUPERVISOR, Source.AGENCY, Source.BEACON):
            self.reveal(source)
        self.draw()
        return self
