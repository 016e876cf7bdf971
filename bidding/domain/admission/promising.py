"""容缺受理 and 告知承诺: deferrable items of the checklist that follow by a promised day (R-NB-HM-01…03).

Only items of the admission catalogue can be promised. Bid content, price, signature, the consortium agreement and what
the tender document asks are none of them, and so can never be put off (R-NB-HM-03; 招投条例 51).
"""

from datetime import datetime

from bidding.domain.admission import commands as c
from bidding.domain.admission import events as e
from bidding.domain.admission.catalogue import CATALOGUE, Need
from bidding.domain.admission.state import PromiseState
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.periods import end_of_day, local_date

BEFORE_NOTICE = (Phase.SUBMITTED, Phase.ADMITTED, Phase.PREQUALIFYING)


def promise(lot: Lot, command: c.Promise, facts: Facts) -> list[Event]:
    """R-NB-HM-02: a signed event with item, last day and consequence; a main item is never deferrable."""
    require_phase(lot, *BEFORE_NOTICE, rule="R-NB-HM-02")
    admission = lot.admission
    known = {} if admission.category is None else {one.code: one for one in CATALOGUE[admission.category]}
    item = known.get(command.item)
    if item is None or item.need is not Need.DEFERRABLE:
        raise Invalid("item-not-deferrable", rule="R-NB-HM-03", item=command.item)
    if any(one.item == command.item and one.provided for one in admission.checklist):
        raise Conflicting("item-provided", rule="R-NB-HM-02", item=command.item)
    if admission.promise(command.item) is not None:
        raise Conflicting("item-promised", rule="R-NB-HM-02", item=command.item)
    if command.due <= local_date(facts.now):
        raise Invalid("promise-day-past", rule="R-NB-HM-02")
    return [
        e.PromiseMade(
            item=command.item,
            due=command.due,
            consequence=command.consequence,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def keep(lot: Lot, command: c.KeepPromise, facts: Facts) -> list[Event]:
    one = _open(lot, command.item)
    if one.reference:
        raise Conflicting("item-provided", rule="R-NB-HM-02", item=one.item)
    return [
        e.PromiseKept(
            item=one.item,
            reference=command.reference,
            late=local_date(facts.now) > one.due,
            at=facts.now,
        )
    ]


def verify(lot: Lot, command: c.VerifyPromise, facts: Facts) -> list[Event]:
    one = _open(lot, command.item)
    if not one.reference:
        raise OutOfOrder("nothing-to-verify", rule="R-NB-HM-02", item=one.item)
    if not command.passed and not command.reason.strip():
        raise Invalid("verification-without-reason", rule="R-NB-HM-02")
    return [
        e.PromiseVerified(
            item=one.item,
            passed=command.passed,
            reason=command.reason.strip(),
            by=facts.actor.party,
            at=facts.now,
        )
    ]


def mark(lot: Lot, command: c.MarkPromises, facts: Facts) -> list[Event]:
    """Whatever came in time waits for its verification; what did not come is broken, and says what follows."""
    today = local_date(facts.now)
    early = lot.phase in BEFORE_NOTICE
    return [
        e.PromiseBroken(
            item=one.item,
            due=one.due,
            by=one.by,
            consequence="ACCEPTANCE_REVOKED" if early else "CREDIT_RECORD",
        )
        for one in lot.admission.promises
        if one.open and not one.reference and today > one.due
    ]


def due(lot: Lot) -> list[tuple[str, datetime]]:
    waits = [end_of_day(one.due) for one in lot.admission.promises if one.open and not one.reference]
    return [(c.MarkPromises.NAME, min(waits))] if waits else []


def _open(lot: Lot, item: str) -> PromiseState:
    one = lot.admission.promise(item)
    if one is None:
        raise Unknown("no-such-promise", rule="R-NB-HM-02", item=item)
    if not one.open:
        raise Conflicting("promise-ended", rule="R-NB-HM-02", item=item)
    return one
