"""The admitted file as it stands."""

from datetime import date

import msgspec

from bidding.domain.admission.events import (
    CorrectionRequested,
    FundingAmended,
    LotAdmitted,
    LotSubmitted,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseVerified,
    WaiverDecided,
    WaiverOverridden,
)
from bidding.domain.admission.filing import (
    Category,
    ChecklistEntry,
    CompulsoryVerdict,
    Defect,
    Filing,
    Funding,
    Infrastructure,
    Method,
    Mode,
    Project,
)
from bidding.domain.event import Event
from bidding.domain.periods import local_date
from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import WaiverDecision


class PromiseState(msgspec.Struct, frozen=True, kw_only=True):
    """``reference``: of what came, "" while nothing did, on ``kept_on``; ``verified``, ``broken``: how it ended."""

    item: str
    due: date
    consequence: str
    by: str
    reference: str = ""
    kept_on: date | None = None
    verified: bool = False
    broken: bool = False

    @property
    def open(self) -> bool:
        return not self.verified and not self.broken


class Admission(Funding, frozen=True, kw_only=True):
    """``corrections``: how many lists were sent (at most one); ``defects``: the list not yet answered.

    ``waiver``: the latest decision, binding once ``waiver_frozen``; ``override``: the supervisor's, until the facts
    that it was decided on change (R-WAIVE-07, R-WAIVE-08). Empty strings and None: not submitted.
    """

    host: str = ""
    host_name: str = ""
    tenderer: str = ""
    tenderer_name: str = ""
    project: Project | None = None
    title: str = ""
    category: Category | None = None
    regime: Regime | None = None
    object: LotObject | None = None
    method: Method = Method.OPEN
    price_limit_fen: int | None = None
    section: int = 1
    infrastructure: Infrastructure | None = None
    checklist: tuple[ChecklistEntry, ...] = ()
    mode: Mode = Mode.LIVE
    number: str = ""
    compulsory: CompulsoryVerdict | None = None
    corrections: int = 0
    defects: tuple[Defect, ...] = ()
    waiver: WaiverDecision | None = None
    waiver_frozen: bool = False
    override: WaiverOverridden | None = None
    promises: tuple[PromiseState, ...] = ()

    def promise(self, item: str) -> PromiseState | None:
        return next((one for one in self.promises if one.item == item), None)

    @property
    def base_fen(self) -> int | None:
        """In 分: the estimate (ENG) or the budget (GP), never the other (R-GEN-02)."""
        return self.budget_fen if self.regime is Regime.GP else self.estimate_fen


def evolve(admission: Admission, event: Event) -> Admission:
    match event:
        case LotSubmitted():
            return msgspec.structs.replace(
                admission,
                host=event.host,
                host_name=event.host_name,
                tenderer_name=event.tenderer_name,
                defects=(),
                override=None,
                **{field: getattr(event, field) for field in Filing.__struct_fields__},
            )
        case CorrectionRequested():
            return msgspec.structs.replace(
                admission, corrections=admission.corrections + 1, defects=event.defects
            )
        case LotAdmitted():
            return msgspec.structs.replace(admission, number=event.number, compulsory=event.compulsory)
        case FundingAmended():
            return msgspec.structs.replace(
                admission,
                override=None,
                **{field: getattr(event, field) for field in Funding.__struct_fields__},
            )
        case WaiverOverridden():
            return msgspec.structs.replace(admission, override=event)
        case PromiseMade():
            made = PromiseState(item=event.item, due=event.due, consequence=event.consequence, by=event.by)
            return msgspec.structs.replace(admission, promises=(*admission.promises, made))
        case PromiseKept() | PromiseVerified() | PromiseBroken():
            found = tuple(_moved(one, event) for one in admission.promises)
            return msgspec.structs.replace(admission, promises=found)
        case WaiverDecided():
            return msgspec.structs.replace(admission, waiver=event.decision, waiver_frozen=event.frozen)
        case _:
            return admission


def _moved(one: PromiseState, event: PromiseKept | PromiseVerified | PromiseBroken) -> PromiseState:
    if one.item != event.item:
        return one
    match event:
        case PromiseKept():
            return msgspec.structs.replace(one, reference=event.reference, kept_on=local_date(event.at))
        case PromiseVerified(passed=passed):
            if passed:
                return msgspec.structs.replace(one, verified=True)
            return msgspec.structs.replace(one, reference="", kept_on=None)
        case PromiseBroken():
            return msgspec.structs.replace(one, broken=True)
