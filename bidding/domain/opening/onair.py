"""Picture and sound of the opening as facts, and what is known of them (R-ROOM-01): the host's broadcasts, which are
for everybody, and the bidders' words, which no guest ever hears (R-ROOM-05).

The bytes lie in the object store; the log keeps the SHA-256 of each whole recording.
"""

from datetime import datetime
from typing import Literal

import msgspec

from bidding.domain.event import EVERYONE, PARTICIPANTS, Event, SignedAct

#: The two kinds of what is on the air, as addresses name them.
Kind = Literal["broadcasts", "words"]


class BroadcastStarted(Event, topic="lot.broadcast-started.v1", audience=EVERYONE):
    """``source``: camera or desktop; ``until``: ended then, if not before; ``signed``: the host knows it is
    public."""

    number: int
    source: str
    by: str
    at: datetime
    until: datetime
    signed: SignedAct


class BroadcastEnded(Event, topic="lot.broadcast-ended.v1", audience=EVERYONE):
    """``reason``: host, replaced (the host began another) or time."""

    number: int
    reason: str
    at: datetime


class RecordingKept(Event, topic="lot.recording-kept.v1", audience=EVERYONE):
    """``sha256``: of the whole recording, ``length`` bytes in ``pieces`` pieces; none: nothing ever arrived."""

    number: int
    sha256: str
    length: int
    pieces: int
    at: datetime


class WordGiven(Event, topic="lot.word-given.v1", audience=PARTICIPANTS):
    """The host gives a bidder of the roll the word, one at a time."""

    number: int
    bidder: str
    by: str
    at: datetime
    until: datetime


class WordEnded(Event, topic="lot.word-ended.v1", audience=PARTICIPANTS):
    """``reason``: host, speaker, replaced (another has it) or time."""

    number: int
    reason: str
    at: datetime


class SpeechKept(Event, topic="lot.speech-kept.v1", audience=PARTICIPANTS):
    """As ``RecordingKept``, for those inside."""

    number: int
    sha256: str
    length: int
    pieces: int
    at: datetime


Ended = BroadcastEnded | WordEnded
Kept = RecordingKept | SpeechKept


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """``sha256``: hex, of ``length`` bytes: the pieces in their order."""

    sha256: str
    length: int
    pieces: int
    at: datetime


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """``ended_at`` None: it runs, until ``until`` at the longest; ``recording`` None: not hashed yet."""

    number: int
    source: str
    by: str
    at: datetime
    until: datetime
    ended_at: datetime | None = None
    reason: str = ""
    recording: Recording | None = None


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """As ``Broadcast``; ``bidder``: who has it."""

    number: int
    bidder: str
    by: str
    at: datetime
    until: datetime
    ended_at: datetime | None = None
    reason: str = ""
    recording: Recording | None = None
