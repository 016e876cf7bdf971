"""What the host of a generated lot hands in: the file, the notice and its terms."""

from datetime import timedelta

from bidding.domain.admission.catalogue import CATALOGUE, Need
from bidding.domain.admission.commands import Submit
from bidding.domain.admission.filing import Category, ChecklistEntry, Mode, Project
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.notice.commands import Publish
from bidding.domain.notice.particulars import OfficeContact, Particulars
from bidding.domain.notice.periods import offer_open_until
from bidding.domain.notice.terms import (
    Criterion,
    CriterionKind,
    DepositForm,
    DocumentRef,
    EnvelopeTerm,
    KeyPolicy,
    TenderTerms,
)
from bidding.domain.ranking import Method
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet
from bidding.domain.scoring import Deductions, Deviation, LowPriceFirst, MeanBase, TrimPolicy
from bidding.domain.waiver import (
    Charge,
    FundLine,
    FundMode,
    FundSource,
    ProjectCodeType,
    TendererType,
    WaiverDecision,
)
from bidding.stage.generated.balance import bought
from bidding.stage.generated.plan import LotPlan, Sort, at

REGION = "420902"
CONTACT = OfficeContact(person="生成", phone="0000-0000000", address="生成数据，并无此地址")
PARTICULARS = Particulars(
    scope="由演示程序生成，并非真实招标范围。",
    scale="由演示程序生成，并非真实规模。",
    tenderer=CONTACT,
    agency=CONTACT,
)
#: Stands in every title: nobody shall take these lots for real ones.
MARK = "【生成数据】"
DIRECT = FundMode.DIRECT_INVESTMENT
BUDGET_SOURCES = (FundSource.BUDGET, FundSource.BUDGET, FundSource.SPECIAL_BOND, FundSource.SUPERIOR_GRANT)
ENG_TERMS = (
    Criterion(id="plan", title="施工组织设计", kind=CriterionKind.SUBJECTIVE, max_points="30"),
    Criterion(id="record", title="类似业绩", kind=CriterionKind.OBJECTIVE, max_points="10"),
)
GP_TERMS = (
    Criterion(id="technical", title="技术参数", kind=CriterionKind.OBJECTIVE, max_points="50"),
    Criterion(id="service", title="售后服务", kind=CriterionKind.SUBJECTIVE, max_points="20"),
)


def filing(lot: LotPlan, tenderer: str) -> Submit:
    gp = lot.sort is Sort.PURCHASE
    name = f"{MARK}{_place(lot.category)}{lot.serial:04d}号项目"
    return Submit(
        project=_project(lot, name),
        tenderer=tenderer,
        title=f"{name}{lot.sort.value}",
        category=lot.category,
        regime=Regime.GP if gp else Regime.ENG,
        object=bought(lot),
        estimate_fen=None if gp else lot.estimate_fen,
        budget_fen=lot.estimate_fen if gp else None,
        price_limit_fen=lot.estimate_fen,
        fund_lines=_funds(lot),
        checklist=tuple(
            ChecklistEntry(item=item.code, provided=True, reference="生成")
            for item in CATALOGUE[lot.category]
            if item.need is Need.MAIN
        ),
        mode=Mode.TEST,
    )


def publication(lot: LotPlan, waiver: WaiverDecision, rules: RuleSet) -> Publish:
    said = "本项目不收取投标保证金。" if waiver.bid_deposit is Charge.WAIVED else ""
    noticed = at(lot.noticed, 9)
    return Publish(
        text=f"{MARK}由演示程序生成，并非真实招标。现公开招标。{said}",
        deadline=at(lot.opens, 9, 30),
        offer_until=offer_open_until(rules, noticed, STATE_COUNCIL).day + timedelta(days=2),
        terms=_terms(lot, waiver),
        document=DocumentRef(sha256=f"{lot.serial:064x}", name="招标文件.pdf", length=1_048_576),
        particulars=PARTICULARS,
    )


def _project(lot: LotPlan, name: str) -> Project:
    code_type, tenderer_type = ProjectCodeType.APPROVAL, TendererType.AUTHORITY
    if lot.sort is Sort.PURCHASE:
        code_type, tenderer_type = ProjectCodeType.NONE, TendererType.INSTITUTION
    if lot.sort is Sort.LOAN_WORKS:
        code_type = ProjectCodeType.VERIFICATION
    if lot.sort is Sort.COMPANY_WORKS:
        code_type, tenderer_type = ProjectCodeType.FILING, TendererType.PRIVATE_ENTERPRISE
    code = "" if code_type is ProjectCodeType.NONE else f"2112-{REGION}-04-01-{lot.serial:05d}0"
    return Project(
        project_code=code,
        name=name,
        authority_document=f"生成〔{lot.noticed.year}〕{lot.serial}号",
        region=REGION,
        project_code_type=code_type,
        tenderer_type=tenderer_type,
    )


def _funds(lot: LotPlan) -> tuple[FundLine, ...]:
    amount = lot.estimate_fen
    if lot.sort is Sort.COMPANY_WORKS:
        return (FundLine(source=FundSource.ENTERPRISE, amount_fen=amount),)
    if lot.sort is Sort.LOAN_WORKS:
        return (FundLine(source=FundSource.FISCALLY_REPAID_LOAN, amount_fen=amount),)
    if lot.sort is Sort.PURCHASE:
        return (FundLine(source=FundSource.BUDGET, amount_fen=amount),)
    if lot.sort is Sort.LARGE_WORKS and lot.serial % 2:
        half = amount // 2
        return (
            FundLine(source=FundSource.BUDGET, mode=DIRECT, amount_fen=amount - half),
            FundLine(source=FundSource.SPECIAL_BOND, mode=DIRECT, amount_fen=half),
        )
    source = BUDGET_SOURCES[lot.serial % len(BUDGET_SOURCES)]
    return (FundLine(source=source, mode=DIRECT, amount_fen=amount),)


def _terms(lot: LotPlan, waiver: WaiverDecision) -> TenderTerms:
    gp, waived = lot.sort is Sort.PURCHASE, waiver.bid_deposit is Charge.WAIVED
    return TenderTerms(
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
        method=Method.GP_COMPREHENSIVE if gp else Method.ENG_COMPREHENSIVE,
        price_formula=(
            LowPriceFirst(weight="30", deductions=Deductions(small_micro="0.1", domestic="0"))
            if gp
            else Deviation(base=MeanBase(trim=TrimPolicy.TRIM_B), e1="1", e2="0.5")
        ),
        price_points="30" if gp else "60",
        criteria=GP_TERMS if gp else ENG_TERMS,
        max_duration_days=365,
        quality="合格",
        bid_validity_days=90,
        bid_deposit_fen=0 if waived else waiver.bid_deposit_max_fen or 0,
        deposit_forms=() if waived else (DepositForm.GUARANTEE, DepositForm.TRANSFER),
        document_says_no_deposit=waived,
        performance_bond_rate="0" if waiver.performance_bond is Charge.WAIVED else "0.05",
        candidates=3,
        committee_size=5,
        tenderer_reps=1,
        platform_key="A" * 43,
    )


def _place(category: Category) -> str:
    return {
        Category.BUILDING: "公共建筑",
        Category.MUNICIPAL: "市政道路",
        Category.TRANSPORT: "农村公路",
        Category.WATER: "水利设施",
        Category.GOODS: "办公设备",
        Category.SERVICES: "物业服务",
    }[category]
