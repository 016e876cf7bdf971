"""The steps of a verification: named, in their order, and told one by one as they are done."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bidding.application.record.read import Faulty, step

#: What a record is checked for, by the word that begins a check's name (docs/verify.md). The browser's verifier
#: has the same words; which of the later ones appear depends on how far the lot has come.
STEPS = (
    "file",
    "seal",
    "events",
    "certificates",
    "acts",
    "manifests",
    "receipts",
    "session keys",
    "key releases",
    "escrow",
    "forms",
    "draw",
    "table",
    "标底",
    "opening record",
    "candidates",
    "award notice",
    "contract",
    "scores",
    "time-stamps",
    "log",
    "on time",
    "completeness",
    "checkpoints",
)


class Check(NamedTuple):
    """One thing that was checked. ``fault``: empty if it holds."""

    name: str
    fault: str = ""

    @property
    def ok(self) -> bool:
        return not self.fault


Tell = Callable[[Check], None]


def untold(check: Check) -> None:
    """For whoever only wants the list."""


class Steps:
    """What was done so far. ``prefix`` stands before every name, for a document inside another."""

    def __init__(self, tell: Tell = untold, prefix: str = "") -> None:
        self.done: list[Check] = []
        self._tell, self._prefix = tell, prefix

    def passed(self, name: str) -> None:
        self._add(Check(self._prefix + name))

    def failed(self, fault: Faulty) -> None:
        self._add(Check(self._prefix + fault.check, fault.reason))

    def run(self, name: str, check: Callable[[], Iterator[str]]) -> None:
        """Every name that ``check`` yields has held; anything it cannot read is a fault, raised as ``Faulty``."""
        with step(name):
            for held in check():
                self.passed(held)

    def _add(self, check: Check) -> None:
        self.done.append(check)
        self._tell(check)
