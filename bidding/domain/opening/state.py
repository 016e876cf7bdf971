"""What the lot knows of its opening: the fold of the opening's events."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import UnsetType
from msgspec.structs import replace

from bidding.domain.event import Event
from bidding.domain.opening import events as e
from bidding.domain.opening import onair
from bidding.domain.opening.entries import ImportedBid, RollEntry
from bidding.domain.opening.onair import Broadcast, Recording, Word
from bidding.domain.opening.parts import (
    Announcement,
    Confirmation,
    Count,
    DrawCommitment,
    Drawing,
    DrawReveal,
    Extension,
    Failure,
    FaultDecision,
    Help,
    Hold,
    Incident,
    MissedReveal,
    Objection,
    OfficeKeys,
    OfficeSecret,
    Reference,
    Released,
    Revocation,
    Room,
    Said,
    Signature,
    Silence,
    Spare,
    Window,
    Withheld,
)
from bidding.domain.scoring.drawrule import Source

RELEASE = "release"
CONFIRMATION = "confirmation"
REVEAL = "reveal"
AGENCY = "agency"
SUPERVISOR = "supervisor"
OFFICES = (AGENCY, SUPERVISOR)
RERUN = "rerun"
#: The session keys that the envelopes other than the form wait for.
EVALUATION = "evaluation"
HOST, INCIDENT, SUSPENSION, MISMATCH, REMEDY = "host", "incident", "suspension", "mismatch", "remedy"

T = TypeVar("T", bound=msgspec.Struct)
A = TypeVar("A", Broadcast, Word)


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    closed_at: datetime | None = None
    deadline: datetime | None = None
    received: int = 0
    reference: Reference | None = None
    draw_anchor: str = ""
    drawing: Drawing = Drawing()
    counts: tuple[Count, ...] = ()
    failure: Failure | None = None
    roll: tuple[RollEntry, ...] = ()
    roll_published_at: datetime | None = None
    office_keys: tuple[OfficeKeys, ...] = ()
    release_window: Window | None = None
    released: tuple[Released, ...] = ()
    spares: tuple[Spare, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    help: tuple[Help, ...] = ()
    room: Room | None = None
    announcements: tuple[Said, ...] = ()
    messages: tuple[Said, ...] = ()
    broadcasts: tuple[Broadcast, ...] = ()
    words: tuple[Word, ...] = ()
    incidents: tuple[Incident, ...] = ()
    faults: tuple[FaultDecision, ...] = ()
    revoked: tuple[Revocation, ...] = ()
    holds: tuple[Hold, ...] = ()
    form_keys: tuple[OfficeSecret, ...] = ()
    imported_at: datetime | None = None
    imported: tuple[ImportedBid, ...] = ()
    announcement: Announcement | None = None
    confirmation_window: Window | None = None
    confirmed: tuple[Confirmation, ...] = ()
    objections: tuple[Objection, ...] = ()
    silence: Silence | None = None
    signatures: tuple[Signature, ...] = ()
    record: str = ""
    record_hash: str = ""
    ended_at: datetime | None = None
    evaluation_keys: tuple[OfficeSecret, ...] = ()
    #: The release is run again for the evaluation: session, window and releases are that run's.
    rerun: bool = False

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        return tuple(incident for incident in self.incidents if incident.ended is None)

    @property
    def open_withheld(self) -> tuple[Withheld, ...]:
        """Reports that wait for the supervisor: not decided, and the key still missing."""
        return tuple(
            one for one in self.withheld if not one.resolution and not self.handed(one.office, one.key)
        )

    @property
    def readable(self) -> bool:
        """Whether what the release opens can be read by now: the forms or, run again, the other envelopes."""
        if self.rerun:
            return bool(self.evaluation_keys)
        return bool(self.form_keys) or self.imported_at is not None

    def handed(self, office: str, key: str | UnsetType) -> bool:
        """Whether the office's private key is out: its form key, or the evaluation's."""
        there = self.evaluation_keys if key == EVALUATION else self.form_keys
        return any(one.office == office for one in there)

    @property
    def abandoned(self) -> tuple[OfficeKeys, ...]:
        """The session keys of runs that were given up."""
        return tuple(keys for one in self.withheld for keys in one.abandoned)

    @property
    def substitute(self) -> str:
        """The party that took the agency's place, empty if none did."""
        return next((one.substitute for one in reversed(self.withheld) if one.substitute), "")

    @property
    def spared(self) -> frozenset[str]:
        """The bidders whose spare files were taken."""
        return frozenset(one.bidder for one in self.spares if one.accepted_at is not None)

    @property
    def unanswered(self) -> tuple[Objection, ...]:
        return tuple(objection for objection in self.objections if objection.answered_at is None)

    @property
    def referred(self) -> tuple[Objection, ...]:
        """Upheld ones that wait for the supervisor: the opening does not go on meanwhile."""
        return tuple(one for one in self.objections if one.upheld and one.decided_at is None)


def _gate(opening: Opening, event: Event) -> Opening | None:
    match event:
        case e.SubmissionClosed():
            return replace(opening, closed_at=event.at, deadline=event.deadline, received=event.received)
        case e.CountChecked():
            return replace(opening, counts=(*opening.counts, _taken(Count, event)))
        case e.LotFailed():
            return replace(opening, failure=_taken(Failure, event))
        case e.RollPublished():
            return replace(opening, roll=event.roll, roll_published_at=event.at)
        case _:
            return None


def _release(opening: Opening, event: Event) -> Opening | None:
    match event:
        case e.OfficeKeysPublished():
            others = tuple(keys for keys in opening.office_keys if keys.office != event.office)
            return replace(opening, office_keys=(*others, _taken(OfficeKeys, event)))
        case e.ReleaseOrdered():
            ends = event.window_ends
            return replace(opening, release_window=Window(opens=event.window_opens, planned=ends, ends=ends))
        case e.KeyReleased():
            earlier = [old for old in opening.released if old.bidder == event.bidder]
            rest = tuple(old for old in opening.released if old.bidder != event.bidder)
            last = replace(_taken(Released, event), times=sum(old.times for old in earlier) + 1)
            return replace(opening, released=(*rest, last))
        case e.SpareHandedIn():
            return replace(opening, spares=(*opening.spares, _taken(Spare, event)))
        case e.SpareAccepted():
            said = {"fault": event.fault, "grounds": event.reason, "evidence_hash": event.evidence_hash}
            spares = tuple(
                replace(one, accepted_at=event.at, **said) if one.bidder == event.bidder else one
                for one in opening.spares
            )
            return replace(opening, spares=spares)
        case e.WindowEnded() if opening.release_window is not None:
            return replace(opening, release_window=replace(opening.release_window, ended=event.at))
        case e.WindowExtended():
            return _extended(opening, event)
        case e.KeyWithheldReported():
            return replace(opening, withheld=(*opening.withheld, _taken(Withheld, event)))
        case e.WithheldKeyDecided():
            return _withheld(opening, event)
        case e.BidRevoked():
            return replace(opening, revoked=(*opening.revoked, _taken(Revocation, event)))
        case _:
            return None


def _withheld(opening: Opening, event: e.WithheldKeyDecided) -> Opening:
    rerun = event.resolution == RERUN
    said = {
        "resolution": event.resolution,
        "substitute": event.substitute,
        "grounds": event.reason,
        "decided_at": event.at,
        "abandoned": opening.office_keys if rerun else (),
    }
    withheld = tuple(replace(one, **said) if one.number == event.number else one for one in opening.withheld)
    if not rerun:
        return replace(opening, withheld=withheld)
    again = any(one.number == event.number and one.key == EVALUATION for one in opening.withheld)
    return replace(
        opening,
        withheld=withheld,
        office_keys=(),
        form_keys=opening.form_keys if again else (),
        evaluation_keys=(),
        released=(),
        release_window=None,
        rerun=again,
        # As after a remedy: only what was the bidder's doing stays found.
        faults=_still_found(opening, kept=("BIDDER",)),
    )


def _still_found(opening: Opening, kept: tuple[str, ...]) -> tuple[FaultDecision, ...]:
    """The findings of a fault in ``kept``, and those about bids that were not opened when all others were."""
    opened = {one.bidder for one in opening.imported if one.opened}
    imported = opening.imported_at is not None
    return tuple(
        fault for fault in opening.faults if fault.fault in kept or (imported and fault.bidder not in opened)
    )


def _extended(opening: Opening, event: e.WindowExtended) -> Opening:
    if event.window == REVEAL:
        return _reveal_extended(opening, event)
    part = "release_window" if event.window == RELEASE else "confirmation_window"
    window: Window | None = getattr(opening, part)
    if window is None:
        return opening
    extensions = (*window.extensions, _taken(Extension, event))
    longer = replace(window, ends=event.until, ended=None, extensions=extensions)
    if window.ended is None:
        return replace(opening, **{part: longer})
    if event.window == CONFIRMATION:
        return replace(opening, confirmation_window=longer, silence=None)
    # The window is open again, so what was found about who missed it falls: for a remedy only what was
    # not the bidder's doing (R-OPEN-09), after an outage all of it (R-INC-01).
    kept = ("BIDDER",) if event.reason == REMEDY else ()
    return replace(opening, release_window=longer, faults=_still_found(opening, kept))


def _talk(opening: Opening, event: Event) -> Opening | None:
    match event:
        case e.RoomOpened():
            return replace(opening, room=_taken(Room, event))
        case e.AnnouncementMade():
            return replace(opening, announcements=(*opening.announcements, _taken(Said, event)))
        case e.MessageSaid():
            return replace(opening, messages=(*opening.messages, _taken(Said, event)))
        case e.HelpRequested():
            return replace(opening, help=(*opening.help, _taken(Help, event)))
        case e.HelpAnswered():
            answered = tuple(
                replace(asked, answer=event.answer, answered_at=event.at) if number == event.number else asked
                for number, asked in enumerate(opening.help, start=1)
            )
            return replace(opening, help=answered)
        case _:
            return None


def _on_air(opening: Opening, event: Event) -> Opening | None:
    match event:
        case onair.BroadcastStarted():
            return replace(opening, broadcasts=(*opening.broadcasts, _taken(Broadcast, event)))
        case onair.BroadcastEnded() | onair.RecordingKept():
            return replace(opening, broadcasts=_aired(opening.broadcasts, event))
        case onair.WordGiven():
            return replace(opening, words=(*opening.words, _taken(Word, event)))
        case onair.WordEnded() | onair.SpeechKept():
            return replace(opening, words=_aired(opening.words, event))
        case _:
            return None


def _aired(known: tuple[A, ...], event: onair.Ended | onair.Kept) -> tuple[A, ...]:
    changes: dict[str, Any]
    if isinstance(event, onair.BroadcastEnded | onair.WordEnded):
        changes = {"ended_at": event.at, "reason": event.reason}
    else:
        changes = {"recording": _taken(Recording, event)}
    return tuple(replace(one, **changes) if one.number == event.number else one for one in known)


def _adjudication(opening: Opening, event: Event) -> Opening | None:
    match event:
        case e.IncidentOpened():
            return replace(opening, incidents=(*opening.incidents, _taken(Incident, event)))
        case e.IncidentClosed():
            incidents = tuple(
                replace(known, ended=event.ended, cause=event.cause)
                if known.number == event.number
                else known
                for known in opening.incidents
            )
            return replace(opening, incidents=incidents)
        case e.FaultDecided():
            others = tuple(known for known in opening.faults if known.bidder != event.bidder)
            return replace(opening, faults=(*others, _taken(FaultDecision, event)))
        case e.HoldResolved():
            return replace(opening, holds=(*opening.holds, _taken(Hold, event)))
        case e.FormKeysPublished():
            secret = OfficeSecret(office=event.office, key=event.private_key, at=event.at)
            return replace(opening, form_keys=(*opening.form_keys, secret))
        case e.BidsImported():
            return replace(opening, imported=event.results, imported_at=event.at)
        case e.EvaluationKeysDisclosed():
            secret = OfficeSecret(office=event.office, key=event.sealed_key, at=event.at)
            return replace(opening, evaluation_keys=(*opening.evaluation_keys, secret))
        case _:
            return None


def _announcing(opening: Opening, event: Event) -> Opening | None:
    match event:
        case e.PricesAnnounced():
            ends = event.confirm_until
            window = Window(opens=event.at, planned=ends, ends=ends)
            return replace(
                opening,
                announcement=_taken(Announcement, event),
                confirmation_window=window,
                confirmed=(),
                silence=None,
            )
        case e.BidderConfirmed():
            return replace(opening, confirmed=(*opening.confirmed, _taken(Confirmation, event)))
        case e.OpeningObjectionRaised():
            return replace(opening, objections=(*opening.objections, _taken(Objection, event)))
        case e.OpeningObjectionAnswered():
            answered = {"answer": event.answer, "answered_at": event.at, "upheld": event.upheld}
            return _objection(opening, event.number, **answered)
        case e.OpeningObjectionDecided():
            said = {"decision": event.decision, "grounds": event.reason, "decided_at": event.at}
            return _objection(opening, event.number, **said)
        case e.ConfirmationClosed():
            silence = Silence(
                at=event.at,
                silent=event.silent,
                accepts=event.silence_accepts,
                rule=event.rule,
                absent=event.absent,
                absence=event.absence,
            )
            closed = opening.confirmation_window
            if closed is not None:
                closed = replace(closed, ended=event.at)
            return replace(opening, silence=silence, confirmation_window=closed)
        case e.RecordSigned():
            others = tuple(known for known in opening.signatures if known.office != event.office)
            return replace(opening, signatures=(*others, _taken(Signature, event)))
        case e.OpeningEnded():
            return replace(opening, record=event.record, record_hash=event.record_hash, ended_at=event.at)
        case _:
            return None


def _objection(opening: Opening, number: int, **known: Any) -> Opening:
    objections = tuple(replace(one, **known) if one.number == number else one for one in opening.objections)
    return replace(opening, objections=objections)


def _reference(opening: Opening, event: Event) -> Opening | None:
    known = opening.reference
    match event:
        case e.ReferencePriceCommitted(commitment=commitment, at=at):
            return replace(opening, reference=Reference(commitment=commitment, committed_at=at))
        case e.ReferencePriceRevealed() if known is not None:
            shown = replace(known, fen=event.reference_fen, salt=event.salt, revealed_at=event.at)
            return replace(opening, reference=shown)
        case e.ReferencePriceAbandoned(reason=reason) if known is not None:
            return replace(opening, reference=replace(known, abandoned=reason))
        case _:
            return None


def _drawing(opening: Opening, event: Event) -> Opening | None:
    known = opening.drawing
    match event:
        case e.DrawAnchored(anchor=anchor):
            return replace(opening, draw_anchor=anchor)
        case e.DrawCommitted():
            found = [(event.office, event.commitment), (Source.RESERVE, event.reserve)]
            committed = tuple(
                DrawCommitment(source=source, commitment=one, by=event.by, at=event.at)
                for source, one in found
                if one
            )
            return replace(opening, drawing=replace(known, commitments=(*known.commitments, *committed)))
        case e.DrawOpened():
            after = replace(
                known, opened_at=event.at, bids=event.bids, uncommitted=event.uncommitted, window=_next(event)
            )
            return replace(opening, drawing=after)
        case e.DrawRevealed():
            after = replace(known, reveals=(*known.reveals, _taken(DrawReveal, event)), window=_next(event))
            return replace(opening, drawing=after)
        case e.DrawRevealMissed():
            after = replace(known, missed=(*known.missed, _taken(MissedReveal, event)), window=_next(event))
            return replace(opening, drawing=after)
        case e.CoefficientsDrawn():
            return replace(opening, drawing=replace(known, drawn=event.drawn, drawn_at=event.at))
        case _:
            return None


def _next(event: e.DrawOpened | e.DrawRevealed | e.DrawRevealMissed) -> Window | None:
    if event.until is None:
        return None
    return Window(opens=event.at, planned=event.until, ends=event.until)


def _reveal_extended(opening: Opening, event: e.WindowExtended) -> Opening:
    window = opening.drawing.window
    if window is None:
        return opening
    extensions = (*window.extensions, _taken(Extension, event))
    longer = replace(window, ends=event.until, extensions=extensions)
    return replace(opening, drawing=replace(opening.drawing, window=longer))


def evolve(opening: Opening, event: Event) -> Opening:
    for fold in (_reference, _gate, _release, _talk, _on_air, _adjudication, _announcing, _drawing):
        folded = fold(opening, event)
        if folded is not None:
            return folded
    return opening


def _taken(shape: type[T], event: Event) -> T:
    """The part of the state that carries the event's own fields under their own names."""
    return shape(**{name: getattr(event, name) for name in shape.__struct_fields__ if hasattr(event, name)})
