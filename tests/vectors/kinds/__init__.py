"""Each kind of vector: from its inputs, nulls left out, and a calendar to what the rule library says."""

from collections.abc import Callable
from typing import Any

from bidding.domain.calendar import WorkCalendar
from tests.vectors.kinds import bids, codes, money, prices, time

Result = dict[str, Any]

KINDS: dict[str, Callable[[dict[str, Any], WorkCalendar], Result]] = {
    "uscc.check": codes.uscc,
    "mod37_2.check": codes.mod_37_2,
    "time.min_before": time.minimum_before,
    "time.within": time.within,
    "time.gp_query_chain": time.gp_query_chain,
    "time.eng_complaint": time.eng_complaint,
    "gp.price_score": prices.gp_price_score,
    "eng.deviation_score": prices.deviation_score,
    "base.trimmed_mean": prices.trimmed_mean,
    "base.floating": prices.floating,
    "base.mixed": prices.mixed,
    "rank.order": prices.rank_order,
    "deposit.cap": money.deposit_cap,
    "waiver.decide": money.waiver,
    "stat.waived_sum": money.waived_sum,
    "pay.late_interest": money.late_payment,
    "sum.balance": money.ledger_balance,
    "committee.check": bids.committee,
    "committee.time": bids.committee_time,
    "consortium.check": bids.consortium,
    "bidcount.decide": bids.bid_count,
    "bid.fate": bids.fate,
}
