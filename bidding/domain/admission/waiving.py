"""The waiver of an admitted file: its money facts put to the decision table (R-WAIVE-04, R-WAIVE-07, R-WAIVE-08)."""

from collections.abc import Sequence
from datetime import datetime

from bidding.domain.admission.state import Admission
from bidding.domain.ruleset import RuleSet
from bidding.domain.waiver import WaiverDecision, WaiverInputs, decide_waiver, override_waiver, waiver_policy


def waiver_inputs(admission: Admission, notice_at: datetime) -> WaiverInputs:
    project = admission.project
    return WaiverInputs(
        notice_at=notice_at,
        region=None if project is None else project.region,
        regime=admission.regime,
        object=admission.object,
        tenderer_type=None if project is None else project.tenderer_type,
        project_code_type=None if project is None else project.project_code_type,
        base_fen=admission.base_fen,
        fund_lines=admission.fund_lines,
        mixed_separable=admission.mixed_separable,
        lot_part=admission.lot_part,
    )


def table_waiver(admission: Admission, notice_at: datetime, rulesets: Sequence[RuleSet]) -> WaiverDecision:
    """What the table says of a notice at ``notice_at``; before the notice, of one published now."""
    return decide_waiver(waiver_inputs(admission, notice_at), waiver_policy(rulesets, notice_at))


def waiver_of(admission: Admission, notice_at: datetime, rulesets: Sequence[RuleSet]) -> WaiverDecision:
    """The table's decision, or the supervisor's in its place (R-WAIVE-07)."""
    table = table_waiver(admission, notice_at, rulesets)
    said = admission.override
    if said is None:
        return table
    return override_waiver(
        table,
        said.charges,
        waiver_inputs(admission, notice_at),
        waiver_policy(rulesets, notice_at),
        reason=said.reason,
        order=said.order,
        by=said.by,
        at=said.at,
    )
