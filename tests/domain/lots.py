"""Sample lots, each brought to its phase by the domain's own decisions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bidding.application.rulesets import load_rulesets
from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import Admit, Submit
from bidding.domain.admission.filing import Category, ChecklistEntry, Mode, Project
from bidding.domain.booking import decide as booking
from bidding.domain.booking.commands import Book
from bidding.domain.booking.events import Purpose
from bidding.domain.booking.state import Room
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.command import Facts
from bidding.domain.event import Event, SignedAct
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice import decide as notice
from bidding.domain.notice.commands import Publish
from bidding.domain.notice.particulars import OfficeContact, Particulars
from bidding.domain.notice.terms import (
    Criterion,
    CriterionKind,
    DepositForm,
    DocumentRef,
    EnvelopeTerm,
    KeyPolicy,
    TenderTerms,
)
from bidding.domain.parties import Actor, Role
from bidding.domain.periods import SHANGHAI
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.registration.events import Kind
from bidding.domain.registration.state import Party
from bidding.domain.scoring import Deductions, Deviation, LowPriceFirst, MeanBase, TrimPolicy
from bidding.domain.waiver import FundLine, FundMode, FundSource, ProjectCodeType, TendererType

RULESETS = load_rulesets()
SIGNED = SignedAct(statement='{"v":1}', signature="c2ln")
#: Monday 2026-03-02, 09:00 in Beijing; the deadline is Tuesday 2026-03-31, 09:30.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
DEADLINE = datetime(2026, 3, 31, 9, 30, tzinfo=SHANGHAI)

AGENCY = Actor(party="agency", name="正信招标代理", roles=frozenset({Role.AGENCY}), credential="a1")
OPERATOR = Actor(party="centre", name="交易中心", roles=frozenset({Role.OPERATOR}), credential="c1")
READER = Actor(party="reader", name="某某建设", roles=frozenset({Role.BIDDER}), credential="b1")
TENDERER = Party(
    party="tenderer",
    version=2,
    kind=Kind.ORGANISATION,
    name="孝南区住建局",
    requested_roles=(Role.TENDERER,),
    verified_by="centre",
)
OPENING_ROOM = Room(room="kb1", version=1, name="开标一室", kind=Purpose.OPENING, buffer_minutes=30)
EVALUATION_ROOM = Room(room="pb1", version=1, name="评标一室", kind=Purpose.EVALUATION, seats=9)


def at(day: int, hour: int = 9, minute: int = 0, *, month: int = 3) -> datetime:
    """An instant of 2026, Beijing time."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def facts(actor: Actor = AGENCY, now: datetime = NOW) -> Facts:
    return Facts(
        now=now.astimezone(UTC),
        actor=actor,
        signed=SIGNED,
        calendar=STATE_COUNCIL,
        rulesets=RULESETS,
        random=lambda n: bytes(range(n)),
    )


def entries(*codes: str) -> tuple[ChecklistEntry, ...]:
    return tuple(ChecklistEntry(item=code, provided=True, reference=f"附件 {code}") for code in codes)


def eng_filing(**changes: Any) -> Submit:
    """District road works on budget money: row D2, everything waived."""
    return replace(
        Submit(
            project=Project(
                project_code="2603-420902-04-01-12345X",
                name="孝南区城北路改造",
                authority_document="孝南发改审批〔2026〕18号",
                region="420902",
                project_code_type=ProjectCodeType.APPROVAL,
                tenderer_type=TendererType.AUTHORITY,
            ),
            tenderer=TENDERER.party,
            title="城北路改造施工一标段",
            category=Category.MUNICIPAL,
            regime=Regime.ENG,
            object=LotObject.WORKS,
            estimate_fen=12_000_000_00,
            price_limit_fen=11_800_000_00,
            fund_lines=(
                FundLine(source=FundSource.BUDGET, mode=FundMode.DIRECT_INVESTMENT, amount_fen=15_000_000_00),
            ),
            checklist=entries("approval", "tender-scheme", "funding-proof", "agency-contract", "design"),
        ),
        **changes,
    )


def company_filing(**changes: Any) -> Submit:
    """Works of a private enterprise on its own money: row D6, deposits within the caps."""
    filing = eng_filing()
    project = replace(
        filing.project,
        project_code_type=ProjectCodeType.FILING,
        tenderer_type=TendererType.PRIVATE_ENTERPRISE,
    )
    own = (FundLine(source=FundSource.ENTERPRISE, amount_fen=15_000_000_00),)
    return replace(filing, project=project, fund_lines=own, **changes)


def gp_filing(**changes: Any) -> Submit:
    """Goods of a Hubei institution: row D4, bid deposit waived, bond allowed."""
    return replace(
        Submit(
            project=Project(
                project_code="",
                name="孝南区中心医院设备更新",
                authority_document="孝南采计备〔2026〕102号",
                region="420902",
                project_code_type=ProjectCodeType.NONE,
                tenderer_type=TendererType.INSTITUTION,
            ),
            tenderer=TENDERER.party,
            title="彩超设备采购",
            category=Category.GOODS,
            regime=Regime.GP,
            object=LotObject.GOODS,
            budget_fen=3_000_000_00,
            fund_lines=(FundLine(source=FundSource.BUDGET, amount_fen=3_000_000_00),),
            checklist=entries("budget-approval", "procurement-plan", "requirements", "agency-contract"),
        ),
        **changes,
    )


def terms(**changes: Any) -> TenderTerms:
    return replace(
        TenderTerms(
            suites=("intl-1",),
            key_policy=KeyPolicy.P1,
            envelopes=(
                EnvelopeTerm(name="form", title="开标一览表"),
                EnvelopeTerm(name="technical", title="技术文件"),
            ),
            sign_in_minutes=60,
            release_window_minutes=30,
            confirm_window_minutes=10,
            objection_window_minutes=5,
            silence_is_acceptance=True,
            method=Method.ENG_COMPREHENSIVE,
            price_formula=Deviation(base=MeanBase(trim=TrimPolicy.TRIM_B), e1="1", e2="0.5"),
            price_points="60",
            criteria=(
                Criterion(id="plan", title="施工组织设计", kind=CriterionKind.SUBJECTIVE, max_points="30"),
                Criterion(id="record", title="类似业绩", kind=CriterionKind.OBJECTIVE, max_points="10"),
            ),
            max_duration_days=365,
            quality="合格",
            bid_validity_days=90,
            bid_deposit_fen=0,
            document_says_no_deposit=True,
            candidates=3,
            committee_size=5,
            tenderer_reps=1,
            platform_key="A" * 43,
        ),
        **changes,
    )


def gp_terms(**changes: Any) -> TenderTerms:
    formula = LowPriceFirst(weight="30", deductions=Deductions(small_micro="0.1", domestic="0.2"))
    criteria = (
        Criterion(id="technical", title="技术参数", kind=CriterionKind.OBJECTIVE, max_points="50"),
        Criterion(id="service", title="售后服务", kind=CriterionKind.SUBJECTIVE, max_points="20"),
    )
    return terms(
        **{
            "method": Method.GP_COMPREHENSIVE,
            "price_formula": formula,
            "price_points": "30",
            "criteria": criteria,
            **changes,
        }
    )


#: R-PLAT-09: what every notice says of the work, and of those who answer for it.
PARTICULARS = Particulars(
    scope="道路、排水、照明施工图范围内的全部内容",
    scale="全长 1.2 千米，红线宽 24 米",
    tenderer=OfficeContact(person="张工", phone="0712-2850001", address="孝感市孝南区城站路 1 号"),
    agency=OfficeContact(person="李工", phone="0712-2850002", address="孝感市孝南区长征路 9 号"),
)


def publication(**changes: Any) -> Publish:
    return replace(
        Publish(
            text="孝南区城北路改造施工一标段，现公开招标。本项目不收取投标保证金、履约保证金。",
            deadline=DEADLINE,
            offer_until=date(2026, 3, 9),
            terms=terms(),
            document=DocumentRef(sha256="ab" * 32, name="招标文件.pdf", length=1_048_576),
            particulars=PARTICULARS,
        ),
        **changes,
    )


def fold(lot: Lot, events: Sequence[Event]) -> Lot:
    for event in events:
        lot = evolve(lot, event)
    return lot


def submitted(filing: Submit | None = None, lot: Lot | None = None) -> Lot:
    lot = lot or Lot(lot_id="lot-1")
    return fold(lot, admission.submit(lot, filing or eng_filing(), facts(), tenderer=TENDERER))


def admitted(filing: Submit | None = None) -> Lot:
    lot = submitted(filing)
    return fold(lot, admission.admit(lot, Admit(), facts(OPERATOR)))


def booked(filing: Submit | None = None, deadline: datetime = DEADLINE) -> Lot:
    """Admitted, with an opening slot from half an hour before the deadline to two hours after it."""
    lot = admitted(filing)
    room = replace(OPENING_ROOM, test=lot.admission.mode is Mode.TEST)
    slot = Book(
        room=room.room,
        start=deadline - timedelta(minutes=30),
        end=deadline + timedelta(hours=2),
        purpose=Purpose.OPENING,
    )
    return fold(lot, booking.book(lot, slot, facts(), room=room).lot)


def noticed(filing: Submit | None = None, command: Publish | None = None) -> Lot:
    lot = booked(filing)
    return fold(lot, notice.publish(lot, command or publication(), facts()))


def noticed_company(**changes: Any) -> Lot:
    """A noticed lot that asks a deposit of 20万."""
    asked = terms(
        bid_deposit_fen=200_000_00,
        deposit_forms=(DepositForm.GUARANTEE, DepositForm.TRANSFER),
        document_says_no_deposit=False,
        performance_bond_rate="0.1",
    )
    return noticed(company_filing(), publication(text="现公开招标。", terms=asked, **changes))
