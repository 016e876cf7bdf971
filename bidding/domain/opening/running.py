"""When keys are released: at the opening, and again after it while an office withholds the evaluation's key (P1)."""

from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase

#: The phases in which the evaluation waits for its session keys.
HANDING_OVER = (Phase.OPENED, Phase.EVALUATING)


def require_release(lot: Lot, *more: Phase, rule: str) -> None:
    """Raises ``OutOfOrder`` unless the lot is being opened, or its release is run again for the evaluation.

    ``more``: further phases that the act is for.
    """
    require_phase(lot, *more, Phase.OPENING, *(HANDING_OVER if lot.opening.rerun else ()), rule=rule)


def release_runs(lot: Lot) -> bool:
    """Whether the lot stands where keys may be released."""
    return lot.phase is Phase.OPENING or (lot.opening.rerun and lot.phase in HANDING_OVER)
