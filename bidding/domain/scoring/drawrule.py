"""The rule of a draw as the tender document declares it (R-SCORE-12, R-SCORE-13, R-DRAW-01, R-DRAW-02).

What is drawn from, in which order the nonces are shown, and the head of the supervisor's hash chain: all of it
stands in the notice, before anybody can know a bid.
"""

import hashlib
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

import msgspec

from bidding.domain.scoring.exact import DecimalText
from bidding.domain.scoring.formula import (
    Choices,
    Deviation,
    DrawnReduction,
    MeanBase,
    MixedBase,
    PriceFormula,
    ReasonableLow,
)

#: base64url of 32 bytes in its one canonical spelling.
Chance = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$", max_length=43)]

POOL_LABEL = b"bidding/draw/pool/v1\0"


class Coefficient(StrEnum):
    K = "k"
    ALPHA = "alpha"
    BETA = "beta"


class Source(StrEnum):
    """Whose chance goes into the seed. ``beacon``: the value behind the head of the supervisor's chain;
    ``reserve``: the agency's second nonce, shown only where the beacon fails to come."""

    SUPERVISOR = "supervisor"
    AGENCY = "agency"
    BIDDERS = "bidders"
    BEACON = "beacon"
    RESERVE = "reserve"


#: The supervisor holds the beacon as well, so its nonce comes first, while the agency's is unknown; the agency's
#: comes while the beacon is unknown. Without the reserve a supervisor could choose between the draw with its
#: beacon and the draw without.
ORDER = (Source.SUPERVISOR, Source.AGENCY, Source.BIDDERS, Source.BEACON, Source.RESERVE)


class DrawPool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``values``: the formula's choices, sorted by code points, each once; ``sha256``: see ``pool_sha256``."""

    coefficient: Coefficient
    values: tuple[DecimalText, ...]
    sha256: str


class DrawRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``anchor``: head of the supervisor's chain for this lot, base64url of 32 bytes; ``reveal_minutes``: how long
    the draw waits for each office's reveal before it goes on without it."""

    pools: tuple[DrawPool, ...]
    order: tuple[Source, ...] = ORDER
    anchor: Chance
    reveal_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)]


def choices_of(formula: PriceFormula) -> dict[Coefficient, Choices]:
    """What must be drawn at the opening, and from which choices; empty for a formula that draws nothing."""
    if not isinstance(formula, Deviation | ReasonableLow):
        return {}
    match formula.base:
        case MixedBase(alpha_choices=alpha, beta_choices=beta):
            return {Coefficient.ALPHA: alpha, Coefficient.BETA: beta}
        case MeanBase(factor=DrawnReduction(choices=choices)):
            return {Coefficient.K: choices}
        case _:
            return {}


def pools_of(formula: PriceFormula) -> tuple[DrawPool, ...]:
    return tuple(
        DrawPool(coefficient=name, values=tuple(sorted(choices)), sha256=pool_sha256(tuple(sorted(choices))))
        for name, choices in choices_of(formula).items()
    )


def pool_sha256(values: tuple[str, ...]) -> str:
    """Hex SHA-256(label ‖ canonical JSON of the sorted values)."""
    return hashlib.sha256(POOL_LABEL + msgspec.json.encode(values)).hexdigest()


def ambiguous(choices: Choices) -> bool:
    """Whether a number stands in ``choices`` twice, and so would be drawn more often than the others."""
    return len(set(map(Fraction, choices))) != len(choices)


def outside_unit(choices: Choices) -> bool:
    """Whether a reduction is not one: below 0, or all of the base."""
    return not all(0 <= Fraction(one) < 1 for one in choices)
