"""Guarantees that credit raises or lowers, each by its basis and until its day (R-NB-SS-02)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.rulebook.decisions import decisions
from bidding.application.rulesets import load_rulesets
from bidding.domain.award import commands as award
from bidding.domain.bid.commands import RecordDeposit
from bidding.domain.bid.deposits import grade_deposit
from bidding.domain.command import Facts
from bidding.domain.contract import commands as k
from bidding.domain.contract.decide import draft
from bidding.domain.contract.events import ContractDrafted
from bidding.domain.credit.events import CreditListed, CreditRepaired
from bidding.domain.credit.grade import grade, record_at
from bidding.domain.credit.graded import Known, effects_of, graded_deposit, known_at_notice, preferred
from bidding.domain.credit.grounds import Graded
from bidding.domain.credit.lists import REWARDS, CreditList, Severity
from bidding.domain.errors import Invalid
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.money.book import Account, book
from bidding.domain.money.events import GuaranteeGraded, Kind
from bidding.domain.money.guarantees import asked_of_bid
from bidding.domain.notice.decide import publish
from bidding.domain.notice.events import NoticePublished
from bidding.domain.notice.grading import graded_by
from bidding.domain.notice.terms import DepositForm, TenderTerms
from bidding.domain.opening.commands import Close, PublishRoll
from bidding.domain.opening.entries import RollEntry
from bidding.domain.periods import local_date
from bidding.domain.ruleset import CreditAction, by_version
from bidding.domain.waiver import WaiverDecision, by_credit
from tests.domain.evaluation.tender import NOW, OWNER, YUAN, Desk, tender
from tests.domain.lots import (
    SIGNED,
    booked,
    company_filing,
    eng_filing,
    facts,
    fold,
    noticed,
    noticed_company,
    publication,
    terms,
)
from tests.domain.opening.hall import CENTRE, HOST, NOTICED, T0, Hall

RULES = by_version(load_rulesets(), "ENG-2026-04-01")
GENERAL = 500_000
EARLY = NOTICED - timedelta(days=30)


def listed(
    kind: CreditList, *, since: date = date(2026, 3, 1), until: date = date(2027, 3, 1)
) -> CreditListed:
    return CreditListed(
        listing=kind.value,
        uscc="U",
        name="公司",
        list=kind,
        severity=None if kind in REWARDS else Severity.SERIOUS,
        basis=f"{kind.value}〔2026〕1号",
        source="官方来源",
        since=since,
        until=until,
        by="bureau",
        at=EARLY,
        signed=SIGNED,
    )


def repaired(kind: CreditList, at: datetime) -> CreditRepaired:
    return CreditRepaired(listing=kind.value, uscc="U", basis="修复", by="bureau", at=at, signed=SIGNED)


def grading(lot: Lot) -> Lot:
    assert lot.notice.waiver is not None
    waiver = by_credit(lot.notice.waiver, RULES.by_credit)
    return replace(lot, notice=replace(lot.notice, waiver=waiver, published_at=NOTICED))


@pytest.fixture
def hall() -> Hall:
    made = Hall(waived=False, terms={"deposit_forms": (DepositForm.GUARANTEE, DepositForm.TRANSFER)})
    made.lot = grading(made.lot)
    return made


def known(lot: Lot, **registers: Sequence[Event]) -> Known:
    return {party: known_at_notice(lot, events) for party, events in registers.items()}


def asked(lot: Lot, now: datetime = T0, **registers: Sequence[Event]) -> Graded:
    return graded_deposit(lot, known(lot, **registers), now)


# The document's word and the law's


def grading_terms(**changes: object) -> TenderTerms:
    return terms(
        **{
            "bid_deposit_fen": 200_000_00,
            "deposit_forms": (DepositForm.GUARANTEE, DepositForm.TRANSFER),
            "document_says_no_deposit": False,
            "performance_bond_rate": "0.05",
            "by_credit": True,
            **changes,
        }
    )


def test_the_notice_fixes_the_lines_prints_them_and_explains_them() -> None:
    lot = booked(company_filing())
    events = publish(lot, publication(text="现公开招标。", terms=grading_terms()), facts())
    lot = fold(lot, events)
    assert effects_of(lot) == by_version(load_rulesets(), lot.notice.ruleset).by_credit != ()
    (published,) = [one for one in events if isinstance(one, NoticePublished)]
    printed = "\n".join(published.statements)
    assert "列入纳税信用A级纳税人的投标人，投标保证金为规定金额的50%（自列入之日起" in printed
    assert "不超过12个月，依据：国发〔2016〕33号 七; 发改法规〔2023〕27号 [M]）。" in printed
    assert "列入严重失信主体名单的投标人，履约保证金为规定金额的200%，但不超过法定上限" in printed
    assert "信用等次同等条件下优先" in printed
    (said,) = [one for one in decisions(events) if one.rule == "R-NB-SS-02"]
    assert len(said.reasons) == len(effects_of(lot))
    assert "TAX_A: LOWER BID_DEPOSIT × 0.5, 12 个月 months; 国发〔2016〕33号" in said.reasons[0]


def test_without_the_documents_word_credit_changes_nothing() -> None:
    lot = noticed_company()
    assert effects_of(lot) == ()
    assert lot.notice.waiver is not None
    assert lot.notice.waiver.by_credit is msgspec.UNSET
    plain = known(lot, a=[listed(CreditList.TAX_A)])
    assert graded_deposit(lot, plain, NOW) == Graded(general_fen=200_000_00, asked_fen=200_000_00)


def test_what_is_waived_is_raised_for_nobody() -> None:  # R-WAIVE-06
    asking = terms(by_credit=True)
    lot = noticed(eng_filing(), publication(terms=asking))
    assert {one.action for one in effects_of(lot)} == {CreditAction.PRIORITY}


def test_a_document_that_grades_where_the_law_has_no_line_is_refused() -> None:
    early = replace(RULES, by_credit=())
    asking = grading_terms()
    with pytest.raises(Invalid, match="credit-grading-without-effect"):
        graded_by(asking, by_credit(waived(noticed_company()), ()), early)


def waived(lot: Lot) -> WaiverDecision:
    assert lot.notice.waiver is not None
    return lot.notice.waiver


# How much, and on which basis


def test_merit_lowers_by_its_line(hall: Hall) -> None:
    found = asked(hall.lot, a=[listed(CreditList.TAX_A)])
    assert (found.general_fen, found.asked_fen, found.spared_fen) == (GENERAL, GENERAL // 2, GENERAL // 2)
    (ground,) = found.grounds
    assert (ground.party, ground.action, ground.factor) == ("a", CreditAction.LOWER, "0.5")
    assert (ground.decision, ground.until) == ("TAX_A〔2026〕1号", date(2027, 3, 1))
    assert ground.basis.startswith("国发〔2016〕33号 七")


def test_an_offence_raises_and_never_over_the_laws_maximum(hall: Hall) -> None:
    found = asked(hall.lot, a=[listed(CreditList.SERIOUS)])
    assert (found.asked_fen, found.spared_fen) == (2 * GENERAL, 0)
    low = replace(waived(hall.lot), bid_deposit_max_fen=600_000)
    capped = replace(hall.lot, notice=replace(hall.lot.notice, waiver=low))
    assert asked(capped, a=[listed(CreditList.SERIOUS)]).asked_fen == 600_000


def test_who_is_raised_is_not_lowered_as_well(hall: Hall) -> None:
    found = asked(hall.lot, a=[listed(CreditList.TAX_A), listed(CreditList.SERIOUS)])
    assert found.asked_fen == 2 * GENERAL
    assert [one.list for one in found.grounds] == [CreditList.SERIOUS]


def test_the_strongest_lowering_counts_and_they_do_not_add_up(hall: Hall) -> None:
    found = asked(hall.lot, a=[listed(CreditList.TAX_A), listed(CreditList.CUSTOMS_AEO)])
    assert found.asked_fen == GENERAL // 2


def test_every_member_of_a_consortium_earns_a_lowering_and_one_is_enough_to_raise(hall: Hall) -> None:
    good, bad = [listed(CreditList.TAX_A)], [listed(CreditList.SERIOUS)]
    assert asked(hall.lot, a=good, m=[]).asked_fen == GENERAL
    both = asked(hall.lot, a=good, m=good)
    assert (both.asked_fen, [one.party for one in both.grounds]) == (GENERAL // 2, ["a", "m"])
    assert asked(hall.lot, a=good, m=bad).asked_fen == 2 * GENERAL


def test_a_list_without_a_line_and_no_list_change_nothing(hall: Hall) -> None:
    for events in ([], [listed(CreditList.JUDGMENT_DEFAULTER)]):
        assert asked(hall.lot, a=events) == Graded(general_fen=GENERAL, asked_fen=GENERAL)


# From when and until when


def test_who_is_listed_after_the_notice_is_not_graded_by_it(hall: Hall) -> None:
    late = replace(listed(CreditList.SERIOUS), at=NOTICED + timedelta(milliseconds=1))
    assert asked(hall.lot, a=[late]).grounds == ()
    assert asked(hall.lot, a=[replace(late, at=NOTICED)]).grounds != ()


def test_an_effect_ends_with_the_entry_or_with_the_months_of_its_line(hall: Hall) -> None:
    ended = listed(CreditList.SERIOUS, until=date(2026, 5, 10))
    assert asked(hall.lot, a=[ended]).grounds == ()
    old = listed(CreditList.TAX_A, since=date(2025, 5, 10))  # 12 months, though the entry runs on
    assert asked(hall.lot, a=[old]).grounds == ()
    fresh = listed(CreditList.TAX_A, since=date(2025, 5, 11))
    assert asked(hall.lot, a=[fresh]).grounds[0].until == date(2026, 5, 11)


def test_what_is_raised_ends_before_the_deadline_where_the_entry_does(hall: Hall) -> None:
    ending = listed(CreditList.SERIOUS, until=date(2026, 6, 8))
    assert asked(hall.lot, datetime(2026, 6, 8, 15, 59, tzinfo=UTC), a=[ending]).asked_fen == 2 * GENERAL
    assert asked(hall.lot, datetime(2026, 6, 8, 16, 0, tzinfo=UTC), a=[ending]).asked_fen == GENERAL


def test_a_lowered_deposit_stays_lowered_for_who_may_have_paid_it(hall: Hall) -> None:
    ending = listed(CreditList.TAX_A, until=date(2026, 5, 11))  # the day of the notice
    assert asked(hall.lot, T0, a=[ending]).asked_fen == GENERAL // 2


def test_a_repair_after_the_notice_lifts_at_once(hall: Hall) -> None:  # R-NB-SS-03
    events = [listed(CreditList.SERIOUS), repaired(CreditList.SERIOUS, NOTICED + timedelta(days=1))]
    assert asked(hall.lot, a=events).asked_fen == GENERAL


# The deposit: told to its bidder, on the roll, in the book


def desk_facts(hall: Hall) -> Facts:
    return Facts(now=hall.now, actor=CENTRE, random=hall.random.randbytes)


def test_the_bidder_pays_its_own_amount_and_the_lot_says_so_with_the_roll(hall: Hall) -> None:
    for name in "abc":
        hall.submit(name)
    registers = {"a": [listed(CreditList.TAX_A)], "b": [listed(CreditList.SERIOUS)], "c": []}
    for name, events in registers.items():
        told = grade_deposit(
            hall.lot, desk_facts(hall), bid=hall.bid(name), known=known(hall.lot, **{name: events})
        )
        hall.store(*told)
    assert [hall.bid(name).graded is not None for name in "abc"] == [True, True, False]
    hall.give(RecordDeposit(bidder="a", amount_fen=GENERAL // 2, form="TRANSFER", reference="1"), CENTRE)
    hall.give(RecordDeposit(bidder="b", amount_fen=GENERAL, form="TRANSFER", reference="2"), CENTRE)
    with pytest.raises(Invalid, match="deposit-exceeds-asked"):
        hall.give(RecordDeposit(bidder="a", amount_fen=1, form="TRANSFER", reference="3"), CENTRE)
    assert not any("graded" in one.TOPIC for one in hall.events)  # R-GEN-04: nothing before the roll
    hall.now = T0
    hall.give(Close())
    assert (
        grade_deposit(hall.lot, desk_facts(hall), bid=hall.bid("c"), known=known(hall.lot, c=registers["b"]))
        == []
    )
    hall.give(PublishRoll(), HOST)
    roll = {one.bidder: (one.deposit_state, one.deposit_asked_fen) for one in hall.lot.opening.roll}
    assert roll == {"a": ("PAID", GENERAL // 2), "b": ("PARTIAL", 2 * GENERAL), "c": ("SEALED", None)}
    graded = {one.bidder: one for one in hall.events if isinstance(one, GuaranteeGraded)}
    assert {name: one.graded.asked_fen for name, one in graded.items()} == {
        "a": GENERAL // 2,
        "b": 2 * GENERAL,
    }
    kept = book(hall.events)
    assert kept.balance(Account.WAIVED, Kind.BID_DEPOSIT, "a") == GENERAL // 2
    assert kept.balance(Account.WAIVED, Kind.BID_DEPOSIT, "b") == 0
    assert kept.balance(Account.RECEIVABLE) == 0
    said = {one.about: one for one in decisions(hall.events) if one.rule == "R-NB-SS-02" and one.about}
    assert said["b"].zh == "BID_DEPOSIT 按信用由 ¥5,000.00 调整为 ¥10,000.00"
    assert "SERIOUS〔2026〕1号: RAISE × 2" in said["b"].reasons[0]
    assert {one.bidder: one.graded for one in hall.lot.money.graded} == {
        name: one.graded for name, one in graded.items()
    }


def test_a_guarantee_covers_what_its_bidder_is_asked(hall: Hall) -> None:
    entry = RollEntry(
        bidder="a",
        name="a公司",
        uscc="U",
        manifest_hash="",
        bid_version=1,
        document_version=1,
        receipt_number="",
        completed_at=T0,
        deposit_state="SEALED",
        signed_in=False,
    )
    assert asked_of_bid(hall.lot, entry).amount_fen == GENERAL
    assert asked_of_bid(hall.lot, replace(entry, deposit_asked_fen=7)).amount_fen == 7


def test_the_bidder_is_told_again_only_when_it_changes(hall: Hall) -> None:
    events: list[Event] = [listed(CreditList.SERIOUS)]
    for told in grade_deposit(hall.lot, desk_facts(hall), bid=hall.bid("a"), known=known(hall.lot, a=events)):
        hall.store(told)
    assert grade_deposit(hall.lot, desk_facts(hall), bid=hall.bid("a"), known=known(hall.lot, a=events)) == []
    events.append(repaired(CreditList.SERIOUS, hall.now))
    (lifted,) = grade_deposit(hall.lot, desk_facts(hall), bid=hall.bid("a"), known=known(hall.lot, a=events))
    hall.store(lifted)
    assert hall.bid("a").graded == Graded(general_fen=GENERAL, asked_fen=GENERAL)


# The bond: by the winner's credit, told with the filed contract


PRICE = 720_000 * YUAN
DRAFT = k.DraftContract(
    price_fen=PRICE, duration_days=120, quality="合格", project_lead="b公司经理", terms="第一条 …"
)


def awarded() -> Desk:
    prices = {"a": 700_000 * YUAN, "b": PRICE, "c": 740_000 * YUAN}
    at = Desk(grading(tender(prices, waived=False))).seat().mark().report()
    at.give(award.PubliciseCandidates())
    at.now = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
    at.give(award.DetermineWinner(bidder="b"), OWNER)
    at.give(award.IssueAwardNotice())
    return at


@pytest.mark.parametrize(
    ("kind", "most", "rule"),
    [
        (CreditList.TAX_A, PRICE * 25 // 1000, "R-NB-SS-02"),
        (CreditList.SERIOUS, PRICE * 10 // 100, "R-NB-SS-02"),
        (CreditList.GP_SERIOUS, PRICE * 5 // 100, "R-ENG-26"),
    ],
)
def test_the_bond_is_at_most_what_credit_makes_of_the_documents_rate(
    kind: CreditList, most: int, rule: str
) -> None:
    at = awarded()
    register = known(at.lot, b=[listed(kind)])
    with pytest.raises(Invalid, match="performance-bond-too-high") as refused:
        draft(at.lot, replace(DRAFT, performance_bond_fen=most + 1), at.facts(HOST), known=register)
    assert (refused.value.rule, refused.value.found["max_fen"]) == (rule, most)
    (drafted,) = draft(at.lot, replace(DRAFT, performance_bond_fen=most), at.facts(HOST), known=register)
    assert isinstance(drafted, ContractDrafted)
    assert (drafted.graded is None) is (rule == "R-ENG-26")


def test_a_bond_is_not_lowered_by_what_has_ended_when_it_is_drafted() -> None:
    at = awarded()
    today = local_date(at.now)
    for until, most in ((today, PRICE * 25 // 1000), (today - timedelta(days=1), PRICE * 5 // 100)):
        register = known(at.lot, b=[listed(CreditList.TAX_A, until=until)])
        with pytest.raises(Invalid, match="performance-bond-too-high") as refused:
            draft(at.lot, replace(DRAFT, performance_bond_fen=most + 1), at.facts(HOST), known=register)
        assert refused.value.found["max_fen"] == most


def test_the_filed_contract_puts_the_spared_bond_into_the_book() -> None:
    at = awarded()
    register = known(at.lot, b=[listed(CreditList.TAX_A)])
    bond = PRICE * 25 // 1000
    at.store(*draft(at.lot, replace(DRAFT, performance_bond_fen=bond), at.facts(HOST), known=register))
    signing = k.SignContract(contract_hash=at.lot.contract.contract_hash)
    at.give(signing, OWNER)
    events = at.give(signing, "b")
    (graded,) = [one for one in events if isinstance(one, GuaranteeGraded)]
    assert (graded.kind, graded.bidder, graded.graded.asked_fen) == (Kind.PERFORMANCE_BOND, "b", bond)
    assert book(events).balance(Account.WAIVED, Kind.PERFORMANCE_BOND, "b") == PRICE * 5 // 100 - bond


# Priority among equals


def test_merit_goes_first_among_equals_where_nothing_else_stands(hall: Hall) -> None:
    merit = known(hall.lot, a=[listed(CreditList.TAX_A)])
    bases = preferred(hall.lot, merit)
    assert bases == ("国发〔2016〕33号 七 [M]",)
    clean = record_at([listed(CreditList.TAX_A)], T0)
    assert grade("a", [clean], T0, bases).rank == 0
    assert grade("a", [clean], T0).rank == 1
    offender = record_at([listed(CreditList.TAX_A), listed(CreditList.SERIOUS)], T0)
    found = grade("a", [offender], T0, bases)
    assert (found.rank, found.preferred) == (4, msgspec.UNSET)
    assert preferred(hall.lot, known(hall.lot, a=[listed(CreditList.TAX_A)], m=[])) == ()
    assert preferred(hall.lot, {}) == ()
