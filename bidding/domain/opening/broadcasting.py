"""Who broadcasts, who has the word, and for how long (R-ROOM-01).

Who bids is nobody's to know before the roll (R-ROOM-03): until then no bidder has a voice, and nothing here or anywhere
counts who watches. What the host shows is its own act, signed, for it knows that everybody sees and keeps it.
"""

from datetime import datetime, timedelta

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import onair as e
from bidding.domain.opening.onair import Broadcast, Kind, Recording, Word
from bidding.domain.opening.talking import require_open
from bidding.domain.order import require_phase
from bidding.domain.parties import PLATFORM, Actor

#: One broadcast at the longest, and so many of a lot: what they may fill of the store has an end.
LONGEST, MOST = timedelta(hours=4), 40
HOST, SPEAKER, REPLACED, TIME = "host", "speaker", "replaced", "time"


def running(lot: Lot) -> Broadcast | None:
    return next((one for one in lot.opening.broadcasts if one.ended_at is None), None)


def speaking(lot: Lot) -> Word | None:
    return next((one for one in lot.opening.words if one.ended_at is None), None)


def start_broadcast(lot: Lot, command: c.StartBroadcast, facts: Facts) -> list[Event]:
    """While the room is open, as announcements are; one that still runs ends by it, as after a reload of the page."""
    require_phase(lot, Phase.NOTICED, Phase.CLOSED, Phase.OPENING, rule="R-ROOM-01")
    require_open(lot, facts.now)
    if len(lot.opening.broadcasts) >= MOST:
        raise TooLate("too-many-broadcasts", rule="R-ROOM-01", most=MOST)
    earlier = running(lot)
    ended = (
        [] if earlier is None else [e.BroadcastEnded(number=earlier.number, reason=REPLACED, at=facts.now)]
    )
    return [
        *ended,
        e.BroadcastStarted(
            number=len(lot.opening.broadcasts) + 1,
            source=command.source,
            by=facts.actor.party,
            at=facts.now,
            until=facts.now + LONGEST,
            signed=signed_of(facts),
        ),
    ]


def end_broadcast(lot: Lot, command: c.EndBroadcast, facts: Facts) -> list[Event]:
    """The host's, at any time; the platform's when it has lasted long enough, whoever forgot it."""
    found = running(lot)
    if found is None:
        raise OutOfOrder("no-broadcast", rule="R-ROOM-01")
    reason = _ending(facts, found.until, HOST)
    return [e.BroadcastEnded(number=found.number, reason=reason, at=facts.now)]


def give_word(lot: Lot, command: c.GiveWord, facts: Facts) -> list[Event]:
    """To a bidder of the roll that signed in, from the roll on (R-ROOM-03); who has it already loses it."""
    require_phase(lot, Phase.OPENING, rule="R-ROOM-03")
    entry = next((one for one in lot.opening.roll if one.bidder == command.bidder), None)
    if entry is None or not entry.signed_in:
        raise Forbidden("speaker-not-signed-in", rule="R-ROOM-01")
    earlier = speaking(lot)
    if earlier is not None and earlier.bidder == command.bidder and facts.now < earlier.until:
        raise Conflicting("has-the-word", rule="R-ROOM-01", until=earlier.until)
    ended = [] if earlier is None else [e.WordEnded(number=earlier.number, reason=REPLACED, at=facts.now)]
    return [
        *ended,
        e.WordGiven(
            number=len(lot.opening.words) + 1,
            bidder=command.bidder,
            by=facts.actor.party,
            at=facts.now,
            until=facts.now + timedelta(minutes=command.minutes),
        ),
    ]


def end_word(lot: Lot, command: c.EndWord, facts: Facts) -> list[Event]:
    """By the host, by the speaker itself, or when its minutes are over."""
    found = speaking(lot)
    if found is None:
        raise OutOfOrder("nobody-speaks", rule="R-ROOM-01")
    mine = facts.actor.party == found.bidder
    if not mine and facts.actor.party not in (PLATFORM.party, lot.admission.host):
        raise Forbidden("not-your-word", rule="R-ROOM-01")
    reason = _ending(facts, found.until, SPEAKER if mine else HOST)
    return [e.WordEnded(number=found.number, reason=reason, at=facts.now)]


def _ending(facts: Facts, until: datetime, reason: str) -> str:
    if facts.actor != PLATFORM:
        return reason
    if facts.now < until:
        raise TooEarly("still-on-air", rule="R-ROOM-01", until=until)
    return TIME


def unkept(lot: Lot) -> list[tuple[Kind, int]]:
    """What has ended and whose hash is not in the log yet."""
    shown: list[tuple[Kind, int]] = [("broadcasts", one.number) for one in _open(lot.opening.broadcasts)]
    return shown + [("words", one.number) for one in _open(lot.opening.words)]


def _open(found: tuple[Broadcast, ...] | tuple[Word, ...]) -> list[Broadcast | Word]:
    return [one for one in found if one.ended_at is not None and one.recording is None]


def recordings(lot: Lot) -> list[tuple[Kind, int, Recording | None]]:
    """All that was on the air as the lot's reader knows it, with its hash once it is kept."""
    shown: list[tuple[Kind, int, Recording | None]] = [
        ("broadcasts", one.number, one.recording) for one in lot.opening.broadcasts
    ]
    return shown + [("words", one.number, one.recording) for one in lot.opening.words]


def keep_recording(lot: Lot, command: c.KeepRecording, facts: Facts) -> list[Event]:
    """Once for each that has ended: its hash is part of the log, so that nobody can cut it afterwards."""
    if (command.kind, command.number) not in unkept(lot):
        raise OutOfOrder("nothing-to-keep", rule="R-ROOM-01")
    kept = e.RecordingKept if command.kind == "broadcasts" else e.SpeechKept
    return [
        kept(
            number=command.number,
            sha256=command.sha256,
            length=command.length,
            pieces=command.pieces,
            at=facts.now,
        )
    ]


def found_on_air(lot: Lot, kind: Kind, number: int) -> Broadcast | Word:
    """Of the lot as its reader knows it: words are none of a guest's. Raises ``Unknown``."""
    known = lot.opening.broadcasts if kind == "broadcasts" else lot.opening.words
    if not 1 <= number <= len(known):
        raise Unknown("no-such-broadcast", rule="R-ROOM-01", number=number)
    return known[number - 1]


def require_on_air(lot: Lot, kind: Kind, number: int, actor: Actor, now: datetime) -> Broadcast | Word:
    """Who may send picture or sound now: the host its own broadcast, a bidder while it has the word."""
    found = found_on_air(lot, kind, number)
    if actor.party != (found.bidder if isinstance(found, Word) else found.by):
        raise Forbidden("not-on-air", rule="R-ROOM-01")
    if found.ended_at is not None or now >= found.until:
        raise TooLate("broadcast-over", rule="R-ROOM-01")
    return found


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """Whoever forgets to end is ended, in whatever phase the lot is by then."""
    shown, word = running(lot), speaking(lot)
    waits = [] if shown is None else [(c.EndBroadcast.NAME, shown.until)]
    return waits if word is None else [*waits, (c.EndWord.NAME, word.until)]
