"""Exact numbers: rationals throughout, one declared rounding at the end (R-SCORE-01, R-SCORE-02)."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated

import msgspec

#: A decimal written as text: no exponent, no sign but minus, so that equal formulas have equal bytes.
DecimalText = Annotated[str, msgspec.Meta(pattern=r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$")]


class RoundingMode(StrEnum):
    HALF_UP = "HALF_UP"
    HALF_DOWN = "HALF_DOWN"
    HALF_EVEN = "HALF_EVEN"
    UP = "UP"
    DOWN = "DOWN"
    CEILING = "CEILING"
    FLOOR = "FLOOR"


class Rounding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``digits`` after the point. HALF_UP takes halves away from zero, as school rounding does."""

    digits: Annotated[int, msgspec.Meta(ge=0, le=12)] = 2
    mode: RoundingMode = RoundingMode.HALF_UP

    def text(self, value: Fraction) -> str:
        """``value`` rounded, with exactly ``digits`` digits; never "-0.00"."""
        units = self._units(value * 10**self.digits)
        whole, part = divmod(abs(units), 10**self.digits)
        return f"{'-' if units < 0 else ''}{whole}" + (f".{part:0{self.digits}d}" if self.digits else "")

    def _units(self, scaled: Fraction) -> int:
        floor = scaled.numerator // scaled.denominator
        rest = scaled - floor
        away, toward = (floor + 1, floor) if scaled > 0 else (floor, floor + 1)
        if not rest:
            return floor
        match self.mode:
            case RoundingMode.FLOOR:
                return floor
            case RoundingMode.CEILING:
                return floor + 1
            case RoundingMode.UP:
                return away
            case RoundingMode.DOWN:
                return toward
        half = Fraction(1, 2)
        if rest != half:
            return floor + (rest > half)
        if self.mode is RoundingMode.HALF_EVEN:
            return floor + floor % 2
        return away if self.mode is RoundingMode.HALF_UP else toward


def exact_text(value: Fraction, at_least: int = 0) -> str:
    """A decimal if it terminates, with no more zeros at its end than ``at_least`` digits ask for; else ``"p/q"``
    in lowest terms."""
    rest, digits = value.denominator, at_least
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return Rounding(digits=digits).text(value)


def mean(values: list[Fraction]) -> Fraction:
    """The arithmetic mean. Raises ``ValueError`` of nothing."""
    if not values:
        raise ValueError("the mean of no price")
    return sum(values, Fraction(0)) / len(values)
