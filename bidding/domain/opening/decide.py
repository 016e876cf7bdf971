"""The opening's decisions, command by command, and the instants it waits for."""

from collections.abc import Callable
from datetime import datetime

from bidding.domain.command import Command
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening.adjudicating import decide_fault, resolve_hold
from bidding.domain.opening.announcing import (
    announce,
    answer_objection,
    close_confirmation,
    confirm,
    object_,
)
from bidding.domain.opening.broadcasting import due as air_due
from bidding.domain.opening.broadcasting import (
    end_broadcast,
    end_word,
    give_word,
    keep_recording,
    start_broadcast,
)
from bidding.domain.opening.contesting import decide_objection
from bidding.domain.opening.disturbing import close_incident, open_incident
from bidding.domain.opening.drawing import anchor_draw, commit_draw, miss_reveal, open_draw
from bidding.domain.opening.recording import sign_record
from bidding.domain.opening.reference import abandon_reference, commit_reference, reveal_reference
from bidding.domain.opening.releasing import end_window, extend_window, order_release
from bidding.domain.opening.rerunning import decide_withheld_key, report_withheld_key
from bidding.domain.opening.running import release_runs
from bidding.domain.opening.sparing import accept_spare
from bidding.domain.opening.talking import answer_help, make_announcement, open_room, request_help, say
from bidding.domain.opening.windows import held_open

DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    c.CommitReference: commit_reference,
    c.RevealReference: reveal_reference,
    c.AbandonReference: abandon_reference,
    c.AnchorDraw: anchor_draw,
    c.CommitDraw: commit_draw,
    c.OpenDraw: open_draw,
    c.MissReveal: miss_reveal,
    c.OrderRelease: order_release,
    c.AcceptSpare: accept_spare,
    c.ReportWithheldKey: report_withheld_key,
    c.DecideWithheldKey: decide_withheld_key,
    c.RequestHelp: request_help,
    c.AnswerHelp: answer_help,
    c.OpenRoom: open_room,
    c.MakeAnnouncement: make_announcement,
    c.Say: say,
    c.StartBroadcast: start_broadcast,
    c.EndBroadcast: end_broadcast,
    c.GiveWord: give_word,
    c.EndWord: end_word,
    c.KeepRecording: keep_recording,
    c.ExtendWindow: extend_window,
    c.OpenIncident: open_incident,
    c.CloseIncident: close_incident,
    c.EndWindow: end_window,
    c.DecideFault: decide_fault,
    c.ResolveHold: resolve_hold,
    c.Announce: announce,
    c.Confirm: confirm,
    c.Object: object_,
    c.AnswerObjection: answer_objection,
    c.DecideObjection: decide_objection,
    c.CloseConfirmation: close_confirmation,
    c.SignRecord: sign_record,
}
#: Command → the function and what it takes beside (lot, command, facts), as keyword arguments.
NEEDS_MORE: dict[type[Command], str] = {
    c.Close: "closing.close: bids, every Bid of the lot",
    c.PublishRoll: "closing.publish_roll: bids; identities: bidder → Identity",
    c.PublishOfficeKeys: "releasing.publish_office_keys: finding, of announcement and proof of possession",
    c.Release: "releasing.release: finding, of the release against manifest and session; issue; facts.random",
    c.HandInSpare: "sparing.hand_in_spare: sha256 and length of what arrived; finding, against manifest and form",
    c.PublishFormKey: "adjudicating.publish_form_key: finding, of the key against the announced public key",
    c.Import: "adjudicating.import_bids: results, one ImportedBid for each of outcomes.releasing(lot)",
    c.RevealDraw: "drawing.reveal_draw: finding, of the value against commitment or chain",
    c.DrawCoefficients: "drawing.draw_coefficients: choose, by transcript and pool",
    c.DiscloseEvaluationKey: "recording.disclose_evaluation_key: finding, of the key against the announced",
}


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """Nothing is due while something holds it open: the event that ends that sets the timer again."""
    if lot.control.suspended is not None:
        return []
    waits = air_due(lot)
    if lot.phase is Phase.NOTICED:
        return waits + _close_due(lot)
    return waits + _windows_due(lot) if release_runs(lot) else waits


def _close_due(lot: Lot) -> list[tuple[str, datetime]]:
    deadline = lot.notice.deadline
    paused = any(objection.suspends for objection in lot.notice.open_objections)
    if deadline is None or paused or held_open(lot, deadline):
        return []
    return [(c.Close.NAME, deadline)]


def _windows_due(lot: Lot) -> list[tuple[str, datetime]]:
    release, confirmation = lot.opening.release_window, lot.opening.confirmation_window
    waits: list[tuple[str, datetime]] = []
    if release is not None and release.ended is None and not held_open(lot, release.ends):
        waits.append((c.EndWindow.NAME, release.ends))
    reveal = lot.opening.drawing.window
    if reveal is not None and not held_open(lot, reveal.ends):
        waits.append((c.MissReveal.NAME, reveal.ends))
    closing = lot.opening.silence is None and not lot.opening.unanswered and not lot.opening.referred
    if confirmation is not None and closing and not held_open(lot, confirmation.ends):
        waits.append((c.CloseConfirmation.NAME, confirmation.ends))
    return waits
