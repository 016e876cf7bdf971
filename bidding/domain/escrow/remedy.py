"""The use of the escrow: a signed report, both offices' decision, and two trustees (R-BID-07, R-PAIN-04; 20号令 31);
under P3 the host's order at the opening, and two trustees (R-BID-06).

It is the remedy that the tender document declares, used when the release window has ended and before any price can be
read: nobody decides about somebody's bid after seeing the others'.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.escrow import commands as c
from bidding.domain.escrow import events as e
from bidding.domain.escrow.state import KEYS_LOST, Report
from bidding.domain.escrow.trustees import trustee_of
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import KeyPolicy
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import outcome_of, outcomes, releasing, unreleased
from bidding.domain.order import require_phase


class Lie(NamedTuple):
    """A share whose stated commitment (hex) is not the one in the bid's manifest."""

    envelope: str
    share: int
    shown: str
    committed: str


def report(lot: Lot, command: c.Report, facts: Facts) -> list[Event]:
    """By either office. An office does not report that it withholds its own key: it publishes it."""
    _require_escrow(lot)
    office = office_of(lot, facts.actor)
    if command.kind == KEYS_LOST:
        bidders = _lost(lot, command)
    else:
        if command.office in ("", office) or command.bidders:
            raise Invalid("escrow-report-names-the-other-office", rule="R-BID-07")
        bidders = _withheld(lot, command.office)
    reported = {bidder for one in lot.escrow.reports for bidder in one.bidders if one.kind == command.kind}
    if not set(bidders) - reported:
        raise Conflicting("escrow-already-reported", rule="R-BID-07")
    return [
        e.EscrowReported(
            number=len(lot.escrow.reports) + 1,
            kind=command.kind,
            bidders=bidders,
            office=command.office,
            text=command.text,
            evidence_hash=command.evidence_hash,
            reporter=office,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def agree(lot: Lot, command: c.Agree, facts: Facts) -> list[Event]:
    """R-BID-07: a recorded decision of host and supervisor."""
    _require_escrow(lot)
    found = _report(lot, command.number)
    office = office_of(lot, facts.actor)
    if office in found.agreed or found.in_force:
        raise Conflicting("escrow-already-agreed", rule="R-BID-07", number=found.number)
    return [
        e.EscrowAgreed(
            number=found.number,
            office=office,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def give_shares(
    lot: Lot, command: c.GiveShares, facts: Facts, *, finding: str | None, lies: Sequence[Lie]
) -> list[Event]:
    """``finding``: why the application could not read the shares; ``lies``: those that are not the committed ones.

    A false share is recorded with the trustee's name and signature and does not count: the third trustee stands in.
    """
    trustee = _asked(lot, command, facts)
    if any((one.bidder, one.trustee) == (command.bidder, trustee) for one in lot.escrow.given):
        raise Conflicting("escrow-shares-already-given", rule="R-BID-07", trustee=trustee)
    if finding is not None:
        raise Invalid("escrow-shares-refused", rule="R-BID-07", finding=finding)
    if lies:
        return [
            e.FalseShareShown(
                number=command.number,
                bidder=command.bidder,
                trustee=trustee,
                envelope=lie.envelope,
                index=lie.share,
                shown=lie.shown,
                committed=lie.committed,
                by=facts.actor.party,
                at=facts.now,
                signed=signed_of(facts),
            )
            for lie in lies
        ]
    return [
        e.SharesGiven(
            number=command.number,
            bidder=command.bidder,
            trustee=trustee,
            shares=command.shares,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def report_deposit(lot: Lot, command: c.ReportDeposit, facts: Facts) -> list[Event]:
    """Once for each bid: which of its envelopes is not to be opened makes no difference."""
    trustee = _asked(lot, command, facts)
    envelopes = [one.name for one in terms_of(lot).envelopes]
    if command.envelope not in envelopes:
        raise Unknown("no-such-envelope", rule="R-BID-01", envelope=command.envelope, envelopes=envelopes)
    if command.bidder in lot.escrow.done(trustee):
        raise Conflicting("escrow-shares-already-given", rule="R-BID-07", trustee=trustee)
    return [
        e.DepositFaulted(
            number=command.number,
            bidder=command.bidder,
            trustee=trustee,
            envelope=command.envelope,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def occasions(lot: Lot) -> dict[int, tuple[str, ...]]:
    """By report, and under 0 at an opening by trustees alone: whose bids the trustees are asked to open."""
    asked = {one.number: one.bidders for one in lot.escrow.reports}
    terms = lot.notice.terms
    if terms is not None and terms.by_trustees and lot.opening.release_window is not None:
        asked[0] = tuple(entry.bidder for entry in lot.opening.roll)
    return asked


def _asked(lot: Lot, command: c.GiveShares | c.ReportDeposit, facts: Facts) -> str:
    """Which trustee the actor is, where it may act on this bid now."""
    trustee = trustee_of(lot, facts.actor)
    if lot.phase is Phase.OPENING and lot.opening.imported_at is not None:
        raise OutOfOrder("escrow-too-late", rule="R-BID-07")
    if terms_of(lot).by_trustees:
        _require_ordered(lot, command)
    else:
        _require_reported(lot, command)
    return trustee


def _require_ordered(lot: Lot, command: c.GiveShares | c.ReportDeposit) -> None:
    """R-BID-06: where trustees alone open, the host's order is the occasion; late shares are better than none."""
    require_phase(lot, Phase.OPENING, rule="R-BID-06")
    if command.number:
        raise Unknown("no-such-report", rule="R-BID-07", number=command.number)
    if lot.opening.release_window is None:
        raise OutOfOrder("release-not-ordered", rule="R-OPEN-24")
    standing = outcome_of(lot, command.bidder)
    if standing is None:
        raise Unknown("not-on-the-roll", rule="R-OPEN-23", bidder=command.bidder)
    if standing.final:
        raise Conflicting("bid-outcome-final", rule="R-BID-10", outcome=standing.outcome.value)


def _require_reported(lot: Lot, command: c.GiveShares | c.ReportDeposit) -> None:
    _require_escrow(lot)
    found = _report(lot, command.number)
    if command.bidder not in found.bidders:
        raise Unknown("not-in-the-report", rule="R-BID-07", bidder=command.bidder)
    if not found.in_force:
        raise OutOfOrder("escrow-not-agreed", rule="R-BID-07", number=found.number)


def _require_escrow(lot: Lot) -> None:
    require_phase(lot, Phase.OPENING, Phase.OPENED, Phase.EVALUATING, rule="R-BID-07")
    if terms_of(lot).key_policy is not KeyPolicy.P2:
        raise OutOfOrder("no-escrow-declared", rule="R-BID-07")
    window = lot.opening.release_window
    if window is None or window.ended is None:
        raise OutOfOrder("release-window-running", rule="R-OPEN-24")


def _lost(lot: Lot, command: c.Report) -> tuple[str, ...]:
    """Bidders who could not release: none after the first form key is out."""
    if lot.opening.form_keys or lot.opening.imported_at is not None:
        raise OutOfOrder("escrow-too-late", rule="R-BID-07")
    strangers = sorted(set(command.bidders) - set(unreleased(lot)))
    if strangers or not command.bidders or command.office:
        raise Invalid("escrow-bidder-has-released", rule="R-BID-07", bidders=strangers)
    return tuple(dict.fromkeys(command.bidders))


def _withheld(lot: Lot, office: str) -> tuple[str, ...]:
    """All bids that wait for the key of that office: at the opening its form key, later its evaluation key."""
    if lot.phase is Phase.OPENING and lot.opening.imported_at is None:
        waiting = unreleased(lot)
        if waiting:
            raise OutOfOrder("outcomes-pending", rule="R-BID-08", bidders=list(waiting))
        published, bidders = lot.opening.form_keys, releasing(lot)
    else:
        published = lot.opening.evaluation_keys if lot.phase is not Phase.OPENING else lot.opening.form_keys
        opened = [one for one in outcomes(lot) if one.opened]
        bidders = tuple(one.entry.bidder for one in opened)
    if any(one.office == office for one in published):
        raise OutOfOrder("office-has-published", rule="R-BID-07", office=office)
    return bidders


def _report(lot: Lot, number: int) -> Report:
    found = next((one for one in lot.escrow.reports if one.number == number), None)
    if found is None:
        raise Unknown("no-such-report", rule="R-BID-07", number=number)
    return found
