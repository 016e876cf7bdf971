"""Opening the sealed applications, all at once, when they are closed (招投法 22; R-GEN-04)."""

from collections.abc import Mapping

import msgspec

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.prequalifying import PrequalificationTerms
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Contents
from bidding.domain.prequalification.applying import check_answers
from bidding.domain.prequalification.reviewing import require_closed

#: Why an application that did open says nothing: not every requirement is answered, once.
INCOMPLETE = "incomplete"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """``contents`` None: nothing opened, for the reason ``failure``; ``keys``: the content keys, base64url."""

    contents: Contents | None
    keys: tuple[str, ...] = ()
    failure: str = ""


def require_opening(lot: Lot, facts: Facts) -> PrequalificationTerms:
    """The terms, once applications are closed and before they are opened."""
    terms = require_closed(lot, facts)
    if not terms.review_key:
        raise OutOfOrder("applications-readable", rule="R-GEN-04")
    if lot.prequalification.opened_at is not None:
        raise Conflicting("applications-opened", rule="R-GEN-04")
    return terms


def open_applications(
    lot: Lot, facts: Facts, found: Mapping[str, Found]
) -> tuple[list[Event], Mapping[str, Event]]:
    """(the lot's events, each applicant's). One that does not open spoils no other: who reviews finds on it."""
    terms = require_opening(lot, facts)
    opened: dict[str, Event] = {}
    for applicant, one in sorted(found.items()):
        said, failure = one.contents, one.failure
        if said is not None and not _complete(terms, said):
            said, failure = None, INCOMPLETE
        opened[applicant] = e.ApplicationOpened(
            lot=lot.lot_id,
            applicant=applicant,
            answers=() if said is None else said.answers,
            documents=() if said is None else said.documents,
            keys=one.keys,
            failure=failure,
            at=facts.now,
        )
    return [e.ApplicationsOpened(at=facts.now)], opened


def _complete(terms: PrequalificationTerms, said: Contents) -> bool:
    try:
        check_answers(terms, said.answers)
    except Invalid:
        return False
    return True
