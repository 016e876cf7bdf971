"""Requests about complaints: none is stopped by a suspension, for a complaint may be its reason."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from bidding.domain.award.events import RemedyKind
from bidding.domain.command import Command
from bidding.domain.complaint.events import (
    DismissalGround,
    Matter,
    Outcome,
    Paper,
    RefusalGround,
    StopCause,
    Subject,
)
from bidding.domain.parties import Standing

AUTHOR = frozenset({Standing.MEMBER})
AUTHORITY = frozenset({Standing.SUPERVISOR})
Text = Annotated[str, Meta(min_length=1, max_length=5000)]
Optional = Annotated[str, Meta(max_length=5000)]
Papers = Annotated[tuple[Paper, ...], Meta(max_length=50)]


class Lodge(Command, name="complaint/lodge", by=AUTHOR, binding=True, guarded=False, forward=False):
    """Complain to the supervising authority (招投条例 60; 采购法 55).

    ``objection``: number of your own earlier objection or query to the same subject; ``knew``: the day on which
    you knew (ENG); ``interest``: what concerns you, if you are no bidder.
    """

    subject: Subject
    objection: Annotated[int, Meta(ge=0)] = 0
    matters: Annotated[tuple[Matter, ...], Meta(min_length=1, max_length=20)]
    request: Optional = ""
    facts: Optional = ""
    law: Optional = ""
    interest: Optional = ""
    knew: date
    papers: Papers = ()


class Correct(Command, name="complaint/correct", by=AUTHOR, binding=True, guarded=False, forward=False):
    """Complete your complaint, once, as the authority asked; its matters stay as they were."""

    number: int
    request: Text
    facts: Text
    law: Optional = ""
    papers: Papers = ()


class Withdraw(Command, name="complaint/withdraw", by=AUTHOR, binding=True, guarded=False, forward=False):
    number: int


class AskCorrection(Command, name="complaint/ask-correction", by=AUTHORITY, binding=True, forward=False):
    """GP: one notice with everything that is missing (94号令 21)."""

    number: int
    missing: Text
    until: Annotated[datetime, Meta(tz=True)]


class Accept(Command, name="complaint/accept", by=AUTHORITY, binding=True, forward=False):
    """Take it in; those complained about get its matters at the same time, without its author's name."""

    number: int


class Refuse(Command, name="complaint/refuse", by=AUTHORITY, binding=True, forward=False):
    """不予受理."""

    number: int
    ground: RefusalGround
    reason: Text


class StopClock(Command, name="complaint/stop-clock", by=AUTHORITY, binding=True, forward=False):
    """A test, an expertise or a review by experts begins: its time does not count."""

    number: int
    cause: StopCause
    reason: Text


class ResumeClock(Command, name="complaint/resume-clock", by=AUTHORITY, binding=True, forward=False):
    number: int
    result: Text


class Decide(Command, name="complaint/decide", by=AUTHORITY, binding=True, forward=False):
    """``ground``: of a dismissal; ``remedy``, ``barred``, ``performed``: of what was upheld, as in ``award/remedy``."""

    number: int
    outcome: Outcome
    findings: Text
    law: Text
    ground: DismissalGround | None = None
    remedy: RemedyKind | None = None
    barred: tuple[str, ...] = ()
    performed: bool = False
