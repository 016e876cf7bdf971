"""Decisions of the notice: publication and clarification (R-DOC-01, 02, 04; R-GEN-03)."""

import re
from collections.abc import Callable
from datetime import datetime

import msgspec

from bidding.domain.admission.events import WaiverDecided
from bidding.domain.admission.waiving import waiver_of
from bidding.domain.booking.events import Purpose
from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Invalid, OutOfOrder, TooLate
from bidding.domain.escrow.trustees import check_escrow
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, regime_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.absence import statement
from bidding.domain.notice.commands import (
    AnswerInquiry,
    AnswerObjection,
    Clarify,
    Download,
    Inquire,
    Object,
    Publish,
)
from bidding.domain.notice.events import (
    ClarificationIssued,
    DeadlineMoved,
    DocumentIssued,
    NoticePublished,
    RulesetPinned,
    notice_hash,
)
from bidding.domain.notice.forbidden import check_methods
from bidding.domain.notice.grading import by_credit, graded_by
from bidding.domain.notice.inquiries import answer_inquiry, inquire
from bidding.domain.notice.introduction import clarified_deadline, introduction
from bidding.domain.notice.lawful import Basis, check_terms, check_text
from bidding.domain.notice.objections import answer_objection, object_to_document
from bidding.domain.notice.particulars import check_particulars
from bidding.domain.notice.periods import offer_open_until
from bidding.domain.notice.terms import DocumentRef, KeyPolicy, TenderTerms
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date, min_before
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet, choose
from bidding.domain.scoring import Coefficient
from bidding.domain.waiver import Charge, WaiverDecision

SHA256 = re.compile(r"[0-9a-f]{64}")
#: What no file name may hold: separators, controls, what shows nothing or turns the name round (fdp.exe reads as
#: exe.pdf); and the two names that mean folders.
NOT_IN_NAMES = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
FOLDERS = frozenset({".", ".."})


def publish(lot: Lot, command: Publish, facts: Facts, *, offline_sha256: str = "") -> list[Event]:
    """Publish the notice with the first version of the document; pin the rule set and freeze the waiver.

    ``offline_sha256``: hex, of the offline sealing page that this platform serves; empty where it serves none.

    R-GEN-03, R-ENG-02/03, R-GP-02/03, R-WAIVE-04/05/08, R-SVC-04, R-DOC-02, R-PLAT-09.
    """
    require_phase(lot, Phase.ADMITTED, Phase.PREQUALIFYING, rule="R-STATE-01")
    if lot.phase is Phase.PREQUALIFYING and lot.prequalification.ended_at is None:
        raise OutOfOrder("prequalification-running", rule="R-ENG-05")
    admission = lot.admission
    introduced = introduction(lot)
    regime, obj = introduced["regime"], introduced["object"]
    calendar = calendar_of(facts)
    # A prequalification has pinned the version already (R-GEN-03).
    pinned = bool(lot.notice.ruleset)
    rules = rules_of(lot, facts) if pinned else choose(facts.rulesets, regime, facts.now)
    broken = [one.item for one in admission.promises if one.broken]
    if broken:
        raise Invalid("promise-broken", rule="R-NB-HM-02", items=broken)
    waiver = graded_by(command.terms, waiver_of(admission, facts.now, facts.rulesets), rules)
    base_fen = admission.base_fen
    if waiver.bid_deposit is Charge.HOLD or base_fen is None:
        raise Invalid("waiver-held", rule="R-WAIVE-04", reasons=list(waiver.reasons))
    _check_deadline(lot, command, rules, facts.now, calendar)
    limit = admission.price_limit_fen if command.price_limit_fen is None else command.price_limit_fen
    _check_limit(limit, regime, base_fen)
    basis = Basis(rules=rules, regime=regime, object=obj, base_fen=base_fen, waiver=waiver)
    check_terms(command.terms, basis)
    _check_draw(lot, command.terms, limit)
    check_escrow(lot, command.terms)
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule="R-DOC-02")
    check_text(command.text, waiver)
    check_methods(command.text, regime)
    check_document(command.document)
    check_particulars(command.particulars, has_agency=admission.host != admission.tenderer)
    term = rules.periods.notice_to_deadline
    notice = NoticePublished(
        **introduced,
        base_fen=base_fen,
        fund_lines=admission.fund_lines,
        price_limit_fen=limit,
        published_at=facts.now,
        deadline=command.deadline,
        deadline_rule=term.rule,
        earliest_deadline=min_before(facts.now, command.deadline, term.n, calendar).earliest.date(),
        offer_until=command.offer_until,
        text=command.text,
        statements=(*statements(waiver, command.terms.key_policy), *statement(command.terms, regime)),
        terms=command.terms,
        waiver=waiver,
        ruleset=rules.version,
        signed=signed_of(facts),
        notice_hash="",
        offline_sha256=offline_sha256 or msgspec.UNSET,
        particulars=command.particulars,
    )
    first: list[Event] = [] if pinned else [RulesetPinned(ruleset=rules.version, notice_at=facts.now)]
    return [
        *first,
        WaiverDecided(decision=waiver, frozen=True),
        msgspec.structs.replace(notice, notice_hash=notice_hash(notice)),
        _issued(command.document, 1, "notice"),
    ]


def clarify(lot: Lot, command: Clarify, facts: Facts) -> list[Event]:
    """R-ENG-04, R-GP-04, R-DOC-04: what may affect bids comes long enough before the deadline, or moves it.

    A new document version always may: bids are sealed to one version of it.
    """
    require_phase(lot, Phase.NOTICED, rule="R-ENG-04")
    deadline = lot.notice.deadline
    if deadline is None:
        raise ValueError("a noticed lot has a deadline")
    if facts.now >= deadline:
        raise TooLate("clarified-too-late", rule="R-TIME-09", deadline=deadline)
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule="R-DOC-04")
    if command.document is not None and not command.affects_bids:
        raise Invalid("new-document-affects-bids", rule="R-DOC-04")
    if lot.notice.waiver is not None:
        check_text(command.text, lot.notice.waiver)
    check_methods(command.text, regime_of(lot))
    events: list[Event] = []
    version = lot.notice.document_version
    if command.document is not None:
        check_document(command.document)
        version += 1
        events.append(
            _issued(command.document, version, f"clarification {len(lot.notice.clarifications) + 1}")
        )
    events.append(
        ClarificationIssued(
            number=len(lot.notice.clarifications) + 1,
            text=command.text,
            affects_bids=command.affects_bids,
            document_version=version,
            issued_at=facts.now,
            signed=signed_of(facts),
        )
    )
    return events + _moved(lot, command, deadline, facts)


def _moved(lot: Lot, command: Clarify, deadline: datetime, facts: Facts) -> list[Event]:
    """The deadline's move, if the host asks for one or the rule does. What the host asks for too early is
    replaced by the first lawful working day."""
    calendar, wished = calendar_of(facts), command.new_deadline
    term = rules_of(lot, facts).periods.clarification_before_deadline
    if wished is not None and wished > deadline and not calendar.is_workday(local_date(wished)):
        raise Invalid("deadline-on-day-off", rule="R-SVC-04", day=local_date(wished))
    moved, rule = clarified_deadline(
        term, deadline, wished, facts.now, calendar, affects=command.affects_bids
    )
    return [] if moved == deadline else [DeadlineMoved(previous=deadline, deadline=moved, rule=rule)]


def _check_deadline(
    lot: Lot, command: Publish, rules: RuleSet, now: datetime, calendar: WorkCalendar
) -> None:
    term = rules.periods.notice_to_deadline
    distance = min_before(now, command.deadline, term.n, calendar)
    if not distance.ok:
        raise Invalid(
            "deadline-too-early",
            rule=term.rule,
            days=distance.gap_days,
            needed=term.n,
            earliest=distance.earliest.date(),
            earliest_working_day=distance.earliest_working_date,
        )
    day = local_date(command.deadline)
    if not distance.deadline_is_working_day:
        raise Invalid("deadline-on-day-off", rule="R-SVC-04", day=day)
    offer = offer_open_until(rules, now, calendar)
    if not offer.day <= command.offer_until:
        raise Invalid("offer-too-short", rule=offer.rule, earliest=offer.day, given=command.offer_until)
    if command.offer_until > day:
        raise Invalid("offer-after-deadline", rule=offer.rule, latest=day, given=command.offer_until)
    slot = lot.bookings.slot(Purpose.OPENING)
    if slot is None:
        raise Invalid("opening-slot-missing", rule="R-SVC-04")
    if not slot.start <= command.deadline < slot.end:
        raise Invalid("slot-misses-deadline", rule="R-SVC-04", deadline=command.deadline)


def _check_limit(limit_fen: int | None, regime: Regime, base_fen: int) -> None:
    """R-ENG-08; in GP a price above the budget is invalid, so no limit may lie above it (R-GP-12)."""
    if limit_fen is not None and limit_fen <= 0:
        raise Invalid("amount-not-positive", rule="R-ENG-08", field="price_limit_fen")
    if limit_fen is not None and regime is Regime.GP and limit_fen > base_fen:
        raise Invalid("limit-over-budget", rule="R-GP-12", limit_fen=limit_fen, budget_fen=base_fen)


def _check_draw(lot: Lot, terms: TenderTerms, limit_fen: int | None) -> None:
    """R-DRAW-02: the chain is the supervisor's own, not one that the host made; R-SCORE-13: B is the price limit."""
    anchors = {one.anchor for one in (terms.draw, terms.expert_draw) if one is not None}
    if anchors and anchors != {lot.opening.draw_anchor}:
        raise Invalid("draw-anchor-missing", rule="R-DRAW-02")
    declared = terms.draw
    if declared is None:
        return
    drawn = {pool.coefficient for pool in declared.pools}
    if Coefficient.BETA in drawn and limit_fen is None:
        raise Invalid("mixed-base-needs-limit", rule="R-SCORE-13")


def check_document(document: DocumentRef) -> None:
    name = document.name
    bad_name = not name.strip() or name in FOLDERS or NOT_IN_NAMES.search(name) is not None
    if SHA256.fullmatch(document.sha256) is None or document.length <= 0 or bad_name:
        raise Invalid("document-malformed", rule="R-DOC-01")


#: R-PLAT-12 (20号令 62 [M]): the law's own default, which a tender document may depart from.
DATA_MESSAGE = "除招标文件另有规定外,纸质文件与数据电文不一致的,以数据电文为准。"


#: R-BID-06: how bids are opened is said in words, not by a letter and a number.
OPENED_BY = {
    KeyPolicy.P1: "解密方式:投标文件由投标人自己持有的密钥解密,其他任何人不能代为解密。",
    KeyPolicy.P2: "解密方式:投标文件由投标人自己持有的密钥解密;确有困难的,经主持人与监督部门书面同意,"
    "由代理机构、监督部门、公证机构三方中任意两方开启。",
    KeyPolicy.P3: "解密方式:投标人不持有密钥,经其书面同意,投标文件由代理机构、监督部门、公证机构三方中任意两方开启。",
}


def statements(waiver: WaiverDecision, policy: KeyPolicy) -> tuple[str, ...]:
    """What the platform itself prints into the notice: R-PLAT-12, R-BID-06, and on a waived lot R-WAIVE-05."""
    charges = (
        ("投标保证金", waiver.bid_deposit),
        ("履约保证金", waiver.performance_bond),
        ("信息服务费", waiver.info_fee),
    )
    waived = [name for name, charge in charges if charge is Charge.WAIVED]
    said = (f"本项目不收取{'、'.join(waived)}。",) if waived else ()
    return (*said, *by_credit(waiver), DATA_MESSAGE, OPENED_BY[policy])


def _issued(document: DocumentRef, version: int, reason: str) -> DocumentIssued:
    return DocumentIssued(
        version=version, sha256=document.sha256, name=document.name, length=document.length, reason=reason
    )


DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    Publish: publish,
    Clarify: clarify,
    Object: object_to_document,
    AnswerObjection: answer_objection,
    Inquire: inquire,
    AnswerInquiry: answer_inquiry,
}
NEEDS_MORE: dict[type[Command], str] = {
    Download: "notice.reader.download, reader: the Reader; events go to the reader's stream"
}
