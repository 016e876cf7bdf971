"""What is wrong with a file: what is refused at once, and the defects of the one correction (R-SVC-03)."""

from bidding.domain.admission.catalogue import CATALOGUE, Need, items
from bidding.domain.admission.filing import Category, Defect, Filing, Funding, Method
from bidding.domain.admission.state import Admission
from bidding.domain.codes import REGION, is_project_code
from bidding.domain.errors import Invalid
from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import ProjectCodeType

#: R-GEN-01: the categories of each regime, and what may be bought under each.
OBJECTS: dict[Regime, dict[Category, frozenset[LotObject]]] = {
    Regime.ENG: {
        Category.BUILDING: frozenset(LotObject),
        Category.MUNICIPAL: frozenset(LotObject),
        Category.TRANSPORT: frozenset(LotObject),
        Category.WATER: frozenset(LotObject),
    },
    Regime.GP: {
        Category.GOODS: frozenset({LotObject.GOODS}),
        Category.SERVICES: frozenset({LotObject.SERVICE}),
    },
}


def check_filing(filing: Filing) -> None:
    """Raises ``Invalid`` for a file that contradicts itself. What is merely missing is a defect."""
    objects = OBJECTS[filing.regime].get(filing.category)
    if objects is None:
        raise Invalid(
            "category-not-of-regime",
            rule="R-GEN-01",
            category=filing.category.value,
            regime=filing.regime.value,
            allowed=[category.value for category in OBJECTS[filing.regime]],
        )
    if filing.object not in objects:
        raise Invalid(
            "object-not-of-category",
            rule="R-GEN-01",
            object=filing.object.value,
            category=filing.category.value,
            allowed=sorted(objects),
        )
    if filing.method is not Method.OPEN:
        raise Invalid("method-not-carried-out", rule="R-GEN-01", method=filing.method.value)
    if not filing.title.strip() or not filing.project.name.strip():
        raise Invalid("title-missing", rule="R-SVC-03")
    if filing.project.region and REGION.fullmatch(filing.project.region) is None:
        raise Invalid("region-malformed", rule="R-CODE-03", region=filing.project.region)
    if filing.project.project_code and not is_project_code(filing.project.project_code):
        raise Invalid("project-code-malformed", rule="R-CODE-04", found=filing.project.project_code)
    if not 0 < filing.section < 1000:
        raise Invalid("section-out-of-range", rule="R-CODE-06", section=filing.section)
    if filing.price_limit_fen is not None and filing.price_limit_fen <= 0:
        raise Invalid("amount-not-positive", rule="R-SCORE-02", field="price_limit_fen")
    check_funding(filing, filing.regime)
    _check_checklist(filing)


def check_funding(funding: Funding, regime: Regime | None) -> None:
    """R-GEN-02: an estimate belongs to ENG, a budget to GP; a figure of the other regime is refused."""
    foreign = "estimate_fen" if regime is Regime.GP else "budget_fen"
    if getattr(funding, foreign) is not None:
        raise Invalid("base-of-other-regime", rule="R-GEN-02", field=foreign)
    for field in ("estimate_fen", "budget_fen"):
        amount = getattr(funding, field)
        if amount is not None and amount <= 0:
            raise Invalid("amount-not-positive", rule="R-SCORE-02", field=field)


def _check_checklist(filing: Filing) -> None:
    known = [item.code for item in CATALOGUE[filing.category]]
    named = [entry.item for entry in filing.checklist]
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise Invalid("checklist-item-unknown", rule="R-SVC-03", items=unknown, known=known)
    if len(named) != len(set(named)):
        raise Invalid("checklist-item-twice", rule="R-SVC-03")


def defects(admission: Admission) -> tuple[Defect, ...]:
    """Everything that keeps the file from being admitted: main items that are missing, facts not given, and
    what the waiver table could not decide on."""
    if admission.category is None or admission.project is None:
        return ()
    provided = {entry.item for entry in admission.checklist if entry.provided}
    missing = [
        Defect(item=item.code, reason=f"缺少{item.title}（{item.source}）")
        for item in items(admission.category, with_agency=admission.host != admission.tenderer)
        if item.need is Need.MAIN and item.code not in provided
    ]
    facts = []
    if not admission.project.authority_document.strip():
        facts.append(Defect(item="authority-document", reason="缺少审批、计划或者委托文件的文号（R-SVC-03）"))
    coded = admission.project.project_code_type not in {None, ProjectCodeType.NONE}
    if coded and not admission.project.project_code:
        facts.append(Defect(item="project-code", reason="缺少项目代码（R-CODE-04）"))
    held = () if admission.waiver is None else admission.waiver.reasons
    return (*missing, *facts, *(Defect(item=f"waiver:{reason}", reason=reason) for reason in held))
