"""A lot (标段/包): the one thing that is tendered, from admission to the filed contract (R-SVC-01, R-STATE-01).

One stream, one state, one version (the ETag). Each phase owns a part of the state and folds its own
events; what happens before the deadline inside a bid is not here but in the bid's own stream, so that
neither the lot's version nor its events tell how many bids there are (R-GEN-04).
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import msgspec

from bidding.domain.admission import events as admission_events
from bidding.domain.admission.state import Admission
from bidding.domain.admission.state import evolve as evolve_admission
from bidding.domain.alert import events as alert_events
from bidding.domain.alert.state import Alerts
from bidding.domain.alert.state import evolve as evolve_alerts
from bidding.domain.archive import events as archive_events
from bidding.domain.archive.state import Archive
from bidding.domain.archive.state import evolve as evolve_archive
from bidding.domain.award import events as award_events
from bidding.domain.award.state import Award
from bidding.domain.award.state import evolve as evolve_award
from bidding.domain.booking import events as booking_events
from bidding.domain.booking.state import Bookings
from bidding.domain.booking.state import evolve as evolve_bookings
from bidding.domain.complaint import events as complaint_events
from bidding.domain.complaint.state import Complaints
from bidding.domain.complaint.state import evolve as evolve_complaints
from bidding.domain.conflict import events as conflict_events
from bidding.domain.conflict.state import Conflicts
from bidding.domain.conflict.state import evolve as evolve_conflicts
from bidding.domain.contract import events as contract_events
from bidding.domain.contract.state import Contract
from bidding.domain.contract.state import evolve as evolve_contract
from bidding.domain.control import events as control_events
from bidding.domain.control.state import Control
from bidding.domain.control.state import evolve as evolve_control
from bidding.domain.credit import events as credit_events
from bidding.domain.credit.state import Credits
from bidding.domain.credit.state import evolve as evolve_credits
from bidding.domain.escrow import events as escrow_events
from bidding.domain.escrow.state import Escrow
from bidding.domain.escrow.state import evolve as evolve_escrow
from bidding.domain.evaluation import events as evaluation_events
from bidding.domain.evaluation import ticketing
from bidding.domain.evaluation.state import Evaluation
from bidding.domain.evaluation.state import evolve as evolve_evaluation
from bidding.domain.event import Event
from bidding.domain.media import events as media_events
from bidding.domain.media.state import Media
from bidding.domain.media.state import evolve as evolve_media
from bidding.domain.money import events as money_events
from bidding.domain.money.state import Money
from bidding.domain.money.state import evolve as evolve_money
from bidding.domain.notice import events as notice_events
from bidding.domain.notice import prequalifying
from bidding.domain.notice.state import Notice
from bidding.domain.notice.state import evolve as evolve_notice
from bidding.domain.opening import events as opening_events
from bidding.domain.opening import onair
from bidding.domain.opening.state import Opening
from bidding.domain.opening.state import evolve as evolve_opening
from bidding.domain.performance import events as performance_events
from bidding.domain.performance.state import Performance
from bidding.domain.performance.state import evolve as evolve_performance
from bidding.domain.prequalification import events as prequalification_events
from bidding.domain.prequalification.state import Prequalification
from bidding.domain.prequalification.state import evolve as evolve_prequalification
from bidding.domain.timestamp import events as timestamp_events
from bidding.domain.timestamp.state import Timestamps
from bidding.domain.timestamp.state import evolve as evolve_timestamps


class Phase(StrEnum):
    """Where a lot stands (R-STATE-01); ``Control.suspended`` lies over any of them."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    PREQUALIFYING = "prequalifying"
    NOTICED = "noticed"
    CLOSED = "closed"
    OPENING = "opening"
    OPENED = "opened"
    EVALUATING = "evaluating"
    EVALUATED = "evaluated"
    PUBLICISED = "publicised"
    DETERMINED = "determined"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    FAILED = "failed"
    TERMINATED = "terminated"


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """The folded state. ``version`` counts the stream's events; 0 = the lot does not exist."""

    lot_id: str = ""
    version: int = 0
    phase: Phase = Phase.DRAFT
    admission: Admission = Admission()
    bookings: Bookings = Bookings()
    notice: Notice = Notice()
    prequalification: Prequalification = Prequalification()
    opening: Opening = Opening()
    escrow: Escrow = Escrow()
    conflicts: Conflicts = Conflicts()
    credits: Credits = Credits()
    evaluation: Evaluation = Evaluation()
    award: Award = Award()
    contract: Contract = Contract()
    performance: Performance = Performance()
    money: Money = Money()
    complaints: Complaints = Complaints()
    control: Control = Control()
    alerts: Alerts = Alerts()
    media: Media = Media()
    timestamps: Timestamps = Timestamps()
    archive: Archive = Archive()


#: Which part of the state an event belongs to, by the module that defines it, and that part's fold.
PARTS: dict[str, tuple[str, Callable[[Any, Event], Any]]] = {
    admission_events.__name__: ("admission", evolve_admission),
    booking_events.__name__: ("bookings", evolve_bookings),
    notice_events.__name__: ("notice", evolve_notice),
    prequalifying.__name__: ("notice", evolve_notice),
    prequalification_events.__name__: ("prequalification", evolve_prequalification),
    opening_events.__name__: ("opening", evolve_opening),
    onair.__name__: ("opening", evolve_opening),
    escrow_events.__name__: ("escrow", evolve_escrow),
    conflict_events.__name__: ("conflicts", evolve_conflicts),
    credit_events.__name__: ("credits", evolve_credits),
    evaluation_events.__name__: ("evaluation", evolve_evaluation),
    ticketing.__name__: ("evaluation", evolve_evaluation),
    award_events.__name__: ("award", evolve_award),
    contract_events.__name__: ("contract", evolve_contract),
    performance_events.__name__: ("performance", evolve_performance),
    money_events.__name__: ("money", evolve_money),
    complaint_events.__name__: ("complaints", evolve_complaints),
    control_events.__name__: ("control", evolve_control),
    alert_events.__name__: ("alerts", evolve_alerts),
    media_events.__name__: ("media", evolve_media),
    timestamp_events.__name__: ("timestamps", evolve_timestamps),
    archive_events.__name__: ("archive", evolve_archive),
}

#: The phase that an event leads to (R-STATE-01); events not listed leave it as it is.
PHASE_AFTER: dict[type[Event], Phase] = {
    admission_events.LotSubmitted: Phase.SUBMITTED,
    admission_events.CorrectionRequested: Phase.DRAFT,
    admission_events.LotAdmitted: Phase.ADMITTED,
    prequalifying.PrequalificationNoticed: Phase.PREQUALIFYING,
    prequalification_events.PrequalificationFailed: Phase.FAILED,
    notice_events.NoticePublished: Phase.NOTICED,
    opening_events.SubmissionClosed: Phase.CLOSED,
    opening_events.LotFailed: Phase.FAILED,
    opening_events.RollPublished: Phase.OPENING,
    opening_events.OpeningEnded: Phase.OPENED,
    evaluation_events.CommitteeUnsealed: Phase.EVALUATING,
    evaluation_events.EvaluationReported: Phase.EVALUATED,
    evaluation_events.EvaluationVoided: Phase.FAILED,
    evaluation_events.EvaluationReopened: Phase.EVALUATING,
    evaluation_events.CommitteeDismissed: Phase.OPENED,
    award_events.CandidatesPublicised: Phase.PUBLICISED,
    award_events.WinnerDetermined: Phase.DETERMINED,
    award_events.AwardNoticeIssued: Phase.AWARDED,
    award_events.ResultSetAside: Phase.EVALUATED,
    award_events.ResultVoided: Phase.FAILED,
    contract_events.ContractFiled: Phase.CONTRACTED,
    control_events.LotTerminated: Phase.TERMINATED,
}

RESULT = frozenset({Phase.EVALUATED, Phase.PUBLICISED, Phase.DETERMINED, Phase.AWARDED, Phase.CONTRACTED})
UNFINISHED = frozenset(Phase) - {Phase.DRAFT, Phase.AWARDED, Phase.CONTRACTED, Phase.FAILED, Phase.TERMINATED}

#: The phases in which each of these is decided: what deciders demand, once more for whoever checks a history.
PHASES_BEFORE: dict[type[Event], frozenset[Phase]] = {
    admission_events.LotSubmitted: frozenset({Phase.DRAFT, Phase.SUBMITTED}),  # anew, until it is admitted
    admission_events.CorrectionRequested: frozenset({Phase.SUBMITTED}),
    admission_events.LotAdmitted: frozenset({Phase.SUBMITTED}),
    prequalifying.PrequalificationNoticed: frozenset({Phase.ADMITTED}),
    prequalification_events.PrequalificationFailed: frozenset({Phase.PREQUALIFYING}),
    notice_events.NoticePublished: frozenset({Phase.ADMITTED, Phase.PREQUALIFYING}),
    opening_events.SubmissionClosed: frozenset({Phase.NOTICED}),
    opening_events.LotFailed: frozenset({Phase.CLOSED, Phase.OPENING, Phase.OPENED, Phase.EVALUATING}),
    opening_events.RollPublished: frozenset({Phase.CLOSED}),
    opening_events.OpeningEnded: frozenset({Phase.OPENING}),
    evaluation_events.CommitteeUnsealed: frozenset({Phase.OPENED}),
    evaluation_events.EvaluationReported: frozenset({Phase.EVALUATING}),
    evaluation_events.EvaluationVoided: frozenset({Phase.OPENED, Phase.EVALUATING}),
    evaluation_events.EvaluationReopened: frozenset({Phase.EVALUATED, Phase.FAILED}),
    evaluation_events.CommitteeDismissed: frozenset({Phase.EVALUATED, Phase.FAILED}),
    award_events.CandidatesPublicised: frozenset({Phase.EVALUATED}),
    award_events.WinnerDetermined: RESULT - {Phase.CONTRACTED},
    award_events.AwardNoticeIssued: frozenset({Phase.DETERMINED}),
    award_events.ResultSetAside: RESULT,
    award_events.ResultVoided: UNFINISHED
    - {Phase.SUBMITTED, Phase.ADMITTED, Phase.PUBLICISED, Phase.DETERMINED},
    contract_events.ContractFiled: frozenset({Phase.AWARDED}),
    control_events.LotTerminated: UNFINISHED,
}


def evolve(lot: Lot, event: Event) -> Lot:
    """The lot after one more event of its stream.

    A fold over only those events that an audience may see gives that audience's view of the lot; every
    part must therefore take its events as they come, without relying on hidden ones.
    """
    part, fold = PARTS[type(event).__module__]
    return msgspec.structs.replace(
        lot,
        version=lot.version + 1,
        phase=PHASE_AFTER.get(type(event), lot.phase),
        **{part: fold(getattr(lot, part), event)},
    )


def replay(lot_id: str, events: Iterable[Event]) -> Lot:
    lot = Lot(lot_id=lot_id)
    for event in events:
        lot = evolve(lot, event)
    return lot
