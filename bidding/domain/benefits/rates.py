"""What the estimated figures rest on: the unit table of paper bids and the loan prime rate (R-STAT-04, 05)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from bidding.domain.datafile import damaged, read
from bidding.domain.errors import Unknown
from bidding.domain.regime import LotObject

Amount = Annotated[int, msgspec.Meta(ge=0)]


class PaperBid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bid on paper: ``pages`` of each of ``copies``, ``binding_fen`` per copy, ``courier_fen`` once."""

    copies: Amount
    pages: Amount
    binding_fen: Amount
    courier_fen: Amount


class PaperRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    label: str
    source: str
    page_fen: Amount
    units: dict[LotObject, PaperBid]

    def unit_fen(self, bought: LotObject) -> int:
        """What one paper bid would have cost, in 分."""
        bid = self.units[bought]
        return bid.copies * (bid.pages * self.page_fen + bid.binding_fen) + bid.courier_fen


class Lpr(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    since: date
    rate: Decimal


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    documents: PaperRates
    lpr: tuple[Lpr, ...]

    def lpr_on(self, day: date) -> Decimal:
        """The one-year LPR in force. Raises ``Unknown`` for a day before the table's first."""
        known = [one for one in self.lpr if one.since <= day]
        if not known:
            raise Unknown("lpr-unknown", rule="R-STAT-05", day=day)
        return max(known, key=lambda one: one.since).rate


def parse_rates(text: str) -> Rates:
    """Raises ``DataFileError``, if a unit is missing too."""
    rates = read(text, Rates)
    missing = sorted(bought.value for bought in LotObject if bought not in rates.documents.units)
    if missing:
        raise damaged(text, f"documents.units lacks {missing}", ("documents", "units"))
    return rates
