"""What waits for the supervising authority, and nothing that waits for others (R-PLAT-11, R-BID-08)."""

from bidding.domain.control.commands import Suspend
from bidding.domain.supervision import Awaited, Matter, awaited
from tests.domain.opening.hall import OFFICER, Hall


def matters(hall: Hall) -> list[Matter]:
    return [one.matter for one in awaited(hall.lot)]


def test_from_the_roll_to_the_signed_record_each_act_is_asked_for_in_turn() -> None:
    hall = Hall()
    assert matters(hall) == []
    hall.order("a", "b", "c", "d")
    hall.release("a")
    hall.release("b")
    hall.release("c")
    assert matters(hall) == []
    hall.end_window()
    assert awaited(hall.lot) == (Awaited(matter=Matter.FAULT, about="d"),)
    hall.fault("d", "BIDDER")
    assert matters(hall) == [Matter.FORM_KEY]
    hall.form_keys()
    hall.bring_in()
    assert matters(hall) == []


def test_a_suspension_and_an_incident_stay_in_sight_until_they_end() -> None:
    hall = Hall()
    hall.give(Suspend(reason="核查", order="监督〔2026〕7号"), OFFICER)
    assert awaited(hall.lot) == (Awaited(matter=Matter.SUSPENDED, about="监督〔2026〕7号"),)
