"""Who reviews, what each finds, and how it ends (招投条例 18, 19; R-EVAL-05, R-EVAL-08)."""

from collections.abc import Mapping, Sequence
from functools import partial

from bidding.domain.bidcount import CountDecision, after_qualification
from bidding.domain.command import Facts
from bidding.domain.committee import check_committee
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.evaluation.drawing import draw as drawn
from bidding.domain.evaluation.eligibility import barred_by
from bidding.domain.evaluation.members import Member, MemberKind, Pick, PoolMember
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.prequalifying import PrequalificationTerms
from bidding.domain.order import require_phase
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Fault
from bidding.domain.prequalification.noticing import terms_of
from bidding.domain.prequalification.state import Application
from bidding.domain.relations import Unit
from bidding.domain.ruleset import EngRules


def require_review(lot: Lot, facts: Facts) -> PrequalificationTerms:
    """The terms, once applications are closed and opened, and until the review is."""
    terms = require_closed(lot, facts)
    if terms.review_key and lot.prequalification.opened_at is None:
        raise TooEarly("applications-sealed", rule="R-GEN-04")
    return terms


def require_closed(lot: Lot, facts: Facts) -> PrequalificationTerms:
    require_phase(lot, Phase.PREQUALIFYING, rule="R-ENG-05")
    terms = terms_of(lot)
    if facts.now < terms.deadline or lot.prequalification.unanswered:
        raise TooEarly("applications-open", rule="R-GEN-04", deadline=terms.deadline)
    if lot.prequalification.ended_at is not None:
        raise OutOfOrder("prequalification-over", rule="R-ENG-05")
    return terms


def draw(
    lot: Lot,
    command: c.Draw,
    facts: Facts,
    *,
    pool: Sequence[PoolMember],
    representatives: Sequence[PoolMember],
    interests: Sequence[Unit],
) -> list[Event]:
    """``interests``: every applicant and member, tenderer and agency, each with the units above it (R-EVAL-08).

    A draw that finds too few says so without a number: it would count the applicants' experts.
    """
    terms = require_review(lot, facts)
    if not terms.by_committee:
        raise OutOfOrder("reviewers-no-committee", rule="R-ENG-05")
    review = lot.prequalification
    barred = barred_by(interests)
    gone = {*review.members, *review.left}
    free = [one for one in pool if one.party not in gone and not barred.meets(one)]
    sent = {one.party: one for one in representatives}
    unknown = [party for party in command.representatives if party not in sent]
    if unknown:
        raise Unknown("representative-unknown", rule="R-EVAL-05", representatives=unknown)
    if any(one.party in gone or barred_by(_offices_out(interests, lot)).meets(one) for one in sent.values()):
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=list(sent))
    free = [one for one in free if one.party not in sent]
    if review.committee and not review.vacant:
        raise Conflicting("reviewers-seated", rule="R-EVAL-07")
    seats = [one.seat for one in review.vacant] or list(range(1, command.size + 1))
    if not review.vacant:
        verdict = check_committee(
            rules_of(lot, facts).committee, members=command.size, experts=command.size - len(sent)
        )
        if not verdict.ok:  # 招投条例 18: as for an evaluation committee
            raise Invalid("reviewers-unlawful", rule="R-EVAL-05", reasons=list(verdict.reasons))
    experts = len(seats) - len(sent)
    picks: list[Pick] = []
    for trade, count in [(one.trade, one.count) for one in command.trades] or [("", experts)]:
        fitting = [one.party for one in free if not trade or one.trade == trade]
        if len(fitting) < count:
            raise Invalid("reviewers-too-few", rule="R-EVAL-07", trade=trade)
        picks.extend(drawn(fitting, count, partial(random_bytes, facts)))
    if len(picks) != experts:
        raise Invalid("trades-do-not-sum", rule="R-EVAL-07", experts=experts, found=len(picks))
    by_party = {one.party: one for one in free}
    people = [(by_party[pick.drawn], MemberKind.EXPERT) for pick in picks]
    people += [(one, MemberKind.TENDERER_REP) for one in sent.values()]
    members = tuple(_member(seat, *one) for seat, one in zip(seats, people, strict=True))
    return [e.ReviewersSeated(members=members, picks=tuple(picks), at=facts.now)]


def recuse(
    lot: Lot, command: c.Recuse, facts: Facts, *, pool: Sequence[PoolMember], interests: Sequence[Unit]
) -> list[Event]:
    require_review(lot, facts)
    review = lot.prequalification
    leaving = next((one for one in review.committee if one.party == facts.actor.party), None)
    if leaving is None:
        raise Unknown("not-a-member", rule="R-EVAL-05")
    gone, barred = {*review.members, *review.left}, barred_by(interests)
    free = {one.party: one for one in pool if one.party not in gone and not barred.meets(one)}
    same = [one.party for one in free.values() if one.trade == leaving.trade] or list(free)
    pick, successor = None, None
    if same and leaving.kind is MemberKind.EXPERT:
        (pick,) = drawn(same, 1, partial(random_bytes, facts))
        successor = _member(leaving.seat, free[pick.drawn], MemberKind.EXPERT)
    return [
        e.ReviewerReplaced(
            left=leaving.party,
            reason=command.reason,
            member=successor,
            pick=pick,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def review(lot: Lot, command: c.Review, facts: Facts, *, application: Application) -> list[Event]:
    """By the published requirements and nothing else (招投条例 18)."""
    terms = require_review(lot, facts)
    reviewer = facts.actor.party
    if not application.stands:
        raise Unknown("no-application", rule="R-ENG-05")
    if reviewer in _voices(application):
        raise Conflicting("application-reviewed", rule="R-ENG-05")
    if application.failure and not command.faults:
        raise Invalid("application-unopened", rule="R-ENG-05", failure=application.failure)
    known = {one.id for one in terms.requirements}
    strange = [one.requirement for one in command.faults if one.requirement not in known]
    if strange:
        raise Invalid("requirement-not-published", rule="R-ENG-05", requirements=strange)
    return [
        e.ApplicationReviewed(
            lot=lot.lot_id,
            applicant=application.applicant,
            reviewer=reviewer,
            faults=command.faults,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def conclude(
    lot: Lot, command: c.Conclude, facts: Facts, *, applications: Sequence[Application]
) -> tuple[list[Event], Mapping[str, Event]]:
    """(the lot's events, each applicant's result). Qualified is whom more than half of the reviewers pass.

    Every reviewer has found on every application that stands; who left the committee has no voice.
    """
    terms = require_review(lot, facts)
    state = lot.prequalification
    reviewers = state.members if terms.by_committee else frozenset({lot.notice.tenderer})
    if state.vacant or not reviewers:
        raise OutOfOrder("reviewers-missing", rule="R-EVAL-05")
    standing = [one for one in applications if one.stands]
    if any(not reviewers <= _voices(one).keys() for one in standing):
        raise OutOfOrder("reviews-missing", rule="R-ENG-05")
    results: dict[str, Event] = {}
    qualified: list[e.Qualified] = []
    for one in sorted(standing, key=lambda each: each.applicant):
        voices = [faults for reviewer, faults in _voices(one).items() if reviewer in reviewers]
        passed = 2 * sum(not faults for faults in voices) > len(voices)
        if passed:
            qualified.append(e.Qualified(applicant=one.applicant, members=one.members))
        results[one.applicant] = e.ApplicationDecided(
            lot=lot.lot_id,
            applicant=one.applicant,
            qualified=passed,
            faults=() if passed else tuple(fault for faults in voices for fault in faults),
            at=facts.now,
        )
    rules = rules_of(lot, facts)
    listed = e.ApplicantsQualified(qualified=tuple(qualified))
    decision = after_qualification(rules, len(qualified))
    if decision is CountDecision.CONTINUE:
        return [listed, e.PrequalificationEnded(at=facts.now)], results
    rule = "R-ENG-05" if isinstance(rules, EngRules) else "R-GP-19"
    return [listed, e.PrequalificationFailed(rule=rule, decision=decision.value, at=facts.now)], results


def _voices(application: Application) -> dict[str, tuple[Fault, ...]]:
    return {one.reviewer: one.faults for one in application.reviews}


def _offices_out(interests: Sequence[Unit], lot: Lot) -> list[Unit]:
    """A representative is the tenderer's own: only the applicants' interests bar it."""
    return [one for one in interests if one.party not in {lot.notice.tenderer, lot.notice.host}]


def _member(seat: int, person: PoolMember, kind: MemberKind) -> Member:
    return Member(seat=seat, party=person.party, name=person.name, kind=kind, trade=person.trade)
