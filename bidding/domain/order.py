"""The order of acts: which phase admits which."""

from bidding.domain.errors import OutOfOrder
from bidding.domain.lot import Lot, Phase


def require_phase(lot: Lot, *needed: Phase, rule: str) -> None:
    """Raises ``OutOfOrder`` unless the lot stands in one of the phases ``needed``."""
    if lot.phase not in needed:
        raise OutOfOrder(
            "wrong-phase", rule=rule, phase=lot.phase.value, needed=[phase.value for phase in needed]
        )
