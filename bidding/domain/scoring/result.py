"""What goes into a price score and what comes out, with the way it came about."""

from enum import StrEnum

import msgspec

from bidding.domain.errors import Invalid
from bidding.domain.scoring.exact import DecimalText


class Sme(StrEnum):
    """R-SCORE-06. 监狱企业 and 残疾人福利性单位 are treated as SMALL_MICRO."""

    NONE = "NONE"
    SMALL_MICRO = "SMALL_MICRO"
    CONSORTIUM = "CONSORTIUM"
    """A consortium or subcontract with at least the required share of small and micro enterprises."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a derivation: what was computed, and the exact value (a decimal, or "p/q")."""

    text: str
    value: str


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One bid's price, in any unit that all bids of the lot share.

    ``compliant`` False: rejected on other grounds, so it neither sets a base nor gets a score.
    ``adjustment``: sum of the published evaluation factors, in the price's unit (ENG lowest evaluated price);
    ``adjusted_by``: the lines that it is the sum of.
    """

    bid: str
    price: DecimalText
    compliant: bool = True
    sme: Sme = Sme.NONE
    domestic: bool = False
    adjustment: DecimalText = "0"
    adjusted_by: tuple[Step, ...] = ()


class Draws(msgspec.Struct, frozen=True, kw_only=True):
    """The coefficients drawn at the opening, as far as the formula asks for any."""

    k: DecimalText | None = None
    alpha: DecimalText | None = None
    beta: DecimalText | None = None


class PriceDecision(StrEnum):
    SCORED = "SCORED"
    VOID_FEWER_THAN_3 = "VOID_FEWER_THAN_3"
    VOID_ALL_OVER_BUDGET = "VOID_ALL_OVER_BUDGET"
    REJECT_ALL_RETENDER = "REJECT_ALL_RETENDER"


class PriceScore(msgspec.Struct, frozen=True, kw_only=True):
    """``evaluated``: exact evaluated price. ``score``: rounded as declared; None where the price ranks."""

    bid: str
    evaluated: str
    score: str | None
    derivation: tuple[Step, ...]


class PriceScores(msgspec.Struct, frozen=True, kw_only=True):
    """``rejected``: over the limit or not compliant, in the order of the offers. ``base``: exact, as used."""

    decision: PriceDecision
    rejected: tuple[str, ...]
    base: str | None = None
    base_derivation: tuple[Step, ...] = ()
    scores: tuple[PriceScore, ...] = ()


class CoefficientOutsideSet(Invalid):
    """A drawn coefficient that the formula's declared set does not hold, or none was drawn."""

    def __init__(
        self, code: str, *, rule: str, name: str, value: str | None, choices: tuple[str, ...]
    ) -> None:
        super().__init__(code, rule=rule, name=name, value=value, choices=choices)
