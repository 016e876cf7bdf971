"""The credit sources asked together: the platform's register and those outside (R-CRDT-01; 招投条例 78, 采购条例 63).

One that does not answer is not taken for one that lists nobody: either a supervisor has looked there by hand, signed,
within the hours that a look-up counts, or nothing is known.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from bidding.application.ports import Clock, Journal, Unavailable
from bidding.domain.credit.lists import REWARDS, Answered, Listing
from bidding.domain.credit.record import Record, replay

#: The name of the platform's own register in snapshots.
REGISTER = "平台信用登记簿"


class SourceSilent(Exception):
    """``names``: the sources that did not answer; nothing is known, which is not the same as nothing being listed."""

    def __init__(self, *names: str) -> None:
        super().__init__("、".join(names))
        self.names = names


class Asked:
    """What was answered: the records that have effect, and by whom each was asked."""

    def __init__(self, listings: Sequence[Listing], answers: Sequence[Answered]) -> None:
        self.listings, self.answers = tuple(listings), tuple(answers)


class OutsideSource(Protocol):
    """信用中国, 中国政府采购网 and 中国执行信息公开网 stand behind one of these each, or behind one together."""

    @property
    def name(self) -> str: ...

    async def look_up(self, uscc: str, name: str) -> Sequence[Listing]:
        """The records that have effect now. Raises ``SourceSilent``."""
        ...


class CreditSource(Protocol):
    """What a look-up asks. ``outside``: names of the sources that a supervisor may have to ask by hand."""

    @property
    def outside(self) -> Sequence[str]: ...

    async def look_up(self, uscc: str, name: str) -> Asked:
        """Raises ``SourceSilent``."""
        ...


def credit_stream(uscc: str) -> str:
    return f"credit-{uscc}"


class RegisterSource:
    """The register that supervisors keep on this platform, entry by entry, each signed; and the sources outside."""

    def __init__(self, journal: Journal, clock: Clock, outside: Sequence[OutsideSource] = ()) -> None:
        self._journal, self._clock, self._outside = journal, clock, tuple(outside)

    @property
    def outside(self) -> Sequence[str]:
        return [one.name for one in self._outside]

    async def look_up(self, uscc: str, name: str) -> Asked:
        try:
            recorded = await self._journal.load(credit_stream(uscc))
        except Unavailable as error:
            raise SourceSilent(REGISTER) from error
        record, now = replay(one.event for one in recorded), self._clock.now()
        found = await asyncio.gather(*(self._ask(one, uscc, name) for one in self._outside))
        listings = list(record.standing(now))
        answers, silent = [Answered(source=REGISTER, at=now)], []
        for source, said in zip(self._outside, found, strict=True):
            by_hand = record.attested_at(source.name, now)
            if said is not None:
                listings += _fresh(said, listings, record)
                answers.append(Answered(source=source.name, at=now))
            elif by_hand is not None:
                answers.append(Answered(source=source.name, at=by_hand.at, by=by_hand.by))
            else:
                silent.append(source.name)
        if silent:
            raise SourceSilent(*silent)
        return Asked(listings, answers)

    async def _ask(self, source: OutsideSource, uscc: str, name: str) -> Sequence[Listing] | None:
        try:
            return await source.look_up(uscc, name)
        except SourceSilent:
            return None


def _fresh(said: Sequence[Listing], known: Sequence[Listing], record: Record) -> list[Listing]:
    """The offences that the register does not have. R-NB-SS-03: what is repaired here lifts at once, though the list
    that it came from may show it for a while yet."""
    there = {(one.list, one.basis) for one in known}
    lifted = {(one.list, one.basis) for one in record.entries if one.repaired_at is not None}
    return [one for one in said if (one.list, one.basis) not in there | lifted and one.list not in REWARDS]
