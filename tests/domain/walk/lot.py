"""A lot that goes its whole way, from the file that is handed in to the contract, by real decisions alone."""

from datetime import timedelta
from typing import Any

import msgspec

from bidding.application.draws import arrange
from bidding.domain.admission import commands as a
from bidding.domain.admission.decide import submit as hand_in_file
from bidding.domain.admission.filing import Mode
from bidding.domain.award import commands as w
from bidding.domain.booking.commands import Book
from bidding.domain.booking.decide import book
from bidding.domain.booking.events import Purpose
from bidding.domain.command import Command, Facts
from bidding.domain.contract import commands as t
from bidding.domain.control import commands as k
from bidding.domain.evaluation import commands as v
from bidding.domain.evaluation.decide import draw_committee, recuse
from bidding.domain.evaluation.outcome import EnvelopeResult, QualificationResult
from bidding.domain.evaluation.ticketed import draw_experts, open_experts, open_round, reveal_experts
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.commands import Publish
from bidding.domain.opening import commands as c
from bidding.domain.opening.outcomes import unreleased
from bidding.domain.parties import PLATFORM, Actor, Role, Standing
from bidding.domain.performance.commands import RecordLegalReview
from bidding.domain.permissions import standings
from bidding.domain.regime import Regime
from bidding.domain.registry import COMMANDS, DECIDERS, due
from tests.domain.evaluation.tender import POOL, REP, sheet
from tests.domain.lots import (
    DEADLINE,
    NOW,
    OPENING_ROOM,
    TENDERER,
    company_filing,
    eng_filing,
    gp_filing,
    gp_terms,
    publication,
    terms,
)
from tests.domain.opening.hall import CENTRE, HOST, OFFICER, Hall, bidder

OWNER = Actor(party="tenderer", roles=frozenset({Role.TENDERER}))
NAMES = ("bidder-a", "bidder-b", "bidder-c", "bidder-d")
EXPERTS = tuple(Actor(party=one.party, name=one.name, roles=frozenset({Role.EXPERT})) for one in (*POOL, REP))
FILINGS = {"D2": eng_filing, "D6": company_filing, "GP": gp_filing}
#: The clock's commands that come only when somebody has let a term pass.
LATE = frozenset(
    {"alert/raise", "admission/mark-promises", "contract/mark-overdue", "performance/mark-overdue"}
)


class Act(msgspec.Struct, frozen=True):
    """One command that was accepted: what the lot was before and after, and by which standings it was given."""

    command: Command
    held: frozenset[Standing]
    before: Lot
    after: Lot
    events: tuple[Event, ...]


class WholeLot(Hall):
    """``filing``: waived works, works of a company, or goods in procurement. ``acts``: all that was accepted."""

    def __init__(self, filing: str) -> None:
        self.filing = FILINGS[filing]()
        self.acts: list[Act] = []
        super().__init__(mode=Mode.LIVE)

    def _admit(self, regime: Regime, mode: Mode) -> None:
        self.now = NOW

    def notice(self, regime: Regime, waived: bool, silence: bool) -> None:
        """Nothing is written down: the lot is still to be noticed."""

    def give(self, command: Command, actor: Actor = PLATFORM, **more: Any) -> list[Event]:
        before = self.lot
        events = super().give(command, actor, **more)
        if events:
            self.acts.append(Act(command, standings(actor, before), before, self.lot, tuple(events)))
        return events

    def _decide(self, command: Command, facts: Facts, more: dict[str, Any]) -> list[Event]:
        match command:
            case a.Submit():
                return hand_in_file(self.lot, command, facts, tenderer=TENDERER)
            case Book():
                return book(self.lot, command, facts, room=OPENING_ROOM).lot
            case v.DrawCommittee():
                return draw_committee(self.lot, command, facts, pool=POOL, representatives=(REP,))
            case v.Recuse():
                return recuse(self.lot, command, facts, pool=POOL)
            case v.OpenExpertRound():
                return open_round(self.lot, command, facts, pool=POOL)
            case v.OpenExpertDraw():
                return open_experts(self.lot, command, facts, pool=POOL, representatives=(REP,))
            case v.RevealExpertDraw():
                return reveal_experts(self.lot, command, facts, finding=None)
            case v.DrawExperts():
                return draw_experts(self.lot, command, facts, arrange=arrange)
            case k.SetTestClock():
                more.setdefault("real", facts.now)
        if type(command) in DECIDERS:
            return DECIDERS[type(command)](self.lot, command, facts)
        return super()._decide(command, facts, more)

    # -- the usual way ------------------------------------------------------------------------------

    def step(self) -> None:
        """The next lawful act, whoever owes it; time goes on to the next instant that is waited for."""
        if self.lot.control.suspended is not None:
            self.give(k.Lift(reason="查毕"), OFFICER)
        elif waiting := [one for one in due(self.lot) if one[0] not in LATE]:
            self._time_comes(*waiting[0])
        else:
            self._act()

    def _time_comes(self, name: str, instant: Any) -> None:
        if self.lot.phase is Phase.NOTICED and len(self.bids) < len(NAMES):
            self.submit(NAMES[len(self.bids)])
            return
        self.now = max(self.now, instant)
        self.give(msgspec.convert({}, COMMANDS[name]))

    def _act(self) -> None:
        match self.lot.phase:
            case Phase.DRAFT:
                self.give(self.filing, HOST)
            case Phase.SUBMITTED:
                self.give(a.Admit(), CENTRE)
            case Phase.ADMITTED:
                self._notice()
            case Phase.CLOSED:
                self.give(c.PublishRoll(), HOST)
            case Phase.OPENING:
                self._open()
            case Phase.OPENED | Phase.EVALUATING:
                self._evaluate()
            case Phase.EVALUATED | Phase.PUBLICISED | Phase.DETERMINED | Phase.AWARDED:
                self._award()

    def _notice(self) -> None:
        half = timedelta(minutes=30)
        if self.lot.bookings.slot(Purpose.OPENING) is None:
            slot = Book(room="kb1", start=DEADLINE - half, end=DEADLINE + 4 * half, purpose=Purpose.OPENING)
            self.give(slot, HOST)
        else:
            self.give(self.publication(), HOST)

    def publication(self) -> Publish:
        if self.filing.regime is Regime.GP:
            return publication(terms=gp_terms())
        return publication(terms=terms())

    def _open(self) -> None:
        opening = self.lot.opening
        if opening.release_window is None:
            for actor in (HOST, OFFICER):
                self.office_keys(actor)
            self.give(c.OrderRelease(), HOST)
            self.release(*(entry.bidder for entry in opening.roll))
        elif opening.announcement is None:
            for who in unreleased(self.lot):
                self.fault(who, "BIDDER")
            self.form_keys()
            self.bring_in()
            self.give(c.Announce(), HOST)
        else:
            for actor in (HOST, OFFICER):
                self.sign(actor)

    def _evaluate(self) -> None:
        seated = self.lot.evaluation
        if not seated.members:
            self.give(v.DrawCommittee(representatives=("delegate",)), HOST)
        elif seated.unsealed_at is None:
            for one in seated.members:
                self.give(v.SignIn(), expert(one))
        elif not seated.envelopes:
            self.give(v.RecordEnvelopes(bids=self._envelopes()))
        elif self.lot.notice.regime is Regime.GP and not seated.qualification:
            found = tuple(QualificationResult(bidder=one, qualified=True) for one in self.opened)
            self.give(v.ReviewQualification(results=found), HOST)
        elif not seated.draft_hash:
            for one in seated.members:
                self.give(self.marks(), expert(one))
            self.give(v.Compile())
        else:
            for one in seated.members:
                self.give(v.SignReport(report_hash=seated.draft_hash), expert(one))

    @property
    def opened(self) -> tuple[str, ...]:
        announced = self.lot.opening.announcement
        return () if announced is None else tuple(row.bidder for row in announced.table if row.form)

    def _envelopes(self) -> tuple[EnvelopeResult, ...]:
        return tuple(
            EnvelopeResult(bidder=one, envelope="technical", status="OPENED", plaintext_sha256="ef" * 32)
            for one in self.opened
        )

    def marks(self) -> v.SubmitScores:
        criteria = [one.id for one in self.lot.notice.terms.criteria] if self.lot.notice.terms else []
        first = sheet(dict.fromkeys(self.opened, ("20", "8")))
        named = [
            msgspec.structs.replace(
                bid,
                scores=tuple(
                    msgspec.structs.replace(score, criterion=criterion)
                    for score, criterion in zip(bid.scores, criteria, strict=False)
                ),
            )
            for bid in first.sheet
        ]
        return v.SubmitScores(sheet=tuple(named))

    def _award(self) -> None:
        lot = self.lot
        first = lot.evaluation.candidates[0].bidder if lot.evaluation.candidates else ""
        match lot.phase:
            case Phase.EVALUATED if lot.notice.regime is Regime.ENG:
                self.give(w.PubliciseCandidates(), HOST)
            case Phase.EVALUATED:
                self.give(w.DetermineWinner(bidder=first), OWNER)
            case Phase.PUBLICISED:
                self.now = max(self.now, lot.award.until or self.now)
                self.give(w.DetermineWinner(bidder=first), OWNER)
            case Phase.DETERMINED:
                self.give(w.IssueAwardNotice(), HOST)
            case _ if not lot.contract.text:
                self.give(self.draft(first), HOST)
                reviewed = self.lot.contract.contract_hash
                self.give(RecordLegalReview(contract_hash=reviewed, reviewer="法务", passed=True), OWNER)
            case _:
                sign = t.SignContract(contract_hash=lot.contract.contract_hash)
                self.give(sign, OWNER)
                self.give(sign, bidder(lot.award.winner))

    def draft(self, winner: str) -> t.DraftContract:
        announced = self.lot.opening.announcement
        assert announced is not None
        form = next(row.form for row in announced.table if row.bidder == winner)
        assert form is not None
        return t.DraftContract(
            price_fen=form.price_fen,
            duration_days=form.duration_days,
            quality=form.quality,
            project_lead=form.project_lead,
            terms="付款按合同约定。",
        )


def expert(party: str) -> Actor:
    return Actor(party=party, roles=frozenset({Role.EXPERT}))
