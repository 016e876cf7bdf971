"""Applications that come sealed, and their opening (招投法 22; 招投条例 18; R-GEN-04)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import Standing
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Contents, Fault, SealedPart
from bidding.domain.prequalification.applying import apply
from bidding.domain.prequalification.opening import Found, open_applications, require_opening
from bidding.domain.prequalification.reviewing import require_review, review
from bidding.domain.prequalification.state import Application
from tests.domain.lots import facts, fold
from tests.domain.prequalification.stage import (
    AFTER,
    DEADLINE,
    DOCUMENT,
    SECOND,
    answers,
    by,
    issue,
    prequalifying,
    seated,
    told,
)
from tests.domain.prequalification.stage import EARLY as OPEN

PART = SealedPart(sha256="ab" * 32, length=4000, wrapped="A" * 107)
READABLE = Found(contents=Contents(answers=answers(), documents=(DOCUMENT,)), keys=("a2V5",))


def hand_in(lot: Lot, own: Application | None = None, **changes: Any) -> Application:
    before = own or Application(lot=lot.lot_id, applicant="a")
    command = replace(c.Apply(parts=(PART,), version=before.number + 1), **changes)
    return told(before, apply(lot, command, by("a", OPEN), application=before, issue=issue))


def opened(found: Found = READABLE, now: datetime = AFTER) -> tuple[Lot, Application, list[Event]]:
    lot = prequalifying(sealed=True)
    events, each = open_applications(lot, facts(now=now), {"a": found})
    return fold(lot, events), told(hand_in(lot), [each["a"]]), [*events, each["a"]]


def test_nothing_readable_comes_with_it() -> None:
    lot = prequalifying(sealed=True)
    got = hand_in(lot)
    assert (got.parts, got.answers, got.documents, got.opened_at) == ((PART,), (), (), None)
    for readable in ({"parts": ()}, {"answers": answers()}, {"documents": (DOCUMENT,)}):
        with pytest.raises(Invalid, match="application-not-sealed"):
            hand_in(lot, **readable)


def test_the_seal_is_for_the_applicant_s_next_application() -> None:
    lot = prequalifying(sealed=True)
    got = hand_in(lot)
    assert hand_in(lot, got).number == 2
    for wrong in (0, 1, 3):
        with pytest.raises(Conflicting, match="application-version") as refused:
            hand_in(lot, got, version=wrong)
        assert refused.value.found == {"version": 2}


def test_it_is_not_opened_before_applications_are_closed_nor_twice() -> None:
    with pytest.raises(TooEarly, match="applications-open"):
        opened(now=DEADLINE - timedelta(microseconds=1))
    lot, _, _ = opened(now=DEADLINE)
    with pytest.raises(Conflicting, match="applications-opened"):
        require_opening(lot, facts(now=AFTER))
    with pytest.raises(OutOfOrder, match="applications-readable"):
        require_opening(prequalifying(), facts(now=AFTER))


def test_nobody_is_drawn_or_reviews_before_it_is_opened() -> None:
    sealed = prequalifying(sealed=True)
    with pytest.raises(TooEarly, match="applications-sealed"):
        seated(sealed)
    lot, _, _ = opened()
    assert len(seated(lot).prequalification.committee) == 5
    assert require_review(lot, facts(now=AFTER)).review_key


def test_the_opening_tells_everybody_that_it_was_and_nobody_else_what() -> None:  # 招投法 22, 52
    _, got, (public, own) = opened()
    assert (got.answers, got.documents, got.failure) == (answers(), (DOCUMENT,), "")
    assert is_public(public)
    assert not visible(own, frozenset(Standing))
    assert "applicant" not in public.__struct_fields__
    assert isinstance(own, e.ApplicationOpened)
    assert own.keys == ("a2V5",)


@pytest.mark.parametrize(
    ("found", "failure"),
    [
        (Found(contents=None, failure="manifest"), "manifest"),
        (Found(contents=Contents(answers=answers()[:1])), "incomplete"),
        (Found(contents=Contents(answers=(*answers(), answers()[0]))), "incomplete"),
    ],
)
def test_what_does_not_open_or_is_incomplete_meets_no_requirement(found: Found, failure: str) -> None:
    lot, got, _ = opened(found)
    assert (got.failure, got.answers, got.documents) == (failure, (), ())
    lot = seated(lot)
    member = min(lot.prequalification.members)
    with pytest.raises(Invalid, match="application-unopened"):
        review(lot, c.Review(applicant="a"), by(member), application=got)
    fault = Fault(requirement=SECOND, reason="未能解封")
    assert review(lot, c.Review(applicant="a", faults=(fault,)), by(member), application=got)
