"""What a lot does about credit: look-ups, and the bar before the award notice (R-CRDT-01, R-NB-SS-04; F-54)."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from bidding.application.credit import effects
from bidding.domain.award.state import Award
from bidding.domain.credit.decide import (
    before_award,
    checked,
    look_up_waits,
    shut_out_but_qualified,
    snapshot,
)
from bidding.domain.credit.events import CreditChecked, Stage
from bidding.domain.credit.lists import Answered, CreditList, Listing, Snapshot
from bidding.domain.disclosure import is_public
from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.outcome import QualificationResult
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.opening.entries import RollMember
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import NOW, OFFICER, YUAN, Desk, tender

LISTED = Listing(
    listing="1",
    list=CreditList.JUDGMENT_DEFAULTER,
    basis="(2026)执1号",
    since=date(2026, 1, 1),
    until=date(2027, 1, 1),
)
DAY = timedelta(hours=24)


def lot(regime: Regime = Regime.ENG, *members: str) -> Lot:
    """b has won, with ``members`` in its consortium."""
    made = tender(dict.fromkeys("abc", 700_000 * YUAN), regime=regime)
    partners = tuple(RollMember(party=one, name=one, uscc=one, shares=()) for one in members)
    roll = tuple(
        msgspec.structs.replace(one, consortium=partners) if one.bidder == "b" else one
        for one in made.opening.roll
    )
    return msgspec.structs.replace(
        made,
        phase=Phase.DETERMINED,
        award=Award(winner="b"),
        opening=msgspec.structs.replace(made.opening, roll=roll),
    )


def look(party: str, *listings: Listing, at: datetime = NOW) -> Snapshot:
    facts = msgspec.structs.replace(Desk(lot()).facts(OFFICER), now=at)
    return snapshot(
        party, f"USCC-{party}", party, source="登记簿", listings=listings, facts=facts, effects=effects()
    )


def award(at: Lot, *found: Snapshot, silent: bool = False, now: datetime = NOW) -> tuple[int, str]:
    """How many events, and the code of the refusal."""
    facts = msgspec.structs.replace(Desk(at).facts(OFFICER), now=now)
    events, refusal = before_award(at, None if silent else found, effects(), facts)
    return len(events), "" if refusal is None else refusal.code


def test_a_look_up_keeps_source_instant_hash_and_how_long_it_counts() -> None:
    first, second = look("b"), look("b", LISTED)
    assert (first.source, first.at, first.valid_until) == ("登记簿", NOW, NOW + DAY)
    assert len(first.sha256) == 64
    assert first.sha256 != second.sha256
    assert look("b").sha256 == first.sha256


def test_the_last_look_up_of_each_party_is_what_counts() -> None:
    at, facts = lot(), Desk(lot()).facts(OFFICER)
    for found in ((look("a"), look("b", LISTED)), (look("b"),)):
        (event,) = checked(at, Stage.REQUEST, found, facts)
        assert not is_public(event)
        at = evolve(at, event)
    assert {one.party: one.listings for one in at.credits.latest} == {"a": (), "b": ()}
    assert at.credits.of("c") is None


@pytest.mark.parametrize("phase", [Phase.NOTICED, Phase.CLOSED, Phase.AWARDED, Phase.FAILED])
def test_nobody_is_looked_up_before_the_roll_or_after_the_award(phase: Phase) -> None:  # R-GEN-04
    at = msgspec.structs.replace(lot(), phase=phase)
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        checked(at, Stage.REQUEST, (), Desk(at).facts(OFFICER))


def test_a_clean_winner_is_recorded_as_such() -> None:
    assert award(lot(), look("b")) == (1, "")


def test_a_listed_winner_gets_no_notice_and_the_look_up_is_recorded_all_the_same() -> None:
    assert award(lot(), look("b", LISTED)) == (1, "winner-credit-listed")


def test_a_list_without_effect_in_the_regime_does_not_bar() -> None:  # R-NB-SS-02
    other = msgspec.structs.replace(LISTED, list=CreditList.GP_SERIOUS)
    assert award(lot(), look("b", other)) == (1, "")
    assert award(lot(Regime.GP), look("b", other)) == (1, "winner-credit-listed")


def test_every_member_of_a_winning_consortium_is_looked_up() -> None:
    at = lot(Regime.ENG, "b", "m")
    assert award(at, look("b")) == (1, "credit-snapshot-stale")
    assert award(at, look("b"), look("m", LISTED)) == (1, "winner-credit-listed")
    assert award(at, look("b"), look("m")) == (1, "")


def test_while_the_source_is_silent_an_earlier_look_up_counts_for_its_hours() -> None:
    assert award(lot(), silent=True) == (0, "credit-snapshot-stale")
    at = evolve(lot(), CreditChecked(stage=Stage.REQUEST, snapshots=(look("b"),), at=NOW))
    assert award(at, silent=True, now=NOW + DAY - timedelta(milliseconds=1)) == (0, "")
    assert award(at, silent=True, now=NOW + DAY) == (0, "credit-snapshot-stale")


def test_a_listing_that_ends_meanwhile_no_longer_bars() -> None:
    ends = msgspec.structs.replace(LISTED, until=date(2026, 6, 30))
    assert award(
        lot(),
        look("b", ends, at=datetime(2026, 6, 30, 15, 59, tzinfo=UTC)),
        now=datetime(2026, 6, 30, 15, 59, tzinfo=UTC),
    ) == (1, "winner-credit-listed")
    later = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert award(lot(), look("b", ends, at=later), now=later) == (1, "")


@pytest.mark.parametrize(("qualified", "found"), [(True, ["b"]), (False, None)])
def test_a_purchaser_cannot_pass_a_supplier_that_a_list_shuts_out(
    qualified: bool, found: list[str] | None
) -> None:  # 采购法 22
    at = lot(Regime.GP, "b", "m")
    results = [QualificationResult(bidder=name, qualified=name != "b" or qualified) for name in "abc"]
    facts = Desk(at).facts(OFFICER)
    snapshots = [look("a"), look("b"), look("m", LISTED), look("c")]
    refusal = shut_out_but_qualified(at, results, snapshots, effects(), facts)
    assert (None if refusal is None else refusal.found["bidders"]) == found


# At the qualification (招投条例 78)


def test_before_the_committee_examines_bidders_everybody_is_looked_up_once() -> None:
    """R-CRDT-01: in ENG by the clock; in GP the purchaser's review asks."""
    for phase in (Phase.OPENED, Phase.EVALUATING):
        at = msgspec.structs.replace(lot(), phase=phase)
        assert look_up_waits(at)
        assert not look_up_waits(msgspec.structs.replace(lot(Regime.GP), phase=phase))
        looked = evolve(at, CreditChecked(stage=Stage.QUALIFICATION, snapshots=(), at=NOW))
        assert not look_up_waits(looked)
    for phase in (Phase.OPENING, Phase.EVALUATED, Phase.AWARDED):
        assert not look_up_waits(msgspec.structs.replace(lot(), phase=phase))


def test_the_hash_of_a_snapshot_covers_who_was_asked() -> None:
    """And one of the register alone keeps the bytes it always had."""
    facts = Desk(lot()).facts(OFFICER)
    plain = look("b")
    assert b"answers" not in msgspec.json.encode(plain)
    by_hand = Answered(source="信用中国", at=NOW, by="bureau")
    other = snapshot(
        "b", "USCC-b", "b", source="登记簿", listings=(), facts=facts, effects=effects(), answers=(by_hand,)
    )
    assert other.sha256 != plain.sha256
