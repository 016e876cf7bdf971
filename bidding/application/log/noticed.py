"""A lot as its logged events tell it: what a bidder checks before it seals, without trust in who served it.

A notice that is in the log under a quorum of witnesses is the same for everybody who looks: nobody can be shown
another document, other trustees or another deadline than the rest.
"""

import msgspec

from bidding.application.log.check import check_leaves
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.errors import LogError
from bidding.crypto.log.disclosed import DisclosedLeaves, prove
from bidding.crypto.log.policy import LogPolicy
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.event import decode
from bidding.domain.lot import Lot, Phase


def logged_lot(data: bytes, lot_id: str, policy: LogPolicy) -> Lot:
    """The public view of the lot, from proved events alone. ``data``: ``DisclosedLeaves``, canonical.

    Raises LogError (what does not hold, or no notice is in the log), CanonicalError, MalformedKeyError.
    """
    for check in check_leaves(data, policy=policy):
        if not check.ok:
            raise LogError(what=f"{check.name}: {check.fault}")
    leaves = parse_canonical(data, DisclosedLeaves)
    proved = sorted((prove(one, policy.log_key) for one in leaves.leaves), key=lambda one: one.index)
    events = [
        decode(one.event.topic, one.event.state.encode())
        for one in proved
        if one.event.stream == f"lot-{lot_id}"
    ]
    found = view(lot_id, events, SPECTATOR)
    if leaves.lot != lot_id or found.phase in (Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED):
        raise LogError(what="the log holds no notice of this lot")
    return found


def as_served(lot: Lot) -> bytes:
    """The lot as the platform's answer would show it (JSON)."""
    return msgspec.json.encode(lot)
