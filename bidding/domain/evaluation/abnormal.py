"""畸高畸低: a member's points far from what the others gave are confirmed with a reason or corrected (R-SCORE-05).

87号令 64 [M] admits a correction after the points were added up for four causes. Sums are the platform's own, points
out of range are never taken, differing objective points are found in ``marking``; this is the fourth. The tender
document says how far is too far, and arithmetic finds it; whether it is right is the member's to say, on record.
"""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.sheets import Sheet
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import CriterionKind
from bidding.domain.order import require_phase
from bidding.domain.scoring import exact_text


class Abnormal(msgspec.Struct, frozen=True, kw_only=True):
    """``others``: exact mean of what the other members gave."""

    member: str
    bidder: str
    criterion: str
    points: str
    others: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.member, self.bidder, self.criterion, self.points


def abnormal_scores(lot: Lot, sheets: Iterable[Sheet]) -> list[Abnormal]:
    """Every subjective score that lies too far from the others' mean, confirmed or not; none without a share."""
    terms, given = terms_of(lot), list(sheets)
    share = Fraction(terms.abnormal_share or "0")
    if not share:
        return []
    most = {
        one.id: Fraction(one.max_points) for one in terms.criteria if one.kind is CriterionKind.SUBJECTIVE
    }
    points: dict[tuple[str, str], dict[str, str]] = {}
    for sheet in given:
        for bid in sheet.bids:
            for score in bid.scores:
                if score.criterion in most:
                    points.setdefault((bid.bidder, score.criterion), {})[sheet.member] = score.points
    found = []
    for (bidder, criterion), by_member in points.items():
        for member, said in by_member.items():
            others = [Fraction(one) for other, one in by_member.items() if other != member]
            if not others:
                continue
            mean = sum(others, Fraction(0)) / len(others)
            if abs(Fraction(said) - mean) > share * most[criterion]:
                found.append(
                    Abnormal(
                        member=member,
                        bidder=bidder,
                        criterion=criterion,
                        points=said,
                        others=exact_text(mean),
                    )
                )
    return sorted(found, key=lambda one: one.key)


def open_abnormal(lot: Lot, sheets: Iterable[Sheet]) -> list[Abnormal]:
    """Those whose member has not stood by them yet."""
    confirmed = {one.key for one in lot.evaluation.confirmed}
    return [one for one in abnormal_scores(lot, sheets) if one.key not in confirmed]


def confirm_score(lot: Lot, command: c.ConfirmScore, facts: Facts) -> list[Event]:
    """The member stands by the points, with the reason; who does not corrects the sheet instead."""
    require_phase(lot, Phase.EVALUATING, rule="R-SCORE-05")
    evaluation = lot.evaluation
    if not evaluation.revealed or evaluation.ranking:
        raise OutOfOrder("scores-not-under-review", rule="R-SCORE-05")
    named = (facts.actor.party, command.bidder, command.criterion)
    found = [
        one
        for one in abnormal_scores(lot, evaluation.sheets)
        if (one.member, one.bidder, one.criterion) == named
    ]
    if not found:
        raise Unknown(
            "score-not-abnormal", rule="R-SCORE-05", bidder=command.bidder, criterion=command.criterion
        )
    (score,) = found
    if score.key in {one.key for one in evaluation.confirmed}:
        raise Conflicting("score-confirmed", rule="R-SCORE-05", bidder=command.bidder)
    return [
        e.ScoreConfirmed(
            member=score.member,
            bidder=score.bidder,
            criterion=score.criterion,
            points=score.points,
            others=score.others,
            reason=command.reason,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def require_no_open(lot: Lot, staying: Iterable[str]) -> None:
    seats, among = {one.party: one.seat for one in lot.evaluation.committee}, set(staying)
    waiting = [one for one in open_abnormal(lot, lot.evaluation.sheets) if one.bidder in among]
    if waiting:
        raise OutOfOrder(
            "abnormal-scores-open",
            rule="R-SCORE-05",
            scores=[
                {"seat": seats[one.member], "bidder": one.bidder, "criterion": one.criterion}
                for one in waiting
            ],
        )
