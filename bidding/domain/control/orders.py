"""监督指令: the supervisor's signed orders, acknowledged by those they are addressed to (R-PLAT-11, 20号令 46–51).

A stop or a resumption takes effect with its own event; the order beside it is what its addressees answer for.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bidding.domain.command import Facts
from bidding.domain.control import commands as c
from bidding.domain.control import events as e
from bidding.domain.control.state import Order
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import TOPICS, Event, encode
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot
from bidding.domain.parties import Standing

#: No law names a term; the whole day lets nobody wait for office hours.
ACKNOWLEDGE = timedelta(hours=24)
#: What somebody has to do; the others take effect by themselves.
FULFILLED = frozenset({e.OrderKind.PRODUCE, e.OrderKind.CORRECT})
#: Who answers for a stop and a resumption.
PARTIES = (e.Addressee.HOST, e.Addressee.TENDERER)


def issued(
    lot: Lot,
    facts: Facts,
    kind: e.OrderKind,
    text: str,
    *,
    reference: str = "",
    addressees: Sequence[e.Addressee] = PARTIES,
    wanted: tuple[str, ...] = (),
    due: datetime | None = None,
) -> e.SupervisionOrderIssued:
    return e.SupervisionOrderIssued(
        number=len(lot.control.orders) + 1,
        kind=kind,
        reference=reference,
        addressees=tuple(addressees),
        text=text,
        wanted=wanted,
        by=facts.actor.party,
        at=facts.now,
        acknowledge_by=facts.now + ACKNOWLEDGE,
        due=None if due is None else due.astimezone(UTC),
        signed=signed_of(facts),
    )


def order(lot: Lot, command: c.IssueOrder, facts: Facts) -> list[Event]:
    """Papers to be produced, or something to be put right; in any phase, for a record is asked of ended lots too."""
    if lot.version == 0:
        raise OutOfOrder("no-lot-to-order", rule="R-PLAT-11")
    if command.kind not in FULFILLED:
        raise Invalid("order-has-its-command", rule="R-PLAT-11", kind=command.kind.value)
    if command.due is not None and command.due <= facts.now:
        raise Invalid("order-due-past", rule="R-PLAT-11", due=command.due)
    to_platform = command.addressee is e.Addressee.PLATFORM
    if to_platform and command.kind is not e.OrderKind.PRODUCE:
        raise Invalid("order-not-for-platform", rule="R-PLAT-11", kind=command.kind.value)
    unknown = [topic for topic in command.wanted if topic not in TOPICS] if to_platform else []
    if unknown or (to_platform and not command.wanted):
        raise Invalid("order-topic-unknown", rule="R-PLAT-11", topics=unknown)
    return [
        issued(
            lot,
            facts,
            command.kind,
            command.text,
            reference=command.reference,
            addressees=(command.addressee,),
            wanted=command.wanted,
            due=command.due,
        )
    ]


def acknowledge(lot: Lot, command: c.Acknowledge, facts: Facts) -> list[Event]:
    found, mine = _addressed(lot, command.number, facts)
    if found.acknowledged.issuperset(mine):
        raise Conflicting("order-acknowledged", rule="R-PLAT-11", number=found.number)
    return [
        e.OrderAcknowledged(
            number=found.number,
            addressees=mine,
            by=facts.actor.party,
            at=facts.now,
            late=facts.now >= found.acknowledge_by,
            signed=signed_of(facts),
        )
    ]


def fulfil(lot: Lot, command: c.Fulfil, facts: Facts) -> list[Event]:
    """What was done, with the papers asked for; who fulfils an order has acknowledged it."""
    found, mine = _addressed(lot, command.number, facts)
    if found.kind not in FULFILLED:
        raise OutOfOrder("order-fulfils-itself", rule="R-PLAT-11", kind=found.kind.value)
    if found.fulfilled_at is not None:
        raise Conflicting("order-fulfilled", rule="R-PLAT-11", number=found.number)
    if found.kind is e.OrderKind.PRODUCE and not command.papers:
        raise Invalid("order-papers-missing", rule="R-PLAT-11", wanted=found.wanted)
    events: list[Event] = []
    if not found.acknowledged.issuperset(mine):
        events += acknowledge(lot, c.Acknowledge(number=found.number), facts)
    return [
        *events,
        e.OrderFulfilled(
            number=found.number,
            by=facts.actor.party,
            report=command.report,
            papers=command.papers,
            at=facts.now,
            late=found.due is not None and facts.now >= found.due,
            signed=signed_of(facts),
        ),
    ]


def produce(
    lot: Lot, command: c.Produce, facts: Facts, *, stored: Iterable[tuple[str, int, Event]]
) -> tuple[list[Event], list[tuple[str, int, Event]]]:
    """The audit event, and what the platform hands over.

    ``stored``: (stream, version, event) of the lot and of its bids' and readers' streams. What is sealed stays
    sealed from the supervisor too: bids and readers until the roll is public, sheets until the report (R-GEN-04).
    """
    found = _order(lot, command.number)
    if found.kind is not e.OrderKind.PRODUCE or e.Addressee.PLATFORM not in found.addressees:
        raise OutOfOrder("order-not-for-platform", rule="R-PLAT-11", kind=found.kind.value)
    asked = [one for one in stored if one[2].TOPIC in found.wanted]
    sealed = sorted({event.TOPIC for _, _, event in asked if not _released(lot, event)})
    if not lot.opening.roll:
        # even that there is one would tell: what is asked of a sealed kind is refused, found or not (R-GEN-04)
        sealed = sorted({*sealed, *(topic for topic in found.wanted if topic.split(".")[0] in SEALED)})
    if sealed:
        raise Forbidden("order-asks-for-sealed", rule="R-GEN-04", topics=sealed)
    handed = tuple(
        e.ProducedEvent(
            stream=stream,
            version=version,
            topic=event.TOPIC,
            sha256=hashlib.sha256(encode(event)).hexdigest(),
        )
        for stream, version, event in asked
    )
    audit = e.EventsProduced(
        number=found.number, produced=handed, by=facts.actor.party, at=facts.now, signed=signed_of(facts)
    )
    return [audit], asked


#: First parts of the topics whose streams are secret until the roll is public.
SEALED = frozenset({"bid", "reader"})


def _released(lot: Lot, event: Event) -> bool:
    if Standing.SUPERVISOR in event.AUDIENCE or Standing.ANYONE in event.AUDIENCE:
        return True
    if event.TOPIC.split(".")[0] in SEALED:
        return bool(lot.opening.roll)
    return lot.evaluation.reported_at is not None


def _order(lot: Lot, number: int) -> Order:
    found = next((one for one in lot.control.orders if one.number == number), None)
    if found is None:
        raise Unknown("no-such-order", rule="R-PLAT-11", number=number)
    return found


def _addressed(lot: Lot, number: int, facts: Facts) -> tuple[Order, tuple[e.Addressee, ...]]:
    """The order, and as whom of its addressees the actor answers for it."""
    found = _order(lot, number)
    holds = {
        e.Addressee.HOST: facts.actor.party == lot.admission.host,
        e.Addressee.TENDERER: facts.actor.party == lot.admission.tenderer,
        e.Addressee.OPERATOR: "operator" in facts.actor.roles,
    }
    mine = tuple(one for one in found.addressees if holds.get(one, False))
    if not mine:
        raise Forbidden("order-for-others", rule="R-PLAT-11", number=number)
    return found, mine
