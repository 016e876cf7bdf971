"""What it means that a bidder is not at the opening: a clause of the document, in procurement the law's own (R-ROOM-02,
R-GP-13; 87号令 42).

Never that its bid is handed back: who is to blame for an unopened bid is found on evidence (R-ROOM-04, R-BID-08).
"""

from bidding.domain.errors import Invalid
from bidding.domain.notice.terms import Absence, TenderTerms
from bidding.domain.regime import Regime

STATEMENTS = {
    Absence.ACCEPTS: "投标人未参加开标的,视同认可开标结果。",
    Absence.WAIVES: "投标人未参加开标的,视为放弃开标交互和在开标时提出异议的权利;对评标结果的异议权不受影响。",
}


def absence_of(terms: TenderTerms, regime: Regime) -> Absence | None:
    """None: it means nothing (R-OPEN-21). In procurement an absent bidder accepts, whatever the document says."""
    return Absence.ACCEPTS if regime is Regime.GP else terms.absence


def check_absence(declared: Absence | None, regime: Regime) -> None:
    """Raises ``Invalid``: no bid goes back to who is absent, and a document takes no right that 采购法 52 gives."""
    if declared is Absence.RETURNED:
        raise Invalid("absent-bid-returned", rule="R-ROOM-04", clause=declared.value)
    if declared is Absence.WAIVES and regime is Regime.GP:
        raise Invalid("absence-takes-rights", rule="R-GP-13")


def statement(terms: TenderTerms, regime: Regime) -> tuple[str, ...]:
    """The sentence that the platform prints into the notice."""
    meant = absence_of(terms, regime)
    return () if meant is None else (STATEMENTS[meant],)
