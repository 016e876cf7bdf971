"""The facts of lots as lines: one amount each, with its dimensions and the events that it rests on.

Every figure is a sum of lines, so that whatever is shown can be taken apart again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from bidding.domain.benefits.facts import Closed, Happened, LotFacts, Noticed, OnRoll, Recorded
from bidding.domain.benefits.rates import Rates
from bidding.domain.calendar import CalendarUnknown, WorkCalendar
from bidding.domain.codes import REGION
from bidding.domain.deposit import ReturnCause, return_due
from bidding.domain.money.events import Kind
from bidding.domain.periods import local_date
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet, by_version
from bidding.domain.statistics import capital_cost_fen, document_saving_fen

#: Of bids whose bidder no roll names: a failed lot's roll stays secret (R-GEN-04).
UNNAMED = "未公开"
UNDECLARED = "未声明"
SIZES = ("大型", "中型", "小型", "微型")
#: 本地/外地, by how many digits of the region code agree.
HOMES = ((6, "本区县"), (4, "本市外区县"), (2, "本省外市"))
ELSEWHERE = "外省"
UNKNOWN = "未知"


class Figure(StrEnum):
    """``ENTERPRISES`` 家 counts distinct USCC and is no sum; every other figure is one."""

    ENTERPRISES = "enterprises"
    PARTICIPATIONS = "participations"
    BID_DEPOSIT = "bid-deposit"
    PERFORMANCE_BOND = "performance-bond"
    INFO_FEE = "info-fee"
    DOCUMENTS = "documents"
    CAPITAL_COST = "capital-cost"


OF_KIND = {
    Kind.BID_DEPOSIT: Figure.BID_DEPOSIT,
    Kind.PERFORMANCE_BOND: Figure.PERFORMANCE_BOND,
    Kind.INFO_FEE: Figure.INFO_FEE,
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """``amount``: 分, or bids for ``PARTICIPATIONS``. ``events``: feed positions, in order.

    ``days``: how long the deposit would have been held (``CAPITAL_COST`` only). ``retender``: the lot is not
    its section's first round (R-STAT-01).
    """

    figure: Figure
    lot: str
    uscc: str
    name: str
    amount: int
    bids: int
    events: tuple[int, ...]
    retender: bool
    month: str
    category: str
    funding: str
    size: str
    home: str
    policy: str
    method: str
    days: int = 0


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What lines need beside the facts: ``rounds`` is lot → 1 for its section's first tender round, 2, …"""

    rates: Rates
    rulesets: tuple[RuleSet, ...]
    calendar: WorkCalendar
    rounds: Mapping[str, int]


def rounds(lots: Iterable[LotFacts]) -> dict[str, int]:
    """Which tender round of its section each lot is, by the order of the notices."""
    noticed = [
        (facts.noticed.position, facts.lot, facts.noticed.round_key) for facts in lots if facts.noticed
    ]
    counted: dict[str, int] = {}
    found = {}
    for _, lot, key in sorted(noticed):
        found[lot] = counted[key] = counted.get(key, 0) + 1
    return found


def lines(facts: LotFacts, given: Given) -> Iterator[Line]:
    """Nothing before submission has closed: how many bids there are is a secret until then (R-GEN-04)."""
    if facts.noticed is None or facts.closed is None:
        return
    yield from _bids(facts, facts.noticed, facts.closed, given)
    for benefit in facts.benefits:
        if counts(facts, benefit):
            yield from _benefit(facts, facts.noticed, facts.closed, benefit, given)


def counts(facts: LotFacts, benefit: Recorded) -> bool:
    """Whether a recorded benefit is one: of a kind that this lot waives and, for a deposit, of a bid that stood
    at T0 (R-STAT-01), for bond and fee, of the winner of a signed contract (R-STAT-02, R-STAT-03)."""
    if facts.noticed is None or facts.closed is None or benefit.kind not in facts.noticed.waived:
        return False
    if benefit.kind is not Kind.BID_DEPOSIT:
        return facts.filed is not None and benefit.party == facts.filed.winner
    if benefit.party:
        return facts.entry(benefit.party) is not None and benefit.bids == 1
    return not facts.roll and facts.failed is not None and benefit.bids == facts.closed.received


def _bids(facts: LotFacts, noticed: Noticed, closed: Closed, given: Given) -> Iterator[Line]:
    """R-STAT-04, R-STAT-05: each bid that stood at T0; the bids of lots that waive nothing were on paper too
    once, but their bidders are none of those that the waivers helped."""
    unit_fen = given.rates.documents.unit_fen(noticed.object)
    events = [closed.position, facts.roll_position or closed.position, facts.announced or closed.position]
    entries: Sequence[tuple[OnRoll | None, int]] = [(entry, 1) for entry in facts.roll]
    if not entries and closed.received:
        entries = [(None, closed.received)]
    for entry, bids in entries:
        amounts = {Figure.DOCUMENTS: document_saving_fen(bids, unit_fen)}
        if noticed.waived:
            amounts[Figure.PARTICIPATIONS] = bids
        for figure, amount in amounts.items():
            yield _line(facts, noticed, given, figure, entry, amount, closed.deadline, events, bids=bids)


def _benefit(
    facts: LotFacts, noticed: Noticed, closed: Closed, benefit: Recorded, given: Given
) -> Iterator[Line]:
    entry = facts.entry(benefit.party) if benefit.party else None
    at, events = closed.deadline, [closed.position, facts.roll_position or closed.position, benefit.position]
    if benefit.kind is not Kind.BID_DEPOSIT and facts.filed is not None:
        at, events = facts.filed.at, [facts.filed.position, benefit.position]
    figure = OF_KIND[benefit.kind]
    yield _line(facts, noticed, given, figure, entry, benefit.waived_fen, at, events, bids=benefit.bids)
    freed = return_begins(facts, benefit.party)
    if figure is not Figure.BID_DEPOSIT or freed is None:
        return
    cause, start, position = freed
    t0 = local_date(closed.deadline)
    try:
        due = return_due(by_version(given.rulesets, noticed.ruleset), cause, start, given.calendar)
    except CalendarUnknown:
        return  # the day is not known yet, as where nothing has freed the deposit (R-TIME-03)
    days = max((due - t0).days, 0)
    cost = capital_cost_fen([(benefit.waived_fen, days)], given.rates.lpr_on(t0))
    held = [*events, position]
    line = _line(facts, noticed, given, Figure.CAPITAL_COST, entry, cost, at, held, bids=benefit.bids)
    yield msgspec.structs.replace(line, days=days)


def return_begins(facts: LotFacts, party: str) -> tuple[ReturnCause, date, int] | None:
    """Why the deposit would have gone back, the day that its term starts on, and the event; None: not yet
    known, so that its cost is not counted yet (R-ENG-25, R-GP-07)."""
    if facts.failed is not None:
        return ReturnCause.WITHDRAWN, local_date(facts.failed.at), facts.failed.position
    won = facts.awarded is not None and party == facts.awarded.winner
    if facts.noticed is not None and facts.noticed.regime is Regime.GP and not won:
        freed: Happened | None = facts.awarded
    else:
        freed = facts.filed
    if freed is None:
        return None
    return ReturnCause.WON if won else ReturnCause.LOST, local_date(freed.at), freed.position


def _line(
    facts: LotFacts,
    noticed: Noticed,
    given: Given,
    figure: Figure,
    entry: OnRoll | None,
    amount: int,
    at: datetime,
    events: Iterable[int],
    *,
    bids: int,
) -> Line:
    return Line(
        figure=figure,
        lot=facts.lot,
        uscc=(entry.uscc or entry.bidder) if entry else "",
        name=entry.name if entry else "",
        amount=amount,
        bids=bids,
        events=tuple(sorted({noticed.position, *events})),
        retender=given.rounds.get(facts.lot, 1) > 1,
        month=f"{local_date(at):%Y-%m}",
        category=noticed.category,
        funding=noticed.funding,
        size=_size(entry),
        home=_home(entry, noticed.region),
        policy=noticed.row.value,
        method=noticed.method,
    )


def _size(entry: OnRoll | None) -> str:
    if entry is None:
        return UNNAMED
    return entry.size if entry.size in SIZES else UNDECLARED


def _home(entry: OnRoll | None, region: str) -> str:
    """本地/外地: where the bidder is registered, by the region in its USCC, seen from the lot's region."""
    if entry is None:
        return UNNAMED
    home = entry.uscc[2:8]
    if REGION.fullmatch(home) is None:
        return UNKNOWN
    for digits, name in HOMES:
        if home[:digits] == region[:digits]:
            return name
    return ELSEWHERE
