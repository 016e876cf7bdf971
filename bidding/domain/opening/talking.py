"""What is said in the hall: the host's announcements to all, messages among those inside, a bidder's private line
(R-ROOM-01, R-OPEN-25).

Nothing that a bidder says is shown before the roll is (R-ROOM-03), and nothing of it to a guest at all (R-ROOM-05).
"""

from datetime import datetime, timedelta

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.windows import submission_over
from bidding.domain.order import require_phase

#: The room stands open so long before T0, and its parts are fixed so long before (R-OPEN-20).
OPENS_BEFORE, FIXED_BEFORE = timedelta(hours=24), timedelta(hours=1)
#: One party's messages in one minute: a hall is for everybody.
MINUTE, MOST = timedelta(minutes=1), 6


def make_announcement(lot: Lot, command: c.MakeAnnouncement, facts: Facts) -> list[Event]:
    """While the room is open, to everybody; a suspended opening is just when it is needed."""
    require_phase(lot, Phase.NOTICED, Phase.CLOSED, Phase.OPENING, rule="R-ROOM-01")
    require_open(lot, facts.now)
    return [
        e.AnnouncementMade(
            number=len(lot.opening.announcements) + 1,
            text=command.text,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def require_open(lot: Lot, now: datetime) -> None:
    opens = deadline_of(lot) - OPENS_BEFORE
    if now < opens:
        raise TooEarly("room-not-open", rule="R-OPEN-20", opens=opens)


def require_trial(lot: Lot, now: datetime) -> None:
    """A bidder tries the decryption while the room is open, until T0; afterwards it is the opening itself."""
    require_phase(lot, Phase.NOTICED, rule="R-OPEN-20")
    require_open(lot, now)
    if submission_over(lot, now):
        raise TooLate("trial-over", rule="R-OPEN-20", deadline=deadline_of(lot))


def say(lot: Lot, command: c.Say, facts: Facts) -> list[Event]:
    """From the roll on, for before it a name would say who bids; to those inside, never to guests."""
    require_phase(lot, Phase.OPENING, rule="R-ROOM-03")
    speaker = facts.actor.party
    said = [one.at for one in lot.opening.messages if one.by == speaker and facts.now - one.at < MINUTE]
    if len(said) >= MOST:
        raise TooEarly("speaking-too-fast", rule="R-ROOM-01", after=said[-MOST] + MINUTE)
    return [e.MessageSaid(number=len(lot.opening.messages) + 1, by=speaker, text=command.text, at=facts.now)]


def request_help(lot: Lot, command: c.RequestHelp, facts: Facts) -> list[Event]:
    """R-OPEN-25: the private line of a bidder who cannot release."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-25")
    return [e.HelpRequested(bidder=facts.actor.party, text=command.text, at=facts.now)]


def answer_help(lot: Lot, command: c.AnswerHelp, facts: Facts) -> list[Event]:
    """To that bidder alone. An answer may be added to: the last one stands beside the request."""
    require_phase(lot, Phase.OPENING, rule="R-ROOM-01")
    if command.number > len(lot.opening.help):
        raise Unknown("no-such-help", rule="R-ROOM-01", number=command.number)
    asked = lot.opening.help[command.number - 1]
    if asked.answer == command.answer:
        raise Conflicting("help-answered-so", rule="R-ROOM-01", number=command.number)
    return [
        e.HelpAnswered(
            number=command.number,
            bidder=asked.bidder,
            answer=command.answer,
            by=facts.actor.party,
            at=facts.now,
        )
    ]


def open_room(lot: Lot, command: c.OpenRoom, facts: Facts) -> list[Event]:
    """R-OPEN-20: the procedure, and who chairs, who reads out, who watches over it: three people, known before the
    bidders sign in and not changed from then on."""
    require_phase(lot, Phase.NOTICED, rule="R-OPEN-20")
    require_open(lot, facts.now)
    named = [one.strip() for one in (command.chair, command.reader, command.monitor)]
    if len(set(named)) < len(named):
        raise Conflicting("one-person-two-parts", rule="R-OPEN-20")
    fixed = deadline_of(lot) - FIXED_BEFORE
    if lot.opening.room is not None and facts.now >= fixed:
        raise OutOfOrder("room-parts-fixed", rule="R-OPEN-20", since=fixed)
    chair, reader, monitor = named
    return [
        e.RoomOpened(
            procedure=command.procedure,
            chair=chair,
            reader=reader,
            monitor=monitor,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]
