"""The terms of a tender: those clauses of the tender document that the platform itself carries out."""

from enum import StrEnum

import msgspec

from bidding.domain.evaluation.ticketing import ExpertDrawRule
from bidding.domain.evaluation.traces import CollusionTerms
from bidding.domain.ranking import Method as RankingMethod
from bidding.domain.scoring import DrawRule, PriceFormula

#: Suites that the platform can open (``docs/sealed-bids.md``).
SUITES = frozenset({"intl-1", "intl-pq", "gm-1"})
#: The envelope that every bid has: the opening form, what will be announced.
FORM = "form"


class KeyPolicy(StrEnum):
    """Who can open a bid (``docs/sealed-bids.md``): P1 = the bidder's own keys and nobody else's; P2 = those, and any
    two of agency, supervisor and notary after a signed incident report (R-BID-07); P3 = any two of these three and
    nobody else, with the bidder's signed consent (R-BID-06)."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class CriterionKind(StrEnum):
    """Objective: every member must give the same points; subjective: each judges (87号令 64)."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class DepositForm(StrEnum):
    CASH = "CASH"
    GUARANTEE = "GUARANTEE"
    TRANSFER = "TRANSFER"


class EnvelopeTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``name``: lower-case ASCII, bound into each seal. ``form`` is always there: what will be announced."""

    name: str
    title: str


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One published criterion (R-EVAL-03). ``max_points``: a decimal as text."""

    id: str
    title: str
    kind: CriterionKind
    max_points: str


class DocumentRef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tender document: ``sha256`` in lower-case hex, ``length`` in bytes."""

    sha256: str
    name: str
    length: int


class LowPriceShares(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below which share of another amount a price is called abnormally low (87号令 60 [M]; 12号令 21 [M]).

    ``of_mean``: of the mean of the bids that take part; ``of_next``: of the next higher price; ``of_limit``: of the
    price limit. Decimal text above 0 and at most 1; empty: not used. The values are 财办库〔2024〕265号's [M].
    """

    of_mean: str = "0.50"
    of_next: str = "0.50"
    of_limit: str = "0.45"


class ExcludedUnit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that prepared, designed or supervises the project and so may not bid (采购条例 18; 30号令 35 [M])."""

    name: str
    uscc: str = ""
    why: str


class DecisionMethod(StrEnum):
    """How the tenderer decides among unranked candidates (R-DRAW-04)."""

    VOTE = "VOTE"  # 票决法
    DELIBERATION = "DELIBERATION"  # 集体议事法
    PRICE = "PRICE"  # 价格竞争法
    LOTTERY = "LOTTERY"  # 抽签法: named so that it can be refused (R-DRAW-03)


class SeparateDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """评定分离: ``local_rule``: the local rule that allows it; ``members``: who decide, an odd number."""

    method: DecisionMethod
    local_rule: str
    members: int


class SameBrandTie(StrEnum):
    """What settles between bidders of one brand that are equal (87号令 31 [M]); drawn where nothing is said."""

    DRAW = "DRAW"
    LOWER_PRICE = "LOWER_PRICE"


class Absence(StrEnum):
    """What the document says of a bidder who is not at the opening (R-ROOM-02)."""

    ACCEPTS = "ACCEPTS"  # 视同认可开标结果 (87号令 42)
    WAIVES = "WAIVES"  # 视为放弃交互和开标异议
    RETURNED = "RETURNED"  # 标书退回: named so that it can be refused (R-ROOM-04)


class TrusteeTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trustee's key, as it was enrolled before the notice. ``public`` in base64url, of the lot's suite."""

    trustee: str
    party: str
    public: str


class SpareUse(StrEnum):
    """When a spare file is taken (R-PAIN-05; 20号令 31): where it was not the bidder's doing, or for any reason."""

    OTHER_FAULT = "OTHER_FAULT"
    ANY = "ANY"


class TenderTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Amounts in 分, rates and points as decimal text, windows in minutes.

    ``criteria``: what the committee scores; with ``price_points`` they make 100. The price score counts in
    points as it is where ``price_points`` is the formula's own weight, else times ``price_points`` over 100.
    ``suites``: the one suite of this lot, to which session keys and the platform's key belong; a tuple for the notices
    that are out. ``platform_key``: base64url public key of the platform for this lot. ``trustees``: under P2 and P3
    the three enrolled keys. ``silence_is_acceptance``: who
    neither confirms nor objects in the window accepts (R-OPEN-30). ``absence``: what it means not to be there, None
    where the document says nothing (R-ROOM-02). ``bid_deposit_fen`` 0 = none asked.
    ``one_query_per_step``: GP, 质疑 of one step come in one (94号令 10).
    ``core_product``: GP goods: the product, or the core one of several, whose brand counts once (R-SCORE-05).
    ``abnormal_share``: by more than which share of a subjective criterion's points a member differs from the mean of
    the others before the score is 畸高 or 畸低, "" where the document names none (R-SCORE-05).
    ``credit_promise``: GP, a supplier may promise its qualification and prove it if it wins (R-NB-HM-04).
    ``special_committee``: complex or of high social impact, so the larger committee (R-EVAL-06).
    ``draw``: the rule by which the coefficients of a formula that asks for some are drawn (R-DRAW-02);
    ``expert_draw``: that by which the committee's experts are, in public and for anybody to compute again (R-EVAL-07).
    ``spare``: bidders may keep an unencrypted spare file, and when one is taken; absent: none is.
    ``consortia``: joint bids are accepted, of at most ``consortium_members`` (0 = any number; R-ENG-30).
    ``by_credit``: the document grades guarantees by credit, by the lines that the notice prints (R-NB-SS-02).
    """

    suites: tuple[str, ...]
    key_policy: KeyPolicy
    trustees: tuple[TrusteeTerm, ...] = ()
    envelopes: tuple[EnvelopeTerm, ...]
    sign_in_minutes: int
    release_window_minutes: int
    confirm_window_minutes: int
    objection_window_minutes: int
    silence_is_acceptance: bool
    method: RankingMethod
    price_formula: PriceFormula
    price_points: str
    draw: DrawRule | None = None
    expert_draw: ExpertDrawRule | None = None
    criteria: tuple[Criterion, ...]
    max_duration_days: int
    quality: str
    bid_validity_days: int
    bid_deposit_fen: int
    deposit_forms: tuple[DepositForm, ...] = ()
    payment_account: str = ""
    performance_bond_rate: str = "0"
    document_says_no_deposit: bool
    candidates: int
    committee_size: int
    tenderer_reps: int
    special_committee: bool = False
    low_price: LowPriceShares = LowPriceShares()
    one_query_per_step: bool = False
    collusion: CollusionTerms = CollusionTerms()
    decision: SeparateDecision | None = None
    core_product: str = ""
    same_brand_tie: SameBrandTie = SameBrandTie.DRAW
    abnormal_share: str = ""
    credit_promise: bool = False
    platform_key: str
    consortia: bool = False
    consortium_members: int = 0
    absence: Absence | None = None
    excluded_units: tuple[ExcludedUnit, ...] = ()
    spare: SpareUse | msgspec.UnsetType = msgspec.UNSET
    by_credit: bool | msgspec.UnsetType = msgspec.UNSET

    @property
    def by_trustees(self) -> bool:
        """R-BID-06: trustees alone open the bids; there are no keys of bidders, and no session keys to release to."""
        return self.key_policy is KeyPolicy.P3
