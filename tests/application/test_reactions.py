"""What is to be done at once, read off the state alone: a crash between event and consequence loses nothing."""

from datetime import timedelta

from msgspec.structs import replace

from bidding.application.reactions import (
    BENEFITS,
    COMPILE,
    DELIVER,
    ENVELOPES,
    IMPORT,
    MOVE,
    RETURNS,
    VACATE,
    pending,
)
from bidding.domain.booking.events import Purpose
from bidding.domain.booking.state import Slot
from bidding.domain.control.commands import Terminate
from bidding.domain.evaluation.outcome import EnvelopeResult
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.commands import Clarify
from bidding.domain.opening.commands import DrawCoefficients, OpenDraw, PublishRoll
from bidding.domain.opening.parts import OfficeSecret
from bidding.domain.scoring import Source
from tests.domain.opening.drawhall import DrawHall
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, T0, Hall


def slotted(lot: Lot, start: timedelta, end: timedelta) -> Lot:
    slot = Slot(room="kb1", room_name="开标一室", purpose=Purpose.OPENING, start=T0 + start, end=T0 + end)
    return replace(lot, bookings=replace(lot.bookings, slots=(slot,)))


def test_a_freshly_noticed_lot_waits_for_nothing() -> None:
    assert pending(Hall().lot) == []


def test_clarifications_are_delivered_until_the_close() -> None:
    hall = Hall()
    hall.give(Clarify(text="澄清", affects_bids=False), HOST)
    assert pending(hall.lot) == [DELIVER]
    hall.close("a", "b", "c")
    assert DELIVER not in pending(hall.lot)


def test_a_slot_that_misses_the_deadline_is_moved_its_end_excluded() -> None:
    lot = Hall().lot
    assert MOVE not in pending(slotted(lot, timedelta(0), MINUTE))
    assert MOVE in pending(slotted(lot, MINUTE, 2 * MINUTE))
    assert MOVE in pending(slotted(lot, -MINUTE, timedelta(0)))


def test_what_ended_gives_its_rooms_back() -> None:
    failed = Hall()
    failed.close("a")
    assert pending(failed.lot) == [BENEFITS, RETURNS]
    assert VACATE in pending(slotted(failed.lot, timedelta(0), MINUTE))
    terminated = Hall()
    terminated.give(Terminate(reason="不可抗力"), OFFICER)
    assert pending(terminated.lot) == [BENEFITS]
    assert VACATE in pending(slotted(terminated.lot, timedelta(0), MINUTE))


def test_benefits_wait_for_the_roll_and_returns_for_the_close() -> None:
    hall = Hall()
    hall.close("a", "b", "c")
    assert pending(hall.lot) == [RETURNS]
    hall.give(PublishRoll(), HOST)
    assert pending(hall.lot) == [BENEFITS, RETURNS]


def test_bids_are_imported_when_both_form_keys_are_out_and_once() -> None:
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    assert IMPORT not in pending(hall.lot)
    hall.form_keys()
    assert IMPORT in pending(hall.lot)
    one_office = replace(hall.lot.opening, form_keys=hall.lot.opening.form_keys[:1])
    assert IMPORT not in pending(replace(hall.lot, opening=one_office))
    hall.bring_in()
    assert IMPORT not in pending(hall.lot)


def opened_lot() -> Lot:
    hall = Hall()
    hall.announce("a", "b", "c")
    keys = tuple(OfficeSecret(office=office, key="k", at=T0) for office in ("agency", "supervisor"))
    return replace(hall.lot, phase=Phase.OPENED, opening=replace(hall.lot.opening, evaluation_keys=keys))


def test_envelopes_are_opened_when_both_evaluation_keys_are_there() -> None:
    lot = opened_lot()
    assert ENVELOPES in pending(lot)
    one_office = replace(lot.opening, evaluation_keys=lot.opening.evaluation_keys[:1])
    assert ENVELOPES not in pending(replace(lot, opening=one_office))
    assert ENVELOPES not in pending(replace(lot, phase=Phase.EVALUATED))


def test_envelopes_are_opened_until_every_bid_was_tried() -> None:
    lot = opened_lot()
    tried = tuple(
        EnvelopeResult(bidder=name, envelope="technical", status="AEAD" if name == "b" else "OPENED")
        for name in ("a", "b", "c")
    )
    two = replace(lot, evaluation=replace(lot.evaluation, envelopes=tried[:2]))
    three = replace(lot, evaluation=replace(lot.evaluation, envelopes=tried))
    assert ENVELOPES in pending(two)
    assert ENVELOPES not in pending(three)


def test_sheets_are_compiled_when_all_are_in_and_nothing_was_made_of_them() -> None:
    lot = replace(opened_lot(), phase=Phase.EVALUATING)
    revealed = replace(lot.evaluation, revealed=True)
    assert COMPILE not in pending(lot)
    assert COMPILE in pending(replace(lot, evaluation=revealed))
    assert COMPILE not in pending(replace(lot, evaluation=replace(revealed, competition_questioned=True)))
    assert COMPILE not in pending(replace(lot, phase=Phase.EVALUATED, evaluation=revealed))


def test_the_draw_begins_and_ends_by_itself() -> None:
    """R-DRAW-01: as soon as the set is frozen, and when nothing is awaited any more."""
    hall = DrawHall()
    hall.commit_draw(Source.SUPERVISOR, Source.AGENCY)
    hall.order("a", "b", "c", "d")
    hall.release("a", "b", "c", "d")
    hall.end_window()
    hall.form_keys()
    assert OpenDraw.NAME not in pending(hall.lot)
    hall.bring_in(broken=[("d", "form")])
    assert OpenDraw.NAME not in pending(hall.lot)
    hall.fault("d", "BIDDER")
    assert OpenDraw.NAME in pending(hall.lot)
    hall.give(OpenDraw())
    for source in (Source.SUPERVISOR, Source.AGENCY, Source.BEACON):
        assert not {OpenDraw.NAME, DrawCoefficients.NAME} & set(pending(hall.lot))
        hall.reveal(source)
    assert DrawCoefficients.NAME in pending(hall.lot)
    hall.give(DrawCoefficients())
    assert DrawCoefficients.NAME not in pending(hall.lot)


def test_a_lot_that_draws_nothing_waits_for_no_draw() -> None:
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.form_keys()
    hall.bring_in()
    assert OpenDraw.NAME not in pending(hall.lot)
