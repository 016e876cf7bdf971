"""The outbox of changed licences, written in the commit of the change itself (R-NB-HS-01)."""

from collections.abc import Callable, Sequence

from bidding.application.ports import Journal, Write
from bidding.domain.command import Facts
from bidding.domain.event import Event
from bidding.domain.registration.bodies import notices_of
from bidding.domain.registration.changes import change_licence
from bidding.domain.registration.commands import ChangeLicence
from bidding.domain.registration.events import BodiesToTell, LicenceNoticeQueued
from bidding.domain.registration.state import Party

#: The stream that says where notices wait.
OUTBOX = "licence-outbox"


def deciding(command: ChangeLicence, facts: Facts, bodies: Sequence[str]) -> Callable[[Party], list[Event]]:
    """The change, and which outside bodies are to be told of it by the same consent."""

    def decided(party: Party) -> list[Event]:
        events = change_licence(party, command, facts)
        return [*events, *notices_of(party.bodies, events, bodies)]

    return decided


async def queued(journal: Journal, events: Sequence[Event]) -> list[Write]:
    found: list[Event] = [
        LicenceNoticeQueued(party=one.party, number=one.number)
        for one in events
        if isinstance(one, BodiesToTell)
    ]
    return [Write(stream=OUTBOX, expected=len(await journal.load(OUTBOX)), events=found)] if found else []
