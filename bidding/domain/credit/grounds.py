"""Why a bidder's deposit or bond is another than everybody's, as events and the roll keep it (R-NB-SS-02)."""

from datetime import date

import msgspec

from bidding.domain.credit.lists import CreditList
from bidding.domain.ruleset import CreditAction


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``factor``: decimal text; ``decision``: number of the decision that listed the party; ``basis``: the effect's
    own, with its article; ``until``: the last day on which it has effect."""

    party: str
    list: CreditList
    action: CreditAction
    factor: str
    decision: str
    basis: str
    until: date


class Graded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``general_fen``: what everybody is asked; ``asked_fen``: what this bidder is, both in 分."""

    general_fen: int
    asked_fen: int
    grounds: tuple[Ground, ...] = ()

    @property
    def spared_fen(self) -> int:
        """What a lowered amount leaves with the bidder, in 分; nothing of a raised one."""
        return max(self.general_fen - self.asked_fen, 0)
