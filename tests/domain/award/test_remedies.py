"""What an upheld objection or query does: R-OBJ-01, R-ENG-22, R-ENG-29, R-GP-19; 招投条例 55, 82; 94号令 16, 32."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.events import RemedyKind
from bidding.domain.contract import commands as k
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.evaluation import commands as v
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.lot import Phase
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.timeline import State, Step
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.rules.nodes import node, nodes

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
AFTER = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
LAW = "招标投标法实施条例第五十五条"


def remedy(kind: RemedyKind, *barred: str, performed: bool = False) -> c.DecideRemedy:
    return c.DecideRemedy(
        remedy=kind, barred=barred, reason="业绩材料不实，查证属实", law=LAW, performed=performed
    )


@pytest.fixture
def eng() -> Desk:
    """Ranking b, d, a, c; an objection of a's upheld, the publicity over."""
    at = Desk(tender(FOUR)).seat().mark().report()
    at.give(c.PubliciseCandidates())
    at.give(c.ObjectToResult(text="第一候选人业绩不实"), "a")
    at.give(c.AnswerResultObjection(number=1, answer="属实", upheld=True))
    at.now = AFTER
    return at


@pytest.fixture
def gp() -> Desk:
    """Announced on 3 June; ranking a, b, d, c; a query of b's upheld."""
    at = Desk(tender(FOUR, regime=Regime.GP)).seat().mark().report()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    at.give(c.IssueAwardNotice())
    at.give(
        c.Query(stage=e.QueryStage.RESULT, matters=("业绩不实",), request="取消资格", facts="附件一"), "b"
    )
    at.give(c.AnswerQuery(number=1, answer="属实", upheld=True))
    return at


# Until it is remedied nobody wins and nothing is signed


def test_what_was_upheld_waits_for_its_remedy(eng: Desk) -> None:
    first = eng.lot.evaluation.candidates[0].bidder
    with pytest.raises(OutOfOrder) as refused:
        eng.give(c.DetermineWinner(bidder=first), OWNER)
    assert (refused.value.code, refused.value.found) == ("remedy-pending", {"numbers": (1,)})
    waiting = node(eng.lot, Step.REMEDY, eng.now)
    assert (waiting.state, waiting.about) == (State.OPEN, "1")
    assert node(eng.lot, Step.DETERMINATION, eng.now).stands_still


def test_a_contract_is_not_signed_before_the_remedy(gp: Desk) -> None:
    gp.give(
        k.DraftContract(
            price_fen=700_000 * YUAN, duration_days=120, quality="合格", project_lead="a公司经理", terms="一"
        )
    )
    with pytest.raises(OutOfOrder, match="remedy-pending"):
        gp.give(k.SignContract(contract_hash=gp.lot.contract.contract_hash), OWNER)


def test_there_is_nothing_to_remedy_without_anything_upheld() -> None:
    at = Desk(tender(FOUR)).seat().mark().report()
    at.give(c.PubliciseCandidates())
    at.give(c.ObjectToResult(text="业绩不实"), "a")
    at.give(c.AnswerResultObjection(number=1, answer="不属实"))
    with pytest.raises(OutOfOrder, match="nothing-to-remedy"):
        at.give(remedy(RemedyKind.RETENDER), OWNER)


# NO_EFFECT: the tender goes on


def test_without_effect_the_first_candidate_wins_after_all(eng: Desk) -> None:
    (decided,) = eng.give(remedy(RemedyKind.NO_EFFECT), OWNER)
    assert isinstance(decided, e.RemedyDecided)
    assert is_public(decided)
    eng.give(c.DetermineWinner(bidder=eng.lot.evaluation.candidates[0].bidder), OWNER)
    with pytest.raises(OutOfOrder, match="nothing-to-remedy"):
        eng.give(remedy(RemedyKind.NO_EFFECT), OWNER)


# NEXT_CANDIDATE: a new order is publicised, without the one that fell (招投条例 55)


def test_the_new_order_is_publicised_and_can_be_objected_to_again(eng: Desk) -> None:
    first, second, third = (one.bidder for one in eng.lot.evaluation.candidates)
    eng.give(remedy(RemedyKind.NEXT_CANDIDATE, first), OWNER)
    assert eng.lot.phase is Phase.EVALUATED
    with pytest.raises(OutOfOrder):
        eng.give(c.DetermineWinner(bidder=second), OWNER)
    (published,) = eng.give(c.PubliciseCandidates(late_reason="异议成立，重新公示"))
    assert isinstance(published, e.CandidatesPublicised)
    assert [(one.bidder, one.rank) for one in published.candidates] == [(second, 1), (third, 2)]
    (raised,) = eng.give(c.ObjectToResult(text="再次异议"), first)
    assert isinstance(raised, e.ResultObjectionRaised)
    assert raised.number == 2
    eng.give(c.AnswerResultObjection(number=2, answer="不成立"))
    eng.now = published.until
    eng.give(c.DetermineWinner(bidder=second), OWNER)
    assert eng.lot.award.winner == second
    _, losers, _ = eng.give(c.IssueAwardNotice())
    assert isinstance(losers, e.LosersNotified)
    told = {one.bidder: one.reason for one in losers.notices}
    assert "不具备中标资格" in told[first]


def test_the_new_publicity_is_counted_from_the_remedy(eng: Desk) -> None:  # R-ENG-20, R-TIME-07
    first = eng.lot.evaluation.candidates[0].bidder
    eng.give(remedy(RemedyKind.NEXT_CANDIDATE, first), OWNER)
    (published,) = eng.give(c.PubliciseCandidates())
    assert isinstance(published, e.CandidatesPublicised)
    assert published.due == end_of_day(date(2026, 6, 12)).astimezone(UTC)
    assert node(eng.lot, Step.PUBLICITY_START, eng.now).last_day == date(2026, 6, 12)


def test_only_a_candidate_that_falls_makes_room_for_the_next(eng: Desk) -> None:
    outside = next(
        name for name in "abcd" if name not in {one.bidder for one in eng.lot.evaluation.candidates}
    )
    for barred in ((), (outside,)):
        with pytest.raises(Invalid, match="next-candidate-bars-nobody"):
            eng.give(remedy(RemedyKind.NEXT_CANDIDATE, *barred), OWNER)
    with pytest.raises(Invalid, match="barred-not-on-roll"):
        eng.give(remedy(RemedyKind.NEXT_CANDIDATE, "stranger"), OWNER)
    everyone = [one.bidder for one in eng.lot.evaluation.candidates]
    with pytest.raises(Invalid, match="no-candidate-left"):
        eng.give(remedy(RemedyKind.NEXT_CANDIDATE, *everyone), OWNER)


def test_gp_takes_the_next_only_while_enough_suppliers_are_qualified(gp: Desk) -> None:  # R-GP-19, 94号令 16
    with pytest.raises(Invalid) as refused:
        gp.give(remedy(RemedyKind.NEXT_CANDIDATE, "a", "c"), OWNER)
    assert (refused.value.code, refused.value.found) == ("too-few-qualified", {"qualified": 2, "needed": 3})
    gp.give(remedy(RemedyKind.NEXT_CANDIDATE, "a"), OWNER)
    assert (gp.lot.phase, gp.lot.award.number) == (Phase.EVALUATED, "")
    gp.give(c.DetermineWinner(bidder="b"), OWNER)
    notice, *_, announced = gp.give(c.IssueAwardNotice())
    assert isinstance(notice, e.AwardNoticeIssued)
    assert isinstance(announced, e.ResultAnnounced)
    assert notice.number.endswith("-ZB2")
    assert next(one.bidder for one in announced.candidates) == "b"


# REEVALUATE, NEW_COMMITTEE: judged anew, with nothing of the old conclusions


def test_the_same_committee_judges_everything_anew(eng: Desk) -> None:
    members, candidates = eng.members, eng.lot.evaluation.candidates
    eng.give(remedy(RemedyKind.REEVALUATE), OWNER)
    evaluation = eng.lot.evaluation
    assert eng.lot.phase is Phase.EVALUATING
    assert (eng.members, evaluation.sheets, evaluation.report, evaluation.candidates) == (members, (), "", ())
    assert evaluation.envelopes, "what was opened stays opened"
    last = candidates[-1].bidder
    eng.mark({last: ("40", "20")}).report()
    assert eng.lot.evaluation.candidates[0].bidder == last
    (published,) = eng.give(c.PubliciseCandidates())
    assert isinstance(published, e.CandidatesPublicised)
    assert published.candidates[0].bidder == last


def test_gp_reviews_qualification_anew_as_well(gp: Desk) -> None:  # R-GP-10
    gp.give(remedy(RemedyKind.REEVALUATE), OWNER)
    assert gp.lot.evaluation.qualification == ()
    gp.qualify(unqualified=("a",))
    gp.mark().report()
    assert "a" not in {one.bidder for one in gp.lot.evaluation.candidates}


def test_of_a_dismissed_committee_nobody_sits_again(eng: Desk) -> None:  # R-EVAL-08
    former = set(eng.members)
    eng.give(remedy(RemedyKind.NEW_COMMITTEE), OWNER)
    assert (eng.lot.phase, eng.members) == (Phase.OPENED, ())
    with pytest.raises(Invalid, match="representative-interested"):
        eng.give(v.DrawCommittee(representatives=("delegate",)))
    eng.representatives = (PoolMember(party="other", name="另一代表", units=("tenderer",)),)
    eng.give(v.DrawCommittee(representatives=("other",)))
    assert former.isdisjoint(eng.members)
    for member in eng.members:
        eng.give(v.SignIn(), member)
    eng.mark().report()
    assert eng.lot.phase is Phase.EVALUATED


# RETENDER: the lot ends


def test_a_tender_that_cannot_be_mended_ends(eng: Desk) -> None:
    eng.give(remedy(RemedyKind.RETENDER), OWNER)
    assert eng.lot.phase is Phase.FAILED
    failure = [one for one in nodes(eng.lot, eng.now) if one.step is Step.FAILURE]
    assert [one.about for one in failure] == ["RETENDER"]
    with pytest.raises(OutOfOrder):
        eng.give(remedy(RemedyKind.NO_EFFECT), OWNER)


# After the contract (94号令 32): revoked while unperformed, damages alone afterwards


@pytest.fixture
def contracted(gp: Desk) -> Desk:
    """Signed before the query; then the query upheld."""
    at = Desk(tender(FOUR, regime=Regime.GP)).seat().mark().report()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    at.give(c.IssueAwardNotice())
    at.give(
        k.DraftContract(
            price_fen=700_000 * YUAN, duration_days=120, quality="合格", project_lead="a公司经理", terms="一"
        )
    )
    for party in ("tenderer", "a"):
        at.give(k.SignContract(contract_hash=at.lot.contract.contract_hash), party)
    at.now += timedelta(days=1)
    at.give(
        c.Query(stage=e.QueryStage.RESULT, matters=("业绩不实",), request="取消资格", facts="附件一"), "b"
    )
    at.give(c.AnswerQuery(number=1, answer="属实", upheld=True))
    return at


def test_an_unperformed_contract_falls_with_the_result(contracted: Desk) -> None:
    decided, revoked, aside = contracted.give(remedy(RemedyKind.NEXT_CANDIDATE, "a"), OWNER)
    assert isinstance(decided, e.RemedyDecided)
    assert decided.contract_revoked
    assert revoked.TOPIC == "lot.contract-revoked.v1"
    assert isinstance(aside, e.ResultSetAside)
    assert contracted.lot.contract.filed_at is None
    assert contracted.lot.phase is Phase.EVALUATED


def test_of_a_performed_contract_damages_alone_are_left(contracted: Desk, gp: Desk) -> None:
    with pytest.raises(Invalid, match="performed-only-damages"):
        contracted.give(remedy(RemedyKind.RETENDER, performed=True), OWNER)
    with pytest.raises(Invalid, match="performed-only-damages"):
        gp.give(remedy(RemedyKind.NO_EFFECT, performed=True), OWNER)
    (decided,) = contracted.give(remedy(RemedyKind.NO_EFFECT, performed=True), OWNER)
    assert isinstance(decided, e.RemedyDecided)
    assert (decided.performed, contracted.lot.phase) == (True, Phase.CONTRACTED)


# R-ENG-23, 招投法 47: the written report


def test_the_report_is_made_of_the_record_and_due_within_fifteen_days(eng: Desk) -> None:
    eng.give(remedy(RemedyKind.NO_EFFECT), OWNER)
    with pytest.raises(OutOfOrder):
        eng.give(c.ReportToSupervisor(), OWNER)
    winner = eng.lot.evaluation.candidates[0]
    eng.give(c.DetermineWinner(bidder=winner.bidder), OWNER)
    due = node(eng.lot, Step.SUPERVISOR_REPORT, eng.now)
    assert (due.rule, due.last_day, due.state) == ("R-ENG-23", date(2026, 6, 24), State.OPEN)
    (filed,) = eng.give(c.ReportToSupervisor(remarks="异议一件"), OWNER)
    assert isinstance(filed, e.SupervisorReportFiled)
    assert not filed.late
    for said in (winner.name, "异议：1件", "NO_EFFECT", "异议一件", "420902-2026-0007-001"):
        assert said in filed.text
    assert node(eng.lot, Step.SUPERVISOR_REPORT, eng.now).state is State.DONE
    with pytest.raises(Conflicting, match="supervisor-report-filed"):
        eng.give(c.ReportToSupervisor(), OWNER)


def test_a_late_report_is_taken_and_marked(eng: Desk) -> None:
    eng.give(remedy(RemedyKind.NO_EFFECT), OWNER)
    eng.give(c.DetermineWinner(bidder=eng.lot.evaluation.candidates[0].bidder), OWNER)
    eng.now = end_of_day(date(2026, 6, 24)).astimezone(UTC)
    assert node(eng.lot, Step.SUPERVISOR_REPORT, eng.now).state is State.LATE
    (filed,) = eng.give(c.ReportToSupervisor(), OWNER)
    assert isinstance(filed, e.SupervisorReportFiled)
    assert filed.late
    assert node(eng.lot, Step.SUPERVISOR_REPORT, eng.now).state is State.LATE


def test_gp_owes_no_such_report(gp: Desk) -> None:
    with pytest.raises(OutOfOrder, match="supervisor-report-is-eng"):
        gp.give(c.ReportToSupervisor(), OWNER)
