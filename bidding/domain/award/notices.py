"""中标通知书 and the notices to all others, in one act (招投法 45; GP: with the announcement, R-GP-14)."""

from datetime import UTC

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.proofs import require_proved
from bidding.domain.award.remedies import standing_candidates
from bidding.domain.command import Facts
from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.events import CommitteeDisclosed
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.evaluation.sheets import GROUND_TEXT
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.periods import closes_at, end_of_day, local_date, query_term
from bidding.domain.ruleset import GpRules
from bidding.domain.standstill import extended


def issue_notice(lot: Lot, command: c.IssueAwardNotice, facts: Facts) -> list[Event]:
    """The result stands: the winner is told, everybody else is told why not, the committee may be named."""
    require_phase(lot, Phase.DETERMINED, rule="R-STATE-01")
    if lot.award.unremedied:
        raise OutOfOrder("remedy-pending", rule="R-OBJ-01", numbers=lot.award.unremedied)
    winner = next((one for one in standing_candidates(lot) if one.bidder == lot.award.winner), None)
    if winner is None:
        raise OutOfOrder("no-winner", rule="R-ENG-29")
    require_proved(lot)
    rules = rules_of(lot, facts)
    number = f"{lot.notice.number}-ZB{lot.award.notices + 1}"
    term = rules.periods.contract
    events: list[Event] = [
        e.AwardNoticeIssued(
            number=number,
            winner=winner.bidder,
            name=winner.name,
            rank=winner.rank,
            price_fen=winner.price_fen,
            duration_days=winner.duration_days,
            quality=winner.quality,
            project_lead=winner.project_lead,
            at=facts.now,
            contract_due=closes_at(facts.now, term.n, term.unit, calendar_of(facts)).astimezone(UTC),
            contract_term=term,
            signed=signed_of(facts),
        ),
        e.LosersNotified(number=number, notices=loser_notices(lot, winner.bidder)),
        CommitteeDisclosed(members=lot.evaluation.committee),
    ]
    if isinstance(rules, GpRules):
        events.append(_announcement(lot, number, winner, rules, facts))
    return events


def loser_notices(lot: Lot, winner: str) -> tuple[e.LoserNotice, ...]:
    """One for every bidder of the roll but the winner: rejected, not opened, or ranked behind."""
    ranking = {one.bidder: one for one in lot.evaluation.ranking}
    rejected = {one.bidder: one for one in lot.evaluation.reported_rejections}
    announced = lot.opening.announcement.table if lot.opening.announcement is not None else ()
    terms = {row.bidder: row.term for row in announced}
    brands = {bidder: one.brand for one in lot.evaluation.same_brand for bidder in one.others}
    notices = []
    for entry in lot.opening.roll:
        if entry.bidder == winner:
            continue
        if entry.bidder in lot.award.false_promises:
            reason, rank, total = "资格承诺经核验不实，中标无效", 0, ""
        elif entry.bidder in lot.award.barred:
            reason, rank, total = "经异议、质疑或者投诉查实，不具备中标资格", 0, ""
        elif entry.bidder in brands:
            total = ranking[entry.bidder].total if entry.bidder in ranking else ""
            reason, rank = f"同品牌（{brands[entry.bidder]}）投标人按一家计算，未取得推荐资格", 0
        elif entry.bidder in ranking:
            place = ranking[entry.bidder]
            said = f"经评审排名第{place.rank}" if place.rank else "候选人不排序，经定标未确定为中标人"
            reason, rank, total = said, place.rank, place.total
        elif entry.bidder in rejected:
            fallen = rejected[entry.bidder]
            reason = f"投标被否决：（{fallen.ground}）{GROUND_TEXT[fallen.ground]}；{fallen.reason}"
            rank, total = 0, ""
        else:
            reason, rank, total = f"投标文件未开启：{terms.get(entry.bidder, '')}", 0, ""
        notices.append(
            e.LoserNotice(bidder=entry.bidder, name=entry.name, reason=reason, rank=rank, total=total)
        )
    return tuple(notices)


def _announcement(
    lot: Lot, number: str, winner: Candidate, rules: GpRules, facts: Facts
) -> e.ResultAnnounced:
    """R-GP-14, R-GP-15, R-GP-23: one working day; 质疑 runs from its end. Late: R-TIME-07 considered."""
    periods, calendar = rules.periods, calendar_of(facts)
    announced, query = periods.result_announcement, periods.query
    term = query_term(local_date(facts.now), announced.n, query.n, calendar)
    determined, within = lot.award.determined_at, periods.result_announced
    late = (
        determined is not None
        and facts.now >= extended(lot.control, determined, within, calendar, facts.now).ends
    )
    return e.ResultAnnounced(
        number=number,
        winner=winner.bidder,
        name=winner.name,
        price_fen=winner.price_fen,
        candidates=standing_candidates(lot),
        experts=tuple(e.NamedExpert(name=one.name, kind=one.kind) for one in lot.evaluation.committee),
        document_sha256=lot.notice.document.sha256 if lot.notice.document is not None else "",
        opens=facts.now,
        until=end_of_day(term.announcement_ends).astimezone(UTC),
        query_until=end_of_day(term.last_day_to_query).astimezone(UTC),
        late=late,
    )
