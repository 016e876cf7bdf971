"""Signs of collusion, computed after the opening and reported: never a rejection by themselves (R-EVAL-04, F-28).

招投条例 40. The committee may reject on ground 七 like on any other: by its majority, with the page and each vote.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import OpenedBid, opened_bids
from bidding.domain.evaluation.traces import BidTraces, CollusionTerms, Finding, FindingKind, TraceField
from bidding.domain.event import Event
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.scoring import exact_text

#: A value, by the files of one bid that carry it.
Marks = dict[tuple[TraceField, str], list[str]]


def record_traces(lot: Lot, command: c.RecordTraces, facts: Facts) -> list[Event]:
    """Once, when every opened bid has been read; before the opening there is nothing to compare."""
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-EVAL-04")
    if lot.evaluation.examined_at is not None:
        raise Conflicting("traces-recorded", rule="R-EVAL-04")
    bids = opened_bids(lot)
    opened, read = {bid.bidder for bid in bids}, [one.bidder for one in command.bids]
    for bidder in read:
        if bidder not in opened:
            raise Unknown("bid-not-opened", rule="R-OPEN-02", bidder=bidder)
    if sorted(read) != sorted(opened):
        raise OutOfOrder("traces-incomplete", rule="R-EVAL-04", missing=sorted(opened - set(read)))
    findings = indicators(bids, command.bids, terms_of(lot).collusion)
    return [e.CollusionExamined(bids=command.bids, findings=findings, at=facts.now)]


def indicators(
    bids: Sequence[OpenedBid], traces: Iterable[BidTraces], terms: CollusionTerms
) -> tuple[Finding, ...]:
    """Everything that the terms call a sign, the same whatever the order of ``traces``."""
    by_bidder = sorted(traces, key=lambda one: one.bidder)
    prices = sorted((bid.price_fen, bid.bidder) for bid in bids)
    return (*_shared(by_bidder, terms), *_mixed_up(by_bidder), *_equal(prices), *_series(prices, terms))


def _shared(traces: Sequence[BidTraces], terms: CollusionTerms) -> Iterable[Finding]:
    marks = {one.bidder: _marks(one, terms) for one in traces}
    for first, second in combinations(marks, 2):
        same = sorted(marks[first].keys() & marks[second].keys())
        fields = {field for field, _ in same}
        if len(fields) < max(terms.threshold, 1) or fields <= set(terms.weak):
            continue
        yield Finding(
            kind=FindingKind.SHARED_TRACES,
            bidders=(first, second),
            evidence=tuple(
                f"{field.value} {value}：{first} {'、'.join(marks[first][field, value])}；"
                f"{second} {'、'.join(marks[second][field, value])}"
                for field, value in same
            ),
        )


def _marks(bid: BidTraces, terms: CollusionTerms) -> Marks:
    ignored = {value.casefold() for value in terms.ignored}
    found: Marks = {}
    for trace in bid.traces:
        value = trace.value.strip()
        if trace.field in terms.fields and value and value.casefold() not in ignored:
            files = found.setdefault((trace.field, value), [])
            if trace.file not in files:
                files.append(trace.file)
    return found


def _mixed_up(traces: Sequence[BidTraces]) -> Iterable[Finding]:
    for bid in traces:
        for other in sorted({mention.other for mention in bid.mentions} - {bid.bidder}):
            yield Finding(
                kind=FindingKind.MIXED_UP,
                bidders=(bid.bidder, other),
                evidence=tuple(
                    f"{one.kind.value}：{one.file}" + (f" 第{one.page}页" if one.page else "")
                    for one in bid.mentions
                    if one.other == other
                ),
            )


def _equal(prices: Sequence[tuple[int, str]]) -> Iterable[Finding]:
    for price in sorted({price for price, _ in prices}):
        same = tuple(bidder for one, bidder in prices if one == price)
        if len(same) > 1:
            yield Finding(kind=FindingKind.EQUAL_PRICES, bidders=same, evidence=(f"{price}分",))


def _series(prices: Sequence[tuple[int, str]], terms: CollusionTerms) -> Iterable[Finding]:
    """Equal differences first: a series that is both is reported as the simpler of the two."""
    distinct = dict(reversed(prices))  # of equal prices the first bidder's
    rising, tolerance, least = sorted(distinct), Fraction(terms.tolerance), max(terms.series_length, 3)
    arithmetic = _longest(rising, lambda one, two: Fraction(two - one), lambda last, d: last + d, tolerance)
    geometric = _longest(rising, lambda one, two: Fraction(two, one), lambda last, r: last * r, tolerance)
    known = {run for run, _ in arithmetic}
    for kind, sign, found in (
        (FindingKind.ARITHMETIC_PRICES, "等差", arithmetic),
        (FindingKind.GEOMETRIC_PRICES, "等比", [one for one in geometric if one[0] not in known]),
    ):
        for run, step in found:
            if len(run) >= least:
                yield Finding(
                    kind=kind,
                    bidders=tuple(distinct[price] for price in run),
                    evidence=(f"{sign} {exact_text(step)}：" + "、".join(f"{price}分" for price in run),),
                )


def _longest(
    rising: Sequence[int],
    step_of: Callable[[int, int], Fraction],
    following: Callable[[int, Fraction], Fraction],
    tolerance: Fraction,
) -> list[tuple[tuple[int, ...], Fraction]]:
    """The runs of at least three prices at one step, none part of a longer one at the same step."""
    runs: list[tuple[tuple[int, ...], Fraction]] = []
    for first, second in combinations(rising, 2):
        run, step = [first, second], step_of(first, second)
        while True:
            expected = following(run[-1], step)
            near = [
                price for price in rising if price > run[-1] and abs(price - expected) <= expected * tolerance
            ]
            if not near:
                break
            run.append(min(near, key=lambda price: abs(price - expected)))
        if len(run) > 2 and not any(set(run) <= set(other) for other, _ in runs):
            runs.append((tuple(run), step))
    return runs
