"""信用承诺制: a promise instead of proof, checked before the award notice (R-NB-HM-04)."""

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.consequences import findings
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.evaluation.commands import DrawCommittee, ReviewQualification, SignIn
from bidding.domain.evaluation.outcome import QualificationResult
from bidding.domain.lot import Phase
from bidding.domain.notice.lawful import check_terms
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.lots import gp_terms, terms
from tests.domain.notice.test_terms import ENG, GP

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
HOLDS = c.CheckProof(holds=True, evidence=" 审计报告原件 ")


def determined(*promised: str, admitted: bool = True) -> Desk:
    """Ranking by price: a, b, d, c; a is determined."""
    at = Desk(tender(FOUR, regime=Regime.GP, credit_promise=admitted))
    at.give(DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(SignIn(), member)
    at.open_envelopes()
    results = tuple(
        QualificationResult(bidder=one, qualified=True, domestic=True, promised=one in promised)
        for one in at.bidders
    )
    at.give(ReviewQualification(results=results))
    at.mark().report()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    return at


def test_no_notice_before_the_winners_proof_was_looked_at() -> None:
    at = determined("a", "b")
    with pytest.raises(OutOfOrder, match="proof-unchecked"):
        at.give(c.IssueAwardNotice())
    (checked,) = at.give(HOLDS)
    assert isinstance(checked, e.ProofChecked)
    assert (checked.bidder, checked.evidence, checked.by) == ("a", "审计报告原件", "agency")
    with pytest.raises(Conflicting, match="proof-checked"):
        at.give(HOLDS)
    at.give(c.IssueAwardNotice())
    assert at.lot.phase is Phase.AWARDED


def test_who_proved_at_once_is_asked_for_nothing_more() -> None:
    at = determined("b")
    with pytest.raises(OutOfOrder, match="nothing-promised"):
        at.give(HOLDS)
    assert at.give(c.IssueAwardNotice())


def test_a_false_promise_voids_the_award_and_goes_on_record() -> None:
    at = determined("a", "b")
    at.give(replace(HOLDS, holds=False, evidence="社保证明系伪造"))
    assert at.lot.award.winner == ""
    (found,) = findings(at.lot)
    assert (found.conduct, found.party) == (Conduct.FALSE_PROMISE, "a")
    with pytest.raises(OutOfOrder, match="no-winner"):
        at.give(c.IssueAwardNotice())
    at.give(c.DetermineWinner(bidder="b"), OWNER)  # nobody is passed over: a has no award to be passed in
    with pytest.raises(OutOfOrder, match="proof-unchecked"):
        at.give(c.IssueAwardNotice())
    at.give(HOLDS)
    at.give(c.IssueAwardNotice())
    reasons = {one.bidder: one.reason for one in at.lot.award.losers}
    assert reasons["a"] == "资格承诺经核验不实，中标无效"
    assert at.lot.award.winner == "b"


def test_a_finding_has_its_evidence() -> None:
    with pytest.raises(Invalid, match="proof-without-evidence"):
        determined("a").give(replace(HOLDS, evidence=" "))


def test_only_where_the_tender_document_admits_it() -> None:
    with pytest.raises(Invalid, match="promise-not-admitted") as caught:
        determined("a", admitted=False)
    assert caught.value.found == {"bidders": ["a"]}


def test_only_government_procurement_admits_it() -> None:
    check_terms(replace(gp_terms(), credit_promise=True), GP)
    with pytest.raises(Invalid, match="credit-promise-is-gp"):
        check_terms(replace(terms(), document_says_no_deposit=False, credit_promise=True), ENG)
