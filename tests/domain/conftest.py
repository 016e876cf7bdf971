"""Whatever the domain refuses in a test has its words, and rests on a rule that the rulebook knows."""

from typing import Any

import pytest

from bidding.application.messages import catalogue
from bidding.application.rulebook import rulebook
from bidding.domain.errors import Refusal

KNOWN = catalogue().keys()
RULES = {"", *rulebook().rules, *rulebook().features}


@pytest.fixture(autouse=True)
def refusals_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Refusal.__init__

    def checked(self: Refusal, code: str, *, rule: str = "", **found: Any) -> None:
        assert code in KNOWN, code
        assert rule in RULES, (code, rule)
        made(self, code, rule=rule, **found)

    monkeypatch.setattr(Refusal, "__init__", checked)
