"""A lot's timeline and decisions, as far as their reader may know them (R-NB-ZX-01…03)."""

from datetime import datetime

import msgspec
from fastapi import APIRouter, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.application.platform import Platform
from bidding.application.rulebook import Rulebook, rulebook
from bidding.application.rulebook.decision import Decision
from bidding.application.rulebook.decisions import decisions
from bidding.domain.disclosure import addressed, sight, view, visible
from bidding.domain.lot import Lot
from bidding.domain.ruleset import RuleSet, by_version, choose
from bidding.domain.timeline import Node, timeline

router = APIRouter(prefix="/lots", tags=[tag("public")])


class NodeShown(Node, frozen=True, kw_only=True):
    """``zh``, ``en``: what is due; ``article``: by which article."""

    zh: str
    en: str
    article: str


class TimelineShown(msgspec.Struct, frozen=True, kw_only=True):
    """``now``: the lot's own instant; ``ruleset`` empty where the regime is not known yet."""

    lot: str
    title: str
    now: datetime
    ruleset: str
    nodes: tuple[NodeShown, ...]
    decisions: tuple[Decision, ...]


@router.get(
    "/{lot_id}/timeline",
    summary="What is due when, by which rule, and who acts · 时间表与依据",
    responses=json_answer(TimelineShown),
)
async def lot_timeline(lot_id: LotId, actor: Viewing, found: AtDesks) -> Response:
    """`due` is the first instant that is too late, `last_day` the last day before it. `light` is yellow when a
    fifth of the time or three days are left, red when it is late. `decisions`: each with its clause.

    Both follow from the events that you may see: a spectator is shown the public nodes and decisions.
    """
    recorded, known = await found.platform.recorded(lot_id, actor)
    mine = sight(actor, known)
    shown = [one.event for one in recorded if visible(one.event, mine)]
    lot = view(lot_id, shown, mine)
    if actor is not None:
        lot = addressed(lot, known, actor.party)
    rules = _rules(found.platform, known)
    content = TimelineShown(
        lot=lot_id,
        title=lot.notice.title or lot.admission.title,
        now=found.platform.lot_now(known),
        ruleset="" if rules is None else rules.version,
        nodes=nodes_of(found.platform, lot, known),
        decisions=decisions(shown),
    )
    return Response(msgspec.json.encode(content), media_type="application/json")


def nodes_of(platform: Platform, shown: Lot, known: Lot) -> tuple[NodeShown, ...]:
    """The nodes of ``shown``, a view of the lot ``known``, each with its name and its article."""
    rules = _rules(platform, known)
    if rules is None:
        return ()
    book = rulebook()
    nodes = timeline(shown, rules, platform.calendar, platform.lot_now(known))
    return tuple(_said(node, book) for node in nodes)


def _rules(platform: Platform, lot: Lot) -> RuleSet | None:
    """The pinned ones; before the notice those that one published now would pin (R-GEN-03)."""
    if lot.notice.ruleset:
        return by_version(platform.rulesets, lot.notice.ruleset)
    regime = lot.admission.regime
    return None if regime is None else choose(platform.rulesets, regime, platform.lot_now(lot))


def _said(node: Node, book: Rulebook) -> NodeShown:
    words, rule = book.nodes[node.step], book.rules[node.rule]
    return NodeShown(
        **msgspec.structs.asdict(node), zh=words.zh, en=words.en, article=node.source or rule.article
    )
