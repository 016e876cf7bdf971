"""Suspending, lifting, terminating, and the test clock (F-34, R-PLAT-11, R-ENG-33)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bidding.domain.admission.filing import Mode
from bidding.domain.command import Command, Facts
from bidding.domain.control import commands as c
from bidding.domain.control import events as e
from bidding.domain.control.orders import acknowledge, fulfil, issued, order
from bidding.domain.control.state import Suspension
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.state import SUSPENSION
from bidding.domain.opening.windows import compensate
from bidding.domain.order import require_phase
from bidding.domain.periods import end_of_day, local_date, stopped_days
from bidding.domain.ruleset import GpRules
from bidding.domain.testclock import TestClock

#: A lot that is over cannot be stopped any more.
OVER = frozenset({Phase.DRAFT, Phase.CONTRACTED, Phase.FAILED, Phase.TERMINATED})
RUNNING = tuple(phase for phase in Phase if phase not in OVER)
#: Nothing dated has been published yet, so virtual time may begin anywhere.
UNDATED = frozenset({Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED})


def suspend(lot: Lot, command: c.Suspend, facts: Facts) -> list[Event]:
    require_phase(lot, *RUNNING, rule="R-PLAT-11")
    if lot.control.suspended is not None:
        raise Conflicting("already-suspended", rule="R-PLAT-11")
    return [
        issued(lot, facts, e.OrderKind.SUSPEND, command.reason, reference=command.order),
        e.LotSuspended(
            by=facts.actor.party,
            at=facts.now,
            reason=command.reason,
            order=command.order,
            signed=signed_of(facts),
            complaint=command.complaint,
            ends=_ends(lot, command, facts),
        ),
    ]


def _ends(lot: Lot, command: c.Suspend, facts: Facts) -> datetime | None:
    """R-GP-22, 采购法 57: at most thirty days for one complaint, those of earlier stops included. Never rolled:
    it is the longest that the law allows, not a term to act within."""
    if not command.complaint:
        return None
    if command.complaint not in {one.number for one in lot.complaints.running}:
        raise Unknown("no-complaint-to-suspend-for", rule="R-GP-22", number=command.complaint)
    rules = rules_of(lot, facts)
    if not isinstance(rules, GpRules):
        return None
    spent = stopped_days(
        (local_date(one.at), local_date(one.until))
        for one in lot.control.past
        if one.complaint == command.complaint and one.until is not None
    )
    left = rules.periods.complaint_suspension.n - spent
    if left <= 0:
        raise Invalid("complaint-suspension-used-up", rule="R-GP-22", spent=spent)
    return end_of_day(local_date(facts.now) + timedelta(days=left)).astimezone(UTC)


def lift(lot: Lot, command: c.Lift, facts: Facts) -> list[Event]:
    """The time that stood still is given back: T0 moves, running windows are extended (R-TIME-07)."""
    suspension = lot.control.suspended
    if suspension is None:
        raise OutOfOrder("not-suspended", rule="R-PLAT-11")
    lifted = e.SuspensionLifted(
        by=facts.actor.party, at=facts.now, reason=command.reason, signed=signed_of(facts)
    )
    return [
        issued(lot, facts, e.OrderKind.RESUME, command.reason),
        lifted,
        *_given_back(lot, suspension, facts),
    ]


def expire(lot: Lot, command: c.ExpireSuspension, facts: Facts) -> list[Event]:
    suspension = lot.control.suspended
    if suspension is None or suspension.ends is None:
        raise OutOfOrder("not-suspended", rule="R-GP-22")
    if facts.now < suspension.ends:
        raise TooEarly("suspension-not-over", rule="R-GP-22", ends=suspension.ends)
    expired = e.SuspensionExpired(at=facts.now, complaint=suspension.complaint)
    return [expired, *_given_back(lot, suspension, facts)]


def _given_back(lot: Lot, suspension: Suspension, facts: Facts) -> list[Event]:
    span = (suspension.at, facts.now)
    return compensate(lot, span, facts.now, SUSPENSION, suspension.reason, calendar_of(facts))


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """What even a suspended lot waits for: its own end (R-GP-22)."""
    suspension = lot.control.suspended
    if suspension is None or suspension.ends is None:
        return []
    return [(c.ExpireSuspension.NAME, suspension.ends)]


def terminate(lot: Lot, command: c.Terminate, facts: Facts) -> list[Event]:
    """Before the award notice; what was awarded is bound by law and can only be contested (R-ENG-33)."""
    require_phase(lot, *(phase for phase in RUNNING if phase is not Phase.AWARDED), rule="R-ENG-33")
    return [
        e.LotTerminated(
            by=facts.actor.party,
            at=facts.now,
            reason=command.reason,
            rule="R-ENG-33",
            signed=signed_of(facts),
        )
    ]


def set_test_clock(lot: Lot, command: c.SetTestClock, facts: Facts, *, real: datetime) -> list[Event]:
    """``real``: the platform's own instant. Only for lots in test mode, and never backwards.

    Before the notice the first clock may begin at any instant: nothing of the lot has a date yet.
    """
    if lot.admission.mode is not Mode.TEST:
        raise Forbidden("not-a-test-lot", rule="R-GEN-05")
    begins = facts.now if command.at is None else command.at
    free = lot.control.clock is None and lot.phase in UNDATED
    if begins.tzinfo is None or (begins < facts.now and not free):
        raise Invalid("test-clock-backwards", rule="R-GEN-05", now=facts.now)
    if command.until is not None and (command.until.tzinfo is None or command.until < begins):
        raise Invalid("test-clock-until-past", rule="R-GEN-05", begins=begins)
    clock = TestClock(
        real=real,
        virtual=begins,
        rate=command.rate,
        until=command.until,
        then_rate=command.then_rate,
    )
    return [e.TestClockSet(clock=clock)]


DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    c.Suspend: suspend,
    c.Lift: lift,
    c.ExpireSuspension: expire,
    c.Terminate: terminate,
    c.IssueOrder: order,
    c.Acknowledge: acknowledge,
    c.Fulfil: fulfil,
}
#: Command → what its decision takes beside (lot, command, facts), as keyword arguments.
NEEDS_MORE: dict[type[Command], str] = {
    c.SetTestClock: "set_test_clock: real, the platform's own instant",
    c.Produce: "orders.produce: stored, every (stream, version, event) of the lot, its bids and its readers",
}
