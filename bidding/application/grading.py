"""The credit register as a notice found it, for lots whose document grades guarantees by it (R-NB-SS-02)."""

from collections.abc import Iterable

from bidding.application.admission import Parties
from bidding.application.creditsources import credit_stream
from bidding.application.ports import Journal
from bidding.domain.credit.graded import Known, known_at_notice
from bidding.domain.lot import Lot


async def known(journal: Journal, parties: Parties, lot: Lot, behind: Iterable[str]) -> Known:
    """``behind``: the parties behind one bid. The platform's own register alone: it is never silent, and whatever it
    holds was signed by a supervisor."""
    found = {}
    for one in behind:
        uscc = (await parties.party(one)).uscc
        recorded = await journal.load(credit_stream(uscc)) if uscc else []
        found[one] = known_at_notice(lot, [entry.event for entry in recorded])
    return found
