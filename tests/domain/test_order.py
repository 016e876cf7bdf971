"""Which phase admits which act, and by which rule it is refused in all others (R-STATE-01 and each act's own)."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bidding.domain.command import COMMANDS
from bidding.domain.errors import OutOfOrder
from bidding.domain.lot import Phase
from tests.domain.lots import facts
from tests.domain.opening.drawhall import DrawHall
from tests.domain.opening.hall import HOST, Hall
from tests.domain.sampling import sample
from tests.domain.walk.lot import WholeLot

LINES = Path(__file__).with_name("admits.txt").read_text("utf-8").splitlines()
ROWS = {line.split()[0]: line.split()[1:] for line in LINES if not line.startswith("#")}
#: What the application would bring besides; never looked at in a wrong phase.
BROUGHT = {"handed_in": None, "real": None, "results": ()}

#: Decided where a coefficient is drawn.
DRAWING = {"opening/draw-coefficients", "opening/reveal-draw"}


@pytest.mark.parametrize("name", ROWS)
def test_an_act_out_of_its_phases_is_refused_by_its_rule(name: str) -> None:
    rule, *phases = ROWS[name]
    hall: Hall = DrawHall() if name in DRAWING else WholeLot("D2")
    for phase in sorted(set(Phase) - {Phase(one) for one in phases}):
        hall.lot = replace(hall.lot, phase=phase)
        with pytest.raises(OutOfOrder, match="wrong-phase") as refused:
            hall._decide(sample(COMMANDS[name]), facts(HOST), dict(BROUGHT))
        assert refused.value.rule == rule
        assert refused.value.found == {"phase": phase.value, "needed": phases}
