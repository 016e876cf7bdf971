"""Sheets: independent and hidden; published criteria only, with reason and page (R-EVAL-02, R-EVAL-03)."""

import msgspec
import pytest

from bidding.domain.disclosure import view, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Refusal, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.sheets import BidScores, Ground, RejectionVote, Score
from bidding.domain.event import COMMITTEE
from bidding.domain.parties import PLATFORM, Standing
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import YUAN, Desk, sheet, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
SAME = {"a": ("30", "10"), "b": ("30", "10"), "c": ("30", "10")}


@pytest.fixture
def seated() -> Desk:
    return Desk(tender(THREE)).seat()


def refused(at: Desk, command: c.SubmitScores, by: str | None = None) -> Refusal:
    with pytest.raises(Refusal) as found:
        at.give(command, at.members[0] if by is None else by)
    return found.value


def one_bid(*scores: Score) -> c.SubmitScores:
    rest = sheet({"b": ("30", "10"), "c": ("30", "10")})
    return msgspec.structs.replace(rest, sheet=(BidScores(bidder="a", scores=scores), *rest.sheet))


def score(criterion: str, points: str = "10") -> Score:
    return Score(criterion=criterion, points=points, reason="有依据", page="5")


# Independence: scores of others are invisible until all are in


def test_no_sheet_is_seen_before_the_last_is_in(seated: Desk) -> None:
    *early, last = seated.members
    for count, member in enumerate(early, 1):
        submitted, received = seated.give(sheet(SAME), member)
        assert isinstance(submitted, e.ScoreSheetSubmitted)
        assert not any(visible(submitted, frozenset({standing})) for standing in Standing)
        assert received == e.SheetReceived(count=count)
    seen = view("lot1", seated.events, COMMITTEE)
    assert (seen.evaluation.sheets, seen.evaluation.sheets_in) == ((), 4)
    _, _, revealed = seated.give(sheet(SAME), last)
    assert isinstance(revealed, e.ScoresRevealed)
    assert [one.member for one in revealed.sheets] == list(seated.members)
    assert len(view("lot1", seated.events, COMMITTEE).evaluation.sheets) == 5


def test_a_sheet_may_be_replaced_until_all_are_in_without_a_sign_to_others(seated: Desk) -> None:
    seated.give(sheet(SAME), seated.members[0])
    (again,) = seated.give(sheet({**SAME, "a": ("40", "10")}), seated.members[0])
    assert isinstance(again, e.ScoreSheetSubmitted)
    assert seated.lot.evaluation.sheets_in == 1
    assert seated.lot.evaluation.sheets[0].bids[0].scores[0].points == "40"


def test_who_has_not_signed_in_cannot_score(seated: Desk) -> None:
    assert refused(seated, sheet(SAME), "stranger").code == "not-signed-in"


def test_nobody_scores_what_has_not_been_opened() -> None:
    at = Desk(tender(THREE))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    found = refused(at, sheet(SAME))
    assert (found.code, found.found) == ("envelopes-not-open", {"waiting": 3})
    at.open_envelopes()
    at.give(sheet(SAME), at.members[0])


# R-EVAL-03: the published criteria and no others


def test_an_unpublished_criterion_is_refused_by_name(seated: Desk) -> None:
    found = refused(seated, one_bid(score("plan"), score("record"), score("local-tax")))
    assert (found.code, found.rule) == ("criterion-unpublished", "R-EVAL-03")
    assert found.found["criteria"] == ["local-tax"]
    assert found.found["published"] == ["plan", "record"]


def test_every_published_criterion_is_scored_once(seated: Desk) -> None:
    assert refused(seated, one_bid(score("plan"))).found["missing"] == ["record"]
    twice = refused(seated, one_bid(score("plan"), score("record"), score("plan")))
    assert twice.found["twice"] == ["plan"]


@pytest.mark.parametrize(("points", "lawful"), [("20", True), ("20.0", True), ("0", True), ("20.01", False)])
def test_points_stay_within_the_maximum(seated: Desk, points: str, lawful: bool) -> None:
    command = one_bid(score("plan"), score("record", points))
    if lawful:
        assert seated.give(command, seated.members[0])
    else:
        found = refused(seated, command)
        assert found.code == "points-out-of-range"
        assert (found.found["points"], found.found["max_points"]) == (points, "20")


@pytest.mark.parametrize("bidders", [("a", "b"), ("a",)])
def test_all_opened_bids_are_covered(seated: Desk, bidders: tuple[str, ...]) -> None:
    found = refused(seated, sheet(dict.fromkeys(bidders, ("30", "10"))))
    assert found.code == "sheet-incomplete"
    assert found.found["missing"] == sorted({"a", "b", "c"} - set(bidders))


def test_bids_that_were_not_opened_cannot_be_scored_or_rejected() -> None:
    at = Desk(tender(THREE, unopened=("late",))).seat()
    found = refused(at, sheet({**SAME, "late": ("30", "10")}))
    assert isinstance(found, Unknown)
    vote = RejectionVote(bidder="late", ground=Ground.UNSIGNED, page="1", reason="无签章")
    assert refused(at, sheet(SAME, (vote,))).code == "bid-not-opened"


def test_one_opinion_a_bid(seated: Desk) -> None:
    double = sheet(SAME)
    assert refused(seated, msgspec.structs.replace(double, sheet=(*double.sheet, double.sheet[0]))).code == (
        "bid-twice"
    )
    vote = RejectionVote(bidder="a", ground=Ground.UNSIGNED, page="1", reason="无签章")
    assert refused(seated, sheet(SAME, (vote, vote))).code == "bid-twice"


# Shape: points are decimal text, reason and page are not empty, the ground is listed


def decoded(score: dict[str, object], vote: dict[str, object] | None = None) -> c.SubmitScores:
    body = {
        "sheet": [{"bidder": "a", "scores": [score]}],
        "rejections": [] if vote is None else [vote],
    }
    return msgspec.json.decode(msgspec.json.encode(body), type=c.SubmitScores)


GOOD_SCORE: dict[str, object] = {"criterion": "plan", "points": "35.5", "reason": "好", "page": "12"}
GOOD_VOTE: dict[str, object] = {"bidder": "a", "ground": "三", "page": "7", "reason": "资质过期"}


def test_a_whole_score_and_a_whole_vote_are_read() -> None:
    assert decoded(GOOD_SCORE, GOOD_VOTE).rejections[0].ground is Ground.NOT_QUALIFIED


@pytest.mark.parametrize(
    "change",
    [{"reason": ""}, {"page": ""}, {"points": 35.5}, {"points": "-1"}, {"points": "1e2"}, {"points": "01"}],
)
def test_a_score_without_reason_page_or_exact_points_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded({**GOOD_SCORE, **change})


@pytest.mark.parametrize("change", [{"ground": "八"}, {"ground": "价格偏高"}, {"page": ""}, {"reason": ""}])
def test_a_rejection_without_a_listed_ground_and_a_page_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded(GOOD_SCORE, {**GOOD_VOTE, **change})


def test_the_grounds_are_the_seven_of_the_regulation() -> None:
    assert [ground.value for ground in Ground] == list("一二三四五六七")


# R-SCORE-05: after the reveal only what the law lets be corrected


def test_revealed_points_cannot_be_changed(seated: Desk) -> None:
    seated.mark()
    found = refused(seated, sheet({**SAME, "a": ("40", "10")}))
    assert found.code == "points-final"
    assert (found.found["bidder"], found.found["criterion"]) == ("a", "plan")


def test_revealed_votes_cannot_be_changed(seated: Desk) -> None:
    seated.mark()
    vote = RejectionVote(bidder="a", ground=Ground.UNSIGNED, page="1", reason="无签章")
    assert refused(seated, sheet(SAME, (vote,))).code == "votes-final"


def test_differing_objective_points_are_corrected_and_nothing_else(seated: Desk) -> None:
    *most, last = seated.members
    for member in most:
        seated.give(sheet(SAME), member)
    seated.give(sheet({**SAME, "a": ("20", "15")}), last)
    with pytest.raises(OutOfOrder) as differing:
        seated.give(c.Compile())
    assert differing.value.code == "objective-scores-differ"
    assert differing.value.found["differing"] == [{"bidder": "a", "criterion": "record"}]
    assert refused(seated, sheet(SAME), last).code == "points-final"  # its own 20 for the plan
    seated.give(sheet({**SAME, "a": ("20", "10")}), last)
    seated.give(c.Compile())
    plan = seated.lot.evaluation.ranking
    assert {one.bidder: one.criteria[0].points for one in plan} == {"a": "28", "b": "30", "c": "30"}


def test_once_ranked_the_sheets_are_closed(seated: Desk) -> None:
    seated.mark()
    seated.give(c.Compile())
    found = refused(seated, sheet(SAME))
    assert isinstance(found, Conflicting)
    assert found.code == "scores-ranked"


# R-GP-10: in GP the purchaser reviews first


def test_gp_scores_wait_for_the_purchasers_review() -> None:
    at = Desk(tender(THREE, regime=Regime.GP))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    assert refused(at, sheet(SAME)).code == "qualification-not-reviewed"
    at.qualify()
    at.give(sheet(SAME), at.members[0])


def test_the_purchaser_sees_the_qualification_envelopes_and_no_others() -> None:
    at = Desk(tender(THREE, regime=Regime.GP))
    at.open_envelopes()
    seen = view("lot1", at.events, frozenset({Standing.HOST}))
    assert {one.envelope for one in seen.evaluation.envelopes} == {"qualification"}
    assert len(seen.evaluation.envelopes) == 3
    assert len(at.lot.evaluation.envelopes) == 6


def test_eng_qualification_is_the_committees_affair() -> None:
    at = Desk(tender(THREE))
    at.open_envelopes()
    with pytest.raises(OutOfOrder) as found:
        at.qualify()
    assert found.value.code == "qualification-is-the-committees"


def test_a_review_covers_every_bid_once_and_gives_reasons() -> None:
    at = Desk(tender(THREE, regime=Regime.GP))
    with pytest.raises(OutOfOrder) as closed:
        at.qualify()
    assert closed.value.code == "envelopes-not-open"
    at.open_envelopes()
    good = c.ReviewQualification(results=())
    with pytest.raises(Invalid) as empty:
        at.give(good)
    assert empty.value.found["missing"] == ["a", "b", "c"]
    at.qualify()
    with pytest.raises(Conflicting):
        at.qualify()


def test_an_envelope_that_failed_may_be_tried_again_but_an_opened_one_stands(seated: Desk) -> None:
    with pytest.raises(Conflicting) as found:
        seated.open_envelopes()
    assert found.value.code == "envelopes-recorded"
    stray = msgspec.structs.replace(seated.lot.evaluation.envelopes[0], envelope="form")
    with pytest.raises(Unknown) as undeclared:
        seated.give(c.RecordEnvelopes(bids=(stray,)), PLATFORM)
    assert undeclared.value.code == "envelope-undeclared"
