"""Publication: R-GEN-03, R-ENG-02/03, R-GP-02/03, R-WAIVE-04/05/08, R-SVC-04, R-DOC-02; F-06, F-60."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
import rfc8785
from msgspec.structs import replace

from bidding.domain.admission.commands import Submit
from bidding.domain.admission.events import WaiverDecided
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Invalid, OutOfOrder, Refusal
from bidding.domain.event import decode, encode
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.notice import decide
from bidding.domain.notice.commands import Publish
from bidding.domain.notice.events import DocumentIssued, NoticePublished, RulesetPinned, notice_hash
from bidding.domain.notice.terms import Absence, DepositForm, DocumentRef, KeyPolicy, TenderTerms
from bidding.domain.ruleset import RuleSet
from bidding.domain.waiver import WaiverRow
from tests.domain.lots import (
    DEADLINE,
    admitted,
    at,
    booked,
    company_filing,
    eng_filing,
    facts,
    gp_filing,
    gp_terms,
    noticed,
    noticed_company,
    publication,
    submitted,
    terms,
)


def published(lot: Lot | None = None, command: Publish | None = None) -> NoticePublished:
    events = decide.publish(lot or booked(), command or publication(), facts())
    notice = events[2]
    assert isinstance(notice, NoticePublished)
    return notice


def refused(command: Publish, lot: Lot | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide.publish(lot or booked(), command, facts())
    return caught.value


def asked(**changes: Any) -> TenderTerms:
    return terms(**{"document_says_no_deposit": False, **changes})


def refused_of_company(**changes: Any) -> Refusal:
    return refused(publication(text="现公开招标。", terms=asked(**changes)), booked(company_filing()))


def test_publication_pins_the_rules_freezes_the_waiver_and_issues_the_document() -> None:
    pinned, waiver, notice, document = decide.publish(booked(), publication(), facts())
    assert isinstance(pinned, RulesetPinned)
    assert pinned.ruleset == "ENG-2025-06-01"
    assert isinstance(waiver, WaiverDecided)
    assert waiver.frozen
    assert isinstance(notice, NoticePublished)
    assert notice.waiver == waiver.decision
    assert isinstance(document, DocumentIssued)
    assert (document.version, document.sha256) == (1, "ab" * 32)


def test_a_later_rule_set_does_not_alter_a_pinned_lot() -> None:
    later = facts(now=at(2, month=4))
    assert max(rules.effective_from for rules in later.rulesets) <= date(2026, 4, 1)
    assert noticed().notice.ruleset == "ENG-2025-06-01"


def test_the_notice_carries_what_the_public_needs() -> None:
    lot = booked()
    notice = published(lot)
    for field in ("title", "project", "category", "regime", "object", "region", "host", "tenderer", "mode"):
        source = lot.admission.project if field == "region" else lot.admission
        assert getattr(notice, field) == getattr(source, field), field
    assert notice.agency_name == lot.admission.host_name
    assert notice.base_fen == lot.admission.estimate_fen
    assert notice.fund_lines == lot.admission.fund_lines != ()  # R-DATA-02, 20号令 41 [M]
    assert notice.number == lot.admission.number
    assert notice.price_limit_fen == lot.admission.price_limit_fen
    assert (notice.earliest_deadline, notice.deadline_rule) == (date(2026, 3, 22), "R-ENG-03")


def test_a_procurement_publishes_its_budget() -> None:  # R-GP-05, 采购条例 30
    lot = booked(gp_filing())
    events = decide.publish(lot, publication(terms=gp_terms()), facts())
    (notice,) = [one for one in events if isinstance(one, NoticePublished)]
    assert is_public(notice)
    assert notice.base_fen == lot.admission.budget_fen is not None


def test_the_hash_covers_the_whole_notice_in_canonical_form() -> None:
    notice = published()
    plain = msgspec.to_builtins(notice)
    del plain["notice_hash"]
    assert notice.notice_hash == hashlib.sha256(rfc8785.dumps(plain)).hexdigest()
    assert notice_hash(replace(notice, text=notice.text + "。")) != notice.notice_hash


def test_the_notice_names_the_offline_sealing_page_where_the_platform_serves_one() -> None:
    """R-PLAT-03: whoever seals without network knows by the notice which page is the right one."""
    lot = booked()
    notice = decide.publish(lot, publication(), facts(), offline_sha256="ab" * 32)[2]
    assert isinstance(notice, NoticePublished)
    assert notice.offline_sha256 == "ab" * 32
    assert notice.notice_hash == notice_hash(notice)
    assert notice.notice_hash != notice_hash(replace(notice, offline_sha256="cd" * 32))
    assert evolve(lot, notice).notice.offline_sha256 == "ab" * 32


def test_a_notice_without_that_page_keeps_the_bytes_it_always_had() -> None:
    lot = booked()
    notice = published(lot)
    said = encode(notice)
    assert b"offline_sha256" not in said
    assert decode(NoticePublished.TOPIC, said) == notice
    assert evolve(lot, notice).notice.offline_sha256 is None


# R-ENG-03, R-GP-03, R-TIME-05


@pytest.mark.parametrize(
    ("deadline", "lawful"), [(at(23, 0, 30), True), (at(20, 9, 30), False)], ids=["21 days", "18 days"]
)
@pytest.mark.parametrize("regime", ["ENG", "GP"])
def test_twenty_days_lie_between_notice_and_deadline(deadline: datetime, lawful: bool, regime: str) -> None:
    filing = gp_filing() if regime == "GP" else eng_filing()
    own = gp_terms() if regime == "GP" else terms()
    command = publication(deadline=deadline, terms=own)
    lot = booked(filing, deadline)
    if lawful:
        assert published(lot, command).deadline == deadline
        return
    refusal = refused(command, lot)
    assert (refusal.code, refusal.rule) == ("deadline-too-early", f"R-{regime}-03")
    assert refusal.found["earliest"] == date(2026, 3, 22)
    assert refusal.found["earliest_working_day"] == date(2026, 3, 23)


def test_nineteen_days_are_one_too_few() -> None:
    wednesday = facts(now=at(4))
    with pytest.raises(Invalid) as caught:
        decide.publish(booked(deadline=at(23)), publication(deadline=at(23)), wednesday)
    assert caught.value.found["days"] == 19


def test_the_deadline_is_a_working_day() -> None:
    saturday = at(28, 9, 30)
    assert refused(publication(deadline=saturday)).code == "deadline-on-day-off"


def test_the_deadline_lies_in_the_booked_opening_slot() -> None:
    assert refused(publication(), admitted()).code == "opening-slot-missing"
    ends = DEADLINE + timedelta(hours=2)
    assert refused(publication(deadline=ends)).code == "slot-misses-deadline"
    starts = DEADLINE - timedelta(minutes=30)
    assert published(command=publication(deadline=starts)).deadline == starts


# R-ENG-02, R-GP-02, R-TIME-06


@pytest.mark.parametrize(
    ("filing", "own", "last", "rule"),
    [
        (eng_filing(), terms(), date(2026, 3, 9), "R-ENG-02"),
        (gp_filing(), gp_terms(), date(2026, 3, 9), "R-GP-02"),
    ],
)
def test_the_document_is_offered_long_enough(filing: Submit, own: TenderTerms, last: date, rule: str) -> None:
    lot = booked(filing)
    assert published(lot, publication(offer_until=last, terms=own)).offer_until == last
    refusal = refused(publication(offer_until=last - timedelta(days=1), terms=own), lot)
    assert (refusal.code, refusal.rule, refusal.found["earliest"]) == ("offer-too-short", rule, last)


def test_the_offer_ends_by_the_deadline() -> None:
    assert refused(publication(offer_until=date(2026, 4, 1))).code == "offer-after-deadline"


# R-WAIVE-04, R-WAIVE-05


def test_a_held_waiver_blocks_the_notice() -> None:
    lot = booked()
    held = replace(lot, admission=replace(lot.admission, fund_lines=()))
    refusal = refused(publication(), held)
    assert (refusal.code, refusal.rule) == ("waiver-held", "R-WAIVE-04")
    assert refusal.found["reasons"] == ["MISSING:fund_lines"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bid_deposit_fen": 1}, "waived-lot-asks-deposit"),
        ({"deposit_forms": (DepositForm.GUARANTEE,)}, "waived-lot-asks-deposit"),
        ({"payment_account": "6222 0000"}, "waived-lot-names-account"),
        ({"document_says_no_deposit": False}, "no-deposit-sentence-missing"),
        ({"performance_bond_rate": "0.05"}, "waived-lot-asks-bond"),
    ],
)
def test_a_waived_lot_cannot_ask_for_money(changes: dict[str, Any], code: str) -> None:
    refusal = refused(publication(terms=terms(**changes)))
    assert (refusal.code, refusal.rule) == (code, "R-WAIVE-05")


@pytest.mark.parametrize(
    "text",
    [
        "投标人须缴纳投标保证金。",
        "投标保证金：人民币20万元。",
        "投标保证金，金额为估算价的2%，现金形式不要求。",
        "中标人应提交履约保证金；其他不收取。",
        "本项目不收取投标保证金，履约担保按合同价10%提交。",
    ],
)
def test_a_deposit_clause_in_the_text_blocks_publication(text: str) -> None:
    assert refused(publication(text=text)).code == "waived-lot-asks"


def test_a_payment_account_in_the_text_blocks_publication() -> None:
    assert refused(publication(text="开户行：某银行孝南支行")).code == "waived-lot-names-account"


@pytest.mark.parametrize(
    "text",
    [
        "本项目不收取投标保证金、履约保证金。",
        "投标保证金、履约保证金，均不收取。",
        "无需提交投标保证金。",
        "农民工工资保证金按规定缴纳；工程质量保证金为结算价的3%。",
    ],
)
def test_sentences_without_a_demand_are_published(text: str) -> None:
    assert published(command=publication(text=text)).text == text


def test_the_platform_prints_what_is_waived() -> None:
    own = decide.OPENED_BY[KeyPolicy.P1]
    said = ("本项目不收取投标保证金、履约保证金、信息服务费。", decide.DATA_MESSAGE, own)
    assert published().statements == said
    gp = published(booked(gp_filing()), publication(text="公开招标", terms=gp_terms()))
    assert gp.waiver.row is WaiverRow.D4
    absent = "投标人未参加开标的,视同认可开标结果。"  # R-GP-13, 87号令 42
    assert gp.statements == ("本项目不收取投标保证金。", decide.DATA_MESSAGE, own, absent)
    waived = published(command=publication(terms=terms(absence=Absence.WAIVES)))
    assert waived.statements[-1].startswith("投标人未参加开标的,视为放弃")  # R-ROOM-02
    assert noticed_company().notice.statements == (decide.DATA_MESSAGE, own)


def test_every_notice_says_that_the_data_message_holds_against_paper() -> None:
    """R-PLAT-12 (20号令 62 [M]): unless the tender document says otherwise."""
    for notice in (published(), noticed_company().notice):
        assert "除招标文件另有规定外,纸质文件与数据电文不一致的,以数据电文为准。" in notice.statements


@pytest.mark.parametrize(
    ("policy", "who"), [("P1", "投标人自己持有的密钥"), ("P2", "任意两方开启"), ("P3", "投标人不持有密钥")]
)
def test_every_notice_says_in_words_who_opens_the_bids(policy: str, who: str) -> None:
    """R-BID-06: the model of opening stands in the notice."""
    (said,) = decide.statements(published().waiver, KeyPolicy(policy))[2:]
    assert said.startswith("解密方式:")
    assert who in said


# order and text


def test_a_lot_is_noticed_once_and_only_when_admitted() -> None:
    for lot in (submitted(), noticed()):
        assert isinstance(refused(publication(), lot), OutOfOrder)
    assert noticed().phase is Phase.NOTICED


def test_the_price_limit_is_positive_and_within_a_gp_budget() -> None:
    assert refused(publication(price_limit_fen=0)).code == "amount-not-positive"
    over = publication(text="公开招标", terms=gp_terms(), price_limit_fen=3_000_000_01)
    assert refused(over, booked(gp_filing())).rule == "R-GP-12"
    assert published(command=publication(price_limit_fen=7)).price_limit_fen == 7
    assert published(command=publication(price_limit_fen=1)).price_limit_fen == 1


def test_a_notice_needs_its_text() -> None:
    assert refused(publication(text=" \n")).code == "notice-text-missing"


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "AB" * 32},
        {"sha256": "ab"},
        {"length": 0},
        {"name": "../secret"},
        {"name": "a\\b"},
        {"name": ".."},
        {"name": "a\x00.pdf"},
        {"name": " "},
    ],
)
def test_a_malformed_document_is_refused(changes: dict[str, Any]) -> None:
    document = replace(DocumentRef(sha256="ab" * 32, name="招标文件.pdf", length=1), **changes)
    assert refused(publication(document=document)).code == "document-malformed"


def test_rule_sets_after_the_notice_are_not_used() -> None:
    old: list[RuleSet] = [rules for rules in facts().rulesets if rules.effective_from < date(2025, 1, 1)]
    events = decide.publish(booked(), publication(), replace(facts(), rulesets=old))
    assert isinstance(events[0], RulesetPinned)
    assert events[0].ruleset == "ENG-2018-06-01"


def test_a_deposit_over_the_cap_is_refused() -> None:
    guarantee = (DepositForm.GUARANTEE,)
    refusal = refused_of_company(deposit_forms=guarantee, bid_deposit_fen=240_000_01)
    assert (refusal.code, refusal.rule) == ("deposit-over-cap", "R-ENG-09")
    assert refusal.found["max_fen"] == 240_000_00
