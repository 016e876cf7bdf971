"""An opening hall for the tests: one noticed lot, its bidders' bids, and a desk that takes commands.

Everything goes the application's way: standing, suspension, decision, the stored bytes read back, the
fold. What the application would find by cryptography is passed in.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from bidding.application.rulesets import load_rulesets
from bidding.crypto.canonical import b64
from bidding.domain.admission.events import LotAdmitted, LotSubmitted
from bidding.domain.admission.filing import Category, Mode, Project
from bidding.domain.archive.commands import EraseLotData, OrderLotErasure
from bidding.domain.archive.erasing import erase_lot_data, order_lot_erasure
from bidding.domain.bid import commands as b
from bidding.domain.bid.decide import HandedIn, join, sign_in, start_upload, submit, withdraw
from bidding.domain.bid.deposits import record_deposit, return_deposit
from bidding.domain.bid.events import SealedObject
from bidding.domain.bid.joint import Consortium, Qualification
from bidding.domain.bid.receipts import Content, Issued
from bidding.domain.bid.refusals import Finding
from bidding.domain.bid.state import Bid
from bidding.domain.bid.state import evolve as evolve_bid
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.command import Command, Facts
from bidding.domain.control import commands as k
from bidding.domain.control.decide import set_test_clock
from bidding.domain.errors import Suspended
from bidding.domain.escrow import commands as s
from bidding.domain.escrow.ceremony import enrol_key, name_notary, open_trial, seal_trial
from bidding.domain.escrow.remedy import give_shares
from bidding.domain.event import Event, SignedAct, decode, encode
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice.events import DocumentIssued, NoticePublished
from bidding.domain.notice.terms import EnvelopeTerm, KeyPolicy, TenderTerms
from bidding.domain.opening import commands as c
from bidding.domain.opening.adjudicating import import_bids, publish_form_key
from bidding.domain.opening.closing import Identity, close, publish_roll
from bidding.domain.opening.entries import AnnouncedForm, ImportedBid
from bidding.domain.opening.outcomes import releasing
from bidding.domain.opening.record import record_hash
from bidding.domain.opening.recording import disclose_evaluation_key
from bidding.domain.opening.releasing import publish_office_keys, release
from bidding.domain.opening.sparing import hand_in_spare
from bidding.domain.parties import PLATFORM, Actor, Role
from bidding.domain.permissions import authorise
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.registry import DECIDERS
from bidding.domain.ruleset import choose
from bidding.domain.scoring import Deviation, MeanBase, TrimPolicy
from bidding.domain.waiver import Charge, WaiverDecision, WaiverRow
from bidding.domain.waiverinputs import FundLine, FundSource, ProjectCodeType, TendererType

#: A Tuesday, 09:30 in Beijing; the days around it are worked.
T0 = datetime(2026, 6, 9, 1, 30, tzinfo=UTC)
NOTICED = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MS = timedelta(milliseconds=1)
WINDOW = 10
CONFIRM = 8
SIGNED = SignedAct(statement="{}", signature="c2ln")
ENVELOPES = ("form", "technical")

HOST = Actor(party="agency", roles=frozenset({Role.AGENCY}))
OFFICER = Actor(party="supervisor", roles=frozenset({Role.SUPERVISOR}))
CENTRE = Actor(party="centre", roles=frozenset({Role.OPERATOR}))
EVIDENCE = {"evidence": "设备日志显示私钥文件已删除", "evidence_hash": "ab" * 32}


def bidder(name: str) -> Actor:
    return Actor(party=name, name=f"{name}公司", roles=frozenset({Role.BIDDER}))


def key(seed: str) -> str:
    """43 base64url characters, the shape of an X25519 key."""
    return hashlib.sha256(seed.encode()).hexdigest()[:43]


def issue(content: Content, /) -> Issued:
    return Issued(text=msgspec.json.encode(content, order="sorted").decode(), signature="cmVj")


def _waiver(waived: bool) -> WaiverDecision:
    charge = Charge.WAIVED if waived else Charge.ALLOWED
    return WaiverDecision(
        row=WaiverRow.D2 if waived else WaiverRow.D6,
        bid_deposit=charge,
        bid_deposit_max_fen=0 if waived else 80_000_000,
        performance_bond=charge,
        performance_bond_max_fen=None,
        info_fee=Charge.WAIVED,
        info_fee_fen=0,
        counterfactual_bid_deposit_fen=None,
        skipped_by_date=(),
        reasons=(),
        citation="",
    )


def _terms(waived: bool, silence: bool) -> TenderTerms:
    return TenderTerms(
        suites=("intl-1",),
        key_policy=KeyPolicy.P1,
        envelopes=tuple(EnvelopeTerm(name=name, title=name) for name in ENVELOPES),
        sign_in_minutes=60,
        release_window_minutes=WINDOW,
        confirm_window_minutes=CONFIRM,
        objection_window_minutes=5,
        silence_is_acceptance=silence,
        method=Method.ENG_COMPREHENSIVE,
        price_formula=Deviation(base=MeanBase(trim=TrimPolicy.ALL), e1="1.2", e2="0.8", floor="0"),
        price_points="40",
        criteria=(),
        max_duration_days=180,
        quality="合格",
        bid_validity_days=90,
        bid_deposit_fen=0 if waived else 500_000,
        document_says_no_deposit=waived,
        candidates=3,
        committee_size=5,
        tenderer_reps=1,
        platform_key=key("platform"),
    )


class Hall:
    """``log``: (stream, event) in the order of the commits; ``now`` is moved by the tests."""

    def __init__(
        self,
        *,
        regime: Regime = Regime.ENG,
        waived: bool = True,
        silence: bool = True,
        mode: Mode = Mode.LIVE,
        terms: Mapping[str, Any] | None = None,
    ) -> None:
        self.changed_terms = terms or {}
        self.now = T0 - timedelta(days=1)
        self.lot = Lot(lot_id="lot-1")
        self.bids: dict[str, Bid] = {}
        self.log: list[tuple[str, Event]] = []
        self.random = random.Random(7)  # repeatable
        self._admit(regime, mode)
        if mode is Mode.LIVE:
            self.notice(regime, waived, silence)

    # -- the phases before, by the events they leave ------------------------------------------------

    def _admit(self, regime: Regime, mode: Mode) -> None:
        project = Project(
            project_code="2605-420902-04-01-123456",
            name="槐荫大道改造",
            authority_document="孝南发改审批〔2026〕7号",
            region="420902",
            tenderer_type=TendererType.AUTHORITY,
            project_code_type=ProjectCodeType.APPROVAL,
        )
        eng = regime is Regime.ENG
        self.store(
            LotSubmitted(
                project=project,
                tenderer="owner",
                title="槐荫大道改造工程施工",
                category=Category.MUNICIPAL if eng else Category.GOODS,
                regime=regime,
                object=LotObject.WORKS if eng else LotObject.GOODS,
                fund_lines=(FundLine(source=FundSource.BUDGET, amount_fen=100_000_000),),
                estimate_fen=100_000_000 if eng else None,
                budget_fen=None if eng else 100_000_000,
                checklist=(),
                mode=mode,
                host="agency",
                host_name="代理公司",
                tenderer_name="住建局",
            ),
            LotAdmitted(number="420902-2026-0007-001", by="centre"),
        )
        self.project = project

    def notice(self, regime: Regime, waived: bool, silence: bool) -> None:
        filed = self.lot.admission
        assert filed.category is not None
        assert filed.object is not None
        published = NoticePublished(
            number="420902-2026-0007-001",
            title=filed.title,
            project=self.project,
            category=filed.category,
            regime=regime,
            object=filed.object,
            method=filed.method,
            region="420902",
            section=1,
            mode=filed.mode,
            host="agency",
            agency_name="代理公司",
            tenderer="owner",
            tenderer_name="住建局",
            base_fen=100_000_000,
            fund_lines=filed.fund_lines,
            price_limit_fen=98_000_000,
            published_at=NOTICED,
            deadline=T0,
            deadline_rule="R-ENG-03",
            earliest_deadline=date(2026, 5, 31),
            offer_until=date(2026, 5, 18),
            text="公告",
            statements=(),
            terms=msgspec.structs.replace(_terms(waived, silence), **self.changed_terms),
            waiver=_waiver(waived),
            ruleset=choose(load_rulesets(), regime, NOTICED).version,
            signed=SIGNED,
            notice_hash="cd" * 32,
        )
        document = DocumentIssued(version=1, sha256="ef" * 32, name="招标文件.pdf", length=9, reason="")
        self.store(published, document)

    # -- the desk -----------------------------------------------------------------------------------

    def store(self, *events: Event, owner: str = "") -> None:
        """Append, as the log would: through the stored bytes, each event to its own stream."""
        for event in events:
            stored = decode(event.TOPIC, encode(event))
            if event.TOPIC.startswith("bid."):
                name = getattr(event, "bidder", owner)
                self.bids[name] = evolve_bid(self.bid(name), stored)
                self.log.append((f"bid-lot-1-{name}", stored))
            else:
                self.lot = evolve(self.lot, stored)
                self.log.append(("lot-lot-1", stored))

    def bid(self, name: str) -> Bid:
        return self.bids.get(name, Bid(lot="lot-1", bidder=name))

    @property
    def events(self) -> list[Event]:
        """The lot's own stream."""
        return [event for stream, event in self.log if stream == "lot-lot-1"]

    def give(self, command: Command, actor: Actor = PLATFORM, **more: Any) -> list[Event]:
        authorise(actor, type(command), self.lot)
        if self.lot.control.suspended is not None and command.FORWARD:
            raise Suspended("lot-suspended", rule="F-34")
        facts = Facts(
            now=self.now,
            actor=actor,
            signed=SIGNED if command.BINDING else None,
            calendar=STATE_COUNCIL,
            rulesets=load_rulesets(),
            random=self.random.randbytes,
        )
        events = self._decide(command, facts, more)
        self.store(*events, owner=actor.party)
        return events

    def _decide(self, command: Command, facts: Facts, more: dict[str, Any]) -> list[Event]:
        finding = more.get("finding")
        own = self.bid(facts.actor.party)
        match command:
            case b.StartUpload():
                return start_upload(self.lot, command, facts, bid=own)
            case b.Submit():
                handed_in = more["handed_in"]
                return submit(
                    self.lot, command, facts, bid=own, handed_in=handed_in, finding=finding, issue=issue
                )
            case b.Join():
                return join(self.lot, command, facts, bid=own)
            case b.Withdraw():
                return withdraw(self.lot, command, facts, bid=own)
            case b.SignIn():
                return sign_in(self.lot, command, facts, bid=own)
            case b.RecordDeposit():
                return record_deposit(self.lot, command, facts, bid=self.bid(command.bidder))
            case b.ReturnDeposit():
                return return_deposit(self.lot, command, facts, bid=self.bid(command.bidder))
            case c.Close():
                return close(self.lot, command, facts, bids=list(self.bids.values()))
            case c.PublishRoll():
                known = {
                    name: Identity(name=f"{name}公司", uscc=f"USCC-{name}", certificate="Y2VydA")
                    for name in self.bids
                }
                bids = list(self.bids.values())
                return publish_roll(self.lot, command, facts, bids=bids, identities=known)
            case c.PublishOfficeKeys():
                return publish_office_keys(self.lot, command, facts, finding=finding)
            case c.Release():
                return release(self.lot, command, facts, finding=finding, issue=issue)
            case c.HandInSpare():
                sha256 = more.get("sha256", "ab" * 32)
                return hand_in_spare(self.lot, command, facts, sha256=sha256, length=9, finding=finding)
            case c.PublishFormKey():
                return publish_form_key(self.lot, command, facts, finding=finding)
            case c.Import():
                return import_bids(self.lot, command, facts, results=more["results"])
            case c.DiscloseEvaluationKey():
                return disclose_evaluation_key(self.lot, command, facts, finding=finding)
            case s.NameNotary():
                return name_notary(self.lot, command, facts, name=more.get("name"))
            case s.EnrolKey():
                return enrol_key(self.lot, command, facts, finding=finding)
            case s.SealTrial():
                return seal_trial(self.lot, command, facts, manifest="{}", sealed="AA")
            case s.OpenTrial():
                pairs, false = more.get("pairs", ()), more.get("false")
                return open_trial(self.lot, command, facts, false=false, pairs=pairs)
            case s.GiveShares():
                return give_shares(self.lot, command, facts, finding=finding, lies=more.get("lies", ()))
            case OrderLotErasure():
                return order_lot_erasure(self.lot, command, facts, events=self.events)
            case EraseLotData():
                return erase_lot_data(self.lot, command, facts, erased=(), stripped=())
            case k.SetTestClock():
                return set_test_clock(self.lot, command, facts, real=more["real"])
            case _:
                return DECIDERS[type(command)](self.lot, command, facts)

    # -- what the actors usually do -----------------------------------------------------------------

    def upload(self, name: str, envelope: str = "form") -> str:
        (started,) = self.give(b.StartUpload(envelope=envelope, length=1000), bidder(name))
        return str(getattr(started, "upload", ""))

    def submit(
        self,
        name: str,
        *,
        finding: Finding | None = None,
        version: int = 0,
        document: int = 1,
        consortium: Consortium | None = None,
        recipients: tuple[str, ...] = (),
        qualifications: tuple[Qualification, ...] = (),
    ) -> list[Event]:
        number = version or self.bid(name).next_version
        manifest_hash = hashlib.sha256(f"{name}/{number}/{document}".encode()).hexdigest()
        objects = tuple(
            SealedObject(
                envelope=envelope,
                upload=f"{name}-{number}-{envelope}",
                key=f"sealed/{name}/{number}/{envelope}",
                length=4096,
                root="aa" * 32,
                parts=("bb" * 32,),
            )
            for envelope in ENVELOPES
        )
        handed_in = HandedIn(
            manifest_hash=manifest_hash,
            bid_version=number,
            document_version=document,
            objects=objects,
            recipients=recipients,
        )
        command = b.Submit(
            manifest="{}",
            manifest_signature="c2ln",
            uploads={one.envelope: one.upload for one in objects},
            consortium=consortium,
            qualifications=qualifications,
        )
        return self.give(command, bidder(name), handed_in=handed_in, finding=finding)

    def withdraw(self, name: str) -> list[Event]:
        effective = self.bid(name).effective
        manifest_hash = effective.manifest_hash if effective else "00" * 32
        return self.give(b.Withdraw(manifest_hash=manifest_hash), bidder(name))

    def close(self, *names: str) -> None:
        """Each name bids, and the deadline comes."""
        for name in names:
            self.submit(name)
        self.now = T0
        self.give(c.Close())

    def office_keys(
        self, actor: Actor, session: str = "s-1", seed: str = "", finding: str | None = None
    ) -> list[Event]:
        seed = seed or actor.party
        command = c.PublishOfficeKeys(
            session=session,
            forms_key=key(f"{seed}/forms"),
            evaluation_key=key(f"{seed}/evaluation"),
            announcement="{}",
            announcement_signature="c2ln",
            possession="bm9uY2U",
        )
        return self.give(command, actor, finding=finding)

    def order(self, *names: str) -> None:
        """Up to the running release window."""
        self.close(*names)
        self.now += MINUTE
        self.give(c.PublishRoll(), HOST)
        self.office_keys(HOST)
        self.office_keys(OFFICER)
        self.give(c.OrderRelease(), HOST)

    def release(self, *names: str, text: str = "{}", finding: str | None = None) -> list[Event]:
        events: list[Event] = []
        for name in names:
            command = c.Release(release=text, release_signature="c2ln")
            events += self.give(command, bidder(name), finding=finding)
        return events

    def end_window(self) -> list[Event]:
        window = self.lot.opening.release_window
        assert window is not None
        self.now = max(self.now, window.ends)
        return self.give(c.EndWindow())

    def fault(self, name: str, fault: str) -> list[Event]:
        return self.give(
            msgspec.convert({"bidder": name, "fault": fault, **EVIDENCE}, c.DecideFault), OFFICER
        )

    def form_keys(self) -> None:
        for actor in (HOST, OFFICER):
            self.give(c.PublishFormKey(private_key=key(f"{actor.party}/private")), actor)

    def results(self, *, broken: Sequence[tuple[str, str]] = ()) -> list[ImportedBid]:
        """What the workers find; ``broken``: bidder and the layer that fails."""
        layers = dict(broken)
        return [
            ImportedBid(bidder=name, opened=False, layer=layers[name], evidence="见日志")
            if name in layers
            else ImportedBid(
                bidder=name,
                opened=True,
                form_key=key(f"{name}/cek"),
                form=AnnouncedForm(
                    price_fen=90_000_000 + 1000 * place,
                    duration_days=150,
                    quality="合格",
                    project_lead=f"{name}经理",
                    draw_nonce=b64(hashlib.sha256(name.encode()).digest()),
                ),
                plaintext_sha256="dd" * 32,
            )
            for place, name in enumerate(releasing(self.lot))
        ]

    def bring_in(self, *, broken: Sequence[tuple[str, str]] = ()) -> list[Event]:
        return self.give(c.Import(), results=self.results(broken=broken))

    def announce(self, *names: str) -> None:
        """Everything up to the announcement, with everybody's key released."""
        self.order(*names)
        self.release(*names)
        self.end_window()
        self.form_keys()
        self.bring_in()
        self.give(c.Announce(), HOST)

    def confirm(self, *names: str) -> None:
        announcement = self.lot.opening.announcement
        assert announcement is not None
        for name in names:
            self.give(c.Confirm(table_hash=announcement.table_hash), bidder(name))

    def object(self, name: str, kind: str = "objection") -> list[Event]:
        return self.give(msgspec.convert({"kind": kind, "text": "价格有误"}, c.Object), bidder(name))

    def close_confirmation(self) -> list[Event]:
        window = self.lot.opening.confirmation_window
        assert window is not None
        self.now = max(self.now, window.ends)
        return self.give(c.CloseConfirmation())

    def sign(self, actor: Actor) -> list[Event]:
        return self.give(c.SignRecord(record_hash=record_hash(self.lot)), actor)

    def incident(self, *, minutes_ago: int = 0) -> int:
        began = self.now - minutes_ago * MINUTE
        self.give(c.OpenIncident(kind="power", cause="机房断电", began=began), CENTRE)
        return len(self.lot.opening.incidents)

    def recover(self, number: int, *, ended: datetime | None = None) -> list[Event]:
        return self.give(c.CloseIncident(number=number, cause="市电恢复", ended=ended), CENTRE)
