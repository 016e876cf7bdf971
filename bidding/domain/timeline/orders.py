"""What the supervisor ordered, and who has still to answer for it (R-PLAT-11)."""

from collections.abc import Iterator

from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import Kind, Node, Step, Who, node, until

WHO = {
    Addressee.HOST: Who.HOST,
    Addressee.TENDERER: Who.TENDERER,
    Addressee.OPERATOR: Who.CENTRE,
    Addressee.PLATFORM: Who.PLATFORM,
}


def orders(clock: Clock) -> Iterator[Node]:
    """Its clocks run on in a suspended lot: an order is what suspends it."""
    for one in clock.lot.control.orders:
        done = {each.addressee: each.at for each in one.acknowledgements}
        for who in (each for each in one.addressees if each is not Addressee.PLATFORM):
            yield node(
                Step.ORDER_ACKNOWLEDGED,
                Kind.DUTY,
                WHO[who],
                until(one.at, one.acknowledge_by),
                clock.now,
                rule="R-PLAT-11",
                done_at=done.get(who),
                about=str(one.number),
            )
        if one.kind in {OrderKind.PRODUCE, OrderKind.CORRECT}:
            yield node(
                Step.ORDER_FULFILLED,
                Kind.DUTY,
                tuple(WHO[who] for who in one.addressees),
                until(one.at, one.due),
                clock.now,
                rule="R-PLAT-11",
                done_at=one.fulfilled_at,
                late=one.late,
                about=str(one.number),
            )
