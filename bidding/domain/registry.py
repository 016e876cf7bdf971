"""Everything that the phases declare, brought together.

Importing this module imports every phase, so that ``TOPICS`` and ``COMMANDS`` are complete. ``DECIDERS``
holds the decisions that need (lot, command, facts) and no more; what needs further facts is called by
the application by name and listed in ``NEEDS_MORE`` with what it needs.
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from bidding.domain.command import COMMANDS, Command, Facts
from bidding.domain.event import TOPICS, Event
from bidding.domain.lot import Lot

#: In the order in which a lot goes through them; those after ``control`` have streams of their own.
PHASES = (
    "admission",
    "booking",
    "notice",
    "prequalification",
    "bid",
    "opening",
    "escrow",
    "conflict",
    "credit",
    "evaluation",
    "award",
    "contract",
    "performance",
    "money",
    "complaint",
    "control",
    "alert",
    "media",
    "timestamp",
    "archive",
    "registration",
    "experts",
)

Decide = Callable[[Lot, Command, Facts], list[Event]]
Due = Callable[[Lot], list[tuple[str, datetime]]]


def _modules(name: str) -> list[ModuleType]:
    """The module ``name`` of every phase that has one: not every phase decides, or waits for an instant."""
    paths = [f"{__package__}.{phase}.{name}" for phase in PHASES]
    return [import_module(path) for path in paths if find_spec(path) is not None]


_modules("events")
_modules("commands")
_DECISIONS = _modules("decide")

#: Command → its decision.
DECIDERS: dict[type[Command], Decide] = {}
#: Command → what its decision needs beside (lot, command, facts).
NEEDS_MORE: dict[type[Command], str] = {}
for _module in _DECISIONS:
    DECIDERS.update(getattr(_module, "DECIDERS", {}))
    NEEDS_MORE.update(getattr(_module, "NEEDS_MORE", {}))

_DUES: list[Due] = [module.due for module in _DECISIONS if hasattr(module, "due")]


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """What the lot waits for, soonest first: (platform command to give then, the lot's instant)."""
    return sorted((wait for part in _DUES for wait in part(lot)), key=lambda wait: wait[1])


__all__ = ["COMMANDS", "DECIDERS", "NEEDS_MORE", "PHASES", "TOPICS", "due"]
