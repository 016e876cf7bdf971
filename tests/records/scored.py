"""Evaluated lots for the browser's verifier, each with the events that its readers see: ``python -m
tests.records.scored`` writes them. The platform's own functions decided every event (R-SCORE-01, R-EVAL-03)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from bidding.domain.disclosure import visible
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.outcome import QualificationResult
from bidding.domain.evaluation.sheets import BidScores, Ground, RejectionVote
from bidding.domain.evaluation.state import Evaluation
from bidding.domain.event import Event, encode
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import DecisionMethod, SeparateDecision
from bidding.domain.opening.entries import DrawnCoefficient
from bidding.domain.opening.parts import Drawing, Reference
from bidding.domain.parties import PLATFORM, Standing
from bidding.domain.ranking import Method
from bidding.domain.regime import Regime
from bidding.domain.scoring import (
    Coefficient,
    Deductions,
    Deviation,
    DrawnReduction,
    FixedFloat,
    GivenBase,
    LowPriceFirst,
    MeanBase,
    MixedBase,
    ReasonableLow,
    Rounding,
    RoundingMode,
    Sme,
    Stacking,
    TrimPolicy,
)
from tests.domain.evaluation import test_abnormal, test_adjusting, test_brands, test_low_price
from tests.domain.evaluation.tender import NOW, OFFICER, YUAN, Desk, sheet, tender
from tests.domain.evaluation.test_grading import graded

FILE = Path(__file__).parents[1] / "vectors" / "scores" / "lots.json"
PRICES = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
FOUR = {**PRICES, "d": 710_000 * YUAN}
SEVEN = {name: (700_000 + 3_333 * n * n) * YUAN + n for n, name in enumerate("abcdefg")}
VOTE = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出招标文件要求")
#: What of the evaluation neither scores nor report rest on.
ASIDE = (e.EnvelopesOpened, e.CollusionExamined, e.MemberSignedIn, e.SheetReceived)
SUPERVISOR = frozenset({Standing.SUPERVISOR, Standing.COMMITTEE})


def desks() -> Iterator[tuple[str, Desk]]:
    """Each with a report that all members have closed."""
    at = Desk(tender(FOUR)).seat()
    at.mark(rejections=dict.fromkeys(at.members[:3], (VOTE,)))
    yield "works, one bid rejected by the members, one dissent", at.report({at.members[1]: "不应否决"})
    yield "works, seven members, a drawn coefficient, a rounded base", _thirds()
    yield "works, a mixed base, equal prices told apart by credit and receipt", _graded()
    at = test_adjusting.seated()
    for member in at.members:
        at.give(test_adjusting.sheet(), member)
    yield "works, prices adjusted by published factors", at.report()
    declared = SeparateDecision(method=DecisionMethod.VOTE, local_rule="某市评定分离办法", members=5)
    at = Desk(tender(PRICES, decision=declared)).seat().mark({"a": ("31", "10"), "c": ("31", "12")})
    yield "works, candidates without ranks", at.report()
    formula = Deviation(
        base=GivenBase(value=str(715_000 * YUAN)),
        e1="9",
        e2="5",
        floor="60",
        rounding=Rounding(digits=1, mode=RoundingMode.DOWN),
    )
    yield (
        "works, a given base and a least score",
        Desk(tender(PRICES, price_formula=formula)).seat().mark().report(),
    )
    yield "works, equal bids and a reference price", _parallel()
    at = test_abnormal.marked("39")
    at.give(sheet({"a": ("25", "10"), "b": ("30", "10"), "c": ("30", "10")}), at.members[4])
    yield "works, points corrected after the reveal", at.report()
    at = test_abnormal.marked("39")
    at.give(test_abnormal.confirm(), at.members[4])
    yield "works, points confirmed after the reveal", at.report()
    yield "works, two valid bids and competition all the same", _competing()
    at = test_low_price.explained(Desk(tender(test_low_price.LOW)).seat())
    at.mark(
        test_low_price.points("b", "c", "d"), rejections=dict.fromkeys(at.members[:3], (test_low_price.VOTE,))
    )
    yield "works, a low price explained in vain", at.report()
    yield "works, a member replaced after the reveal", _replaced()
    at = Desk(tender(PRICES)).seat().mark().report()
    at.store(e.EvaluationReopened(rule="R-ENG-24", reason="异议成立", at=NOW))
    yield "works, evaluated anew", at.mark({"c": ("39", "20")}).report()
    yield "goods, small enterprises and brands", _goods(Stacking.ADD)
    yield "goods, deductions multiplied", _goods(Stacking.MULTIPLY)
    at = test_brands.compared({**test_brands.FOUR, "b": 690_000 * YUAN})
    yield "goods, the lowest price of each brand", _signed(at)
    yield "goods, equal prices of a brand drawn", _signed(test_brands.compared(test_brands.FOUR))
    at = test_brands.purchase(test_brands.FOUR, test_brands.BRANDS)
    yield "goods, equal scores of a brand drawn", at.mark().report()


def before(at: Desk) -> Lot:
    """The lot as its evaluation began."""
    return replace(at.lot, evaluation=Evaluation(), phase=Phase.OPENED)


def _signed(at: Desk, *members: str) -> Desk:
    for member in members or at.members:
        at.give(c.SignReport(report_hash=at.lot.evaluation.draft_hash, dissent=""), member)
    return at


def _drawn(lot: Lot, **values: str) -> Lot:
    drawn = tuple(
        DrawnCoefficient(coefficient=Coefficient(name), value=value, seed="", transcript="")
        for name, value in values.items()
    )
    return replace(lot, opening=replace(lot.opening, drawing=Drawing(drawn=drawn)))


def _thirds() -> Desk:
    """Sevenths, which no decimal ends."""
    base = MeanBase(
        trim=TrimPolicy.TRIM_A,
        factor=DrawnReduction(choices=("0.01", "0.02")),
        rounding=Rounding(digits=0, mode=RoundingMode.HALF_EVEN),
    )
    formula = Deviation(base=base, e1="0.6", e2="0.3", rounding=Rounding(digits=3))
    at = Desk(_drawn(tender(SEVEN, price_formula=formula, committee_size=7), k="0.02")).seat()
    for place, member in enumerate(at.members):
        given = {bidder: (f"{20 + place * n}.25", "10") for n, bidder in enumerate("abc")}
        at.give(sheet({**dict.fromkeys("defg", ("33.1", "10")), **given}), member)
    return at.report()


def _graded() -> Desk:
    formula = ReasonableLow(
        base=MixedBase(alpha_choices=("0.01", "0.02"), beta_choices=("0.03", "0.05")), e1="2", e2="1"
    )
    prices = dict.fromkeys("abcd", 700_000 * YUAN) | {"e": 650_000 * YUAN}
    terms: dict[str, Any] = {
        "method": Method.ENG_REASONABLE_LOW,
        "price_formula": formula,
        "criteria": (),
        "price_points": "100",
    }
    lot = _drawn(tender(prices, **terms), alpha="0.01", beta="0.05")
    at = Desk(replace(lot, notice=replace(lot.notice, deadline=NOW))).seat()
    bids = tuple(BidScores(bidder=bidder, scores=()) for bidder in at.bidders)
    for member in at.members:
        at.give(c.SubmitScores(sheet=bids), member)
    found = graded(at, a=1, b=3, c=3, d=2, e=1).evaluation
    at.events.append(e.CreditGradesRecorded(grades=found.grades, as_of=NOW, at=at.now))
    return at.report()


def _parallel() -> Desk:
    lot = tender(
        {"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN, "d": 690_000 * YUAN + 7},
        candidates=2,
        price_formula=Deviation(
            base=MeanBase(trim=TrimPolicy.ALL, factor=FixedFloat(f="-0.05")), e1="1", e2="0.5"
        ),
    )
    reference = Reference(commitment="", committed_at=NOW, fen=730_000 * YUAN, salt="", revealed_at=NOW)
    at = Desk(replace(lot, opening=replace(lot.opening, reference=reference)))
    return at.seat().mark({"d": ("38", "10")}).report()


def _competing() -> Desk:
    at = Desk(tender(PRICES)).seat()
    vote = replace(VOTE, bidder="c")
    at.mark(rejections=dict.fromkeys(at.members, (vote,))).give(c.Compile(), PLATFORM)
    for place, member in enumerate(at.members):
        at.give(c.StateCompetition(lacking=place < 2, reason="报价差距"), member)
    first, *others = at.members
    seat = next(one.seat for one in at.lot.evaluation.committee if one.party == first)
    at.give(c.RecordRefusal(seat=seat, note="经两次提醒仍拒绝"), OFFICER)
    return _signed(at, *others)


def _replaced() -> Desk:
    at = Desk(tender(PRICES)).seat().mark()
    at.give(c.Recuse(reason="曾在投标人处任职"), at.members[0])
    newcomer = next(one for one in at.members if one not in at.lot.evaluation.signed_in)
    at.give(c.SignIn(), newcomer)
    at.give(sheet({"a": ("40", "10"), "b": ("30", "10"), "c": ("30", "10")}), newcomer)
    return at.report()


def _goods(stacking: Stacking) -> Desk:
    deductions = Deductions(small_micro="0.10", consortium="0.04", domestic="0.20", stacking=stacking)
    prices = {**FOUR, "e": 705_000 * YUAN}
    at = Desk(
        tender(
            prices,
            regime=Regime.GP,
            core_product="服务器",
            price_formula=LowPriceFirst(weight="40", deductions=deductions),
        )
    )
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    small = {"a": Sme.SMALL_MICRO, "c": Sme.CONSORTIUM}
    brands = {"a": "联想", "b": " 联 想 "}
    results = tuple(
        QualificationResult(
            bidder=bidder,
            qualified=bidder != "e",
            page="3",
            reason="未提供社保缴纳证明",
            sme=small.get(bidder, Sme.NONE),
            domestic=bidder != "d",
            brand=brands.get(bidder, bidder),
        )
        for bidder in at.bidders
    )
    at.give(c.ReviewQualification(results=results))
    return at.mark({"b": ("31", "10")}).report()


def head(lot: Lot) -> list[tuple[str, dict[str, Any]]]:
    """The notice and the opening, as far as the evaluation rests on them."""
    notice, opening = lot.notice, lot.opening
    assert opening.announcement is not None
    names = (
        "number",
        "title",
        "tenderer_name",
        "agency_name",
        "ruleset",
        "regime",
        "base_fen",
        "price_limit_fen",
        "terms",
    )
    found: list[tuple[str, dict[str, Any]]] = [
        ("lot.noticed.v1", {name: getattr(notice, name) for name in names}),
        ("lot.roll-published.v1", {"roll": opening.roll}),
        ("lot.prices-announced.v1", {"table": opening.announcement.table}),
        ("lot.opening-ended.v1", {"record_hash": opening.record_hash}),
    ]
    if opening.drawing.drawn:
        found.append(("lot.coefficients-drawn.v1", {"drawn": opening.drawing.drawn}))
    if opening.reference is not None:
        found.append(("lot.reference-price-revealed.v1", {"reference_fen": opening.reference.fen}))
    return found


def tail(lot: Lot) -> tuple[str, dict[str, Any]]:
    """What everybody learns of it."""
    evaluation = lot.evaluation
    rejected = [{"bidder": one.bidder} for one in evaluation.rejected]
    return "lot.candidates-publicised.v1", {"candidates": evaluation.candidates, "rejected": rejected}


def made() -> bytes:
    """``to``: who sees an event at least: anyone, the offices, or the committee and supervision."""
    told = []
    for name, at in desks():
        public = [("anyone", topic, msgspec.to_builtins(state)) for topic, state in head(at.lot)]
        events = [
            (
                _to(one),
                one.TOPIC,
                {key: value for key, value in json.loads(encode(one)).items() if key != "signed"},
            )
            for one in at.events
            if visible(one, SUPERVISOR) and not isinstance(one, ASIDE)
        ]
        topic, state = tail(at.lot)
        told.append(
            {"name": name, "events": [*public, *events, ("anyone", topic, msgspec.to_builtins(state))]}
        )
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":"), sort_keys=True) for one in told)
    return ('{"lots":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _to(event: Event) -> str:
    if visible(event, frozenset({Standing.ANYONE})):
        return "anyone"
    return "offices" if visible(event, frozenset({Standing.HOST})) else "committee"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(made())
