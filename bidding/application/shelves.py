"""Where a lot's files stand in the object store: a shelf for each kind, so that all of a lot's are found there."""

from enum import StrEnum

from bidding.domain.lot import Lot


class Shelf(StrEnum):
    """What a test lot has stands apart, under ``test/``."""

    DOCUMENTS = "documents"
    APPLICATIONS = "applications"
    SPARES = "spare"
    ENVELOPES = "evaluation"
    ON_AIR = "onair"

    def of(self, lot: Lot) -> str:
        """What the keys of the lot's begin with."""
        return self.named(lot.admission.mode, lot.lot_id)

    def named(self, mode: str, lot_id: str) -> str:
        return f"{'test/' if mode == 'test' else ''}{self}/{lot_id}/"
