"""What waits for the supervising authority, and nothing that waits for others (R-PLAT-11, R-BID-08)."""

from bidding.domain.complaint.commands import Accept
from bidding.domain.control.commands import Suspend
from bidding.domain.opening.commands import Announce, OrderRelease, PublishRoll
from bidding.domain.supervision import Awaited, Matter, awaited
from tests.domain.complaint.cases import complaint, eng
from tests.domain.opening.hall import HOST, OFFICER, Hall


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


def test_each_key_and_signature_is_asked_for_until_it_is_there() -> None:  # R-OPEN-04, R-OPEN-30, R-STATE-01
    hall = Hall()
    hall.close("a", "b", "c")
    hall.give(PublishRoll(), HOST)
    assert matters(hall) == [Matter.SESSION_KEYS]
    hall.office_keys(OFFICER)
    assert matters(hall) == []
    hall.office_keys(HOST)
    hall.give(OrderRelease(), HOST)
    hall.release("a", "b", "c")
    hall.end_window()
    hall.form_keys()
    hall.bring_in()
    hall.give(Announce(), HOST)
    assert matters(hall) == []
    hall.confirm("a", "b", "c")
    hall.close_confirmation()
    assert matters(hall) == [Matter.SIGN_RECORD]
    hall.sign(HOST)
    assert matters(hall) == [Matter.SIGN_RECORD]
    hall.sign(OFFICER)
    assert matters(hall) == [Matter.EVALUATION_KEY]


def test_a_count_that_no_rule_settles_comes_before_everything_but_an_outage() -> None:  # R-OPEN-09, R-INC-01
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b")
    hall.end_window()
    hall.fault("c", "OTHER")
    hall.incident()
    assert awaited(hall.lot) == (
        Awaited(matter=Matter.INCIDENT, number=1),
        Awaited(matter=Matter.HOLD),
        Awaited(matter=Matter.FORM_KEY),
    )


def test_a_complaint_waits_for_its_intake_and_then_for_its_decision() -> None:  # R-ENG-28
    at = eng()
    at.give(complaint(), "a")
    waiting = Awaited(matter=Matter.COMPLAINT_INTAKE, number=1)
    assert waiting in awaited(at.lot)
    at.give(Accept(number=1), OFFICER.party)
    assert waiting not in awaited(at.lot)
    assert Awaited(matter=Matter.COMPLAINT_DECISION, number=1) in awaited(at.lot)
