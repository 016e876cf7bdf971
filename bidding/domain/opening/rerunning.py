"""An office does not publish its key, and under P1 nobody else has it: the release is run again, or the lot fails.

The bids themselves stay as they were received, sealed to their bidders' own keys (招投法 28, 29: nothing is changed or
handed in after the deadline). What is lost is the session that the keys were released to. So the supervisor may order
new session keys, of a substitute where the agency is replaced by whom it acts for (招投法 12, 15), and the same bidders
release once more; or the lot fails.

So it goes with the form keys at the opening, and with the evaluation's after it: prices are announced then and stay,
and a bid that its bidder keeps shut, now that it knows them, is the supervisor's finding as any other (20号令 31).
"""

from msgspec import UNSET, UnsetType

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import KeyPolicy
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import keyless, outcomes, unreleased
from bidding.domain.opening.parts import Withheld
from bidding.domain.opening.running import HANDING_OVER
from bidding.domain.opening.state import AGENCY, EVALUATION, RERUN
from bidding.domain.order import require_phase


def report_withheld_key(lot: Lot, command: c.ReportWithheldKey, facts: Facts) -> list[Event]:
    """By either office, of the other's key or, where its device is lost, of its own. From here the opening waits."""
    require_phase(lot, Phase.OPENING, *HANDING_OVER, rule="R-OPEN-24")
    if terms_of(lot).key_policy is not KeyPolicy.P1:
        raise OutOfOrder("withheld-key-has-escrow", rule="R-BID-07")
    window = lot.opening.release_window
    if window is None or window.ended is None:
        raise OutOfOrder("release-window-running", rule="R-OPEN-24")
    waiting = unreleased(lot)
    if waiting:
        raise OutOfOrder("outcomes-pending", rule="R-BID-08", bidders=list(waiting))
    key = UNSET if lot.phase is Phase.OPENING else EVALUATION
    _require_missing(lot, command.office, key)
    if any(one.office == command.office for one in lot.opening.open_withheld):
        raise Conflicting("withheld-key-reported", rule="R-OPEN-24", office=command.office)
    return [
        e.KeyWithheldReported(
            number=len(lot.opening.withheld) + 1,
            office=command.office,
            exposed=key is UNSET and bool(lot.opening.form_keys),
            text=command.text,
            evidence_hash=command.evidence_hash,
            reporter=office_of(lot, facts.actor),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
            key=key,
        )
    ]


def decide_withheld_key(lot: Lot, command: c.DecideWithheldKey, facts: Facts) -> list[Event]:
    """Not by the one whose key is missing: who may have read alone does not choose what becomes of the lot."""
    require_phase(lot, Phase.OPENING, *HANDING_OVER, rule="R-OPEN-24")
    found = next((one for one in lot.opening.open_withheld if one.number == command.number), None)
    if found is None:
        raise Unknown("no-withheld-key", rule="R-OPEN-24", number=command.number)
    _require_missing(lot, found.office, found.key)
    holders = {keys.by for keys in lot.opening.office_keys if keys.office == found.office}
    if facts.actor.party in holders:
        raise Forbidden("own-key-withheld", rule="R-OPEN-24", office=found.office)
    _require_fit(lot, command, found)
    decided = e.WithheldKeyDecided(
        number=found.number,
        resolution=command.resolution,
        substitute=command.substitute,
        reason=command.reason,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    if command.resolution == RERUN:
        return [decided]
    failed = e.LotFailed(
        reason="session-key-withheld", decision="SESSION_KEY_WITHHELD", rule="R-OPEN-24", at=facts.now
    )
    return [decided, failed]


def _require_missing(lot: Lot, office: str, key: str | UnsetType) -> None:
    """The form key before the import; the evaluation's while a bid waits that neither trustees nor a spare open."""
    if key == EVALUATION:
        opened = {one.entry.bidder for one in outcomes(lot) if one.opened}
        waiting = bool(opened - keyless(lot))
    else:
        waiting = lot.opening.imported_at is None
    if not waiting or lot.opening.handed(office, key):
        raise OutOfOrder("key-not-withheld", rule="R-OPEN-24", office=office)


def _require_fit(lot: Lot, command: c.DecideWithheldKey, found: Withheld) -> None:
    """In the agency's place its principal, the tenderer; any supervisor may announce keys for that office anyway."""
    principal = lot.admission.tenderer if lot.admission.tenderer != lot.admission.host else ""
    fit = {"", principal} if (command.resolution, found.office) == (RERUN, AGENCY) else {""}
    if command.substitute not in fit:
        raise Invalid("substitute-unfit", rule="R-OPEN-24", substitute=command.substitute)
