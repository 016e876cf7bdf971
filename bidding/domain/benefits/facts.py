"""What the public events of one lot say that statistics need, each with the position of its event."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.award.events import AwardNoticeIssued, ResultObjectionAnswered
from bidding.domain.bidfate import BidOutcome
from bidding.domain.contract.events import ContractFiled
from bidding.domain.event import Event
from bidding.domain.money.events import BenefitRecorded, Kind
from bidding.domain.notice.events import DocumentObjectionAnswered, NoticePublished
from bidding.domain.opening.events import (
    LotFailed,
    OpeningObjectionRaised,
    PricesAnnounced,
    RollPublished,
    SubmissionClosed,
)
from bidding.domain.performance.events import (
    ContractEntered,
    MilestoneDone,
    PaymentOverdue,
    PaymentSettled,
)
from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import Charge, WaiverRow

#: The further value of the opening form in which a bidder declares its size (中小企业声明函).
SIZE_LABEL = "企业规模"
OPENED = frozenset({BidOutcome.OPENED.value, BidOutcome.OPENED_BY_REMEDY.value})
OBJECTIONS = (DocumentObjectionAnswered, OpeningObjectionRaised, ResultObjectionAnswered)


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """``waived``: the kinds that the lot's waiver frees. ``each_fen``: the deposit that each bid would have
    made, 0 where none is waived. ``round_key``: the same for every tender round of one section."""

    position: int
    at: datetime
    title: str
    round_key: str
    regime: Regime
    object: LotObject
    category: str
    method: str
    region: str
    funding: str
    ruleset: str
    row: WaiverRow
    waived: frozenset[Kind]
    each_fen: int


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """``deadline``: T0. ``received``: bids complete and not withdrawn at T0 (R-STAT-01)."""

    position: int
    deadline: datetime
    received: int


class OnRoll(msgspec.Struct, frozen=True, kw_only=True):
    """One bid on the roll; a consortium is one, under its lead. ``size`` empty: not declared (yet)."""

    bidder: str
    uscc: str
    name: str
    size: str = ""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    at: datetime


class Awarded(Happened, frozen=True, kw_only=True):
    winner: str


class Filed(Happened, frozen=True, kw_only=True):
    """``at``: when the second party signed; ``price_fen``: the signed price."""

    winner: str
    price_fen: int


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One ``BenefitRecorded``; ``party`` empty: one sum for ``bids`` unnamed bids of a failed lot."""

    position: int
    kind: Kind
    party: str
    bids: int
    waived_fen: int
    rule: str


class LatePayment(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice that became overdue. ``days_late`` None: it still is, as far as the public knows."""

    invoice: str
    amount_fen: int
    days_late: int | None = None


class LotFacts(msgspec.Struct, frozen=True, kw_only=True):
    lot: str
    noticed: Noticed | None = None
    closed: Closed | None = None
    failed: Happened | None = None
    roll_position: int = 0
    roll: tuple[OnRoll, ...] = ()
    announced: int = 0
    opened: int = 0
    awarded: Awarded | None = None
    filed: Filed | None = None
    benefits: tuple[Recorded, ...] = ()
    objections: int = 0
    in_library: bool = False
    milestones: int = 0
    milestones_late: int = 0
    late_payments: tuple[LatePayment, ...] = ()

    def entry(self, bidder: str) -> OnRoll | None:
        return next((one for one in self.roll if one.bidder == bidder), None)


def evolve(facts: LotFacts, position: int, event: Event) -> LotFacts:
    """The facts after one more public event of the lot. ``position``: of the feed of public events."""
    match event:
        case NoticePublished():
            return replace(facts, noticed=_noticed(position, event))
        case SubmissionClosed():
            closed = Closed(position=position, deadline=event.deadline, received=event.received)
            return replace(facts, closed=closed)
        case LotFailed():
            return replace(facts, failed=Happened(position=position, at=event.at))
        case RollPublished():
            roll = tuple(OnRoll(bidder=one.bidder, uscc=one.uscc, name=one.name) for one in event.roll)
            return replace(facts, roll_position=position, roll=roll)
        case PricesAnnounced():
            return _announced(facts, position, event)
        case AwardNoticeIssued():
            return replace(facts, awarded=Awarded(position=position, at=event.at, winner=event.winner))
        case ContractFiled():
            filed = Filed(
                position=position, at=event.signed_at, winner=event.winner, price_fen=event.price_fen
            )
            return replace(facts, filed=filed)
        case BenefitRecorded():
            return _recorded(facts, position, event)
        case ContractEntered():
            return replace(facts, in_library=True)
        case MilestoneDone(late=late):
            return replace(
                facts,
                milestones=facts.milestones + 1,
                milestones_late=facts.milestones_late + late,
            )
        case PaymentOverdue() | PaymentSettled():
            return replace(facts, late_payments=_late(facts.late_payments, event))
        case _ if isinstance(event, OBJECTIONS):
            return replace(facts, objections=facts.objections + 1)
        case _:
            return facts


def _noticed(position: int, event: NoticePublished) -> Noticed:
    waiver = event.waiver
    charges = {
        Kind.BID_DEPOSIT: waiver.bid_deposit,
        Kind.PERFORMANCE_BOND: waiver.performance_bond,
        Kind.INFO_FEE: waiver.info_fee,
    }
    project = event.project
    return Noticed(
        position=position,
        at=event.published_at,
        title=event.title,
        # A procurement has no project code: its purchaser and name tell it from others.
        round_key=f"{project.project_code or f'{event.tenderer}/{project.name}'}#{event.section}",
        regime=event.regime,
        object=event.object,
        category=event.category.value,
        method=event.method.value,
        region=event.region,
        funding="+".join(sorted({line.source.value for line in event.fund_lines})),
        ruleset=event.ruleset,
        row=waiver.row,
        waived=frozenset(kind for kind, charge in charges.items() if charge is Charge.WAIVED),
        each_fen=waiver.counterfactual_bid_deposit_fen or 0,
    )


def _announced(facts: LotFacts, position: int, event: PricesAnnounced) -> LotFacts:
    declared = {
        row.bidder: extra.value
        for row in event.table
        if row.form is not None
        for extra in row.form.extras
        if extra.label == SIZE_LABEL
    }
    return replace(
        facts,
        announced=position,
        opened=sum(row.outcome in OPENED for row in event.table),
        roll=tuple(replace(one, size=declared.get(one.bidder, "")) for one in facts.roll),
    )


def _late(known: tuple[LatePayment, ...], event: PaymentOverdue | PaymentSettled) -> tuple[LatePayment, ...]:
    """One invoice is late once, with the most that it was: a part paid late leaves the rest overdue again."""
    before = next((one for one in known if one.invoice == event.invoice), None)
    others = tuple(one for one in known if one.invoice != event.invoice)
    if isinstance(event, PaymentOverdue):
        amount = max(event.amount_fen, before.amount_fen if before else 0)
        return (*others, LatePayment(invoice=event.invoice, amount_fen=amount))
    if before is None:
        return known
    return (*others, replace(before, days_late=event.days_late))


def _recorded(facts: LotFacts, position: int, event: BenefitRecorded) -> LotFacts:
    """One benefit per kind and party: what is said a second time is not saved a second time."""
    if any((one.kind, one.party) == (event.kind, event.party) for one in facts.benefits):
        return facts
    benefit = Recorded(
        position=position,
        kind=event.kind,
        party=event.party,
        bids=event.bids,
        waived_fen=event.waived_fen,
        rule=event.rule,
    )
    return replace(facts, benefits=(*facts.benefits, benefit))
