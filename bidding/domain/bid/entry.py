"""Who may not hand in a bid on this lot at all, told to its bidder alone (R-PLAT-07, R-ENG-31, R-ENG-30).

Only what can be known without looking at another bid: the operator's group, tenderer, agency, and the units
that the tender document names. Bid against bid is compared when the roll is published.
"""

from collections.abc import Mapping

from bidding.domain.bid.joint import Consortium, Contender, agreed, misformed
from bidding.domain.bid.refusals import Finding, RefusalCode
from bidding.domain.given import regime_of, terms_of
from bidding.domain.lot import Lot
from bidding.domain.registration.operatorgroup import OperatorGroup
from bidding.domain.relations import Unit, same_unit, ties, within


def entry_finding(
    lot: Lot,
    *,
    lead: str,
    consortium: Consortium | None,
    contenders: Mapping[str, Contender],
    agency: Unit | None,
    group: OperatorGroup,
) -> Finding | None:
    """The first bar, and whom it concerns. ``contenders``: lead and members, by party; ``agency`` None: no agency."""
    if consortium is not None:
        finding = _consortium(lot, lead, consortium, contenders)
        if finding is not None:
            return finding
    members = [one.party for one in consortium.partners] if consortium is not None else []
    unfit = _unprequalified(lot, lead, {lead, *members})
    if unfit is not None:
        return Finding(code=unfit)
    for party in dict.fromkeys([lead, *members]):
        code = _barred(lot, contenders[party], agency, group)
        if code is not None:
            return Finding(code=code, units=(contenders[party].unit.name,))
    return None


def _consortium(
    lot: Lot, lead: str, consortium: Consortium, contenders: Mapping[str, Contender]
) -> Finding | None:
    """招投法 31, 采购法 24: only where the document admits it, of known units, each of which has agreed."""
    terms = terms_of(lot)
    most = terms.consortium_members
    if not terms.consortia or (most and len(consortium.partners) > most):
        return Finding(code=RefusalCode.CONSORTIUM_NOT_ADMITTED)
    if misformed(consortium, lead):
        return Finding(code=RefusalCode.CONSORTIUM_MALFORMED)
    said = {one.party for one in agreed(consortium, lead, contenders)} | {lead}
    missing = tuple(
        one.party
        for one in consortium.partners
        if one.party not in said or one.party not in contenders or not contenders[one.party].may_bid
    )
    return Finding(code=RefusalCode.CONSORTIUM_UNCONFIRMED, units=missing) if missing else None


def _unprequalified(lot: Lot, lead: str, parties: set[str]) -> RefusalCode | None:
    """招投条例 19: who did not pass may not bid; 37: nobody joins or leaves a consortium that did."""
    if lot.notice.prequalification is None:
        return None
    passed = {one.applicant: {one.applicant, *one.members} for one in lot.prequalification.qualified or ()}
    if lead not in passed:
        return RefusalCode.NOT_PREQUALIFIED
    return None if passed[lead] == parties else RefusalCode.CONSORTIUM_CHANGED


def _barred(lot: Lot, contender: Contender, agency: Unit | None, group: OperatorGroup) -> RefusalCode | None:
    unit = contender.unit
    if contender.operates or within(unit, [(one.uscc, one.name) for one in group.members]):
        return RefusalCode.OPERATOR_GROUP
    if unit.party == lot.notice.tenderer:
        return RefusalCode.IS_TENDERER
    if any(same_unit(one.uscc, one.name, unit.uscc, unit.name) for one in terms_of(lot).excluded_units):
        return RefusalCode.EXCLUDED_UNIT
    # A tie to the agency shuts out; one to the tenderer is judged by the committee (招投条例 34: where it may
    # affect fairness), so it is a finding with the roll.
    if agency is not None and any(tie.certain for tie in ties(unit, agency, regime_of(lot))):
        return RefusalCode.AGENCY_RELATED
    return None
