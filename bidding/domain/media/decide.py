"""R-DOC-02 (招投条例 15, 63): the same notice on all media, or an alarm."""

from collections.abc import Callable
from typing import Any

from bidding.domain.command import Command, Facts
from bidding.domain.errors import OutOfOrder
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.media.commands import ReportEcho
from bidding.domain.media.events import EchoAltered, EchoRestored


def report_echo(lot: Lot, command: ReportEcho, facts: Facts) -> list[Event]:
    """An alarm for each other thing that the medium comes to show, and its end; the same again is refused."""
    known = lot.media.of(command.medium, command.item)
    same = command.hash if known is None else known.shown
    if command.shown == same:
        raise OutOfOrder("echo-known", rule="R-DOC-02", medium=command.medium, item=command.item)
    if command.shown == command.hash:
        return [
            EchoRestored(
                medium=command.medium,
                item=command.item,
                kind=command.kind,
                hash=command.hash,
                at=facts.now,
            )
        ]
    return [
        EchoAltered(
            medium=command.medium,
            item=command.item,
            kind=command.kind,
            hash=command.hash,
            shown=command.shown,
            at=facts.now,
        )
    ]


DECIDERS: dict[type[Command], Callable[[Lot, Any, Facts], list[Event]]] = {ReportEcho: report_echo}
