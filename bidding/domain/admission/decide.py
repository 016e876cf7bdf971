"""Decisions of the admission (进场受理, R-SVC-03)."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from bidding.domain.admission import commands as c
from bidding.domain.admission import promising
from bidding.domain.admission.commands import Admit, AmendFunding, OverrideWaiver, RequestCorrection, Submit
from bidding.domain.admission.compulsory import compulsory
from bidding.domain.admission.defects import check_filing, check_funding, defects
from bidding.domain.admission.events import (
    CorrectionRequested,
    FundingAmended,
    LotAdmitted,
    LotSubmitted,
    WaiverDecided,
    WaiverOverridden,
)
from bidding.domain.admission.filing import CompulsoryVerdict, Filing, Funding
from bidding.domain.admission.sharing import completed, shared
from bidding.domain.admission.state import Admission, evolve
from bidding.domain.admission.waiving import table_waiver, waiver_of
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.parties import Role
from bidding.domain.periods import local_date
from bidding.domain.regime import Regime
from bidding.domain.registration.state import Party
from bidding.domain.ruleset import choose
from bidding.domain.waiver import Charges

#: Digits and capitals without I L O U: numbers are read out on the telephone.
NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 8


def submit(
    lot: Lot,
    command: Submit,
    facts: Facts,
    *,
    tenderer: Party,
    operator_unit: str = "",
    earlier: Sequence[Admission] = (),
) -> list[Event]:
    """Hand in the file. ``tenderer``: the registered party that the file names, empty if there is none; ``earlier``:
    its other files of the same mode, whose papers of the project count for this one too (R-NB-HM-05).

    The first to hand it in is the lot's host; until it is admitted the host may hand it in anew (R-SVC-03).
    ``operator_unit``: the unit of the operator's own group that the actor belongs to, "" for none.
    """
    require_phase(lot, Phase.DRAFT, Phase.SUBMITTED, rule="R-STATE-01")
    host = facts.actor
    if lot.admission.host not in {"", host.party}:
        raise Forbidden("not-the-host", rule="R-SVC-02")
    if tenderer.version == 0 or tenderer.party != command.tenderer or Role.TENDERER not in tenderer.roles:
        raise Unknown("tenderer-unknown", rule="R-PLAT-08", tenderer=command.tenderer)
    if host.party != command.tenderer and Role.AGENCY not in host.roles:
        raise Forbidden("host-must-be-agency", rule="R-SVC-02", needed=[Role.AGENCY.value])
    if operator_unit and host.party != command.tenderer:  # 20号令 15, 23: it may tender, not act for others
        raise Forbidden("operator-group", rule="R-PLAT-07", unit=operator_unit, roles=[Role.AGENCY.value])
    check_filing(command)
    known = shared(command.category, command.project.project_code, command.tenderer, earlier)
    filed = {field: getattr(command, field) for field in Filing.__struct_fields__}
    submitted = LotSubmitted(
        host=host.party,
        host_name=host.name,
        tenderer_name=tenderer.name,
        **{**filed, "checklist": completed(command.checklist, known)},
    )
    return [submitted, _provisional(evolve(lot.admission, submitted), facts)]


def request_correction(lot: Lot, command: RequestCorrection, facts: Facts) -> list[Event]:
    """R-SVC-03: ONE correction request, listing every defect with its reason."""
    require_phase(lot, Phase.SUBMITTED, rule="R-SVC-03")
    if lot.admission.corrections:
        raise OutOfOrder("corrected-before", rule="R-SVC-03")
    found = defects(lot.admission)
    if any(not defect.item.strip() or not defect.reason.strip() for defect in command.defects):
        raise Invalid("defect-without-reason", rule="R-SVC-03")
    if not found and not command.defects:
        raise Invalid("no-defect-named", rule="R-SVC-03")
    return [CorrectionRequested(defects=(*found, *command.defects), by=facts.actor.party)]


def admit(lot: Lot, command: Admit, facts: Facts) -> list[Event]:
    """R-SVC-03, R-CODE-06: accept the file under a number ``<region>-<year>-<random>-<section>``.

    The number is random: a sequence would tell how many tenders are on their way.
    """
    require_phase(lot, Phase.SUBMITTED, rule="R-SVC-03")
    found = defects(lot.admission)
    if found:
        raise Invalid(
            "file-has-defects", rule="R-SVC-03", defects=[msgspec.to_builtins(defect) for defect in found]
        )
    project = lot.admission.project
    if project is None or facts.random is None:
        raise ValueError("a submitted lot has a project, and admission needs randomness")
    # 32 characters divide 256: every one is equally likely
    drawn = "".join(NUMBER_ALPHABET[byte % 32] for byte in facts.random(NUMBER_LENGTH))
    year = local_date(facts.now).year
    number = f"{project.region}-{year}-{drawn}-{lot.admission.section:03}"
    return [LotAdmitted(number=number, by=facts.actor.party, compulsory=_compulsory(lot.admission, facts))]


def amend_funding(lot: Lot, command: AmendFunding, facts: Facts) -> list[Event]:
    """R-WAIVE-08: any change of the funds before the notice runs the waiver table again."""
    require_phase(lot, Phase.SUBMITTED, Phase.ADMITTED, rule="R-WAIVE-08")
    check_funding(command, lot.admission.regime)
    if not command.reason.strip():
        raise Invalid("funding-reason-missing", rule="R-WAIVE-08")
    amended = FundingAmended(
        reason=command.reason, **{field: getattr(command, field) for field in Funding.__struct_fields__}
    )
    return [amended, _provisional(evolve(lot.admission, amended), facts)]


def override(lot: Lot, command: OverrideWaiver, facts: Facts) -> list[Event]:
    """R-WAIVE-07: by the supervisor alone, with a signed reason; frozen at the notice, void when the funds change."""
    if lot.admission.waiver_frozen:
        raise OutOfOrder("waiver-frozen", rule="R-WAIVE-08")
    require_phase(lot, Phase.SUBMITTED, Phase.ADMITTED, rule="R-WAIVE-07")
    if not command.reason.strip() or not command.order.strip():
        raise Invalid("override-without-reason", rule="R-WAIVE-07")
    if lot.admission.base_fen is None:
        raise Invalid("override-needs-base", rule="R-WAIVE-07")
    overridden = WaiverOverridden(
        charges=Charges(
            bid_deposit_waived=command.bid_deposit_waived,
            performance_bond_waived=command.performance_bond_waived,
            info_fee_waived=command.info_fee_waived,
        ),
        table=table_waiver(lot.admission, facts.now, facts.rulesets),
        reason=command.reason.strip(),
        order=command.order.strip(),
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [overridden, _provisional(evolve(lot.admission, overridden), facts)]


def _compulsory(admission: Admission, facts: Facts) -> CompulsoryVerdict | None:
    """R-ENG-01 by the rules in force now: whether to tender is settled before any notice pins them."""
    if admission.regime is not Regime.ENG:
        return None
    return compulsory(admission, choose(facts.rulesets, Regime.ENG, facts.now).thresholds)


def due(lot: Lot) -> list[tuple[str, datetime]]:
    return promising.due(lot)


def _provisional(admission: Admission, facts: Facts) -> WaiverDecided:
    """The decision for a notice published now; it is taken again at the notice."""
    return WaiverDecided(decision=waiver_of(admission, facts.now, facts.rulesets), frozen=False)


DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    RequestCorrection: request_correction,
    Admit: admit,
    AmendFunding: amend_funding,
    OverrideWaiver: override,
    c.Promise: promising.promise,
    c.KeepPromise: promising.keep,
    c.VerifyPromise: promising.verify,
    c.MarkPromises: promising.mark,
}
NEEDS_MORE: dict[type[Command], str] = {
    Submit: "tenderer: the Party that the file names; operator_unit; earlier: the tenderer's other files"
}
