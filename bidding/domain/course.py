"""What of a lot's events must stand before what: for whoever checks a history, and was not there (R-STATE-01).

Only what everybody is shown, and only what holds in every course that the law leaves open: an event that is not here
may stand anywhere that its phase allows. Deciders demand more than this; a history that they led to never breaks it.
"""

from bidding.domain.award import events as award
from bidding.domain.contract import events as contract
from bidding.domain.control import events as control
from bidding.domain.evaluation import ticketing
from bidding.domain.event import Event
from bidding.domain.lot import PHASE_AFTER, PHASES_BEFORE, Phase
from bidding.domain.notice import events as notice
from bidding.domain.notice import prequalifying
from bidding.domain.opening import events as opening
from bidding.domain.opening import onair
from bidding.domain.parties import Standing
from bidding.domain.performance import events as performance
from bidding.domain.prequalification import events as prequalification

_NOTICES: frozenset[type[Event]] = frozenset({notice.NoticePublished, prequalifying.PrequalificationNoticed})

#: Of each of these, at least one that stands before it.
STANDS_ON: dict[type[Event], frozenset[type[Event]]] = {
    notice.NoticePublished: frozenset({notice.RulesetPinned}),
    prequalifying.PrequalificationNoticed: frozenset({notice.RulesetPinned}),
    notice.DocumentIssued: _NOTICES,
    prequalification.ApplicationsOpened: frozenset({prequalifying.PrequalificationNoticed}),
    prequalification.PrequalificationEnded: frozenset({prequalification.ApplicationsOpened}),
    opening.CountChecked: frozenset({opening.SubmissionClosed}),
    opening.ReleaseOrdered: frozenset({opening.RollPublished}),
    opening.KeyReleased: frozenset({opening.ReleaseOrdered}),
    opening.FormKeysPublished: frozenset({opening.OfficeKeysPublished}),
    opening.BidsImported: frozenset({opening.ReleaseOrdered}),
    opening.PricesAnnounced: frozenset({opening.BidsImported}),
    opening.BidderConfirmed: frozenset({opening.PricesAnnounced}),
    opening.ConfirmationClosed: frozenset({opening.PricesAnnounced}),
    opening.RecordSigned: frozenset({opening.ConfirmationClosed}),
    opening.OpeningEnded: frozenset({opening.RecordSigned}),
    opening.OpeningObjectionAnswered: frozenset({opening.OpeningObjectionRaised}),
    opening.OpeningObjectionDecided: frozenset({opening.OpeningObjectionRaised}),
    opening.DrawOpened: frozenset({opening.BidsImported}),
    opening.DrawRevealed: frozenset({opening.DrawOpened}),
    opening.DrawRevealMissed: frozenset({opening.DrawOpened}),
    opening.CoefficientsDrawn: frozenset({opening.DrawOpened}),
    opening.ReferencePriceRevealed: frozenset({opening.ReferencePriceCommitted}),
    opening.ReferencePriceAbandoned: frozenset({opening.ReferencePriceCommitted}),
    opening.IncidentClosed: frozenset({opening.IncidentOpened}),
    opening.HoldResolved: frozenset({opening.CountChecked}),
    opening.SpareAccepted: frozenset({opening.SpareHandedIn}),
    opening.WithheldKeyDecided: frozenset({opening.KeyWithheldReported}),
    onair.BroadcastEnded: frozenset({onair.BroadcastStarted}),
    ticketing.ExpertDrawRevealed: frozenset({ticketing.ExpertDrawOpened}),
    ticketing.ExpertsDrawn: frozenset({ticketing.ExpertDrawOpened}),
    ticketing.ExpertRoundOpened: frozenset({ticketing.ExpertsDrawn}),
    ticketing.ExpertSucceeded: frozenset({ticketing.ExpertsDrawn}),
    award.CandidatesPublicised: frozenset({opening.OpeningEnded}),
    award.AwardNoticeIssued: frozenset({opening.OpeningEnded}),
    contract.ContractFiled: frozenset({award.AwardNoticeIssued}),
    contract.ContractRevoked: frozenset({award.AwardNoticeIssued}),
    performance.ContractSettled: frozenset({contract.ContractFiled}),
    performance.ContractChanged: frozenset({contract.ContractFiled}),
    control.SuspensionLifted: frozenset({control.LotSuspended}),
    control.SuspensionExpired: frozenset({control.LotSuspended}),
}

_OPENING = frozenset({Phase.OPENING})
_NOTICED = frozenset({Phase.NOTICED})

#: The phases in which each of these is decided, where one command alone leads to it and demands its phase.
HAPPENS_IN: dict[type[Event], frozenset[Phase]] = {
    notice.ClarificationIssued: _NOTICED,
    opening.DrawCommitted: _NOTICED,
    opening.ReferencePriceCommitted: _NOTICED,
    opening.RoomOpened: _NOTICED,
    opening.FormKeysPublished: _OPENING,
    opening.BidsImported: _OPENING,
    opening.PricesAnnounced: _OPENING,
    opening.BidderConfirmed: _OPENING,
    opening.ConfirmationClosed: _OPENING,
    opening.OpeningObjectionRaised: _OPENING,
    opening.OpeningObjectionAnswered: _OPENING,
    opening.OpeningObjectionDecided: _OPENING,
    opening.RecordSigned: _OPENING,
    opening.DrawOpened: _OPENING,
    opening.DrawRevealed: _OPENING,
    opening.DrawRevealMissed: _OPENING,
    opening.CoefficientsDrawn: _OPENING,
    opening.ReferencePriceRevealed: _OPENING,
    opening.ReferencePriceAbandoned: _OPENING,
    ticketing.ExpertDrawOpened: frozenset({Phase.OPENED}),
}

#: Of these a lot has one at most; of the turns that come once, their phases say it.
ONCE: frozenset[type[Event]] = frozenset(
    {opening.PricesAnnounced, opening.DrawOpened, opening.CoefficientsDrawn, opening.RoomOpened}
)


def seen_before(kind: type[Event]) -> frozenset[Phase] | None:
    """The phases in which a reader who is shown ``kind`` may last have seen the lot: it is not shown every turn. None
    for what may stand in any."""
    decided = PHASES_BEFORE.get(kind, HAPPENS_IN.get(kind))
    if decided is None:
        return None
    found = set(decided)
    hidden = [other for other in PHASE_AFTER if not _with(kind, other)]
    while True:
        more = {phase for one in hidden if PHASE_AFTER[one] in found for phase in PHASES_BEFORE[one]}
        if more <= found:
            return frozenset(found)
        found |= more


def _with(kind: type[Event], other: type[Event]) -> bool:
    """Whether everybody who is shown ``kind`` is shown ``other``."""
    return Standing.ANYONE in other.AUDIENCE or kind.AUDIENCE <= other.AUDIENCE
