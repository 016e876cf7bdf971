"""What the draws need of cryptography: does a value fit its commitment, what does a seed choose."""

from bidding.crypto.canonical import unb64
from bidding.crypto.draws import commitment, draw, link, seed_of
from bidding.crypto.errors import CryptoError
from bidding.domain.evaluation.ticketed import Arranged, anchor_of
from bidding.domain.evaluation.ticketing import purpose
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.opening.drawing import Chosen
from bidding.domain.scoring import Source


def fits(lot: Lot, source: Source | None, value: str) -> bool:
    """Whether ``value`` (base64url) is the one that commitment or chain of ``source`` were published for."""
    try:
        raw = unb64(value)
    except CryptoError:
        return False
    if source is Source.BEACON:
        rule = terms_of(lot).draw
        return rule is not None and link(lot.lot_id, raw) == unb64(rule.anchor)
    committed = lot.opening.drawing.commitment(source) if source is not None else None
    if source is None or committed is None:
        return False
    return commitment([lot.lot_id, committed.by, source.value], raw) == committed.commitment


def choose(transcript: str, pool: tuple[str, ...]) -> Chosen:
    """One of ``pool`` by the seed of the canonical ``transcript``."""
    seed = seed_of(transcript.encode())
    return Chosen(seed=seed.hex(), value=draw(seed, pool)[0])


def fits_experts(lot: Lot, source: Source | None, value: str) -> bool:
    """As ``fits``, for the draw of the experts: a commitment of its own, the chain's next value."""
    try:
        raw = unb64(value)
    except CryptoError:
        return False
    if source is Source.BEACON:
        anchor = anchor_of(lot)
        return anchor != "" and link(lot.lot_id, raw) == unb64(anchor)
    committed = lot.evaluation.lottery.drawing.commitment(source) if source is not None else None
    if source is None or committed is None:
        return False
    names = [lot.lot_id, committed.by, source.value, purpose(lot.evaluation.lottery.round)]
    return commitment(names, raw) == committed.commitment


def arrange(transcript: str, pool: tuple[str, ...]) -> Arranged:
    """The whole pool in the order that the seed of the canonical ``transcript`` gives it."""
    seed = seed_of(transcript.encode())
    return Arranged(seed=seed.hex(), order=draw(seed, pool, len(pool)))
