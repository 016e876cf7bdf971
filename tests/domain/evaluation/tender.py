"""A tender whose opening has ended, and a desk at which commands are decided, stored and folded.

The phases before the evaluation have tests of their own; here their state is written down as it stands.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bidding.application.rulesets import load_rulesets
from bidding.domain.admission.state import Admission
from bidding.domain.alert.decide import DECIDERS as ALERT
from bidding.domain.award.decide import DECIDERS as AWARD
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.command import Command, Facts
from bidding.domain.complaint.decide import DECIDERS as COMPLAINT
from bidding.domain.conflict.decide import DECIDERS as CONFLICT
from bidding.domain.contract.decide import DECIDERS as CONTRACT
from bidding.domain.control.decide import DECIDERS as CONTROL
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.decide import DECIDERS as EVALUATION
from bidding.domain.evaluation.decide import draw_committee, recuse
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.evaluation.outcome import EnvelopeResult, QualificationResult
from bidding.domain.evaluation.seating import sign_in
from bidding.domain.evaluation.sheets import BidScores, RejectionVote, Score
from bidding.domain.event import Event, SignedAct, decode, encode
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.notice.state import Document, Notice
from bidding.domain.notice.terms import Criterion, CriterionKind, EnvelopeTerm, KeyPolicy, TenderTerms
from bidding.domain.opening.entries import AnnouncedForm, AnnouncedRow, RollEntry
from bidding.domain.opening.parts import Announcement
from bidding.domain.opening.state import Opening
from bidding.domain.parties import PLATFORM, Actor
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.relations import Unit
from bidding.domain.scoring import (
    Deductions,
    Deviation,
    LowPriceFirst,
    MeanBase,
    PriceFormula,
    Sme,
    TrimPolicy,
)
from bidding.domain.waiver import Charge, WaiverDecision, WaiverRow

#: A Wednesday; the days after it are worked, Saturday and Sunday are not.
NOW = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
SIGNED = SignedAct(statement="{}", signature="c2lnbmF0dXJl")
DECIDERS = {**EVALUATION, **AWARD, **CONFLICT, **CONTRACT, **COMPLAINT, **CONTROL, **ALERT}
YUAN = 100

CRITERIA = (
    Criterion(id="plan", title="施工组织设计", kind=CriterionKind.SUBJECTIVE, max_points="40"),
    Criterion(id="record", title="类似业绩", kind=CriterionKind.OBJECTIVE, max_points="20"),
)
MEAN = Deviation(base=MeanBase(trim=TrimPolicy.ALL), e1="1.2", e2="0.8", floor="0")
LOW_PRICE = LowPriceFirst(weight="40", deductions=Deductions(small_micro="0.10", domestic="0.20"))
ENVELOPES = (EnvelopeTerm(name="form", title="开标一览表"), EnvelopeTerm(name="technical", title="技术标"))
GP_ENVELOPES = (*ENVELOPES, EnvelopeTerm(name="qualification", title="资格证明文件"))

POOL = tuple(
    PoolMember(
        party=f"expert-{n:02}", name=f"专家{n:02}", trade="造价" if n % 2 else "施工", units=(f"unit-{n}",)
    )
    for n in range(12)
)
REP = PoolMember(party="delegate", name="业主代表", units=("tenderer",))
HOST, OWNER, OFFICER = Actor(party="agency"), Actor(party="tenderer"), Actor(party="officer")


def waiver(*, waived: bool) -> WaiverDecision:
    charge = Charge.WAIVED if waived else Charge.ALLOWED
    return WaiverDecision(
        row=WaiverRow.D2 if waived else WaiverRow.D6,
        bid_deposit=charge,
        bid_deposit_max_fen=0,
        performance_bond=charge,
        performance_bond_max_fen=0 if waived else None,
        info_fee=Charge.WAIVED,
        info_fee_fen=0,
        counterfactual_bid_deposit_fen=None,
        skipped_by_date=(),
        reasons=(),
        citation="",
    )


def terms(regime: Regime, **changes: Any) -> TenderTerms:
    gp = regime is Regime.GP
    formula: PriceFormula = LOW_PRICE if gp else MEAN
    plain = TenderTerms(
        suites=("intl-1",),
        key_policy=KeyPolicy.P1,
        envelopes=GP_ENVELOPES if gp else ENVELOPES,
        sign_in_minutes=60,
        release_window_minutes=30,
        confirm_window_minutes=10,
        objection_window_minutes=5,
        silence_is_acceptance=True,
        method=Method.GP_COMPREHENSIVE if gp else Method.ENG_COMPREHENSIVE,
        price_formula=formula,
        price_points="40",
        criteria=CRITERIA,
        max_duration_days=180,
        quality="合格",
        bid_validity_days=90,
        bid_deposit_fen=0,
        performance_bond_rate="0.05",
        document_says_no_deposit=True,
        candidates=3,
        committee_size=5,
        tenderer_reps=1,
        platform_key="",
    )
    return msgspec.structs.replace(plain, **changes)


def tender(
    prices: dict[str, int],
    *,
    regime: Regime = Regime.ENG,
    limit: int | None = 1_000_000 * YUAN,
    waived: bool = True,
    unopened: Sequence[str] = (),
    **changes: Any,
) -> Lot:
    """``prices``: bidder → 分. ``unopened``: further bidders on the roll whose bids were not opened."""
    roll = tuple(
        RollEntry(
            bidder=bidder,
            name=f"{bidder}公司",
            uscc=f"USCC-{bidder}",
            manifest_hash="",
            bid_version=1,
            document_version=1,
            receipt_number="",
            completed_at=NOW - timedelta(days=1, minutes=place),
            deposit_state="WAIVED",
            signed_in=True,
        )
        for place, bidder in enumerate((*prices, *unopened))
    )
    table = tuple(
        AnnouncedRow(
            bidder=entry.bidder,
            name=entry.name,
            uscc=entry.uscc,
            outcome="OPENED" if entry.bidder in prices else "DEEMED_REVOKED",
            term="" if entry.bidder in prices else "视为撤销",
            consequence="",
            counts_toward_three=True,
            may_claim_loss=False,
            deposit_state="WAIVED",
            form=_form(prices[entry.bidder], entry.name) if entry.bidder in prices else None,
        )
        for entry in roll
    )
    return Lot(
        lot_id="lot1",
        version=40,
        phase=Phase.OPENED,
        admission=Admission(host="agency", tenderer="tenderer"),
        notice=Notice(
            ruleset=max(
                (one for one in load_rulesets() if one.regime == regime.value),
                key=lambda one: one.effective_from,
            ).version,
            number="420902-2026-0007-001",
            title="孝南区槐荫大道改造工程",
            regime=regime,
            object=LotObject.GOODS if regime is Regime.GP else LotObject.WORKS,
            host="agency",
            agency_name="诚信招标代理公司",
            tenderer="tenderer",
            tenderer_name="孝南区住建局",
            base_fen=900_000 * YUAN,
            price_limit_fen=limit,
            terms=terms(regime, **changes),
            waiver=waiver(waived=waived),
            documents=(Document(version=1, sha256="ab" * 32, name="招标文件.pdf", length=9, reason=""),),
        ),
        opening=Opening(
            roll=roll,
            announcement=Announcement(at=NOW, table=table, table_hash="", max_price_fen=limit or 0),
            record_hash="cd" * 32,
        ),
    )


def _form(price: int, name: str) -> AnnouncedForm:
    return AnnouncedForm(price_fen=price, duration_days=120, quality="合格", project_lead=f"{name}经理")


class Desk:
    """Decides commands one after another and keeps every event, each once encoded and decoded again."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        self.now = NOW
        self.pool: Sequence[PoolMember] = POOL
        self.representatives: Sequence[PoolMember] = (REP,)
        self.interests: Sequence[Unit] = ()
        self.random = random.Random(7).randbytes
        self.events: list[Event] = []

    def facts(self, actor: Actor) -> Facts:
        return Facts(
            now=self.now,
            actor=actor,
            signed=SIGNED,
            calendar=STATE_COUNCIL,
            rulesets=load_rulesets(),
            random=self.random,
        )

    def give(self, command: Command, by: Actor | str = HOST) -> list[Event]:
        actor = Actor(party=by) if isinstance(by, str) else by
        found = self.decided(command, actor)
        events = [decode(event.TOPIC, encode(event)) for event in found]
        assert events == found
        self.store(*events)
        return events

    def decided(self, command: Command, actor: Actor) -> list[Event]:
        facts = self.facts(actor)
        if isinstance(command, c.DrawCommittee):
            return draw_committee(
                self.lot,
                command,
                facts,
                pool=self.pool,
                representatives=self.representatives,
                interests=self.interests,
            )
        if isinstance(command, c.Recuse):
            return recuse(self.lot, command, facts, pool=self.pool, interests=self.interests)
        if isinstance(command, c.SignIn):
            return sign_in(self.lot, command, facts, pool=self.pool, interests=self.interests)
        found: list[Event] = DECIDERS[type(command)](self.lot, command, facts)
        return found

    def store(self, *events: Event) -> None:
        for event in events:
            self.lot = evolve(self.lot, event)
        self.events += events

    @property
    def members(self) -> tuple[str, ...]:
        return self.lot.evaluation.members

    @property
    def bidders(self) -> tuple[str, ...]:
        table = self.lot.opening.announcement
        assert table is not None
        return tuple(row.bidder for row in table.table if row.form is not None)

    def seat(self) -> "Desk":
        """Committee drawn, all signed in, envelopes opened, in GP all qualified."""
        self.give(c.DrawCommittee(representatives=("delegate",)))
        for member in self.members:
            self.give(c.SignIn(), member)
        self.open_envelopes()
        if self.lot.notice.regime is Regime.GP:
            self.qualify()
        return self

    def open_envelopes(self) -> list[Event]:
        names = [term.name for term in terms_of(self.lot).envelopes if term.name != "form"]
        found = tuple(
            EnvelopeResult(bidder=bidder, envelope=name, status="OPENED", plaintext_sha256="ef" * 32)
            for bidder in self.bidders
            for name in names
        )
        return self.give(c.RecordEnvelopes(bids=found), PLATFORM)

    def qualify(self, *, unqualified: Sequence[str] = (), small: Sequence[str] = ()) -> list[Event]:
        results = tuple(
            QualificationResult(
                bidder=bidder,
                qualified=bidder not in unqualified,
                page="3" if bidder in unqualified else "",
                reason="未提供社保缴纳证明" if bidder in unqualified else "",
                sme=Sme.SMALL_MICRO if bidder in small else Sme.NONE,
                domestic=True,
            )
            for bidder in self.bidders
        )
        return self.give(c.ReviewQualification(results=results))

    def mark(
        self,
        points: dict[str, tuple[str, str]] | None = None,
        *,
        rejections: dict[str, tuple[RejectionVote, ...]] | None = None,
    ) -> "Desk":
        """The same points (bidder → plan, record) from every member, and each one's votes to reject."""
        for member in self.members:
            given = {bidder: (points or {}).get(bidder, ("30", "10")) for bidder in self.bidders}
            self.give(sheet(given, (rejections or {}).get(member, ())), member)
        return self

    def report(self, dissents: dict[str, str] | None = None) -> "Desk":
        """Compile, and have every member sign."""
        self.give(c.Compile(), PLATFORM)
        for member in self.members:
            self.give(
                c.SignReport(
                    report_hash=self.lot.evaluation.draft_hash, dissent=(dissents or {}).get(member, "")
                ),
                member,
            )
        return self


def terms_of(lot: Lot) -> TenderTerms:
    assert lot.notice.terms is not None
    return lot.notice.terms


def sheet(points: dict[str, tuple[str, str]], rejections: tuple[RejectionVote, ...] = ()) -> c.SubmitScores:
    """bidder → points for the two criteria."""
    return c.SubmitScores(
        sheet=tuple(
            BidScores(
                bidder=bidder,
                scores=(
                    Score(criterion="plan", points=plan, reason="方案完整", page="12"),
                    Score(criterion="record", points=record, reason="两项业绩", page="40"),
                ),
            )
            for bidder, (plan, record) in points.items()
        ),
        rejections=rejections,
    )
