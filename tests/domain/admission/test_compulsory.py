"""R-ENG-01 (16号令 2, 5): whether a lot must be tendered, said at admission with its reasons."""

import pytest
from msgspec.structs import replace

from bidding.application.rulebook.decisions import decisions
from bidding.application.rulesets import load_rulesets
from bidding.domain.admission import decide
from bidding.domain.admission.commands import Admit
from bidding.domain.admission.compulsory import compulsory
from bidding.domain.admission.events import LotAdmitted
from bidding.domain.admission.filing import Compulsory, Infrastructure, Project
from bidding.domain.admission.state import Admission
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import choose
from bidding.domain.waiverinputs import FundLine, FundSource, TendererType
from tests.domain.lots import NOW, OPERATOR, facts, gp_filing, submitted

WAN = 1_000_000
LAW = choose(load_rulesets(), Regime.ENG, NOW).thresholds
MUST, NEED_NOT, OPEN = Compulsory.COMPULSORY, Compulsory.NOT_COMPULSORY, Compulsory.UNDECIDED


def lot(
    *funds: tuple[FundSource, int | None],
    worth: int | None = 400,
    bought: LotObject = LotObject.WORKS,
    kind: TendererType = TendererType.AUTHORITY,
    infrastructure: Infrastructure | None = None,
) -> Admission:
    """Amounts in 万元."""
    project = Project(
        project_code="",
        name="路",
        authority_document="批",
        region="420902",
        tenderer_type=kind,
    )
    return Admission(
        project=project,
        infrastructure=infrastructure,
        regime=Regime.ENG,
        object=bought,
        estimate_fen=None if worth is None else worth * WAN,
        fund_lines=tuple(
            FundLine(source=source, amount_fen=None if amount is None else amount * WAN)
            for source, amount in funds
        ),
    )


def answer(made: Admission) -> Compulsory:
    verdict = compulsory(made, LAW)
    assert verdict is not None
    assert verdict.reasons
    return verdict.answer


@pytest.mark.parametrize(
    ("bought", "worth", "said"),
    [
        (LotObject.WORKS, 400, MUST),
        (LotObject.WORKS, 399, NEED_NOT),
        (LotObject.GOODS, 200, MUST),
        (LotObject.GOODS, 199, NEED_NOT),
        (LotObject.SURVEY_DESIGN, 100, MUST),
        (LotObject.SURVEY_DESIGN, 99, NEED_NOT),
        (LotObject.SERVICE, 100, MUST),
    ],
)
def test_the_size_of_the_contract(bought: LotObject, worth: int, said: Compulsory) -> None:
    assert answer(lot((FundSource.BUDGET, 1000), worth=worth, bought=bought)) is said


@pytest.mark.parametrize(
    ("budget", "other", "said"),
    [(200, 1800, MUST), (199, 0, OPEN), (200, 1801, OPEN), (1000, 9001, OPEN), (1000, 9000, MUST)],
)
def test_budget_money_of_two_million_and_a_tenth(budget: int, other: int, said: Compulsory) -> None:
    assert answer(lot((FundSource.BUDGET, budget), (FundSource.FISCALLY_REPAID_LOAN, other))) is said


def test_bonds_and_grants_are_budget_money_and_count_together() -> None:
    assert answer(lot((FundSource.SPECIAL_BOND, 150), (FundSource.SUPERIOR_GRANT, 50))) is MUST


@pytest.mark.parametrize(
    ("kind", "own", "said"),
    [
        (TendererType.STATE_ENTERPRISE, 501, MUST),
        (TendererType.PLATFORM_COMPANY, 501, MUST),
        (TendererType.INSTITUTION, 501, MUST),
        (TendererType.STATE_ENTERPRISE, 500, OPEN),
        (TendererType.PRIVATE_ENTERPRISE, 1000, OPEN),
    ],
)
def test_money_of_state_units_that_dominates(kind: TendererType, own: int, said: Compulsory) -> None:
    funds = (FundSource.ENTERPRISE, own), (FundSource.FISCALLY_REPAID_LOAN, 1000 - own)
    assert answer(lot(*funds, kind=kind)) is said


@pytest.mark.parametrize("infrastructure", list(Infrastructure))
def test_large_infrastructure_of_anybodys_money_is_tendered(infrastructure: Infrastructure) -> None:
    """16号令 4: by the catalogue, above the same amounts; what is none of it and of nobody's public money need not."""
    private = (FundSource.ENTERPRISE, 1000)
    kind = TendererType.PRIVATE_ENTERPRISE
    listed = infrastructure is not Infrastructure.NONE
    assert answer(lot(private, kind=kind, infrastructure=infrastructure)) is (MUST if listed else NEED_NOT)
    assert answer(lot(private, kind=kind, worth=399, infrastructure=infrastructure)) is NEED_NOT
    assert answer(lot((FundSource.BUDGET, 1000), infrastructure=infrastructure)) is MUST
    assert answer(lot(infrastructure=infrastructure)) is (MUST if listed else OPEN)


def test_what_is_not_known_is_not_guessed() -> None:
    assert answer(lot((FundSource.BUDGET, 1000), worth=None)) is OPEN
    assert answer(lot()) is OPEN
    assert answer(lot((FundSource.BUDGET, None))) is OPEN


def test_the_admission_says_it_and_the_explanation_repeats_it() -> None:
    (event,) = decide.admit(submitted(), Admit(), facts(OPERATOR))
    assert isinstance(event, LotAdmitted)
    assert event.compulsory is not None
    assert event.compulsory.answer is MUST
    (told,) = decisions([event])
    assert (told.rule, told.zh, told.reasons) == ("R-ENG-01", "必须招标", event.compulsory.reasons)
    assert decisions([replace(event, compulsory=None)]) == ()


def test_procurement_has_standards_of_its_own() -> None:  # R-GEN-02
    (event,) = decide.admit(submitted(gp_filing()), Admit(), facts(OPERATOR))
    assert isinstance(event, LotAdmitted)
    assert event.compulsory is None
    assert compulsory(Admission(regime=Regime.GP, object=LotObject.GOODS), LAW) is None
