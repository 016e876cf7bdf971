"""Signs of collusion, computed after the opening and reported, never a rejection (R-EVAL-04, F-28; 招投条例 40)."""

from datetime import timedelta

import msgspec
import pytest

from bidding.domain.disclosure import view, visible
from bidding.domain.errors import Conflicting, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import OpenedBid
from bidding.domain.evaluation.collusion import indicators
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.evaluation.traces import (
    BidTraces,
    CollusionTerms,
    Finding,
    FindingKind,
    Mention,
    MentionKind,
    Trace,
    TraceField,
)
from bidding.domain.lot import Phase
from bidding.domain.parties import PLATFORM, Standing
from tests.domain.evaluation.tender import NOW, YUAN, Desk, tender

THREE = {"a": 700_000 * YUAN, "b": 713_000 * YUAN, "c": 740_000 * YUAN}
TERMS = CollusionTerms()


def of(bidder: str, *marks: tuple[TraceField, str], mentions: tuple[Mention, ...] = ()) -> BidTraces:
    traces = tuple(Trace(field=field, value=value, file="technical/a.pdf") for field, value in marks)
    return BidTraces(bidder=bidder, read=1, traces=traces, mentions=mentions)


def priced(*prices: int) -> list[OpenedBid]:
    return [
        OpenedBid(
            bidder=f"b{place}",
            name="",
            price_fen=price,
            duration_days=1,
            quality="",
            project_lead="",
            completed_at=NOW,
        )
        for place, price in enumerate(prices)
    ]


def shared(*traces: BidTraces, terms: CollusionTerms = TERMS) -> list[tuple[str, ...]]:
    return [one.bidders for one in indicators([], traces, terms)]


def series(*prices: int, terms: CollusionTerms = TERMS) -> list[tuple[FindingKind, int]]:
    return [(one.kind, len(one.bidders)) for one in indicators(priced(*prices), [], terms)]


# The same author, device, program or file


@pytest.mark.parametrize("field", [one for one in TraceField if one not in TERMS.weak])
def test_one_value_in_two_bids_is_a_sign_with_its_files(field: TraceField) -> None:
    (found,) = indicators(
        [], [of("a", (field, "X-1")), of("b", (field, "X-1")), of("c", (field, "X-2"))], TERMS
    )
    assert (found.kind, found.bidders) == (FindingKind.SHARED_TRACES, ("a", "b"))
    assert found.evidence == (f"{field.value} X-1：a technical/a.pdf；b technical/a.pdf",)


def test_every_pair_is_reported_whatever_the_order() -> None:
    bids = [of(name, (TraceField.MAC, "00-11")) for name in ("c", "a", "b")]
    assert shared(*bids) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_weak_field_alone_is_no_sign_and_beside_another_it_is_evidence() -> None:
    assert shared(of("a", (TraceField.CPU, "1")), of("b", (TraceField.CPU, "1"))) == []
    both = (TraceField.CPU, "1"), (TraceField.DISK, "2")
    (found,) = indicators([], [of("a", *both), of("b", *both)], TERMS)
    assert len(found.evidence) == 2


def test_the_threshold_counts_fields_not_values() -> None:
    two = CollusionTerms(threshold=2)
    authors = (TraceField.AUTHOR, "张三"), (TraceField.AUTHOR, "李四")
    assert shared(of("a", *authors), of("b", *authors), terms=two) == []
    further = (*authors, (TraceField.LOCK, "9"))
    assert shared(of("a", *further), of("b", *further), terms=two) == [("a", "b")]


def test_undeclared_fields_and_values_that_everybody_has_are_not_compared() -> None:
    only = CollusionTerms(fields=(TraceField.AUTHOR,))
    assert shared(of("a", (TraceField.MAC, "1")), of("b", (TraceField.MAC, "1")), terms=only) == []
    for value in ("Administrator", "  ", "微软用户"):
        assert shared(of("a", (TraceField.AUTHOR, value)), of("b", (TraceField.AUTHOR, value))) == []


def test_the_same_value_of_another_field_is_not_the_same() -> None:
    assert shared(of("a", (TraceField.AUTHOR, "7")), of("b", (TraceField.LOCK, "7"))) == []


# Mixed-up content


def test_another_bidder_in_ones_documents_is_a_sign_with_the_page() -> None:
    mention = Mention(other="b", kind=MentionKind.NAME, file="technical/a.pdf", page=12)
    (found,) = indicators([], [of("a", mentions=(mention,)), of("b")], TERMS)
    assert found == Finding(
        kind=FindingKind.MIXED_UP, bidders=("a", "b"), evidence=("NAME：technical/a.pdf 第12页",)
    )


# Regular prices


@pytest.mark.parametrize(
    ("prices", "found"),
    [
        ((700, 710, 725), []),
        ((700, 710, 720), [(FindingKind.ARITHMETIC_PRICES, 3)]),
        ((720, 700, 710, 900), [(FindingKind.ARITHMETIC_PRICES, 3)]),
        ((100, 200, 400), [(FindingKind.GEOMETRIC_PRICES, 3)]),
        ((500, 510, 520, 530, 540), [(FindingKind.ARITHMETIC_PRICES, 5)]),
        ((700, 700, 750), [(FindingKind.EQUAL_PRICES, 2)]),
        ((700, 800), []),
    ],
)
def test_equal_steps_and_equal_ratios_are_signs(
    prices: tuple[int, ...], found: list[tuple[FindingKind, int]]
) -> None:
    kinds = series(*prices)
    longest = {kind: max(n for k, n in kinds if k is kind) for kind, _ in kinds}
    assert sorted(longest.items()) == sorted(found)


def test_a_ratio_rounded_to_a_fen_is_still_one_ratio_within_the_declared_tolerance() -> None:
    prices = (100_000_000, 98_000_000, 96_040_000, 94_119_200, 92_236_816, 90_392_080)
    assert (FindingKind.GEOMETRIC_PRICES, 6) in series(*prices)
    exact = CollusionTerms(tolerance="0")
    assert (FindingKind.GEOMETRIC_PRICES, 6) not in series(*prices, terms=exact)


def test_the_document_may_ask_for_longer_series_but_two_are_never_one() -> None:
    four = CollusionTerms(series_length=4)
    assert series(700, 710, 720, terms=four) == []
    assert series(700, 710, 720, 730, terms=four) == [(FindingKind.ARITHMETIC_PRICES, 4)]
    assert series(700, 710, terms=CollusionTerms(series_length=2)) == []


# Recorded once, after the opening; for committee and supervision alone; rejecting nobody


def examined(at: Desk) -> e.CollusionExamined:
    bids = tuple(of(bidder, (TraceField.MAC, "00-11")) for bidder in at.bidders)
    (event,) = at.give(c.RecordTraces(bids=bids), PLATFORM)
    assert isinstance(event, e.CollusionExamined)
    return event


def test_findings_are_recorded_once_for_all_opened_bids() -> None:
    at = Desk(tender(THREE))
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.RecordTraces(bids=(of("a"),)), PLATFORM)
    assert refused.value.found == {"missing": ["b", "c"]}
    with pytest.raises(Unknown):
        at.give(c.RecordTraces(bids=(of("a"), of("b"), of("c"), of("z"))), PLATFORM)
    assert len(examined(at).findings) == 3
    with pytest.raises(Conflicting):
        examined(at)


@pytest.mark.parametrize("phase", [Phase.NOTICED, Phase.CLOSED, Phase.OPENING, Phase.EVALUATED])
def test_nothing_is_compared_before_the_opening_ends(phase: Phase) -> None:
    at = Desk(tender(THREE))
    at.lot = msgspec.structs.replace(at.lot, phase=phase)
    with pytest.raises(OutOfOrder):
        examined(at)


def test_committee_and_supervision_see_the_findings_and_no_office_and_no_bidder() -> None:
    at = Desk(tender(THREE))
    event = examined(at)
    seeing = {one for one in Standing if visible(event, frozenset({one}))}
    assert seeing == {Standing.COMMITTEE, Standing.SUPERVISOR}
    seen = view("lot1", [event], frozenset({Standing.SUPERVISOR})).evaluation
    assert (len(seen.findings), seen.examined_at) == (3, NOW)


def test_a_sign_rejects_nobody_and_the_offices_report_does_not_tell_of_it() -> None:
    at = Desk(tender(THREE)).seat()
    examined(at)
    at.now += timedelta(minutes=1)
    at.mark(dict.fromkeys(THREE, ("30", "10"))).report()
    assert at.lot.evaluation.rejected == ()
    assert len(at.lot.evaluation.ranking) == 3
    assert "00-11" not in at.lot.evaluation.report


def test_rejection_for_collusion_takes_the_ground_the_page_and_a_majority() -> None:
    at = Desk(tender(THREE)).seat()
    examined(at)
    vote = RejectionVote(
        bidder="c", ground=Ground.COLLUSION, page="技术标第2页", reason="网卡地址相同且说明不成立"
    )
    at.mark(rejections=dict.fromkeys(at.members[:3], (vote,)))
    rejected, *_ = at.give(c.Compile())
    assert isinstance(rejected, e.BidRejected)
    assert (rejected.ground, rejected.page, rejected.by_rule) == (Ground.COLLUSION, "技术标第2页", False)
    assert sum(one.reject for one in rejected.votes) == 3
