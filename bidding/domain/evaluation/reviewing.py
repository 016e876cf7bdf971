"""Before the points: the opened envelopes, and in GP the purchaser's qualification review (R-GP-10)."""

from bidding.domain.bidcount import CountDecision, after_qualification
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import FORM, QUALIFICATION, opened_bids, to_be_scored
from bidding.domain.evaluation.brands import suppliers
from bidding.domain.evaluation.lowprice import warned
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime

OPENED = "OPENED"


def record_envelopes(lot: Lot, command: c.RecordEnvelopes, facts: Facts) -> list[Event]:
    """What the workers found. An envelope that failed may be tried again, an opened one stands."""
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-STATE-01")
    bidders = {bid.bidder for bid in opened_bids(lot)}
    declared = {term.name for term in terms_of(lot).envelopes} - {FORM}
    done = {(one.bidder, one.envelope) for one in lot.evaluation.envelopes if one.status == OPENED}
    for one in command.bids:
        if one.bidder not in bidders:
            raise Unknown("bid-not-opened", rule="R-OPEN-02", bidder=one.bidder)
        if one.envelope not in declared:
            raise Unknown("envelope-undeclared", rule="R-EVAL-03", envelope=one.envelope)
    fresh = tuple(one for one in command.bids if (one.bidder, one.envelope) not in done)
    if not fresh:
        raise Conflicting("envelopes-recorded", rule="R-EVAL-01")
    events: list[Event] = [e.EnvelopesOpened(bids=fresh, at=facts.now)]
    if lot.notice.regime is Regime.GP:
        theirs = tuple(one for one in fresh if one.envelope == QUALIFICATION)
        if theirs:
            events.append(e.QualificationEnvelopesOpened(bids=theirs, at=facts.now))
    return events


def review_qualification(lot: Lot, command: c.ReviewQualification, facts: Facts) -> list[Event]:
    """R-GP-10, 87号令 44: by purchaser or agency, of every opened bid; fewer than three → no evaluation."""
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-STATE-01")
    if lot.notice.regime is not Regime.GP:
        raise OutOfOrder("qualification-is-the-committees", rule="R-EVAL-02")
    if lot.evaluation.qualification:
        raise Conflicting("qualification-reviewed", rule="R-GP-10")
    require_envelopes(lot, (QUALIFICATION,))
    bidders = [bid.bidder for bid in opened_bids(lot)]
    reviewed = [one.bidder for one in command.results]
    if sorted(reviewed) != sorted(bidders):
        raise Invalid(
            "qualification-incomplete",
            rule="R-GP-10",
            missing=sorted(set(bidders) - set(reviewed)),
            unknown=sorted(set(reviewed) - set(bidders)),
        )
    bare = [
        one.bidder
        for one in command.results
        if not one.qualified and not (one.reason.strip() and one.page.strip())
    ]
    if bare:
        raise Invalid("unqualified-without-reason", rule="R-GP-10", bidders=bare)
    unasked = [one.bidder for one in command.results if one.promised and not terms_of(lot).credit_promise]
    if unasked:
        raise Invalid("promise-not-admitted", rule="R-NB-HM-04", bidders=unasked)
    core = terms_of(lot).core_product
    unbranded = [one.bidder for one in command.results if core and one.qualified and not one.brand.strip()]
    if unbranded:
        raise Invalid("brand-missing", rule="R-SCORE-05", product=core, bidders=unbranded)
    events: list[Event] = [
        e.QualificationReviewed(results=command.results, at=facts.now, signed=signed_of(facts))
    ]
    # 87号令 31: bidders of one brand are one supplier
    qualified = suppliers(command.results, (one.bidder for one in command.results if one.qualified))
    decision = after_qualification(rules_of(lot, facts), qualified)
    if decision is CountDecision.CONTINUE:
        events.extend(warned(_after(lot, events), facts) if lot.phase is Phase.EVALUATING else ())
    else:
        events.append(
            e.EvaluationVoided(
                decision=decision,
                rule="R-GP-10",
                reason=f"资格审查合格的供应商为{qualified}家，不足三家，不得评标（87号令第四十四条）",
                at=facts.now,
            )
        )
    return events


def _after(lot: Lot, events: list[Event]) -> Lot:
    for event in events:
        lot = evolve(lot, event)
    return lot


def require_envelopes(lot: Lot, names: tuple[str, ...] = ()) -> None:
    """Raises ``OutOfOrder`` while a declared envelope (one of ``names``, or any) of a bid waits to be opened.

    One whose opening failed is no obstacle: the committee sees the failure and judges it.
    """
    declared = [term.name for term in terms_of(lot).envelopes if term.name != FORM]
    wanted = [name for name in declared if not names or name in names]
    tried = {(one.bidder, one.envelope) for one in lot.evaluation.envelopes}
    waiting = sum((bid.bidder, name) not in tried for bid in to_be_scored(lot) for name in wanted)
    if waiting:
        raise OutOfOrder("envelopes-not-open", rule="R-EVAL-01", waiting=waiting)
