"""评定分离: the tenderer decides among unranked candidates, in a meeting, by the published method (R-DRAW-04).

Practice: 黄石. It departs from the ranking of 招投条例 53 and 55, so the notice must name the local rule that allows
it. The meeting is recorded and signed, with each attendee's vote; supervision reads it.
"""

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.remedies import standing_candidates
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import DecisionMethod, SeparateDecision
from bidding.domain.order import require_phase


def hold_meeting(lot: Lot, command: c.HoldDecisionMeeting, facts: Facts) -> list[Event]:
    """After the publicity, with no objection open; anew where the one decided for has fallen away."""
    require_phase(lot, Phase.PUBLICISED, Phase.DETERMINED, Phase.AWARDED, rule="R-DRAW-04")
    declared = terms_of(lot).decision
    if declared is None:
        raise OutOfOrder("no-separate-decision", rule="R-DRAW-04")
    if lot.award.until is None or facts.now < lot.award.until:
        raise TooEarly("publicity-running", rule="R-ENG-21", until=lot.award.until)
    if lot.award.open_objections:
        raise OutOfOrder("result-objections-open", rule="R-ENG-22", numbers=lot.award.open_objections)
    held = lot.award.decision
    candidates = {one.bidder: one.price_fen for one in standing_candidates(lot)}
    if held is not None and held.chosen in candidates and held.chosen != lot.award.winner:
        raise Conflicting("decision-meeting-held", rule="R-DRAW-04")
    if command.chosen == lot.award.winner:
        raise Conflicting("winner-determined", rule="R-ENG-29", bidder=command.chosen)
    voted = {vote.bidder for vote in command.votes}
    strangers = sorted({command.chosen, *voted} - candidates.keys())
    if strangers:
        raise Unknown("not-a-candidate", rule="R-DRAW-04", bidder=strangers[0])
    _check_votes(declared, command)
    _check_method(declared, command, candidates)
    return [
        e.DecisionMeetingHeld(
            method=declared.method,
            chosen=command.chosen,
            votes=command.votes,
            reason=command.reason,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def require_decided(lot: Lot, bidder: str) -> None:
    """Raises ``OutOfOrder`` where the notice separates the decision and the meeting did not choose ``bidder``."""
    if terms_of(lot).decision is None:
        return
    held = lot.award.decision
    if held is None or held.chosen != bidder:
        raise OutOfOrder("decision-meeting-missing", rule="R-DRAW-04", bidder=bidder)


def _check_votes(declared: SeparateDecision, command: c.HoldDecisionMeeting) -> None:
    """As many members as announced, each once, each with a reason."""
    names = [vote.member.strip() for vote in command.votes]
    if len(names) != declared.members or len(set(names)) != len(names) or not all(names):
        raise Invalid(
            "decision-members-differ", rule="R-DRAW-04", needed=declared.members, found=len(set(names))
        )
    if not all(vote.reason.strip() for vote in command.votes):
        raise Invalid("decision-vote-without-reason", rule="R-DRAW-04")


def _check_method(declared: SeparateDecision, command: c.HoldDecisionMeeting, prices: dict[str, int]) -> None:
    """VOTE: more than half; PRICE: the lowest of the candidates; DELIBERATION: the head answers for the reason."""
    chosen = sum(vote.bidder == command.chosen for vote in command.votes)
    if declared.method is DecisionMethod.VOTE and 2 * chosen <= len(command.votes):
        raise Invalid("decision-without-majority", rule="R-DRAW-04", votes=chosen, members=declared.members)
    if declared.method is DecisionMethod.PRICE and prices[command.chosen] != min(prices.values()):
        raise Invalid("decision-not-lowest", rule="R-DRAW-04", bidder=command.chosen)
