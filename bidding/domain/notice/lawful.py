"""Whether a tender's terms keep the law, under the notice's rule set and the waiver decided for it."""

import re
from decimal import Decimal, InvalidOperation

import msgspec

from bidding.domain.codes import check_uscc
from bidding.domain.committee import check_committee
from bidding.domain.errors import Invalid
from bidding.domain.evaluation.eligibility import quotas_of
from bidding.domain.notice.absence import check_absence
from bidding.domain.notice.terms import FORM, SUITES, DecisionMethod, DepositForm, TenderTerms
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import EngRules, RuleSet
from bidding.domain.scoring import (
    Deviation,
    EngLowestEvaluated,
    GpLowestEvaluated,
    LowPriceFirst,
    PriceFormula,
    ReasonableLow,
    choices_of,
    formula_faults,
    pools_of,
)
from bidding.domain.scoring.drawrule import ORDER, ambiguous, outside_unit
from bidding.domain.waiver import Charge, WaiverDecision

#: Which formula each evaluation method computes the price by (R-SCORE-09, R-GP-09).
FORMULA_OF: dict[Method, type[PriceFormula]] = {
    Method.GP_COMPREHENSIVE: LowPriceFirst,
    Method.GP_LOWEST_EVALUATED: GpLowestEvaluated,
    Method.ENG_COMPREHENSIVE: Deviation,
    Method.ENG_REASONABLE_LOW: ReasonableLow,
    Method.ENG_LOWEST_EVALUATED: EngLowestEvaluated,
}
#: Methods that rank by price alone and give no points.
WITHOUT_POINTS = frozenset({Method.GP_LOWEST_EVALUATED, Method.ENG_LOWEST_EVALUATED})
#: Two prices always have one difference: only a third can repeat it.
SHORTEST_SERIES = 3
#: 定标委员会: five or more, odd (practice of the local rules).
FEWEST_DECIDING = 5
FULL_POINTS = Decimal(100)

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
#: Suite → the platform's public key in base64url (``docs/sealed-bids.md``, 2).
KEYS = {
    "intl-1": re.compile(r"[A-Za-z0-9_-]{43}"),
    "intl-pq": re.compile(r"[A-Za-z0-9_-]{1622}"),
    "gm-1": re.compile(r"[A-Za-z0-9_-]{86}"),
}
#: R-WAIVE-05: what a waived document may not say: a sentence that names the charge and demands, once the
#: clauses that deny it are left out. 质量保证金 and 农民工工资保证金 are other deposits, lawful and never
#: waived (R-WAIVE-02).
SENTENCE = re.compile(r"[^。；;!！\n]+")
CLAUSE = re.compile(r"[^，,]+")
DENIAL = re.compile(
    r"不(?:再|得|予)?(?:收取|缴纳|交纳|提交|递交|要求|需|设)|免(?:收|缴|交|于|予|除)|无需|无须"
)
DEMAND = re.compile(r"[缴交]纳|[提递]交|缴存|收取|转账|汇款|[金数]额|百分之|[0-9０-９]\s*(?:万?元|[%％])")
ACCOUNT = re.compile(r"开户(?:银)?行|银行账[号户]|收款账[号户]|(?:保证金|缴纳|交纳)账[号户]")


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What terms are judged by. ``base_fen``: estimate or budget in 分."""

    rules: RuleSet
    regime: Regime
    object: LotObject
    base_fen: int
    waiver: WaiverDecision


def check_terms(terms: TenderTerms, basis: Basis) -> None:
    """Raises ``Invalid``, naming the rule, for the first thing unlawful in ``terms``."""
    _check_sealing(terms)
    _check_scoring(terms, basis)
    _check_bid_deposit(terms, basis)
    _check_performance_bond(terms, basis)
    _check_committee(terms, basis)
    _check_bidders(terms)
    check_absence(terms.absence, basis.regime)


def check_text(text: str, waiver: WaiverDecision) -> None:
    """R-WAIVE-05: a deposit clause or a payment account blocks the publication of a waived lot."""
    waived = {
        "投标保证金": waiver.bid_deposit is Charge.WAIVED,
        "履约保证金": waiver.performance_bond is Charge.WAIVED,
        "履约担保": waiver.performance_bond is Charge.WAIVED,
        "信息服务费": waiver.info_fee is Charge.WAIVED,
    }
    for sentence in SENTENCE.findall(text):
        said = "，".join(clause for clause in CLAUSE.findall(sentence) if DENIAL.search(clause) is None)
        named = [charge for charge, holds in waived.items() if holds and charge in said]
        if named and DEMAND.search(said) is not None:
            raise Invalid("waived-lot-asks", rule="R-WAIVE-05", clause=sentence.strip(), charge=named[0])
        if waiver.bid_deposit is Charge.WAIVED and ACCOUNT.search(sentence) is not None:
            raise Invalid("waived-lot-names-account", rule="R-WAIVE-05", clause=sentence.strip())


def _check_sealing(terms: TenderTerms) -> None:
    if not terms.suites or not SUITES.issuperset(terms.suites):
        raise Invalid("suite-unknown", rule="R-PLAT-03", known=sorted(SUITES))
    if len(terms.suites) > 1:
        raise Invalid("one-suite-only", rule="R-PLAT-03", suites=list(terms.suites))
    names = [envelope.name for envelope in terms.envelopes]
    if FORM not in names or len(names) != len(set(names)) or not all(map(NAME.fullmatch, names)):
        raise Invalid("envelopes-malformed", rule="R-BID-07", envelopes=names)
    if KEYS[terms.suites[0]].fullmatch(terms.platform_key) is None:
        raise Invalid("platform-key-malformed", rule="R-BID-07")
    for field in (
        "sign_in_minutes",
        "release_window_minutes",
        "confirm_window_minutes",
        "objection_window_minutes",
        "max_duration_days",
        "bid_validity_days",
    ):
        if getattr(terms, field) <= 0:
            raise Invalid("term-not-positive", rule="R-OPEN-24", field=field)


def _check_scoring(terms: TenderTerms, basis: Basis) -> None:
    if not isinstance(terms.price_formula, FORMULA_OF[terms.method]):
        raise Invalid("formula-not-of-method", rule="R-SCORE-09", method=terms.method.value)
    faults = formula_faults(terms.price_formula, basis.rules, basis.object)
    if faults:
        raise Invalid("formula-unlawful", rule="R-SCORE-01", faults=[fault.value for fault in faults])
    _check_draw(terms)
    if terms.abnormal_share and not 0 < points(terms.abnormal_share, "abnormal_share") < 1:
        raise Invalid("abnormal-share-unlawful", rule="R-SCORE-05", share=terms.abnormal_share)
    price = points(terms.price_points, "price_points")
    if isinstance(terms.price_formula, LowPriceFirst) and price != Decimal(terms.price_formula.weight):
        raise Invalid("price-points-not-weight", rule="R-SCORE-03", weight=terms.price_formula.weight)
    ids = [criterion.id for criterion in terms.criteria]
    if len(ids) != len(set(ids)) or not all(map(NAME.fullmatch, ids)):
        raise Invalid("criteria-malformed", rule="R-EVAL-03", criteria=ids)
    scored = [points(criterion.max_points, criterion.id) for criterion in terms.criteria]
    if any(most == 0 for most in scored):
        raise Invalid("criterion-without-points", rule="R-EVAL-03")
    _check_low_price(terms)
    _check_collusion(terms)
    if terms.credit_promise and basis.regime is not Regime.GP:
        raise Invalid("credit-promise-is-gp", rule="R-NB-HM-04")
    if terms.core_product.strip() and (basis.regime, basis.object) != (Regime.GP, LotObject.GOODS):
        raise Invalid("core-product-is-gp-goods", rule="R-SCORE-05")
    total = price + sum(scored)
    if total != (0 if terms.method in WITHOUT_POINTS else FULL_POINTS):
        raise Invalid("points-do-not-sum", rule="R-EVAL-03", total=str(total))
    if terms.method is Method.ENG_REASONABLE_LOW and scored:
        raise Invalid("reasonable-low-scores-price-only", rule="R-SCORE-09")


def _check_low_price(terms: TenderTerms) -> None:
    """R-SCORE-05: shares that warn; one above the whole would call every price abnormal."""
    shares = terms.low_price
    for field in ("of_mean", "of_next", "of_limit"):
        share = getattr(shares, field)
        if share and not 0 < points(share, field) <= 1:
            raise Invalid("low-price-share-out-of-range", rule="R-SCORE-05", field=field, value=share)


def _check_collusion(terms: TenderTerms) -> None:
    """R-EVAL-04: fields and thresholds that can be met, and that no single weak field meets."""
    declared = terms.collusion
    strong = set(declared.fields) - set(declared.weak)
    if not strong or not 1 <= declared.threshold <= len(set(declared.fields)):
        raise Invalid("collusion-threshold-unmeetable", rule="R-EVAL-04", threshold=declared.threshold)
    if declared.series_length < SHORTEST_SERIES:
        raise Invalid("price-series-too-short", rule="R-EVAL-04", length=declared.series_length)
    if points(declared.tolerance, "tolerance") >= 1:
        raise Invalid("points-malformed", rule="R-EVAL-04", field="tolerance", value=declared.tolerance)


def _check_draw(terms: TenderTerms) -> None:
    """R-DRAW-02: a formula that draws comes with the rule of its draw, and only such a one (R-SCORE-12, R-SCORE-13);
    the conditions of the experts' draw make up their number (R-EVAL-07)."""
    if terms.expert_draw is not None:
        quotas_of(terms.expert_draw.trades, terms.committee_size - terms.tenderer_reps)
    declared, choices = terms.draw, choices_of(terms.price_formula)
    if not choices and declared is not None:
        raise Invalid("nothing-to-draw", rule="R-DRAW-01")
    if not choices or declared is None:
        if choices:
            raise Invalid("formula-needs-draw", rule="R-DRAW-02", coefficients=sorted(choices))
        return
    for name, values in choices.items():
        if ambiguous(values) or outside_unit(values):
            raise Invalid("draw-choices-unlawful", rule="R-SCORE-12", coefficient=name.value, choices=values)
    if declared.pools != pools_of(terms.price_formula) or declared.order != ORDER:
        raise Invalid("draw-rule-differs", rule="R-DRAW-02")


def points(text: str, field: str) -> Decimal:
    """Points written as a plain decimal, at least 0."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Invalid("points-malformed", rule="R-EVAL-03", field=field, value=text) from None
    if not value.is_finite() or value < 0:
        raise Invalid("points-malformed", rule="R-EVAL-03", field=field, value=text)
    return value


def _check_bid_deposit(terms: TenderTerms, basis: Basis) -> None:
    most = basis.waiver.bid_deposit_max_fen or 0
    rule = basis.rules.bonds.bid_deposit.rule
    if basis.waiver.bid_deposit is Charge.WAIVED:
        if terms.bid_deposit_fen or terms.deposit_forms:
            raise Invalid("waived-lot-asks-deposit", rule="R-WAIVE-05", row=basis.waiver.row.value)
        if terms.payment_account:
            raise Invalid("waived-lot-names-account", rule="R-WAIVE-05", clause=terms.payment_account)
        if not terms.document_says_no_deposit:
            raise Invalid("no-deposit-sentence-missing", rule="R-WAIVE-05")
        return
    if not 0 <= terms.bid_deposit_fen <= most:
        raise Invalid("deposit-over-cap", rule=rule, asked_fen=terms.bid_deposit_fen, max_fen=most)
    if terms.bid_deposit_fen and terms.document_says_no_deposit:
        raise Invalid("document-denies-deposit", rule=rule)
    if terms.bid_deposit_fen and DepositForm.GUARANTEE not in terms.deposit_forms:
        raise Invalid("guarantee-not-accepted", rule="R-GUAR-02")
    if basis.regime is Regime.GP and DepositForm.CASH in terms.deposit_forms:
        raise Invalid("terms-deposit-in-cash", rule=rule)


def _check_performance_bond(terms: TenderTerms, basis: Basis) -> None:
    limit = basis.rules.bonds.performance_bond
    rate = points(terms.performance_bond_rate, "performance_bond_rate")
    if basis.waiver.performance_bond is Charge.WAIVED and rate:
        raise Invalid("waived-lot-asks-bond", rule="R-WAIVE-05", row=basis.waiver.row.value)
    if rate > limit.value:
        raise Invalid("bond-over-limit", rule=limit.rule, asked=str(rate), limit=str(limit.value))


def _check_bidders(terms: TenderTerms) -> None:
    """R-ENG-30, R-GP-28, R-GP-27: who may stand behind a bid, and who not, as the document says."""
    most = terms.consortium_members
    if most < 0 or most == 1 or (most and not terms.consortia):
        raise Invalid("consortium-size-unlawful", rule="R-ENG-30", members=most)
    for unit in terms.excluded_units:
        if not unit.name.strip() or not unit.why.strip():
            raise Invalid("excluded-unit-without-reason", rule="R-GP-27", unit=unit.name)
        if unit.uscc and not check_uscc(unit.uscc).format_ok:
            raise Invalid("excluded-unit-uscc", rule="R-CODE-01", unit=unit.name)


def _check_committee(terms: TenderTerms, basis: Basis) -> None:
    if not 0 <= terms.tenderer_reps <= terms.committee_size:
        raise Invalid("terms-committee-unlawful", rule="R-EVAL-05", reasons=["EXPERTS_LT_TWO_THIRDS"])
    verdict = check_committee(
        basis.rules.committee,
        members=terms.committee_size,
        experts=terms.committee_size - terms.tenderer_reps,
        budget_fen=basis.base_fen if basis.regime is Regime.GP else None,
        technically_complex=terms.special_committee,
    )
    if not verdict.ok:
        rule = basis.rules.committee.min_members.rule
        raise Invalid(
            "terms-committee-unlawful", rule=rule, reasons=[reason.value for reason in verdict.reasons]
        )
    _check_decision(terms, basis)
    most = basis.rules.counts.max_candidates if isinstance(basis.rules, EngRules) else None
    if terms.candidates < 1 or (most is not None and terms.candidates > most.n):
        raise Invalid(
            "candidates-out-of-range", rule="R-ENG-17", asked=terms.candidates, most=most.n if most else None
        )


def _check_decision(terms: TenderTerms, basis: Basis) -> None:
    """R-DRAW-04: 评定分离 only in engineering and under a local rule; R-DRAW-03: never by lot."""
    declared = terms.decision
    if declared is None:
        return
    if declared.method is DecisionMethod.LOTTERY:
        raise Invalid("random-winner-forbidden", rule="R-DRAW-03", clause=declared.method.value)
    if basis.regime is not Regime.ENG or not declared.local_rule.strip():
        raise Invalid("separate-decision-without-rule", rule="R-DRAW-04")
    if declared.members < FEWEST_DECIDING or declared.members % 2 == 0:
        raise Invalid("decision-members-unlawful", rule="R-DRAW-04", members=declared.members)
