"""Personal data in a lot's events, erased on a supervisor's order (个人信息保护法 47; R-ARCH-01, R-GP-18).

An erased event stays where it is, in the form that ``erasable.without`` leaves of it; its salt is gone, its leaf
stands. That it was erased, on which order and what is left, is an event itself, as in the register
(``bidding.domain.registration.erasure``).
"""

from collections.abc import Sequence

from bidding.domain.archive.commands import ConfirmErasure, EraseLotData, OrderLotErasure
from bidding.domain.archive.erasable import about, erasable, names
from bidding.domain.archive.events import LotDataErased, LotErasureDone, LotErasureOrdered, Place, Stripped
from bidding.domain.archive.keeping import retention
from bidding.domain.archive.state import LotErasure
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, TooEarly, Unknown
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot
from bidding.domain.periods import local_date
from bidding.domain.registration.events import Erased


def order_lot_erasure(
    lot: Lot, command: OrderLotErasure, facts: Facts, *, events: Sequence[Event]
) -> list[Event]:
    """``events``: all of the lot's, in their order. Names wait until the record need not be kept any more; what
    somebody wrote need not."""
    of_persons = [
        Place(number=number, field=field)
        for number, event in enumerate(events, start=1)
        for person in command.persons
        for field in about(event, person)
    ]
    places = tuple(dict.fromkeys([*command.places, *of_persons]))
    if not places:
        raise Invalid("erasure-of-nothing", rule="R-ARCH-01")
    for place in places:
        if not 1 <= place.number <= len(events) or place.field not in erasable(events[place.number - 1]):
            raise Unknown("erasure-place-unknown", rule="R-ARCH-01", number=place.number, field=place.field)
    standing = next((one for one in lot.archive.erasures if set(places) <= set(one.places)), None)
    if standing is not None:
        raise Conflicting("lot-erasure-ordered", rule="R-ARCH-01", number=standing.number)
    if any(names(events[place.number - 1], place.field) for place in places):
        kept = retention(lot, rules_of(lot, facts))
        if local_date(facts.now) <= kept.until:
            raise TooEarly("archive-term-running", rule=kept.rule, until=kept.until, years=kept.years)
    return [
        LotErasureOrdered(
            number=len(lot.archive.erasures) + 1,
            places=places,
            ground=command.ground,
            reference=command.reference.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def erase_lot_data(
    lot: Lot, command: EraseLotData, facts: Facts, *, erased: Sequence[Erased], stripped: Sequence[Stripped]
) -> list[Event]:
    """``erased``, ``stripped``: what is left of each event of the order. Given again it does nothing."""
    order = ordered(lot, command.order)
    if order.by == facts.actor.party:
        raise Forbidden("lot-erasure-own-order", rule="R-ARCH-01", number=order.number)
    if order.said_at is not None:
        return []
    return [
        LotDataErased(
            order=order.number,
            erased=tuple(erased),
            stripped=tuple(stripped),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def confirm_erasure(lot: Lot, command: ConfirmErasure, facts: Facts) -> list[Event]:
    """Once, after it was said what is erased."""
    order = ordered(lot, command.order)
    if order.said_at is None or order.done_at is not None:
        return []
    return [LotErasureDone(order=order.number, at=facts.now)]


def ordered(lot: Lot, number: int) -> LotErasure:
    """Raises ``Unknown``: nothing is erased without an order."""
    found = next((one for one in lot.archive.erasures if one.number == number), None)
    if found is None:
        raise Unknown("no-lot-erasure", rule="R-ARCH-01", number=number)
    return found
