"""Whatever the domain refuses in a test is refused as ``refusals.txt`` says, and whatever it records can be kept."""

from typing import Any

import msgspec
import pytest

from bidding.application.messages import catalogue
from bidding.application.rulebook import rulebook
from bidding.domain.errors import Refusal
from bidding.domain.event import Event, EventType, decode, encode
from tests.domain.refusing import TABLE

KNOWN = catalogue().keys()
RULES = {"", *rulebook().rules, *rulebook().features}


@pytest.fixture(autouse=True)
def refusals_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have words, cite a rule that the rulebook knows and the table names, and say what they found."""
    made = Refusal.__init__

    def checked(self: Refusal, code: str, *, rule: str = "", **found: Any) -> None:
        assert code in KNOWN, code
        assert rule in RULES, (code, rule)
        rows = TABLE.get(code)  # that each code has one is another test's affair
        assert rows is None or any(row.fits(rule, found) for row in rows), (code, rule, found)
        made(self, code, rule=rule, **found)

    monkeypatch.setattr(Refusal, "__init__", checked)


@pytest.fixture(autouse=True)
def facts_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event that is made can be written and read back the same: no field holds what its type does not admit."""

    def made(kind: EventType, /, *given: Any, **fields: Any) -> Any:
        event = msgspec.StructMeta.__call__(kind, *given, **fields)
        assert isinstance(event, Event)
        assert decode(event.TOPIC, encode(event)) == event
        return event

    monkeypatch.setattr(EventType, "__call__", made, raising=False)
