"""A disclosed leaf: salt, canonical event and proof, which together anyone checks offline."""

import msgspec

from bidding.crypto.canonical import Bytes32, canonical, parse_canonical, unb64
from bidding.crypto.log.checkpoint import Checkpoint
from bidding.crypto.log.leaf import LoggedEvent, commitment, entry
from bidding.crypto.log.note import NoteKey
from bidding.crypto.log.proof import check_proof, parse_proof

FORMAT = "bidding/log-receipts/v1"


class Disclosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``event``: canonical ``LoggedEvent``; ``salt``: the leaf's, base64url; ``proof``: a tlog-proof."""

    event: str
    proof: str
    salt: Bytes32


class DisclosedLeaves(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one party may know of one lot. ``vkey``: the log's verifier key, as the platform names it."""

    leaves: tuple[Disclosed, ...]
    lot: str
    vkey: str
    format: str = FORMAT


class Proved(msgspec.Struct, frozen=True):
    """An event that is leaf ``index`` of the tree of ``checkpoint``."""

    event: LoggedEvent
    index: int
    checkpoint: Checkpoint


def prove(one: Disclosed, log: NoteKey, witnesses: tuple[NoteKey, ...] = (), quorum: int = 0) -> Proved:
    """The event, once its leaf is proved to be in the log.

    Raises CanonicalError (event or salt is not in its one form), LogError (another salt, event, place or log),
    NoteError (the checkpoint is not this log's, or cosigned by too few of ``witnesses``).
    """
    event = parse_canonical(one.event.encode(), LoggedEvent)
    proof = parse_proof(one.proof)
    leaf = entry(commitment(canonical(event), unb64(one.salt)))
    return Proved(event, proof.index, check_proof(proof, leaf, log, witnesses, quorum))
