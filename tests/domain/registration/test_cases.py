"""办件统计: what the register was asked for, and how long it took (R-NB-HS-05)."""

from datetime import UTC, datetime, timedelta

from bidding.domain.event import Event
from bidding.domain.registration.cases import Case, CaseKind, case_year, cases
from bidding.domain.registration.events import (
    Change,
    ChangeKind,
    Kind,
    LicenceChanged,
    MajorChangeReported,
    PartyRegistered,
    PartyVerified,
)
from tests.domain.opening.hall import SIGNED

T = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
H = timedelta(hours=1)


def registered(at: datetime = T) -> Event:
    return PartyRegistered(party="a", kind=Kind.ORGANISATION, name="甲公司", uscc="U", at=at)


def verified(at: datetime, by: str = "centre") -> Event:
    return PartyVerified(party="a", by=by, proof="", at=at)


def change(at: datetime) -> Change:
    return Change(kind=ChangeKind.QUALIFICATION, before="一级", after="二级", evidence="证书", at=at)


def major(at: datetime) -> Event:
    return MajorChangeReported(party="a", change=change(at), signed=SIGNED, at=at)


def licence(at: datetime) -> Event:
    return LicenceChanged(party="a", name="乙公司", head=None, changes=(), signed=SIGNED, at=at)


def test_a_registration_ends_when_it_is_verified_and_a_major_change_when_it_is_again() -> None:
    found = cases([registered(), verified(T + 3 * H), major(T + 10 * H), verified(T + 12 * H)])
    assert [(one.kind, one.done, one.automatic) for one in found] == [
        (CaseKind.REGISTRATION, T + 3 * H, False),
        (CaseKind.MAJOR, T + 12 * H, False),
    ]
    assert cases([registered()])[0].done is None


def test_what_nobody_had_to_act_in_is_done_at_once() -> None:
    """R-NB-HS-02: a licence change by one consent; a code that passes both checks verifies at once."""
    first, second = cases([registered(), verified(T, by="platform"), licence(T + H)])
    assert (first.automatic, second.automatic) == (True, True)
    assert second.done == second.opened == T + H


def test_a_year_counts_its_own_cases_and_the_median_of_what_people_did() -> None:
    def took(hours: int) -> Case:
        return Case(kind=CaseKind.REGISTRATION, opened=T, done=T + hours * H)

    eve = Case(
        kind=CaseKind.REGISTRATION, opened=datetime(2026, 12, 31, 16, tzinfo=UTC)
    )  # next year in Beijing
    at_once = Case(kind=CaseKind.LICENCE, opened=T, done=T, automatic=True)
    waiting = Case(kind=CaseKind.MAJOR, opened=T)
    found = case_year([took(1), took(2), took(9), took(4), eve, at_once, waiting], 2026)
    assert (found.year, found.opened, found.done) == (2026, 6, 5)
    registration, licences, majors = found.lines
    assert (registration.opened, registration.done, registration.median_hours) == (4, 4, "3.0")
    assert (licences.opened, licences.automatic, licences.median_hours) == (1, 1, None)
    assert (majors.opened, majors.done, majors.median_hours) == (1, 0, None)
    assert case_year([eve], 2027).opened == 1
