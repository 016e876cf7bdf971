"""From the sheets to the ranking: votes, the count gate, price scores, totals (R-EVAL-02, R-EVAL-11)."""

from collections.abc import Set

import msgspec

from bidding.domain.bidcount import CountDecision, after_review
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.abnormal import require_no_open
from bidding.domain.evaluation.adjusting import adjusted
from bidding.domain.evaluation.bids import OpenedBid, above_limit, opened_bids, price_ceiling, to_be_scored
from bidding.domain.evaluation.brands import best_of_brand, lowest_of_brand, suppliers
from bidding.domain.evaluation.grading import require_graded
from bidding.domain.evaluation.lowprice import judged
from bidding.domain.evaluation.marking import differing_objective
from bidding.domain.evaluation.outcome import PriceResult
from bidding.domain.evaluation.ranking import candidates_of, ranked, unranked, without
from bidding.domain.evaluation.report import draft_report, text_hash
from bidding.domain.evaluation.sheets import GROUND_TEXT, Ground, MemberVote
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.order import require_phase
from bidding.domain.ranking import Method
from bidding.domain.scoring import Draws, Offer, PriceDecision, PriceScores, canonical, score_prices

VOID_REASONS: dict[CountDecision, str] = {
    CountDecision.REJECT_ALL_RETENDER: "全部投标被否决，招标人应当依法重新招标（招标投标法第四十二条）",
    CountDecision.VOID: "对招标文件作实质响应的供应商不足三家，予以废标（政府采购法第三十六条第一款第一项）",
    CountDecision.COMMITTEE_MUST_STATE_COMPETITION: "有效投标不足三个，评标委员会认定明显缺乏竞争，全部否决",
}


def compile_scores(lot: Lot, command: c.Compile, facts: Facts) -> list[Event]:
    """Votes first, then the gate, then prices: what is rejected neither sets a base nor gets a score."""
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    evaluation = lot.evaluation
    if evaluation.ranking or evaluation.competition_questioned:
        raise Conflicting("already-compiled", rule="R-EVAL-01")
    missing = len(evaluation.members) + len(evaluation.vacant) - len(evaluation.sheets)
    if missing or not evaluation.revealed or evaluation.vacant:
        raise OutOfOrder("sheets-missing", rule="R-EVAL-01", missing=max(missing, 1))
    require_graded(lot)
    rejected = rejections(lot)
    _require_whole_sheets(lot, {one.bidder for one in rejected})
    events: list[Event] = [*judged(lot, rejected), *rejected]
    out = {one.bidder for one in rejected}
    left = [bid.bidder for bid in opened_bids(lot) if bid.bidder not in out]
    valid = suppliers(lot.evaluation.qualification, left)
    decision = after_review(rules_of(lot, facts), valid)
    if decision is CountDecision.COMMITTEE_MUST_STATE_COMPETITION:
        return [*events, e.CompetitionQuestioned(valid=valid)]
    if decision is not CountDecision.CONTINUE:
        return [*events, _voided(decision, facts)]
    if terms_of(lot).method is Method.GP_LOWEST_EVALUATED:
        events += lowest_of_brand(lot, left, facts)
    return [*events, *conclude(_after(lot, events), facts)]


def state_competition(lot: Lot, command: c.StateCompetition, facts: Facts) -> list[Event]:
    """R-EVAL-11, 12号令 27: with the last statement the majority decides; an odd committee has no tie."""
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    evaluation = lot.evaluation
    if not evaluation.competition_questioned:
        raise OutOfOrder("competition-not-questioned", rule="R-EVAL-11")
    member = facts.actor.party
    if member in {one.member for one in evaluation.competition}:
        raise Conflicting("already-stated", rule="R-EVAL-11")
    stated = e.CompetitionStated(
        member=member, lacking=command.lacking, reason=command.reason, signed=signed_of(facts)
    )
    after = _after(lot, [stated])
    said = after.evaluation.competition
    if {one.member for one in said} != set(evaluation.members):
        return [stated]
    if 2 * sum(one.lacking for one in said) > len(said):
        return [stated, _voided(CountDecision.COMMITTEE_MUST_STATE_COMPETITION, facts)]
    return [stated, *conclude(after, facts)]


def conclude(lot: Lot, facts: Facts) -> list[Event]:
    """Price scores, ranking and the report to sign, once the rejections stand and enough bids are left."""
    scored = scored_prices(lot)
    after = _after(lot, [scored])
    brands: list[Event] = []
    if terms_of(lot).method is Method.GP_COMPREHENSIVE:
        brands += best_of_brand(after, ranked(after), facts)
    return [scored, *brands, ranking_of(_after(after, brands), scored)]


def scored_prices(lot: Lot) -> e.PricesScored:
    """A function of the lot alone: whoever may read the evaluation computes every price score again (R-SCORE-01)."""
    priced = _score_prices(lot)
    if priced.decision is not PriceDecision.SCORED:
        raise ValueError(f"{priced.decision} after the count gate let {len(priced.scores)} bids pass")
    bids = {bid.bidder: bid for bid in opened_bids(lot)}
    return e.PricesScored(
        formula=msgspec.json.encode(canonical(terms_of(lot).price_formula), order="sorted").decode(),
        outcome=priced.decision,
        base_fen=priced.base or "",
        base_derivation=priced.base_derivation,
        scores=tuple(
            PriceResult(
                bidder=one.bid,
                price_fen=bids[one.bid].price_fen,
                evaluated_fen=one.evaluated,
                score=one.score or "",
                derivation=one.derivation,
            )
            for one in priced.scores
        ),
    )


def ranking_of(lot: Lot, scored: e.PricesScored) -> e.BidsRanked:
    """Totals, ranks, candidates and the report. ``lot``: with ``scored`` and what was settled of equal brands in it."""
    ranking = ranked(lot)
    if terms_of(lot).method is Method.GP_COMPREHENSIVE:
        ranking = without(ranking, {bidder for one in lot.evaluation.same_brand for bidder in one.others})
    candidates = candidates_of(lot, ranking)
    if terms_of(lot).decision is not None:
        ranking = unranked(ranking, [bid.bidder for bid in opened_bids(lot)])
    report = draft_report(lot, scored, ranking, candidates)
    return e.BidsRanked(ranking=ranking, candidates=candidates, report=report, report_hash=text_hash(report))


def rejections(lot: Lot) -> list[e.BidRejected]:
    """A function of sheets, review and limit alone (R-EVAL-02)."""
    found = (_rejection(lot, bid) for bid in opened_bids(lot))
    return [one for one in found if one is not None]


def _rejection(lot: Lot, bid: OpenedBid) -> e.BidRejected | None:
    """By arithmetic, by the purchaser's review (GP), or by a majority of members on one ground."""
    if above_limit(lot, bid):
        return e.BidRejected(
            bidder=bid.bidder,
            ground=Ground.PRICE,
            page="开标一览表",
            reason=f"投标报价{bid.price_fen}分高于最高限价{price_ceiling(lot)}分",
            rule="R-SCORE-14",
            by_rule=True,
        )
    for result in lot.evaluation.qualification:
        if result.bidder == bid.bidder and not result.qualified:
            return e.BidRejected(
                bidder=bid.bidder,
                ground=Ground.NOT_QUALIFIED,
                page=result.page,
                reason=result.reason,
                rule="R-GP-10",
                by_rule=True,
            )
    for ground in Ground:
        votes = _votes(lot, bid.bidder, ground)
        against = [vote for vote in votes if vote.reject]
        if 2 * len(against) > len(votes):
            return e.BidRejected(
                bidder=bid.bidder,
                ground=ground,
                page=against[0].page,
                reason=GROUND_TEXT[ground],
                rule="R-EVAL-02",
                votes=votes,
            )
    return None


def _votes(lot: Lot, bidder: str, ground: Ground) -> tuple[MemberVote, ...]:
    votes = []
    for sheet in lot.evaluation.sheets:
        cast = [one for one in sheet.rejections if one.bidder == bidder and one.ground is ground]
        votes.append(
            MemberVote(
                member=sheet.member,
                reject=bool(cast),
                page=cast[0].page if cast else "",
                reason=cast[0].reason if cast else "",
            )
        )
    return tuple(votes)


def _require_whole_sheets(lot: Lot, rejected: set[str]) -> None:
    """Every member's points for every bid that stays, and the same points where nothing is to be judged."""
    seats = {one.party: one.seat for one in lot.evaluation.committee}
    staying = [bid.bidder for bid in to_be_scored(lot) if bid.bidder not in rejected]
    lacking = [
        {"seat": seats[sheet.member], "bidder": bidder}
        for sheet in lot.evaluation.sheets
        for bidder in staying
        if bidder not in {one.bidder for one in sheet.bids}
    ]
    if lacking:
        raise OutOfOrder("scores-missing", rule="R-EVAL-02", lacking=lacking)
    differing = [key for key in differing_objective(lot, lot.evaluation.sheets) if key[0] in staying]
    if differing:
        raise OutOfOrder(
            "objective-scores-differ",
            rule="R-SCORE-05",
            differing=[{"bidder": bidder, "criterion": criterion} for bidder, criterion in differing],
        )
    require_no_open(lot, staying)


def _score_prices(lot: Lot) -> PriceScores:
    rejected = {one.bidder for one in lot.evaluation.rejected}
    return price_scores(
        lot, rejected | {bidder for one in lot.evaluation.same_brand for bidder in one.others}
    )


def price_scores(lot: Lot, out: Set[str]) -> PriceScores:
    """Of all opened bids but those ``out``, which set no base and get no score."""
    declared = {one.bidder: one for one in lot.evaluation.qualification}
    offers = []
    for bid in opened_bids(lot):
        offer = Offer(bid=bid.bidder, price=str(bid.price_fen), compliant=bid.bidder not in out)
        if bid.bidder in declared:
            review = declared[bid.bidder]
            offer = msgspec.structs.replace(offer, sme=review.sme, domestic=review.domestic)
        if offer.compliant:
            offer = adjusted(lot, offer)
        offers.append(offer)
    ceiling = price_ceiling(lot)
    drawn = {one.coefficient.value: one.value for one in lot.opening.drawing.drawn}
    return score_prices(
        terms_of(lot).price_formula,
        offers,
        limit=None if ceiling is None else str(ceiling),
        draws=Draws(**drawn),
    )


def _voided(decision: CountDecision, facts: Facts) -> e.EvaluationVoided:
    rule = "R-GP-19" if decision is CountDecision.VOID else "R-EVAL-11"
    return e.EvaluationVoided(decision=decision, rule=rule, reason=VOID_REASONS[decision], at=facts.now)


def _after(lot: Lot, events: list[Event]) -> Lot:
    for event in events:
        lot = evolve(lot, event)
    return lot
