"""The prequalification notice and its clarifications (招投条例 15–18, 21; 采购条例 21; R-ENG-05, R-GP-30)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.errors import Invalid, OutOfOrder, TooLate
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.decide import publish as publish_notice
from bidding.domain.notice.events import RulesetPinned
from bidding.domain.notice.prequalifying import PrequalificationClarified
from bidding.domain.periods import SHANGHAI
from bidding.domain.prequalification.commands import Clarify
from bidding.domain.prequalification.noticing import clarify, publish
from tests.domain.lots import PARTICULARS, booked, company_filing, facts, fold, gp_filing, publication
from tests.domain.prequalification.stage import (
    AFTER,
    DEADLINE,
    DOCUMENT,
    applied,
    ended,
    notice,
    prequalifying,
    reviewed,
    seated,
)
from tests.domain.prequalification.stage import EARLY as OPEN


def refused(lot: Lot, **changes: Any) -> Invalid:
    with pytest.raises(Invalid) as found:
        publish(lot, notice(**changes), facts())
    return found.value


def test_it_makes_the_lot_public_and_pins_its_rules() -> None:  # R-GEN-03, 招投条例 15
    lot = prequalifying()
    assert lot.phase is Phase.PREQUALIFYING
    assert (lot.notice.title, lot.notice.tenderer) == ("城北路改造施工一标段", "tenderer")
    assert lot.notice.ruleset == "ENG-2025-06-01"
    assert lot.notice.deadline is None


def test_it_says_what_the_work_is_and_whom_to_ask() -> None:  # R-PLAT-09, 20号令 41
    said = prequalifying().notice.prequalification
    assert said is not None
    assert said.particulars == PARTICULARS
    nobody = refused(booked(), particulars=replace(PARTICULARS, agency=None))
    assert (nobody.code, nobody.rule) == ("agency-contact-missing", "R-PLAT-09")


def test_eng_offers_five_days_and_then_takes_applications_for_five_more() -> None:  # 招投条例 16, 17
    short = refused(booked(), offer_until=date(2026, 3, 8))
    assert (short.code, short.rule) == ("offer-too-short", "R-ENG-02")
    early = refused(booked(), deadline=DEADLINE - timedelta(milliseconds=1))
    assert (early.code, early.rule) == ("application-time-too-short", "R-ENG-05")
    longer = refused(booked(), offer_until=date(2026, 3, 12))  # every day of offer is a day more to apply
    assert longer.code == "application-time-too-short"
    assert prequalifying().notice.prequalification is not None


def test_gp_takes_applications_for_five_working_days_from_the_notice() -> None:  # R-GP-30, 采购条例 21
    lot = booked(gp_filing())
    fifth = datetime(2026, 3, 10, 0, 0, tzinfo=SHANGHAI)  # the end of Monday the 9th
    early = refused(lot, deadline=fifth - timedelta(seconds=1))
    assert (early.code, early.rule) == ("application-time-too-short", "R-GP-30")
    assert publish(lot, notice(deadline=fifth), facts())


def test_the_offer_does_not_outlast_the_deadline() -> None:
    lot = booked(gp_filing())
    fifth = datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI)
    assert refused(lot, deadline=fifth, offer_until=date(2026, 3, 11)).code == "offer-after-deadline"


def test_state_funds_demand_a_committee_and_other_money_does_not() -> None:  # 招投条例 18
    assert refused(booked(), by_committee=False).code == "reviewers-committee-needed"
    assert publish(booked(company_filing()), notice(by_committee=False), facts())


def test_requirements_have_ids_of_their_own_and_the_text_asks_no_waived_deposit() -> None:
    twice = (notice().requirements[0], notice().requirements[0])
    assert refused(booked(), requirements=twice).code == "requirement-twice"
    asking = refused(booked(), text="申请人须缴纳投标保证金10万元。")
    assert asking.code == "waived-lot-asks"
    assert refused(booked(), text=" ").code == "notice-text-missing"
    assert refused(booked(), document=DOCUMENT.__class__(sha256="x", name="a", length=1)).code == (
        "document-malformed"
    )


def clarified(now: datetime, **changes: Any) -> PrequalificationClarified:
    lot = prequalifying()
    fields: dict[str, Any] = {"text": "业绩以验收日期为准。", "affects_applications": True, **changes}
    (event,) = clarify(lot, Clarify(**fields), facts(now=now))
    assert isinstance(event, PrequalificationClarified)
    return event


def test_what_may_affect_applications_comes_three_days_before_or_moves_the_deadline() -> None:  # 招投条例 21
    in_time = clarified(datetime(2026, 3, 14, 9, 0, tzinfo=SHANGHAI))
    assert (in_time.deadline, in_time.rule) == (DEADLINE, "")
    late = clarified(datetime(2026, 3, 15, 9, 0, tzinfo=SHANGHAI))
    assert (late.deadline, late.rule) == (DEADLINE + timedelta(days=1), "R-ENG-05")
    harmless = clarified(datetime(2026, 3, 15, 9, 0, tzinfo=SHANGHAI), affects_applications=False)
    assert harmless.deadline == DEADLINE


def test_a_wished_deadline_may_be_later_and_never_earlier() -> None:
    later = clarified(OPEN, new_deadline=DEADLINE + timedelta(days=7))
    assert later.deadline == DEADLINE + timedelta(days=7)
    with pytest.raises(Invalid, match="deadline-not-earlier"):
        clarified(OPEN, new_deadline=DEADLINE - timedelta(days=1))
    with pytest.raises(Invalid, match="new-document-affects-applications"):
        clarified(OPEN, affects_applications=False, document=DOCUMENT)
    with pytest.raises(TooLate, match="applications-closed"):
        clarified(DEADLINE)


def test_a_clarification_and_its_document_stand_in_the_lot() -> None:
    lot = prequalifying()
    event = clarified(OPEN, document=DOCUMENT, new_deadline=DEADLINE + timedelta(days=7))
    terms = fold(lot, [event]).notice.prequalification
    assert terms is not None
    assert (len(terms.documents), terms.deadline, terms.clarifications) == (2, event.deadline, (event,))


def test_the_tender_document_waits_for_the_review() -> None:
    lot = prequalifying()
    with pytest.raises(OutOfOrder, match="prequalification-running"):
        publish_notice(lot, publication(), facts(now=AFTER))


def test_afterwards_the_tender_notice_keeps_the_pinned_rules() -> None:  # R-GEN-03
    lot = seated(prequalifying())
    applications = [reviewed(lot, applied(prequalifying(), name, OPEN)) for name in "abc"]
    lot, _ = ended(lot, applications)
    events = publish_notice(lot, publication(deadline=publication().deadline + timedelta(days=0)), facts())
    assert not any(isinstance(event, RulesetPinned) for event in events)
    assert fold(lot, events).phase is Phase.NOTICED
    assert fold(lot, events).notice.ruleset == lot.notice.ruleset
