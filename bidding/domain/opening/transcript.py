"""What a draw is computed from: a pure function of the lot, the same for whoever folds its public events.

No instant stands in it, nor anything else that the platform writes after the first reveal: it could try one after
the other until it likes the coefficient. Instants stand in the opening record beside it.
"""

from typing import Any

import msgspec

from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.opening.parts import Drawing
from bidding.domain.scoring import DrawPool, DrawRule, Source

VERSION = 1


def transcripts(lot: Lot) -> tuple[str, ...]:
    """Canonical JSON, one for each coefficient in the order of the rule's pools. The lot has such a rule."""
    rule = terms_of(lot).draw
    if rule is None:
        raise ValueError("this lot draws nothing")
    return tuple(
        msgspec.json.encode(_transcript(lot, rule, pool), order="sorted").decode() for pool in rule.pools
    )


def _transcript(lot: Lot, rule: DrawRule, pool: DrawPool) -> dict[str, Any]:
    """Null where nothing was shown. ``commitment`` in hex, values base64url."""
    drawing = lot.opening.drawing
    return {
        "v": VERSION,
        "lot": lot.lot_id,
        "notice": lot.notice.notice_hash,
        "draw": pool.coefficient,
        "pool": pool.values,
        "pool_sha256": pool.sha256,
        "order": rule.order,
        "nonces": [_nonce(drawing, source) for source in (Source.SUPERVISOR, Source.AGENCY)],
        "bids": drawing.bids,
        "beacon": {"anchor": rule.anchor, "value": _value(drawing, Source.BEACON)},
        "reserve": _nonce(drawing, Source.RESERVE),
    }


def _nonce(drawing: Drawing, source: Source) -> dict[str, Any]:
    committed = drawing.commitment(source)
    return {
        "source": source,
        "party": committed.by if committed else None,
        "commitment": committed.commitment if committed else None,
        "nonce": _value(drawing, source),
    }


def _value(drawing: Drawing, source: Source) -> str | None:
    shown = drawing.reveal(source)
    return shown.value if shown else None
