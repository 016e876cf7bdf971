"""A command tried out: decided like the real one, and nothing of it kept.

A form that is still being written asks whether the law lets it through, instead of knowing the law itself.
"""

from typing import Any

from bidding.application.platform import Call, Platform, described
from bidding.domain.award.commands import DetermineWinner, PubliciseCandidates
from bidding.domain.command import Command
from bidding.domain.contract.commands import DraftContract
from bidding.domain.disclosure import sight, visible
from bidding.domain.event import SignedAct
from bidding.domain.notice.commands import Clarify, Publish
from bidding.domain.parties import Actor

#: Acts of the host that are worth trying: long forms, and what moves a term. None draws by lot.
REHEARSED: tuple[type[Command], ...] = (Publish, Clarify, PubliciseCandidates, DetermineWinner, DraftContract)
#: What is tried is not said yet, so nobody has signed it.
UNSIGNED = SignedAct(statement="", signature="")


async def rehearse(platform: Platform, lot_id: str, command: Command, actor: Actor) -> list[dict[str, Any]]:
    """What would be recorded, as far as the actor would see it. Raises the ``Refusal`` that the act would meet."""
    lot = await platform.load(lot_id)
    call = Call(actor=actor, signed=UNSIGNED, if_match=lot.version)
    platform.admit(lot, command, call)
    plan = await platform.plan(lot, command, call)
    if plan.refusal is not None:
        raise plan.refusal
    mine = sight(actor, lot)
    return [described(event) for event in plan.events if visible(event, mine)]
