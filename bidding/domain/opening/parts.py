"""The parts of the opening's state."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from bidding.domain.opening.entries import AnnouncedRow, DrawnCoefficient, FrozenBid
from bidding.domain.scoring.drawrule import Source


class OfficeKeys(msgspec.Struct, frozen=True, kw_only=True):
    office: str
    session: str
    forms_key: str
    evaluation_key: str
    announcement: str
    announcement_signature: str
    by: str = ""


class OfficeSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A disclosed key: the private form key itself, or the evaluation key sealed to the evaluation."""

    office: str
    key: str
    at: datetime


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    text: str
    until: datetime
    minutes: int
    at: datetime


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """``[opens, ends)``; ``planned`` is the end before any extension, ``ended`` when it was closed."""

    opens: datetime
    planned: datetime
    ends: datetime
    ended: datetime | None = None
    extensions: tuple[Extension, ...] = ()


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """The release that counts: a bidder's last one. ``times``: how many arrived."""

    bidder: str
    release: str
    release_signature: str
    receipt_number: str
    at: datetime
    times: int = 1


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A report that an office's key is missing: its form key, or ``key``. ``resolution``: "" while the supervisor has
    not decided; ``abandoned``: the session keys of the run that is given up."""

    number: int
    office: str
    exposed: bool
    text: str
    evidence_hash: str
    reporter: str
    at: datetime
    resolution: str = ""
    substitute: str = ""
    grounds: str = ""
    decided_at: datetime | None = None
    abandoned: tuple[OfficeKeys, ...] = ()
    #: Unset rather than empty: the record of an opening that told of a form key is computed again byte for byte.
    key: str | UnsetType = UNSET


class Spare(msgspec.Struct, frozen=True, kw_only=True):
    """A spare file as handed in. ``fault``: "" while nobody has decided to take it."""

    bidder: str
    sha256: str
    length: int
    reason: str
    at: datetime
    fault: str = ""
    grounds: str = ""
    evidence_hash: str = ""
    accepted_at: datetime | None = None


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """``ended`` is None while it lasts."""

    number: int
    kind: str
    cause: str
    began: datetime
    ended: datetime | None = None


class FaultDecision(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    fault: str
    outcome: str
    term: str
    consequence: str
    evidence: str
    evidence_hash: str
    by: str
    at: datetime


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    requested_at: datetime
    consequence: str


class Count(msgspec.Struct, frozen=True, kw_only=True):
    stage: str
    decision: str
    received: int
    counted: int
    opened: int
    at: datetime


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    decision: str
    rule: str
    at: datetime


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """How the supervisor resolved a count that no rule settles."""

    resolution: str
    reason: str
    by: str
    at: datetime


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    table: tuple[AnnouncedRow, ...]
    table_hash: str
    max_price_fen: int


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    at: datetime


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """``decision`` and ``grounds``: the supervisor's, where it was upheld."""

    number: int
    bidder: str
    kind: str
    text: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    upheld: bool = False
    decision: str = ""
    grounds: str = ""
    decided_at: datetime | None = None


class Silence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How confirmation ended: who said nothing, and what the saying-nothing means; who was ``absent``, and what that
    means. Left out where nobody was, so that a record signed before is computed again byte for byte."""

    at: datetime
    silent: tuple[str, ...]
    accepts: bool
    rule: str
    absent: tuple[str, ...] = ()
    absence: str = ""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    office: str
    record_hash: str
    by: str
    at: datetime


class Help(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    text: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """``chair`` 主持, ``reader`` 唱标, ``monitor`` 监标 (R-OPEN-20)."""

    procedure: str
    chair: str
    reader: str
    monitor: str
    at: datetime


class Said(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    by: str
    text: str
    at: datetime


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """标底 (R-ENG-19). ``fen``: in 分, None until it is published; ``abandoned``: why it never was."""

    commitment: str
    committed_at: datetime
    fen: int | None = None
    salt: str = ""
    revealed_at: datetime | None = None
    abandoned: str = ""

    @property
    def settled(self) -> bool:
        return self.fen is not None or bool(self.abandoned)


class DrawCommitment(msgspec.Struct, frozen=True, kw_only=True):
    source: Source
    commitment: str
    by: str
    at: datetime


class DrawReveal(msgspec.Struct, frozen=True, kw_only=True):
    source: Source
    value: str
    by: str
    at: datetime


class MissedReveal(msgspec.Struct, frozen=True, kw_only=True):
    source: Source
    at: datetime


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """The draw of the coefficients (R-DRAW-02). ``window``: of the reveal that is waited for."""

    commitments: tuple[DrawCommitment, ...] = ()
    opened_at: datetime | None = None
    bids: tuple[FrozenBid, ...] = ()
    uncommitted: tuple[Source, ...] = ()
    window: Window | None = None
    reveals: tuple[DrawReveal, ...] = ()
    missed: tuple[MissedReveal, ...] = ()
    drawn_at: datetime | None = None
    drawn: tuple[DrawnCoefficient, ...] = ()

    def commitment(self, source: Source) -> DrawCommitment | None:
        return next((one for one in self.commitments if one.source is source), None)

    def reveal(self, source: Source) -> DrawReveal | None:
        return next((one for one in self.reveals if one.source is source), None)

    @property
    def awaited(self) -> Source | None:
        """Whose reveal comes next in the declared order; None before the draw and when all came or were missed."""
        if self.opened_at is None:
            return None
        settled = {one.source for one in self.reveals} | {one.source for one in self.missed}
        asked = [one for one in (Source.SUPERVISOR, Source.AGENCY) if self.commitment(one) is not None]
        asked.append(Source.BEACON)
        beacon_missed = any(one.source is Source.BEACON for one in self.missed)
        if beacon_missed and self.commitment(Source.RESERVE) is not None:
            asked.append(Source.RESERVE)
        return next((one for one in asked if one not in settled), None)
