"""标底: one, secret until the opening, a reference only (R-ENG-19; 招投条例 27, 50)."""

import json
from datetime import timedelta

import msgspec
import pytest

from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooLate
from bidding.domain.evaluation import commands as v
from bidding.domain.opening import commands as c
from bidding.domain.opening.parts import Reference
from bidding.domain.opening.record import record_hash, record_text
from bidding.domain.opening.reference import commitment
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import NOW, YUAN, Desk, tender
from tests.domain.opening.hall import HOST, OFFICER, T0, Hall, bidder, key

FEN, SALT = 88_000_000, key("salt")
REVEAL = c.RevealReference(reference_fen=FEN, salt=SALT)


def committed() -> Hall:
    hall = Hall()
    hall.give(c.CommitReference(commitment=commitment("lot-1", FEN, SALT)), HOST)
    return hall


def announced() -> Hall:
    hall = committed()
    hall.announce("a", "b", "c")
    return hall


def test_before_the_opening_nobody_knows_the_figure() -> None:
    hall = committed()
    assert hall.lot.opening.reference is not None
    assert hall.lot.opening.reference.fen is None
    assert str(FEN) not in "".join(msgspec.json.encode(event).decode() for event in hall.events)


def test_one_at_most_and_before_the_deadline() -> None:
    hall = committed()
    with pytest.raises(Conflicting) as refused:
        hall.give(c.CommitReference(commitment="ab" * 32), HOST)
    assert (refused.value.code, refused.value.rule) == ("reference-committed", "R-ENG-19")
    late = Hall()
    late.now = T0
    with pytest.raises(TooLate):
        late.give(c.CommitReference(commitment="ab" * 32), HOST)
    late.now -= timedelta(microseconds=1)
    late.give(c.CommitReference(commitment="ab" * 32), HOST)


def test_it_belongs_to_engineering_tenders() -> None:
    with pytest.raises(OutOfOrder) as refused:
        Hall(regime=Regime.GP).give(c.CommitReference(commitment="ab" * 32), HOST)
    assert refused.value.code == "reference-is-eng"


def test_it_is_published_after_the_bids_and_only_as_committed() -> None:
    hall = committed()
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder) as early:
        hall.give(REVEAL, HOST)
    assert early.value.code == "not-announced"
    hall = announced()
    for other in (
        c.RevealReference(reference_fen=FEN + 1, salt=SALT),
        c.RevealReference(reference_fen=FEN, salt=key("x")),
    ):
        with pytest.raises(Invalid):
            hall.give(other, HOST)
    hall.give(REVEAL, HOST)
    with pytest.raises(Conflicting):
        hall.give(REVEAL, HOST)


def test_another_lots_commitment_is_another() -> None:
    assert commitment("lot-1", FEN, SALT) != commitment("lot-2", FEN, SALT)


def test_the_record_waits_for_it_holds_it_and_anyone_recomputes_it() -> None:
    hall = announced()
    for name in ("a", "b", "c"):
        hall.confirm(name)
    hall.close_confirmation()
    with pytest.raises(OutOfOrder) as refused:
        hall.give(c.SignRecord(record_hash=record_hash(hall.lot)), HOST)
    assert refused.value.code == "reference-not-revealed"
    hall.give(REVEAL, HOST)
    hall.give(c.SignRecord(record_hash=record_hash(hall.lot)), HOST)
    public = view("lot-1", hall.events, SPECTATOR)
    said = json.loads(record_text(public))["reference"]
    assert commitment("lot-1", said["fen"], said["salt"]) == said["commitment"]


def test_without_one_the_record_has_no_such_member() -> None:
    assert "reference" not in json.loads(record_text(Hall().lot))


def test_what_is_lost_is_given_up_by_the_supervisor_and_the_opening_goes_on() -> None:
    hall = announced()
    with pytest.raises(Forbidden):
        hall.give(c.AbandonReference(reason="随机串遗失"), HOST)
    hall.give(c.AbandonReference(reason="随机串遗失"), OFFICER)
    with pytest.raises(Conflicting):
        hall.give(REVEAL, HOST)
    hall.confirm("a")
    hall.close_confirmation()
    hall.give(c.SignRecord(record_hash=record_hash(hall.lot)), HOST)


def test_there_is_nothing_to_publish_where_none_was_committed() -> None:
    hall = Hall()
    hall.announce("a", "b", "c")
    with pytest.raises(OutOfOrder) as refused:
        hall.give(REVEAL, HOST)
    assert refused.value.code == "reference-not-committed"
    with pytest.raises(Forbidden):
        hall.give(REVEAL, bidder("a"))


@pytest.mark.parametrize("fen", [1, 720_000 * YUAN, 10**12])
def test_no_rejection_and_no_score_rests_on_it(fen: int) -> None:
    prices = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
    found = []
    for reference in (None, Reference(commitment="", committed_at=NOW, fen=fen, revealed_at=NOW)):
        at = Desk(tender(prices))
        at.lot = msgspec.structs.replace(
            at.lot, opening=msgspec.structs.replace(at.lot.opening, reference=reference)
        )
        at.seat().mark().give(v.Compile())
        evaluation = at.lot.evaluation
        found.append((evaluation.rejected, evaluation.prices, evaluation.ranking, evaluation.low_prices))
        assert ("仅供参考" in evaluation.draft) is (reference is not None)
    assert found[0] == found[1]
