"""Every decision with its clause, read off what its reader may see (R-WAIVE-04, R-OPEN-09, R-BID-08, R-SCORE-01)."""

from datetime import UTC, datetime

from msgspec.structs import replace

from bidding.application.rulebook import rulebook
from bidding.application.rulebook.decision import Decision, decided
from bidding.application.rulebook.decisions import decisions
from bidding.domain.award import commands as award
from bidding.domain.conflict.events import ConflictDecided, ConflictsChecked
from bidding.domain.conflict.findings import Conflict, ConflictKind, CountingGrade
from bidding.domain.credit.events import CreditChecked, Stage
from bidding.domain.credit.lists import CreditList, Listing, Snapshot
from bidding.domain.disclosure import SPECTATOR, visible
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.event import TOPICS, Event
from bidding.domain.notice import decide as notice
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.lots import booked, facts, publication
from tests.domain.opening.hall import SIGNED, Hall
from tests.domain.sampling import sample

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
VOTE = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")


def public(events: list[Event]) -> tuple[Decision, ...]:
    return decisions(event for event in events if visible(event, SPECTATOR))


def one(found: tuple[Decision, ...], rule: str, about: str = "") -> Decision:
    (decision,) = [each for each in found if each.rule == rule and about in {"", each.about}]
    return decision


def test_the_notice_tells_its_deadline_rule_and_the_waivers_row_with_its_ground() -> None:
    found = public(notice.publish(booked(), publication(), facts()))
    deadline, waiver = one(found, "R-ENG-03"), one(found, "R-WAIVE-04")
    assert (deadline.zh, deadline.article) == ("投标截止 2026-03-31 09:30,最早可为 2026-03-22", "招投法 24")
    assert "D2" in waiver.zh
    assert "投标保证金 免收" in waiver.zh
    assert "bid deposit waived" in waiver.en
    assert any("政府投资条例" in reason for reason in waiver.reasons)
    assert one(found, "R-GEN-03").zh == "适用规则版本 ENG-2025-06-01"


def test_count_and_fault_stand_with_evidence() -> None:
    hall = Hall()
    hall.order("a", "b", "c", "d")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    found = public(hall.events)
    count = one(found, "R-OPEN-09")
    assert count.zh == "截止时清点:收到 4,计入 4,开启 0 → OPEN"
    assert "招投法 28" in count.article
    fault = one(found, "R-BID-08")
    assert (fault.about, fault.at) == ("d", hall.now)
    assert fault.reasons[0] == "设备日志显示私钥文件已删除"


def test_the_failing_count_names_the_regimes_way_out() -> None:
    shown = []
    for regime in Regime:
        hall = Hall(regime=regime)
        hall.close("a", "b")
        shown.append([each.zh for each in public(hall.events) if each.rule == "R-OPEN-09"][-1])
    assert shown == ["流标(废标):NO_OPENING_RETENDER", "流标(废标):NO_OPENING_VOID"]


def evaluated(regime: Regime = Regime.ENG) -> Desk:
    at = Desk(tender(FOUR, regime=regime)).seat()
    return at.mark(rejections=dict.fromkeys(at.members[:3], (VOTE,))).report()


def test_the_committee_reads_how_each_price_score_came_about_and_the_public_does_not() -> None:
    at = evaluated()
    scores = [each for each in decisions(at.events) if each.rule == "R-SCORE-02"]
    assert {each.about for each in scores} == {"a", "b", "c"}
    assert all(each.reasons for each in scores)
    assert not [each for each in public(at.events) if each.rule.startswith("R-SCORE")]


def test_the_publicity_names_candidates_and_who_was_rejected_on_what_ground() -> None:
    at = evaluated()
    at.give(award.PubliciseCandidates())
    found = public(at.events)
    rejected = one(found, "R-EVAL-02")
    assert (rejected.about, rejected.article) == ("d", "招投条例 51")
    assert "没有对招标文件的实质性要求" in rejected.zh
    assert rejected.reasons
    assert [each.about for each in found if each.rule == "R-ENG-17"] == ["b", "a", "c"]


def test_gp_decisions_cite_gp_rules() -> None:  # R-GEN-02
    at = evaluated(Regime.GP)
    events = notice.publish(booked(), publication(), facts())
    regime = [_as_gp(event) for event in events]
    at.give(award.DetermineWinner(bidder=at.lot.evaluation.candidates[0].bidder), OWNER)
    assert "R-GP-14" in {each.rule for each in decisions([*regime, *at.events])}
    assert "R-ENG-29" in {each.rule for each in decisions(at.events)}


def _as_gp(event: Event) -> Event:
    return replace(event, regime=Regime.GP) if hasattr(event, "regime") else event


def test_every_decision_of_every_event_names_a_rule_of_the_rulebook() -> None:
    """Whatever an event's fields hold: the words are made without error."""
    known, told = rulebook().rules.keys(), set()
    for kind in set(TOPICS.values()):
        for decision in decided(sample(kind)):
            told.add(kind.TOPIC)
            assert decision.zh
            assert decision.en
    assert len(told) > 25
    assert {"R-PLAT-11", "R-CONT-01", "R-ENG-22"} <= known


def test_conflicts_are_told_with_clause_and_evidence_in_their_regime() -> None:  # R-ENG-31, R-GP-27
    found = Conflict(
        number=1,
        kind=ConflictKind.SAME_HEAD,
        bids=("a", "b"),
        rule="R-ENG-31",
        article="招投条例 34",
        evidence="负责人均为张三",
        certain=False,
    )
    grade = CountingGrade(bidder="c", trade="市政", grade=2)
    at = datetime(2026, 6, 9, tzinfo=UTC)
    checked = ConflictsChecked(conflicts=(found,), undeclared=(), grades=(grade,), at=at)
    decision = ConflictDecided(number=1, upheld=True, reason="登记一致", by="s", at=at, signed=SIGNED)
    first, second, third = decisions([checked, decision])
    assert (first.rule, first.about, first.reasons) == ("R-ENG-31", "1", ("招投条例 34", "负责人均为张三"))
    assert "待核实" in first.zh
    assert (second.rule, second.about) == ("R-ENG-30", "c")
    assert (third.rule, third.reasons) == ("R-ENG-31", ("登记一致",))


def test_a_credit_look_up_is_told_with_what_it_found() -> None:  # R-CRDT-01
    at = datetime(2026, 6, 9, tzinfo=UTC)
    listing = Listing(listing="1", list=CreditList.GP_SERIOUS, basis="文号", since=at.date(), until=at.date())
    found = Snapshot(
        party="a",
        uscc="",
        name="甲",
        source="登记簿",
        at=at,
        valid_until=at,
        listings=(listing,),
        sha256="ab",
    )
    (told,) = decisions([CreditChecked(stage=Stage.AWARD, snapshots=(found,), at=at)])
    assert (told.rule, told.about, told.reasons) == ("R-CRDT-01", "a", ("GP_SERIOUS 文号", "SHA-256 ab"))
    assert "1 条" in told.zh
