"""Facts of credit: of a unit's own stream ``credit-<uscc>``, and of a lot that relied on a look-up."""

from datetime import date, datetime
from enum import StrEnum

from bidding.domain.conflict.events import JUDGES
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.lists import CreditList, Severity, Snapshot
from bidding.domain.event import NOBODY, SUPERVISION, Event, SignedAct


class Stage(StrEnum):
    """What a look-up was made for (R-CRDT-01)."""

    QUALIFICATION = "QUALIFICATION"
    AWARD = "AWARD"
    REPAIR = "REPAIR"
    REQUEST = "REQUEST"


class CreditListed(Event, topic="credit.listed.v1", audience=NOBODY):
    """A record as a supervisor enters it from the official source. ``basis``: number of the decision; ``severity``
    None: a list of the trustworthy."""

    listing: str
    uscc: str
    name: str
    list: CreditList
    severity: Severity | None
    basis: str
    source: str
    since: date
    until: date
    by: str
    at: datetime
    signed: SignedAct


class CreditRepaired(Event, topic="credit.repaired.v1", audience=NOBODY):
    """From now on the record has no effect; it stays in the history (R-NB-SS-03)."""

    listing: str
    uscc: str
    basis: str
    by: str
    at: datetime
    signed: SignedAct


class CreditAttested(Event, topic="credit.attested.v1", audience=NOBODY):
    """A supervisor looked the unit up by hand at a source that was silent; it counts until ``valid_until``."""

    uscc: str
    source: str
    basis: str
    by: str
    at: datetime
    valid_until: datetime
    signed: SignedAct


class CreditRelied(Event, topic="credit.relied.v1", audience=NOBODY):
    """A lot's look-up found the unit listed: it is looked at again when the record is repaired (R-NB-SS-04)."""

    uscc: str
    lot: str
    at: datetime


class ConductFound(Event, topic="credit.conduct-found.v1", audience=NOBODY):
    """A lot found this of the unit. ``until``: its last day on record, None: proposed, a supervisor decides.

    ``number``: of the finding; ``lot`` "" and ``about`` the numbers of earlier ones: they came together to this.
    """

    number: str
    uscc: str
    name: str
    conduct: Conduct
    severity: Severity
    rule: str
    basis: str
    lot: str
    about: str
    at: datetime
    until: date | None = None


class ConductDecided(Event, topic="credit.conduct-decided.v1", audience=NOBODY):
    """A supervisor recorded the finding until its last day or, None, dismissed it, with the reason."""

    number: str
    uscc: str
    until: date | None
    reason: str
    by: str
    at: datetime
    signed: SignedAct


class ConductNoted(Event, topic="lot.conduct-noted.v1", audience=SUPERVISION):
    """Handed to the credit register. It may concern who complained before T0: the supervisor alone knows."""

    key: str
    conduct: Conduct
    party: str
    uscc: str
    about: str
    automatic: bool
    rule: str
    at: datetime


class PartyCreditChecked(Event, topic="party.credit-checked.v1", audience=NOBODY):
    """At registration, on the party's own stream. It shuts nobody out: no law says it does."""

    party: str
    snapshot: Snapshot
    at: datetime


class PartyCreditUnanswered(Event, topic="party.credit-unanswered.v1", audience=NOBODY):
    """At registration these sources were silent: the look-up is still to be made (R-CRDT-01)."""

    party: str
    sources: tuple[str, ...]
    at: datetime


class CreditChecked(Event, topic="lot.credit-checked.v1", audience=JUDGES):
    """Look-ups of bidders after the roll is public, in the order of the roll."""

    stage: Stage
    snapshots: tuple[Snapshot, ...]
    at: datetime
