"""A planned lot as events: the domain's own decisions are asked, at the instants of the plan.

Admission, booking, notice, close, gate, roll and benefits come from the deciders of a running platform.
What rests on keys, a committee and signatures (the announced table, the award notice, the filed contract) is
written as events of the same classes and folded by the same lot; nothing is signed, and says so.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import Admit
from bidding.domain.admission.waiving import waiver_of
from bidding.domain.award.events import AwardNoticeIssued
from bidding.domain.benefits.facts import SIZE_LABEL
from bidding.domain.bid.events import BidReceived, BidWithdrawn, SealedObject
from bidding.domain.bid.state import Bid
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.bidfate import CONSEQUENCES, BidOutcome, DepositFate
from bidding.domain.booking import decide as booking
from bidding.domain.booking.commands import Book
from bidding.domain.booking.events import Purpose
from bidding.domain.booking.state import Room
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.command import Facts
from bidding.domain.contract.events import ContractFiled
from bidding.domain.event import Event, SignedAct
from bidding.domain.lot import Lot, evolve
from bidding.domain.money import decide as money
from bidding.domain.money.commands import RecordBenefits
from bidding.domain.notice import decide as notice
from bidding.domain.opening import closing
from bidding.domain.opening.announcing import table_hash
from bidding.domain.opening.commands import Close, PublishRoll
from bidding.domain.opening.entries import AnnouncedForm, AnnouncedRow, FormExtra, RollEntry
from bidding.domain.opening.events import PricesAnnounced
from bidding.domain.parties import PLATFORM, Actor, Role
from bidding.domain.registration.events import Kind
from bidding.domain.registration.state import Party
from bidding.domain.ruleset import RuleSet, choose
from bidding.stage.generated.balance import TARIFF, bought
from bidding.stage.generated.enterprises import Enterprise
from bidding.stage.generated.papers import filing, publication
from bidding.stage.generated.plan import LotPlan, Sort, at

UNSIGNED = SignedAct(statement='{"generated":true}', signature="")
AGENCY = Actor(party="generated-agency", name="演示代理机构(生成)", roles=frozenset({Role.AGENCY}))
CENTRE = Actor(party="generated-centre", name="演示交易中心(生成)", roles=frozenset({Role.OPERATOR}))
TENDERER = Party(
    party="generated-tenderer",
    version=2,
    kind=Kind.ORGANISATION,
    name="演示招标人(生成)",
    requested_roles=(Role.TENDERER,),
    verified_by=CENTRE.party,
)
ROOM = Room(room="generated", version=1, name="演示开标室", kind=Purpose.OPENING, buffer_minutes=0, test=True)
#: Shares of bids whose keys never came, and of rolls led by a consortium.
UNDECRYPTED, CONSORTIA = 0.01, 0.1


class Story:
    """One lot's events, in order, each with its instant; ``lot`` is folded along."""

    def __init__(
        self,
        plan: LotPlan,
        bidders: Sequence[Enterprise],
        rulesets: tuple[RuleSet, ...],
        chance: random.Random,
    ) -> None:
        self.plan, self.bidders, self.rulesets, self.chance = plan, bidders, rulesets, chance
        self.lot = Lot(lot_id=plan.lot)
        self.events: list[tuple[datetime, Event]] = []

    def told(self, until: datetime) -> Iterator[tuple[datetime, Event]]:
        """The events up to ``until``."""
        self._notice()
        self._close()
        if not self.plan.fails:
            self._announce()
            self._award()
        return (one for one in self.events if one[0] <= until)

    def _facts(self, now: datetime, actor: Actor) -> Facts:
        return Facts(
            now=now,
            actor=actor,
            signed=UNSIGNED,
            calendar=STATE_COUNCIL,
            rulesets=self.rulesets,
            random=self.chance.randbytes,
        )

    def _add(self, now: datetime, events: Sequence[Event]) -> None:
        for event in events:
            self.lot = evolve(self.lot, event)
            self.events.append((now, event))

    def _notice(self) -> None:
        plan, noticed, deadline = self.plan, at(self.plan.noticed, 9), at(self.plan.opens, 9, 30)
        handed = noticed - timedelta(days=4)
        submitted = filing(plan, TENDERER.party)
        self._add(
            handed, admission.submit(self.lot, submitted, self._facts(handed, AGENCY), tenderer=TENDERER)
        )
        admitted = noticed - timedelta(days=2)
        self._add(admitted, admission.admit(self.lot, Admit(), self._facts(admitted, CENTRE)))
        slot = Book(
            room=ROOM.room,
            start=deadline - timedelta(minutes=30),
            end=deadline + timedelta(hours=3),
            purpose=Purpose.OPENING,
        )
        facts = self._facts(noticed, AGENCY)
        self._add(noticed, booking.book(self.lot, slot, facts, room=ROOM).lot)
        waiver = waiver_of(self.lot.admission, noticed, self.rulesets)
        rules = choose(self.rulesets, submitted.regime, noticed)
        self._add(noticed, notice.publish(self.lot, publication(plan, waiver, rules), facts))

    def _close(self) -> None:
        """T0: the gate, then either the failure or the roll."""
        deadline = at(self.plan.opens, 9, 30)
        bids = [self._bid(one, deadline, withdrawn=False) for one in self.bidders]
        if self.plan.withdrawn:
            gone = Enterprise(party=f"{self.plan.lot}-gone", uscc="", name="", size="", diligence=0)
            bids.append(self._bid(gone, deadline, withdrawn=True))
        self._add(deadline, closing.close(self.lot, Close(), self._facts(deadline, PLATFORM), bids=bids))
        if not self.plan.fails:
            rolled = deadline + timedelta(minutes=5)
            facts = self._facts(rolled, AGENCY)
            joint = self.chance.random() < CONSORTIA and self.plan.sort is Sort.LARGE_WORKS
            names = {
                one.party: closing.Identity(name=one.name, uscc=one.uscc, certificate="")
                for one in self.bidders
            }
            if joint:
                lead = self.bidders[0]
                names[lead.party] = closing.Identity(
                    name=f"{lead.name}(联合体牵头人)", uscc=lead.uscc, certificate=""
                )
            self._add(
                rolled, closing.publish_roll(self.lot, PublishRoll(), facts, bids=bids, identities=names)
            )
        self._benefits(deadline + timedelta(minutes=6))

    def _bid(self, one: Enterprise, deadline: datetime, *, withdrawn: bool) -> Bid:
        """A bid's own stream; its existence is nobody else's business before the roll (R-GEN-04)."""
        completed = deadline - timedelta(hours=self.chance.randint(2, 90))
        digest = hashlib.sha256(f"{self.plan.lot}/{one.party}".encode()).hexdigest()
        received = BidReceived(
            lot=self.plan.lot,
            bidder=one.party,
            bid_version=1,
            document_version=1,
            manifest='{"generated":true}',
            manifest_hash=digest,
            manifest_signature="",
            signed=UNSIGNED,
            objects=(
                SealedObject(envelope="form", upload=digest[:16], key="", length=0, root=digest, parts=()),
            ),
            started_at=completed - timedelta(minutes=3),
            completed_at=completed,
            receipt_number=digest[:12],
            receipt='{"generated":true}',
            receipt_signature="",
        )
        events: list[Event] = [received]
        if withdrawn:
            left = completed + timedelta(hours=1)
            events.append(
                BidWithdrawn(
                    lot=self.plan.lot, bidder=one.party, manifest_hash=digest, at=left, signed=UNSIGNED
                )
            )
        return replay_bid(events)

    def _benefits(self, now: datetime) -> None:
        fee = TARIFF.fee_fen(bought(self.plan), self.plan.price_fen)
        facts = self._facts(now, PLATFORM)
        self._add(now, money.record_benefits(self.lot, RecordBenefits(), facts, info_fee_tariff_fen=fee))

    @property
    def _winner(self) -> Enterprise:
        return self.bidders[0]

    def _announce(self) -> None:
        now = at(self.plan.opens, 10, 40)
        sizes = {one.party: one.size for one in self.bidders}
        table = tuple(self._row(entry, sizes[entry.bidder]) for entry in self.lot.opening.roll)
        announced = PricesAnnounced(
            at=now,
            table=table,
            table_hash=table_hash(table),
            max_price_fen=self.plan.estimate_fen,
            confirm_until=now + timedelta(minutes=10),
            signed=UNSIGNED,
        )
        self._add(now, [announced])

    def _row(self, entry: RollEntry, size: str) -> AnnouncedRow:
        won = entry.bidder == self._winner.party
        # Never so many that the count would fall under three.
        lost = not won and len(self.bidders) > 4 and self.chance.random() < UNDECRYPTED
        outcome = BidOutcome.DEEMED_REVOKED if lost else BidOutcome.OPENED
        term, counted = CONSEQUENCES[outcome][0], bool(CONSEQUENCES[outcome][1])
        dearer = self.plan.price_fen + int(
            (self.plan.estimate_fen - self.plan.price_fen) * self.chance.random()
        )
        extras = (FormExtra(label=SIZE_LABEL, value=size),) if size else ()
        form = AnnouncedForm(
            price_fen=self.plan.price_fen if won else dearer,
            duration_days=180,
            quality="合格",
            project_lead="(生成)",
            extras=extras,
        )
        return AnnouncedRow(
            bidder=entry.bidder,
            name=entry.name,
            uscc=entry.uscc,
            outcome=outcome.value,
            term=term,
            consequence=(DepositFate.CREDIT_RECORD_ONLY if lost else DepositFate.NORMAL).value,
            counts_toward_three=counted,
            may_claim_loss=False,
            deposit_state=entry.deposit_state,
            form=None if lost else form,
        )

    def _award(self) -> None:
        awarded, plan, winner = at(self.plan.awarded, 15), self.plan, self._winner
        number = f"ZB-{plan.lot}"
        issued = AwardNoticeIssued(
            number=number,
            winner=winner.party,
            name=winner.name,
            rank=1,
            price_fen=plan.price_fen,
            duration_days=180,
            quality="合格",
            project_lead="(生成)",
            at=awarded,
            contract_due=awarded + timedelta(days=30),
            signed=UNSIGNED,
        )
        self._add(awarded, [issued])
        if plan.signed_on is None:
            return
        signed = at(plan.signed_on, 16)
        filed = ContractFiled(
            number=f"HT-{plan.lot}",
            award_number=number,
            winner=winner.party,
            price_fen=plan.price_fen,
            signed_at=signed,
            contract_hash=hashlib.sha256(number.encode()).hexdigest(),
            late=False,
        )
        self._add(signed, [filed])
        self._benefits(signed + timedelta(minutes=1))
