"""Publishing and clarifying the prequalification (招投条例 15–17, 21; 采购条例 21)."""

from datetime import datetime

from bidding.domain.admission.filing import Compulsory
from bidding.domain.admission.waiving import waiver_of
from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Facts
from bidding.domain.errors import Invalid, OutOfOrder, TooLate
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, regime_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.decide import check_document
from bidding.domain.notice.events import RulesetPinned
from bidding.domain.notice.forbidden import check_methods
from bidding.domain.notice.introduction import clarified_deadline, introduction
from bidding.domain.notice.lawful import check_text
from bidding.domain.notice.particulars import check_particulars
from bidding.domain.notice.periods import offer_open_until
from bidding.domain.notice.prequalifying import (
    PrequalificationClarified,
    PrequalificationNoticed,
    PrequalificationTerms,
)
from bidding.domain.order import require_phase
from bidding.domain.periods import end_of_day, last_day, local_date
from bidding.domain.prequalification import commands as c
from bidding.domain.ruleset import EngRules, RuleSet, choose


def publish(lot: Lot, command: c.Publish, facts: Facts) -> list[Event]:
    """From here on the lot is public; the rule set is pinned by this notice, the first of the two (R-GEN-03)."""
    require_phase(lot, Phase.ADMITTED, rule="R-STATE-01")
    admission = lot.admission
    introduced = introduction(lot)
    regime = introduced["regime"]
    rules = choose(facts.rulesets, regime, facts.now)
    term = rules.periods.prequalification_application
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule=term.rule)
    check_text(command.text, waiver_of(admission, facts.now, facts.rulesets))
    check_methods(command.text, regime)
    check_document(command.document)
    check_particulars(command.particulars, has_agency=admission.host != admission.tenderer)
    ids = [one.id for one in command.requirements]
    if len(ids) != len(set(ids)):
        raise Invalid("requirement-twice", rule=term.rule, requirements=ids)
    _check_terms(command, rules, facts.now, calendar_of(facts))
    compelled = admission.compulsory is not None and admission.compulsory.answer is Compulsory.COMPULSORY
    if compelled and not command.by_committee:  # 招投条例 18: compulsory for its state funds (16号令 2)
        raise Invalid("reviewers-committee-needed", rule="R-ENG-05")
    return [
        RulesetPinned(ruleset=rules.version, notice_at=facts.now),
        PrequalificationNoticed(
            **introduced,
            noticed_at=facts.now,
            deadline=command.deadline,
            offer_until=command.offer_until,
            text=command.text,
            requirements=command.requirements,
            document=command.document,
            consortia=command.consortia,
            by_committee=command.by_committee,
            review_key=command.review_key,
            particulars=command.particulars,
            signed=signed_of(facts),
        ),
    ]


def _check_terms(command: c.Publish, rules: RuleSet, now: datetime, calendar: WorkCalendar) -> None:
    """ENG: five days of offer, then five more to apply (招投条例 16, 17). GP: five 工作日 from the notice to apply
    (采购条例 21), during which the document is on offer."""
    term = rules.periods.prequalification_application
    start = local_date(now)
    if isinstance(rules, EngRules):
        offer = offer_open_until(rules, now, calendar)
        if command.offer_until < offer.day:
            raise Invalid("offer-too-short", rule=offer.rule, earliest=offer.day, given=command.offer_until)
        start = command.offer_until
    open_through = last_day(start, term.n, term.unit, calendar)
    # The last day belongs to the applicants until its end (R-TIME-02, R-TIME-06).
    if command.deadline < end_of_day(open_through):
        raise Invalid(
            "application-time-too-short",
            rule=term.rule,
            earliest=end_of_day(open_through),
            given=command.deadline,
        )
    if command.offer_until > local_date(command.deadline):
        raise Invalid(
            "offer-after-deadline",
            rule=term.rule,
            latest=local_date(command.deadline),
            given=command.offer_until,
        )


def terms_of(lot: Lot) -> PrequalificationTerms:
    if lot.notice.prequalification is None:
        raise OutOfOrder("no-prequalification", rule="R-ENG-05")
    return lot.notice.prequalification


def require_open(lot: Lot, now: datetime) -> PrequalificationTerms:
    """The terms, while applications are taken. A late one is refused (招投条例 36); none is late while an objection
    to the document stands unanswered (招投条例 22)."""
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-05")
    terms = terms_of(lot)
    if now >= terms.deadline and not lot.prequalification.unanswered:
        raise TooLate("applications-closed", rule="R-TIME-09", deadline=terms.deadline)
    return terms


def clarify(lot: Lot, command: c.Clarify, facts: Facts) -> list[Event]:
    terms = require_open(lot, facts.now)
    term = rules_of(lot, facts).periods.prequalification_clarification
    if not command.text.strip():
        raise Invalid("notice-text-missing", rule=term.rule)
    if command.document is not None:
        if not command.affects_applications:
            raise Invalid("new-document-affects-applications", rule=term.rule)
        check_document(command.document)
    check_text(command.text, waiver_of(lot.admission, facts.now, facts.rulesets))
    check_methods(command.text, regime_of(lot))
    deadline, rule = clarified_deadline(
        term,
        terms.deadline,
        command.new_deadline,
        facts.now,
        calendar_of(facts),
        affects=command.affects_applications,
    )
    return [
        PrequalificationClarified(
            number=len(terms.clarifications) + 1,
            text=command.text,
            affects_applications=command.affects_applications,
            document=command.document,
            deadline=deadline,
            rule=rule,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]
