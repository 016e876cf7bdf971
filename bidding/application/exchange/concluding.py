"""Rows of the result, the contract, and of what came between (R-DATA-01). Amounts in 万元, exact.

The names of the publicity and winner tables are [M].
"""

from datetime import datetime

from bidding.application.exchange.record import Entity, day, moment, wan
from bidding.application.exchange.tendering import CURRENCY, WAN
from bidding.domain.award import events as a
from bidding.domain.complaint.events import ComplaintDecided
from bidding.domain.contract import events as c
from bidding.domain.control import events as k
from bidding.domain.evaluation.events import EvaluationVoided
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening import events as o
from bidding.domain.performance.events import ContractChanged, ContractSettled

MONEY = {"PRICE_UNIT": WAN, "CURRENCY_CODE": CURRENCY}
PERFORMED = (
    "CONTRACT_CODE",
    "CONTRACT_PRICE",
    "CONTRACT_SIGN_TIME",
    "CONTRACT_TERM",
    "SETTLE_PRICE",
    "FINISH_TIME",
    "CONTRACT_CHANGE_CONTENT",
)


def rows(lot: Lot, event: Event) -> list[Entity]:
    return [*_result(event), *_contract(lot, event), *_exception(event), *_complaint(event)]


def _result(event: Event) -> list[Entity]:
    match event:
        case a.CandidatesPublicised():
            return [
                _candidate(one, moment(event.opens), moment(event.until), str(index))
                for index, one in enumerate(event.candidates, start=1)
            ]
        case a.AwardNoticeIssued():
            return [
                _winner(
                    BIDDER_NAME=event.name,
                    BID_AMOUNT=wan(event.price_fen),
                    TIME_LIMIT=str(event.duration_days),
                    BID_MANAGER=event.project_lead,
                    AWARD_NUMBER=event.number,
                    AWARD_TIME=moment(event.at),
                )
            ]
        case a.ResultAnnounced():
            return [
                Entity(
                    table="WIN_RESULT_BULLETIN",
                    fields={
                        "AWARD_NUMBER": event.number,
                        "BIDDER_NAME": event.name,
                        "BID_AMOUNT": wan(event.price_fen),
                        **MONEY,
                        "EXPERTS": "、".join(one.name for one in event.experts),
                        "NOTICE_SEND_TIME": moment(event.opens),
                        "NOTICE_END_TIME": moment(event.until),
                    },
                )
            ]
        case a.ResultSetAside():
            return [_winner(IS_REVOKED="1", AWARD_NUMBER=event.notice, AWARD_TIME=moment(event.at))]
        case _:
            return []


def _candidate(one: Candidate, opens: str, until: str, index: str) -> Entity:
    return Entity(
        table="WIN_CANDIDATE",
        key=index,
        fields={
            "BIDDER_NAME": one.name,
            "CANDIDATE_ORDER": str(one.rank) if one.rank else "",
            "BID_AMOUNT": wan(one.price_fen),
            **MONEY,
            "TIME_LIMIT": str(one.duration_days),
            "BID_MANAGER": one.project_lead,
            "PUBLICITY_START_TIME": opens,
            "PUBLICITY_END_TIME": until,
        },
    )


def _winner(**fields: str) -> Entity:
    empty = ("BIDDER_NAME", "BID_AMOUNT", "TIME_LIMIT", "BID_MANAGER")
    return Entity(
        table="WIN_BID_INFO",
        fields={**dict.fromkeys(empty, ""), "IS_REVOKED": "0", **MONEY, **fields},
    )


def _contract(lot: Lot, event: Event) -> list[Entity]:
    """PERFORMANCE: filed, changed by each supplement, settled. Of a revoked contract nothing but its number is left."""
    match event:
        case c.ContractFiled() | ContractChanged() | ContractSettled():
            return [_performance(lot, "备案" if lot.performance.settled_fen is None else "结算")]
        case c.ContractRevoked():
            fields = {**dict.fromkeys(PERFORMED, ""), "CONTRACT_CODE": event.number, "CONTRACT_STATE": "撤销"}
            return [Entity(table="PERFORMANCE", fields={**fields, **MONEY})]
        case _:
            return []


def _performance(lot: Lot, state: str) -> Entity:
    contract, performed = lot.contract, lot.performance
    said = (
        contract.number,
        wan(contract.price_fen),
        moment(contract.filed_at),
        str(lot.award.duration_days or ""),
        wan(performed.settled_fen),
        day(performed.finished_on),
        "；".join(f"{one.number}. {one.subject}({wan(one.amount_fen)}{WAN})" for one in performed.changes),
    )
    fields = dict(zip(PERFORMED, said, strict=True))
    return Entity(table="PERFORMANCE", fields={**fields, "CONTRACT_STATE": state, **MONEY})


def _exception(event: Event) -> list[Entity]:
    match event:
        case o.LotFailed():
            found = ("failed", "流标", f"{event.reason} {event.rule}".strip(), event.at)
        case EvaluationVoided():
            found = ("failed", "否决全部投标", event.reason, event.at)
        case a.ResultVoided():
            found = ("voided", "结果无效", event.reason, event.at)
        case k.LotTerminated():
            found = ("terminated", "终止招标", event.reason, event.at)
        case o.IncidentOpened():
            found = (f"incident-{event.number}", "系统故障", event.cause, event.at)
        case o.IncidentClosed():
            found = (f"incident-{event.number}", "故障排除", event.cause, event.at)
        case k.LotSuspended():
            found = ("suspension", "暂停", event.reason, event.at)
        case k.SuspensionLifted():
            found = ("suspension", "恢复", event.reason, event.at)
        case k.SuspensionExpired():
            found = ("suspension", "恢复", "暂停期满", event.at)
        case _:
            return []
    key, kind, text, at = found
    fields = {"EXCEPTION_TYPE": kind, "EXCEPTION_CONTENT": text, "REPORT_TIME": moment(at)}
    return [Entity(table="EXCEPTION_REPORT", key=key, fields=fields)]


def _complaint(event: Event) -> list[Entity]:
    """Without the author's name: no public event has it."""
    match event:
        case k.LotSuspended() if event.complaint:
            return [_complained(f"{event.complaint}-suspension", "暂停", event.at, event.ends)]
        case k.SuspensionExpired() if event.complaint:
            return [_complained(f"{event.complaint}-suspension", "恢复", None, event.at)]
        case ComplaintDecided():
            return [
                _complained(
                    str(event.number),
                    COMPLAINT_SUBJECT=str(event.subject),
                    COMPLAINT_RESULT=str(event.outcome),
                    COMPLAINT_FINDINGS=event.findings,
                    LEGAL_BASIS=event.law,
                    DECISION_TIME=moment(event.at),
                )
            ]
        case _:
            return []


def _complained(
    key: str, action: str = "", start: datetime | None = None, end: datetime | None = None, **said: str
) -> Entity:
    empty = ("COMPLAINT_SUBJECT", "COMPLAINT_RESULT", "COMPLAINT_FINDINGS", "LEGAL_BASIS", "DECISION_TIME")
    return Entity(
        table="COMPLAINT_INFO",
        key=key,
        fields={
            **dict.fromkeys(empty, ""),
            "CONFINED_ACTION": action,
            "START_DATE": moment(start),
            "END_DATE": moment(end),
            **said,
        },
    )
