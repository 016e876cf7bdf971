"""What the notice of a prequalification and the tender notice have in common, said and decided once."""

from datetime import datetime
from typing import Any

from bidding.domain.calendar import WorkCalendar
from bidding.domain.errors import Invalid
from bidding.domain.lot import Lot
from bidding.domain.notice.periods import earliest_deadline
from bidding.domain.periods import min_before
from bidding.domain.ruleset import Term


def introduction(lot: Lot) -> dict[str, Any]:
    """The lot as its file was admitted: the fields of ``INTRODUCED``."""
    admission = lot.admission
    regime, obj, project, category = admission.regime, admission.object, admission.project, admission.category
    if regime is None or obj is None or project is None or category is None:
        raise ValueError("an admitted lot has regime, object, project and category")
    return {
        "number": admission.number,
        "title": admission.title,
        "project": project,
        "category": category,
        "regime": regime,
        "object": obj,
        "method": admission.method,
        "region": project.region,
        "section": admission.section,
        "mode": admission.mode,
        "host": admission.host,
        "agency_name": admission.host_name,
        "tenderer": admission.tenderer,
        "tenderer_name": admission.tenderer_name,
    }


def clarified_deadline(
    term: Term,
    deadline: datetime,
    wished: datetime | None,
    now: datetime,
    calendar: WorkCalendar,
    *,
    affects: bool,
) -> tuple[datetime, str]:
    """(the deadline after a clarification, the rule that moved it or ""). What ``affects`` those who answer comes long
    enough before; what was asked for too early is replaced by the first lawful working day (招投条例 21)."""
    wanted = deadline if wished is None else wished
    if wanted < deadline:
        raise Invalid("deadline-not-earlier", rule="R-TIME-05", deadline=deadline)
    if affects and not min_before(now, wanted, term.n, calendar).ok:
        return earliest_deadline(term, now, deadline, calendar), term.rule
    return wanted, ""
