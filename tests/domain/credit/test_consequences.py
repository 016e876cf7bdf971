"""What leads to a credit record: R-NB-SS-01, R-NB-SS-02, R-WAIVE-09, R-NB-HM-02, R-ENG-34; F-65."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.credit import conducts, described
from bidding.application.reactions import CONDUCT, pending
from bidding.domain.admission.commands import MarkPromises, Promise
from bidding.domain.admission.decide import DECIDERS as ADMISSION
from bidding.domain.admission.filing import Mode
from bidding.domain.alert.events import AlertRaised
from bidding.domain.command import Facts
from bidding.domain.complaint.events import DismissalGround
from bidding.domain.contract import commands as contract
from bidding.domain.credit import commands as c
from bidding.domain.credit import events as e
from bidding.domain.credit.conduct import Conduct, parse_conducts
from bidding.domain.credit.consequences import Finding, Unit, findings, note
from bidding.domain.credit.record import Record, evolve, repair_unit
from bidding.domain.credit.standing import Status, decide_conduct, found
from bidding.domain.datafile import DataFileError
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Invalid, TooEarly, Unknown
from bidding.domain.lot import Lot
from bidding.domain.lot import evolve as evolve_lot
from bidding.domain.parties import PLATFORM
from bidding.domain.performance import commands as p
from tests.domain.complaint.cases import OFFICER, accepted
from tests.domain.complaint.test_deciding import dismissal
from tests.domain.contract.test_contract import awarded
from tests.domain.credit.test_record import NOW, SOUND, TERMS, facts
from tests.domain.evaluation.tender import OWNER
from tests.domain.lots import at, booked, fold, noticed
from tests.domain.lots import facts as lot_facts
from tests.domain.money.test_guarantees import claim, holding
from tests.domain.opening.hall import Hall
from tests.domain.performance.test_performance import WINNER, give, invoiced, planned

UNIT = Unit(uscc=SOUND, name="公司")
TABLE = conducts()


def keys(lot: Lot) -> list[str]:
    return [one.key for one in findings(lot)]


# What is found in a lot


def test_a_broken_promise_is_found() -> None:
    """R-NB-HM-02, before the notice and after it: the acceptance is gone, and the record is made."""
    promised = Promise(item="price-limit", due=date(2026, 3, 20), consequence="撤销受理")
    lot = booked()
    lot = fold(lot, ADMISSION[Promise](lot, promised, lot_facts()))
    assert keys(lot) == []
    broken = fold(lot, ADMISSION[MarkPromises](lot, MarkPromises(), lot_facts(now=at(21))))
    assert keys(broken) == ["PROMISE_BROKEN:price-limit:agency"]


@pytest.mark.parametrize(("fault", "found_"), [("BIDDER", ["BID_REVOKED:d:d"]), ("OTHER", [])])
def test_a_revoked_bid_is_a_record_in_a_waived_lot_and_nobody_elses_fault_is(
    fault: str, found_: list[str]
) -> None:
    """F-65, R-WAIVE-09: a credit record, never a payment order."""
    hall = Hall()
    hall.order(*"abcd")
    hall.release(*"abc")
    hall.end_window()
    hall.fault("d", fault)
    assert [one for one in keys(hall.lot) if one.startswith("BID")] == found_


def test_who_has_not_signed_in_time_is_found_by_name_and_stays_found() -> None:
    """R-ENG-34: not for the winner that is determined afterwards."""
    desk = awarded()
    desk.give(
        contract.DraftContract(
            price_fen=desk.lot.award.price_fen,
            duration_days=120,
            quality="合格",
            project_lead="b公司经理",
            terms="第一条 …",
        )
    )
    desk.give(contract.SignContract(contract_hash=desk.lot.contract.contract_hash), OWNER)
    due = desk.lot.contract.due
    assert due is not None
    desk.now = due
    desk.give(contract.MarkOverdue(), PLATFORM)
    (found_,) = [one for one in findings(desk.lot) if one.conduct is Conduct.CONTRACT_UNSIGNED]
    assert (found_.party, found_.about) == ("b", desk.lot.award.number)
    desk.give(
        contract.DraftContract(
            price_fen=desk.lot.award.price_fen,
            duration_days=120,
            quality="合格",
            project_lead="b公司经理",
            terms="第二条 …",
        )
    )
    assert found_ in findings(desk.lot)


def test_a_claimed_guarantee_is_found() -> None:
    lot = holding(noticed(), "b1")
    assert keys(lot) == []
    winning = replace(
        lot,
        award=replace(lot.award, winner="b1", number="N1"),
        contract=replace(lot.contract, overdue_for="N1"),
    )
    assert [one.split(":")[0] for one in keys(fold(winning, claim(winning)))] == ["GUARANTEE_CLAIMED"]


@pytest.mark.parametrize("ground", list(DismissalGround))
def test_an_abusive_complaint_is_found_and_a_wrong_one_is_not(ground: DismissalGround) -> None:
    """招投条例 61, 采购条例 73."""
    desk = accepted()
    desk.give(dismissal(ground), OFFICER)
    merely_wrong = {DismissalGround.NOT_ADMISSIBLE, DismissalGround.UNFOUNDED}
    assert keys(desk.lot) == ([] if ground in merely_wrong else ["COMPLAINT_ABUSE:1:a"])


def test_late_payment_is_found_once_and_is_not_undone_by_paying() -> None:
    """R-NB-SS-01: the tenderer has a record too (款项条例 9, 17)."""
    lot = invoiced()
    assert keys(lot) == []
    late = give(lot, p.MarkOverdue(), at(2, month=7))
    assert keys(late) == ["PAYMENT_OVERDUE:FP1:tenderer"]
    paid = give(
        late, p.RecordPayment(invoice="FP1", amount_fen=6_000_000_00, on=date(2026, 7, 2)), at(3, month=7)
    )
    assert keys(paid) == keys(late)


def test_late_delivery_and_late_inspection_are_found_each_with_its_own_party() -> None:
    lot = give(planned(), p.Deliver(milestone=2, on=date(2026, 9, 30)), at(1, month=10), WINNER)
    in_time = give(lot, p.Inspect(milestone=2, on=date(2026, 10, 15), passed=True), at(16, month=10))
    assert keys(in_time) == []
    late = give(lot, p.Inspect(milestone=2, on=date(2026, 10, 16), passed=True), at(17, month=10))
    assert keys(late) == ["INSPECTION_LATE:2:tenderer"]
    slow = give(planned(), p.Deliver(milestone=2, on=date(2026, 10, 1)), at(2, month=10), WINNER)
    assert keys(slow) == ["DELIVERY_LATE:2:b1"]


@pytest.mark.parametrize(("step", "counts"), [("query-answer", True), ("report", False)])
def test_a_red_light_on_an_answer_is_found_against_who_owes_it(step: str, counts: bool) -> None:
    lot = noticed()
    red = AlertRaised(number=1, step=step, about="1", who=("tenderer",), rule="R-GP-21", due=at(9), at=at(9))
    wanted = [f"OBJECTION_UNANSWERED:{step}/1:tenderer"] if counts else []
    assert keys(evolve_lot(lot, red)) == wanted


def test_nothing_is_found_in_a_test_lot() -> None:
    late = give(invoiced(), p.MarkOverdue(), at(2, month=7))
    rehearsed = replace(late, admission=replace(late.admission, mode=Mode.TEST))
    assert keys(rehearsed) == []


def test_what_is_noted_is_not_found_again_and_the_clock_waits_no_more() -> None:
    late = give(invoiced(), p.MarkOverdue(), at(2, month=7))
    assert CONDUCT in pending(late)
    (event,) = note(findings(late), {"tenderer": UNIT}, TABLE, facts())
    assert isinstance(event, e.ConductNoted)
    assert (event.uscc, event.about, event.automatic, event.rule) == (SOUND, "FP1", True, "R-NB-SS-01")
    assert not is_public(event)
    after = evolve_lot(late, event)
    assert keys(after) == []
    assert CONDUCT not in pending(after)


# What the unit's record makes of it

NEVER_SEEN = Record()


def having(*conduct: Conduct, now: datetime = NOW, record: Record = NEVER_SEEN) -> Record:
    for number, one in enumerate(conduct):
        finding = Finding(conduct=one, party="a", about=str(number))
        for event in found(record.conduct, [finding], UNIT, "lot-1", TABLE, counted(now), TERMS):
            record = evolve(record, event)
    return record


_NUMBERS = iter(range(1, 10_000))


def counted(now: datetime) -> Facts:
    return msgspec.structs.replace(facts(now), random=lambda n: next(_NUMBERS).to_bytes(n, "big"))


def decided(record: Record, *, as_record: bool, number: str = "", reason: str = " 已听取陈述 ") -> Record:
    wanted = number or record.conduct[-1].number
    command = c.DecideConduct(uscc=SOUND, number=wanted, record=as_record, reason=reason)
    for event in decide_conduct(record.conduct, command, facts(), TABLE, TERMS):
        record = evolve(record, event)
    return record


@pytest.mark.parametrize("conduct", list(Conduct))
def test_what_the_clause_makes_automatic_is_recorded_and_all_else_is_proposed(conduct: Conduct) -> None:
    automatic = {
        Conduct.PROMISE_BROKEN,
        Conduct.BID_REVOKED,
        Conduct.COMPLAINT_ABUSE,
        Conduct.PAYMENT_OVERDUE,
        Conduct.FALSE_PROMISE,
    }
    (entry,) = having(conduct).conduct
    assert (entry.status is Status.RECORDED) == (conduct in automatic)
    assert entry.stands(NOW) == (conduct in automatic)
    assert entry.basis
    assert entry.rule


def test_it_stands_to_its_last_day_and_no_longer_than_its_severity_lets_it() -> None:
    """R-NB-SS-03, 36号令: 轻微 three months, 一般 a year."""
    (minor,) = having(Conduct.PROMISE_BROKEN).conduct
    (general,) = having(Conduct.PAYMENT_OVERDUE).conduct
    assert (minor.until, general.until) == (date(2026, 9, 9), date(2027, 6, 9))
    last = datetime(2026, 9, 9, 15, 59, tzinfo=UTC)
    assert minor.stands(last)
    assert not minor.stands(last + timedelta(minutes=1))


def test_a_supervisor_records_or_dismisses_with_a_reason_and_once() -> None:
    proposed = having(Conduct.CONTRACT_UNSIGNED)
    kept = decided(proposed, as_record=True)
    assert (kept.conduct[0].status, kept.conduct[0].until) == (Status.RECORDED, date(2027, 6, 9))
    assert (kept.conduct[0].reason, kept.conduct[0].decided_by) == ("已听取陈述", "bureau")
    dropped = decided(proposed, as_record=False)
    assert dropped.conduct[0].status is Status.DISMISSED
    assert not dropped.conduct[0].stands(NOW)
    for record, again in ((kept, True), (dropped, False), (dropped, True)):
        with pytest.raises(Conflicting, match="conduct-decided"):
            decided(record, as_record=again)
    with pytest.raises(Invalid, match="conduct-without-reason"):
        decided(proposed, as_record=True, reason=" ")
    with pytest.raises(Unknown, match="no-such-conduct"):
        decided(proposed, as_record=True, number="another")


def test_what_was_recorded_by_itself_can_be_struck() -> None:
    struck = decided(having(Conduct.PAYMENT_OVERDUE), as_record=False)
    assert not struck.conduct[0].stands(NOW)


def test_recorded_conduct_is_repaired_as_a_list_entry_is() -> None:
    """R-NB-SS-03: a general one not before three months, unless the source shows it."""
    record = having(Conduct.PAYMENT_OVERDUE)
    repair = c.RepairUnit(uscc=SOUND, listing=record.conduct[0].number, basis="款项已付清")
    with pytest.raises(TooEarly) as caught:
        repair_unit(record, repair, facts(), TERMS)
    assert caught.value.found == {"earliest": date(2026, 9, 9)}
    (event,) = repair_unit(record, repair, facts(datetime(2026, 9, 9, tzinfo=UTC)), TERMS)
    lifted = evolve(record, event)
    assert not lifted.conduct[0].stands(NOW)
    assert lifted.conduct[0].repaired_by == "款项已付清"
    with pytest.raises(Unknown):
        repair_unit(having(Conduct.CONTRACT_UNSIGNED), replace(repair, listing="0"), facts(), TERMS)


def test_three_abuses_in_twelve_months_are_proposed_for_the_list_once() -> None:
    """94号令 37 [M], 采购条例 73."""
    two = having(Conduct.COMPLAINT_ABUSE, Conduct.COMPLAINT_ABUSE)
    assert [one.conduct for one in two.conduct] == [Conduct.COMPLAINT_ABUSE] * 2
    three = having(Conduct.COMPLAINT_ABUSE, record=two)
    assert [one.conduct for one in three.conduct][3:] == [Conduct.COMPLAINT_ABUSE_REPEATED]
    repeated = three.conduct[3]
    assert repeated.status is Status.PROPOSED
    assert repeated.about.split() == [one.number for one in three.conduct[:3]]
    four = having(Conduct.COMPLAINT_ABUSE, record=three)
    assert [one.conduct for one in four.conduct][4:] == [Conduct.COMPLAINT_ABUSE]


def test_an_abuse_of_more_than_a_year_ago_or_struck_does_not_count() -> None:
    two = having(Conduct.COMPLAINT_ABUSE, Conduct.COMPLAINT_ABUSE)
    later = having(Conduct.COMPLAINT_ABUSE, now=datetime(2027, 6, 9, 1, tzinfo=UTC), record=two)
    assert Conduct.COMPLAINT_ABUSE_REPEATED not in {one.conduct for one in later.conduct}
    just = having(Conduct.COMPLAINT_ABUSE, now=datetime(2027, 6, 8, 1, tzinfo=UTC), record=two)
    assert Conduct.COMPLAINT_ABUSE_REPEATED in {one.conduct for one in just.conduct}
    struck = having(Conduct.COMPLAINT_ABUSE, record=decided(two, as_record=False))
    assert Conduct.COMPLAINT_ABUSE_REPEATED not in {one.conduct for one in struck.conduct}


def test_conduct_bars_nobody() -> None:
    """R-NB-SS-02: no effect without its own basis."""
    assert having(Conduct.PAYMENT_OVERDUE, Conduct.BID_REVOKED).standing(NOW) == ()


def test_conduct_is_told_to_the_unit_and_supervisors_only() -> None:
    """R-GEN-04: it may tell who complained about a tender before its opening."""
    record = having(Conduct.COMPLAINT_ABUSE)
    assert "conduct" not in described(record)
    assert described(record, whole=True)["conduct"]


def test_a_table_that_forgets_a_conduct_or_tells_it_twice_is_refused() -> None:
    line = (
        '[[conducts]]\nconduct="BID_REVOKED"\nautomatic=true\nseverity="minor"\nmonths=1\n'
        'rule="R"\nbasis="b"\nzh="z"\nen="e"\n'
    )
    with pytest.raises(DataFileError, match=r"conducts lacks .*'PROMISE_BROKEN'") as forgets:
        parse_conducts(line)
    assert "'BID_REVOKED'" not in forgets.value.fault
    with pytest.raises(DataFileError, match="twice") as again:
        parse_conducts(line * 2)
    assert (again.value.line, again.value.key) == (10, "conducts[1]")
