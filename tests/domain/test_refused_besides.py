"""Refusals off the usual ways, each with its rule and what it found.

Some guard against a view that lacks an event: the decision is then refused, not guessed.
"""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as a
from bidding.domain.command import Command
from bidding.domain.complaint import commands as p
from bidding.domain.complaint.events import Matter
from bidding.domain.contract import commands as t
from bidding.domain.control import commands as k
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.errors import Refusal
from bidding.domain.evaluation import commands as v
from bidding.domain.evaluation.outcome import EnvelopeResult, QualificationResult
from bidding.domain.lot import Lot, Phase
from bidding.domain.money.commands import RecordReturn
from bidding.domain.money.state import Return
from bidding.domain.notice import commands as n
from bidding.domain.parties import Actor
from bidding.domain.performance import commands as f
from bidding.domain.performance.events import Instalment
from bidding.domain.prequalification import commands as q
from bidding.domain.prequalification.noticing import clarify, terms_of
from bidding.domain.prequalification.reviewing import recuse
from bidding.domain.regime import Regime
from bidding.domain.registry import DECIDERS
from tests.domain.complaint.cases import complaint, eng
from tests.domain.evaluation.tender import YUAN, Desk, tender
from tests.domain.lots import AGENCY, READER, at, facts, noticed
from tests.domain.opening.hall import HOST, Hall
from tests.domain.performance.test_performance import FIRST, invoiced, planned
from tests.domain.prequalification.stage import AFTER, prequalifying, seated

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DRAFT = t.DraftContract(price_fen=1, duration_days=1, quality="合格", project_lead="李伟", terms="第一条")
OWING = Return(bidder="a", amount_fen=100, due=date(2026, 6, 16), rule="R-ENG-25")


def why(
    lot: Lot, command: Command, actor: Actor = AGENCY, now: Any = None
) -> tuple[str, str, dict[str, Any]]:
    with pytest.raises(Refusal) as refused:
        DECIDERS[type(command)](lot, command, facts(actor, now or at(20, month=6)))
    return refused.value.code, refused.value.rule, refused.value.found


def in_phase(phase: Phase, **parts: Any) -> Lot:
    return replace(tender(THREE), phase=phase, **parts)


def test_no_step_of_the_award_is_taken_before_the_one_before_it() -> None:
    """R-ENG-20, R-ENG-23, R-ENG-29, R-CONT-01, R-NB-HF-01."""
    unseen = in_phase(Phase.EVALUATED)
    assert why(unseen, a.PubliciseCandidates()) == ("report-missing", "R-ENG-20", {})
    assert why(in_phase(Phase.DETERMINED), a.IssueAwardNotice()) == ("no-winner", "R-ENG-29", {})
    assert why(in_phase(Phase.AWARDED), a.ReportToSupervisor()) == ("no-winner", "R-ENG-23", {})
    assert why(in_phase(Phase.AWARDED), DRAFT) == ("no-award-notice", "R-CONT-01", {})
    review = f.RecordLegalReview(contract_hash="ab" * 32, reviewer="司法局", passed=True)
    assert why(in_phase(Phase.AWARDED), review) == ("contract-not-drafted", "R-NB-HF-01", {})


def test_nothing_is_ordered_of_a_lot_that_is_not_there() -> None:  # R-PLAT-11
    order = k.IssueOrder(addressee=Addressee.HOST, kind=OrderKind.PRODUCE, text="调取", wanted=("录像",))
    assert why(Lot(lot_id="lot-9"), order) == ("no-lot-to-order", "R-PLAT-11", {})


def test_only_opened_bids_have_envelopes_and_qualifications() -> None:  # R-OPEN-02, R-GP-10
    at_ = Desk(tender(THREE, regime=Regime.GP))
    at_.give(v.DrawCommittee(representatives=("delegate",)))
    result = EnvelopeResult(bidder="z", envelope="technical", status="OPENED", plaintext_sha256="ef" * 32)
    found = why(at_.lot, v.RecordEnvelopes(bids=(result,)))
    assert found == ("bid-not-opened", "R-OPEN-02", {"bidder": "z"})
    for member in at_.members:
        at_.give(v.SignIn(), member)
    at_.open_envelopes()
    bare = v.ReviewQualification(
        results=tuple(QualificationResult(bidder=one, qualified=one != "b", page="3") for one in at_.bidders)
    )
    assert why(at_.lot, bare) == ("unqualified-without-reason", "R-GP-10", {"bidders": ["b"]})


def test_a_deposit_goes_back_with_no_less_than_nothing() -> None:  # R-ENG-25
    lot = replace(noticed(), money=replace(noticed().money, returns=(OWING,)))
    found = why(lot, RecordReturn(bidder="a", interest_fen=-1))
    assert found == ("amount-not-positive", "R-ENG-25", {"field": "interest_fen"})
    assert DECIDERS[RecordReturn](lot, RecordReturn(bidder="a", interest_fen=0), facts())


def test_an_invoice_is_for_a_milestone_and_a_payment_for_an_invoice() -> None:  # R-NB-HF-02
    sent = f.SendInvoice(invoice="FP9", milestone=9, amount_fen=1)
    assert why(planned(), sent) == ("no-such-milestone", "R-NB-HF-02", {"milestone": 9})
    paid = f.RecordPayment(invoice="FP9", amount_fen=1, on=date(2026, 6, 20))
    assert why(invoiced(), paid) == ("no-such-invoice", "R-NB-HF-02", {"invoice": "FP9"})


def test_a_payment_meanwhile_voids_what_was_proposed() -> None:  # R-NB-HF-06
    lot = invoiced()
    debt = replace(lot.performance.debts[0], proposed=(Instalment(due=date(2026, 8, 1), amount_fen=FIRST),))
    paid = replace(debt, paid_fen=1)
    lot = replace(lot, performance=replace(lot.performance, debts=(paid,)))
    found = why(lot, f.AgreeRepayment(invoice="FP1"))
    assert found == (
        "instalments-not-the-debt",
        "R-NB-HF-06",
        {"total_fen": FIRST, "owed_fen": FIRST - 1},
    )


def test_what_is_said_about_a_document_is_said_in_words() -> None:  # R-ENG-06, R-ENG-07, R-ENG-05
    assert why(noticed(), n.Object(text=" "), READER, at(3)) == ("notice-text-missing", "R-ENG-06", {})
    hall = Hall()
    hall.now = at(18, month=5)
    hall.give(n.Object(text="资质要求过高"), READER)
    answer = n.AnswerObjection(number=1, answer=" ")
    assert why(hall.lot, answer, HOST) == ("notice-text-missing", "R-ENG-07", {})
    with pytest.raises(Refusal) as refused:
        clarify(prequalifying(), q.Clarify(text=" ", affects_applications=False), facts(now=at(3)))
    assert (refused.value.code, refused.value.rule) == ("notice-text-missing", "R-ENG-05")


def test_without_a_prequalification_nobody_applies_and_strangers_do_not_stand_aside() -> None:
    """R-ENG-05, R-EVAL-05."""
    with pytest.raises(Refusal) as refused:
        terms_of(noticed())
    assert (refused.value.code, refused.value.rule) == ("no-prequalification", "R-ENG-05")
    stranger = facts(Actor(party="stranger"), AFTER)
    with pytest.raises(Refusal) as refused:
        recuse(seated(prequalifying()), q.Recuse(reason="亲属"), stranger, pool=(), interests=())
    assert (refused.value.code, refused.value.rule) == ("not-a-member", "R-EVAL-05")


def test_nobody_objects_to_what_he_came_to_know_later() -> None:  # R-ENG-27
    desk = eng()
    raised = date(2026, 6, 3)
    command = complaint(knew=date(2026, 6, 4))
    found = why(desk.lot, command, Actor(party="a"), at(5, month=6))
    assert found == ("complaint-knew-later", "R-ENG-27", {"latest": raised})
    tomorrow = complaint(knew=date(2026, 6, 6))
    found = why(desk.lot, tomorrow, Actor(party="a"), at(5, month=6))
    assert found == ("complaint-knew-later", "R-ENG-27", {"latest": date(2026, 6, 5)})


def test_each_matter_of_a_complaint_is_said() -> None:  # R-ENG-28, 招投条例 60
    desk = eng()
    command = complaint(matters=(Matter(of=1, text=" "),), papers=())
    code, _, found = why(desk.lot, command, Actor(party="a"), at(5, month=6))
    assert (code, found) == ("complaint-incomplete", {"missing": ["papers", "matters"]})
    assert p.Lodge.BINDING
