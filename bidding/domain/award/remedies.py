"""What follows when an objection, a query or a complaint was right: the tender goes on from the right step.

Nothing that was written is taken back: a remedy sets the result aside and opens an earlier phase again.
"""

from collections.abc import Sequence
from datetime import datetime

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.events import RemedyKind
from bidding.domain.command import Facts
from bidding.domain.contract.events import ContractRevoked
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.evaluation.events import CommitteeDismissed, EvaluationReopened
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.ruleset import GpRules

#: There is a result, or a report from which one is to be made.
RESULT = (Phase.EVALUATED, Phase.PUBLICISED, Phase.DETERMINED, Phase.AWARDED, Phase.CONTRACTED)
BEFORE_RESULT = (
    Phase.PREQUALIFYING,
    Phase.NOTICED,
    Phase.CLOSED,
    Phase.OPENING,
    Phase.OPENED,
    Phase.EVALUATING,
)


def decide_remedy(lot: Lot, command: c.DecideRemedy, facts: Facts) -> list[Event]:
    """On all that was upheld and not yet remedied: R-ENG-22 with 招投条例 55, 82; 94号令 16 [M]."""
    objections = tuple(one.number for one in lot.award.objections if one.upheld and not one.remedied)
    queries = tuple(one.number for one in lot.award.queries if one.upheld and not one.remedied)
    if not objections and not queries:
        raise OutOfOrder("nothing-to-remedy", rule="R-OBJ-01")
    basis, numbers = (e.Basis.OBJECTION, objections) if objections else (e.Basis.QUERY, queries)
    return remedied(
        lot,
        facts,
        basis=basis,
        numbers=numbers,
        remedy=command.remedy,
        barred=command.barred,
        reason=command.reason,
        law=command.law,
        performed=command.performed,
    )


def remedied(
    lot: Lot,
    facts: Facts,
    *,
    basis: e.Basis,
    numbers: Sequence[int],
    remedy: RemedyKind,
    barred: tuple[str, ...],
    reason: str,
    law: str,
    performed: bool,
) -> list[Event]:
    """The decision, and the events that carry it out. Raises ``Invalid`` for a remedy that the law or the
    lot's state does not admit."""
    require_phase(lot, *RESULT, *_more_phases(lot, remedy), rule="R-OBJ-01")
    if performed and (lot.phase is not Phase.CONTRACTED or remedy is not RemedyKind.NO_EFFECT):
        raise Invalid("performed-only-damages", rule="R-OBJ-01", remedy=remedy.value)
    _check_barred(lot, remedy, barred, facts)
    changed = remedy is not RemedyKind.NO_EFFECT
    rule = "R-GP-22" if isinstance(rules_of(lot, facts), GpRules) else "R-ENG-29"
    decided = e.RemedyDecided(
        basis=basis,
        numbers=tuple(numbers),
        remedy=remedy,
        barred=tuple(sorted(barred)),
        reason=reason,
        law=law,
        rule=rule,
        contract_revoked=changed and lot.phase is Phase.CONTRACTED,
        performed=performed,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [decided, *_carried_out(lot, decided)]


def _more_phases(lot: Lot, remedy: RemedyKind) -> tuple[Phase, ...]:
    """Before there is a result, what needs none. A lot that the committee voided is evaluated after all, or stays
    voided: the voiding was its result (采购法 36; 94号令 32 [M])."""
    if lot.evaluation.voided:
        again = (RemedyKind.REEVALUATE, RemedyKind.NEW_COMMITTEE, RemedyKind.NO_EFFECT)
        return (Phase.FAILED,) if remedy in again else ()
    return BEFORE_RESULT if remedy in (RemedyKind.RETENDER, RemedyKind.NO_EFFECT) else ()


def standing_candidates(lot: Lot) -> tuple[Candidate, ...]:
    """The committee's candidates without those barred, ranked on without a gap (招投条例 55; 94号令 16 [M])."""
    left = [one for one in lot.evaluation.candidates if one.bidder not in lot.award.barred]
    ranks = sorted({one.rank for one in left})
    # unranked candidates of 评定分离 stay unranked (R-DRAW-04)
    place = {rank: rank and 1 + sum(other.rank < rank for other in left) for rank in ranks}
    return tuple(_ranked(one, place[one.rank]) for one in left)


def result_since(lot: Lot) -> datetime | None:
    """From when publicity and winner are due: the report, or the remedy that set an earlier result aside."""
    reported, aside = lot.evaluation.reported_at, lot.award.set_aside_at
    return reported if reported is None or aside is None else max(reported, aside)


def _ranked(one: Candidate, rank: int) -> Candidate:
    return Candidate(
        bidder=one.bidder,
        name=one.name,
        rank=rank,
        price_fen=one.price_fen,
        total=one.total,
        duration_days=one.duration_days,
        quality=one.quality,
        project_lead=one.project_lead,
        reason=one.reason,
    )


def _check_barred(lot: Lot, remedy: RemedyKind, barred: tuple[str, ...], facts: Facts) -> None:
    roll = {entry.bidder for entry in lot.opening.roll}
    strangers = sorted(set(barred) - roll)
    if strangers:
        raise Invalid("barred-not-on-roll", rule="R-OBJ-01", bidders=strangers)
    if remedy is not RemedyKind.NEXT_CANDIDATE:
        return
    left = [one for one in standing_candidates(lot) if one.bidder not in barred]
    if not barred or len(left) == len(standing_candidates(lot)):
        raise Invalid("next-candidate-bars-nobody", rule="R-ENG-29")
    rules = rules_of(lot, facts)
    if not left:
        raise Invalid("no-candidate-left", rule="R-ENG-29")
    if isinstance(rules, GpRules):
        # 94号令 16, 32 [M]: only while the qualified suppliers are still as many as the law wants.
        out = {*lot.award.barred, *barred}
        qualified = sum(one.bidder not in out for one in lot.evaluation.ranking)
        if qualified < rules.counts.min_suppliers.n:
            raise Invalid(
                "too-few-qualified",
                rule="R-GP-19",
                qualified=qualified,
                needed=rules.counts.min_suppliers.n,
            )


def _carried_out(lot: Lot, decided: e.RemedyDecided) -> list[Event]:
    at = decided.at
    if decided.remedy is RemedyKind.NO_EFFECT:
        return []
    events: list[Event] = []
    if decided.contract_revoked:
        events.append(
            ContractRevoked(
                number=lot.contract.number, award_number=lot.award.number, rule=decided.rule, at=at
            )
        )
    if lot.phase in RESULT:
        events.append(e.ResultSetAside(notice=lot.award.number, barred=decided.barred, at=at))
    match decided.remedy:
        case RemedyKind.REEVALUATE:
            events.append(EvaluationReopened(rule=decided.rule, reason=decided.reason, at=at))
        case RemedyKind.NEW_COMMITTEE:
            events.append(CommitteeDismissed(rule=decided.rule, reason=decided.reason, at=at))
        case RemedyKind.RETENDER:
            events.append(e.ResultVoided(rule=decided.rule, reason=decided.reason, at=at))
        case _:
            pass
    return events
