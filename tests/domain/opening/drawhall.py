"""The opening hall of a lot whose formula draws: commitments, reveals and the draw, with real nonces and a chain."""

import hashlib
from typing import Any

from bidding.application.draws import choose, fits
from bidding.crypto.canonical import b64
from bidding.crypto.draws import chain, commitment
from bidding.domain.command import Command, Facts
from bidding.domain.event import Event
from bidding.domain.opening import commands as c
from bidding.domain.opening.drawing import draw_coefficients, reveal_draw
from bidding.domain.scoring import (
    Deviation,
    DrawnReduction,
    DrawRule,
    MeanBase,
    PriceFormula,
    Source,
    TrimPolicy,
    pools_of,
)
from tests.domain.opening.hall import HOST, OFFICER, Hall

#: The supervisor's chain for the hall's lot, head first, and the nonces that the offices keep.
CHAIN = chain("lot-1", hashlib.sha256(b"chain").digest(), 2)
NONCES = {
    source: hashlib.sha256(source.encode()).digest()
    for source in (Source.SUPERVISOR, Source.AGENCY, Source.RESERVE)
}
DRAWING = Deviation(
    base=MeanBase(trim=TrimPolicy.ALL, factor=DrawnReduction(choices=("0.03", "0.01", "0.02"))),
    e1="1.2",
    e2="0.8",
    floor="0",
)
#: Minutes for each reveal.
REVEAL = 5


class DrawHall(Hall):
    def __init__(self, formula: PriceFormula = DRAWING) -> None:
        rule = DrawRule(pools=pools_of(formula), anchor=b64(CHAIN[0]), reveal_minutes=REVEAL)
        super().__init__(terms={"price_formula": formula, "draw": rule})

    def _decide(self, command: Command, facts: Facts, more: dict[str, Any]) -> list[Event]:
        match command:
            case c.RevealDraw():
                fit = fits(self.lot, self.lot.opening.drawing.awaited, command.value)
                return reveal_draw(self.lot, command, facts, finding=None if fit else "another-value")
            case c.DrawCoefficients():
                return draw_coefficients(self.lot, command, facts, choose=choose)
            case _:
                return super()._decide(command, facts, more)

    def commit_draw(self, *offices: Source) -> None:
        """Each office binds itself to its nonces."""
        for source in offices:
            actor = OFFICER if source is Source.SUPERVISOR else HOST
            own = commitment(["lot-1", actor.party, source], NONCES[source])
            reserve = commitment(["lot-1", actor.party, Source.RESERVE], NONCES[Source.RESERVE])
            command = c.CommitDraw(commitment=own, reserve=reserve if source is Source.AGENCY else "")
            self.give(command, actor)

    def freeze(self, *names: str) -> list[Event]:
        """From the commitments to the frozen set: each name bids and is opened."""
        self.commit_draw(Source.SUPERVISOR, Source.AGENCY)
        self.order(*names)
        self.release(*names)
        self.end_window()
        self.form_keys()
        self.give(c.Import(), results=self.results())
        return self.give(c.OpenDraw())

    def reveal(self, source: Source, value: bytes | None = None) -> list[Event]:
        """What ``source`` is held to, or another ``value``."""
        actor = OFFICER if source in {Source.SUPERVISOR, Source.BEACON} else HOST
        held = CHAIN[1] if source is Source.BEACON else NONCES[source]
        return self.give(c.RevealDraw(value=b64(held if value is None else value)), actor)

    def miss(self) -> list[Event]:
        window = self.lot.opening.drawing.window
        assert window is not None
        self.now = max(self.now, window.ends)
        return self.give(c.MissReveal())
