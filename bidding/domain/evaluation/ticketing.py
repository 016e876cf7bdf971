"""The draw of the experts by commitments, reveals and a beacon: what it records (R-EVAL-07, R-DRAW-02; docs/draws.md).

The pool is drawn from as tickets. A ticket names its trade to everybody and its expert to nobody: the salt that leads
back stays sealed, with who the expert is, until the committee is disclosed. So anybody can compute which tickets sit,
and nobody can tell who that is.
"""

import hashlib
from datetime import datetime
from typing import Annotated

import msgspec

from bidding.domain.evaluation.members import PoolMember, TradeQuota
from bidding.domain.event import EVERYONE, NOBODY, Event, SignedAct
from bidding.domain.scoring.drawrule import Chance, Source

TICKET_LABEL = b"bidding/draw/ticket/v1\0"
#: As for the coefficients, but that bidders take no part: no bidder may have a hand in who judges.
ORDER = (Source.SUPERVISOR, Source.AGENCY, Source.BEACON, Source.RESERVE)
#: What a commitment names beside lot, party and source, so that none for a coefficient serves here.
PURPOSE = "experts"
SALT = 32


def purpose(draw: int) -> str:
    """A later round's names its number too, so that no commitment serves in another."""
    return PURPOSE if draw == 1 else f"{PURPOSE}/{draw}"


class ExpertDrawRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As the notice declares it. ``anchor``: head of the supervisor's chain for this lot; ``reveal_minutes``: how long
    the draw waits for each reveal; ``trades``: conditions, summing to the number of experts, or none."""

    anchor: Chance
    reveal_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)]
    trades: tuple[TradeQuota, ...] = ()


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as everybody sees it (hex)."""

    ticket: str
    trade: str


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """``salt``: hex of 32 random bytes."""

    ticket: str
    salt: str
    person: PoolMember


def ticket_of(lot: str, party: str, salt: bytes) -> str:
    """Hex SHA-256(label ‖ canonical [lot, party] ‖ salt)."""
    return hashlib.sha256(TICKET_LABEL + msgspec.json.encode([lot, party]) + salt).hexdigest()


class ExpertDrawCommitted(Event, topic="lot.expert-draw-committed.v1", audience=EVERYONE):
    """Before the pool is frozen. Hex commitments; ``reserve``: the agency's second one, else empty; ``anchor``: in a
    later round the head of the supervisor's chain for it (base64url), else empty: the notice has the first one's."""

    office: Source
    commitment: str
    reserve: str
    by: str
    at: datetime
    signed: SignedAct
    anchor: str = ""


class ExpertPoolSealed(Event, topic="lot.expert-pool-sealed.v1", audience=NOBODY):
    """Who stands behind the tickets, the tenderer's representatives, and how many the recusal units left out."""

    tickets: tuple[Ticket, ...]
    representatives: tuple[PoolMember, ...]
    excluded: int
    at: datetime


class ExpertDrawOpened(Event, topic="lot.expert-draw-opened.v1", audience=EVERYONE):
    """The pool is frozen, sorted by ticket. ``pool_sha256`` as for a coefficient's choices, of "ticket trade";
    ``uncommitted``: offices left out; ``until``: when the first reveal is missed."""

    pool: tuple[Slip, ...]
    pool_sha256: str
    quotas: tuple[TradeQuota, ...]
    uncommitted: tuple[Source, ...]
    at: datetime
    until: datetime | None


class ExpertDrawRevealed(Event, topic="lot.expert-draw-revealed.v1", audience=EVERYONE):
    """``value``: nonce or chain value, base64url of 32 bytes; ``until``: when the next reveal is missed."""

    source: Source
    value: str
    by: str
    at: datetime
    until: datetime | None
    signed: SignedAct


class ExpertDrawRevealMissed(Event, topic="lot.expert-draw-reveal-missed.v1", audience=EVERYONE):
    """It did not come in its time: this source is left out, the draw goes on."""

    source: Source
    at: datetime
    until: datetime | None


class ExpertsDrawn(Event, topic="lot.experts-drawn.v1", audience=EVERYONE):
    """``order``: the whole pool as the seed arranges it; ``drawn``: the tickets seated, in the order of the seats.
    Whoever follows them later follows in the same order."""

    at: datetime
    transcript: str
    seed: str
    order: tuple[str, ...]
    drawn: tuple[str, ...]


class ExpertRoundOpened(Event, topic="lot.expert-round-opened.v1", audience=EVERYONE):
    """The order drawn before has nobody left who may sit: the offices commit anew, and a pool is frozen and drawn from
    for the seats of ``quotas``. ``round``: from 2; ``whole``: every expert's seat, the committee before was dismissed.
    """

    round: int
    quotas: tuple[TradeQuota, ...]
    whole: bool
    by: str
    at: datetime


class ExpertSucceeded(Event, topic="lot.expert-succeeded.v1", audience=EVERYONE):
    """The next ticket in the order of the draw takes a seat of ``trade`` that was left, or a dismissed committee's.

    ``passed``: those before it whose experts may no longer sit.
    """

    trade: str
    passed: tuple[str, ...]
    drawn: str
    at: datetime
