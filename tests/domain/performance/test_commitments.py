"""Yearly commitments and the classes of those that were not kept: R-NB-HF-05."""

from datetime import date

import pytest
from msgspec.structs import replace

from bidding.domain.errors import Refusal
from bidding.domain.parties import Actor, Role
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.performance.commitments import Commitment, State, evolve, make, report
from tests.domain.lots import at, facts

UNIT = Actor(party="tenderer", name="孝南区住建局", roles=frozenset({Role.TENDERER}), credential="t1")
PROMISE = c.MakeCommitment(year=2026, text=" 年内付清拖欠账款 ", due=date(2026, 6, 30))
KEPT = c.ReportCommitment(number=1, kept=True, statement="付款凭证 12 份")
BROKEN = c.ReportCommitment(
    number=1,
    kept=False,
    statement="上级补助未到位",
    cause=e.Cause.FISCAL_DIFFICULTY,
    agreed=date(2026, 9, 30),
)

Known = tuple[Commitment, ...]


def made(command: c.MakeCommitment = PROMISE, known: Known = ()) -> Known:
    for event in make(known, command, facts(UNIT, at(2))):
        known = evolve(known, event)
    return known


def reported(known: Known, command: c.ReportCommitment, day: int = 1, month: int = 6) -> Known:
    for event in report(known, command, facts(UNIT, at(day, month=month))):
        known = evolve(known, event)
    return known


def refused(command: c.MakeCommitment | c.ReportCommitment, known: Known = (), actor: Actor = UNIT) -> str:
    with pytest.raises(Refusal) as caught:
        given(command, known, actor)
    return caught.value.code


def given(command: c.MakeCommitment | c.ReportCommitment, known: Known, actor: Actor) -> None:
    if isinstance(command, c.MakeCommitment):
        make(known, command, facts(actor, at(2)))
    else:
        report(known, command, facts(actor, at(1, month=6)))


def test_a_commitment_names_its_unit_its_year_and_its_day() -> None:
    (one,) = made()
    assert (one.number, one.party, one.name, one.year) == (1, "tenderer", "孝南区住建局", 2026)
    assert (one.text, one.due) == ("年内付清拖欠账款", date(2026, 6, 30))
    assert [one.number for one in made(known=made())] == [1, 2]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(PROMISE, text=" "), "commitment-without-text"),
        (replace(PROMISE, due=date(2027, 1, 1)), "commitment-day-impossible"),
        (replace(PROMISE, due=date(2026, 3, 1)), "commitment-day-impossible"),
        (replace(KEPT, number=2), "no-such-commitment"),
        (replace(KEPT, statement=" "), "commitment-without-text"),
        (replace(BROKEN, cause=None), "commitment-without-cause"),
        (replace(BROKEN, agreed=None), "commitment-without-cause"),
        (replace(BROKEN, agreed=date(2026, 6, 30)), "commitment-day-impossible"),
    ],
)
def test_what_is_not_whole_is_refused(command: c.MakeCommitment | c.ReportCommitment, code: str) -> None:
    assert refused(command, made()) == code


def test_only_who_tenders_commits() -> None:
    agency = Actor(party="agency", roles=frozenset({Role.AGENCY}))
    assert refused(PROMISE, actor=agency) == "not-permitted"
    assert refused(KEPT, made(), actor=agency) == "not-permitted"


def test_it_is_open_to_its_day_and_overdue_after_it() -> None:
    (one,) = made()
    assert [one.state(date(2026, month, day)) for month, day in ((6, 30), (7, 1))] == [
        State.OPEN,
        State.OVERDUE,
    ]


def test_kept_in_time_and_kept_late_are_told_apart() -> None:
    (kept,) = reported(made(), KEPT, 30)
    assert (kept.state(date(2027, 1, 1)), kept.evidence) == (State.KEPT, "付款凭证 12 份")
    (late,) = reported(made(), KEPT, 1, month=7)
    assert late.state(date(2026, 7, 1)) is State.KEPT_LATE
    assert refused(KEPT, (kept,)) == "commitment-ended"


def test_what_was_not_kept_has_its_cause_its_response_and_a_later_day() -> None:
    (one,) = reported(made(), BROKEN)
    assert (one.cause, one.response, one.agreed) == (
        e.Cause.FISCAL_DIFFICULTY,
        "上级补助未到位",
        date(2026, 9, 30),
    )
    assert [one.state(date(2026, 9, 30)), one.state(date(2026, 10, 1))] == [State.RECTIFYING, State.OVERDUE]
    (again,) = reported((one,), replace(BROKEN, agreed=date(2026, 12, 1), cause=e.Cause.HANDOVER_GAP), 2, 10)
    assert (again.cause, again.state(date(2026, 10, 2))) == (e.Cause.HANDOVER_GAP, State.RECTIFYING)
    (kept,) = reported((again,), KEPT, 1, month=11)
    assert kept.state(date(2026, 11, 1)) is State.KEPT_LATE
