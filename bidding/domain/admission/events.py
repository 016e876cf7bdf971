"""What admission (进场受理, R-SVC-03) records: the file, its one correction, its number, its waiver."""

from datetime import date, datetime

from bidding.domain.admission.filing import CompulsoryVerdict, Defect, Filing, Funding
from bidding.domain.event import OFFICES, Event, SignedAct
from bidding.domain.waiver import Charges, WaiverDecision


class LotSubmitted(Filing, Event, topic="lot.submitted.v1", audience=OFFICES):
    """The file as handed in, or handed in anew: it replaces the earlier one whole.

    ``host``: the agency, or the tenderer where it tenders without one.
    """

    host: str
    host_name: str
    tenderer_name: str


class CorrectionRequested(Event, topic="lot.correction-requested.v1", audience=OFFICES):
    """The one list of everything that is wrong with the file (R-SVC-03)."""

    defects: tuple[Defect, ...]
    by: str


class LotAdmitted(Event, topic="lot.admitted.v1", audience=OFFICES):
    """``compulsory``: R-ENG-01; none for 政府采购, and of lots admitted before it was said."""

    number: str
    by: str
    compulsory: CompulsoryVerdict | None = None


class FundingAmended(Funding, Event, topic="lot.funding-amended.v1", audience=OFFICES):
    """The money facts, changed before the notice; a ``WaiverDecided`` follows at once (R-WAIVE-08)."""

    reason: str


class WaiverDecided(Event, topic="lot.waiver-decided.v1", audience=OFFICES):
    """Provisional until ``frozen`` (R-WAIVE-08); the public reads the frozen one in the notice."""

    decision: WaiverDecision
    frozen: bool


class WaiverOverridden(Event, topic="lot.waiver-overridden.v1", audience=OFFICES):
    """R-WAIVE-07: what the supervisor decided, and beside it what the table says. A ``WaiverDecided`` follows."""

    charges: Charges
    table: WaiverDecision
    reason: str
    order: str
    by: str
    at: datetime
    signed: SignedAct


class PromiseMade(Event, topic="lot.promise-made.v1", audience=OFFICES):
    """``due``: the last day for the item; ``consequence``: what breaking it entails, as the promiser accepted it."""

    item: str
    due: date
    consequence: str
    by: str
    at: datetime
    signed: SignedAct


class PromiseKept(Event, topic="lot.promise-kept.v1", audience=OFFICES):
    """The item came, to be verified."""

    item: str
    reference: str
    late: bool
    at: datetime


class PromiseVerified(Event, topic="lot.promise-verified.v1", audience=OFFICES):
    item: str
    passed: bool
    reason: str
    by: str
    at: datetime


class PromiseBroken(Event, topic="lot.promise-broken.v1", audience=OFFICES):
    """By the clock. ``consequence``: ACCEPTANCE_REVOKED before the notice, CREDIT_RECORD after it (R-NB-HM-02)."""

    item: str
    due: date
    by: str
    consequence: str
