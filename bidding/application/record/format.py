"""The file: one canonical JSON object (RFC 8785), sealed by the platform's receipt key.

Every entry is hashed, the hashes are the leaves of a Merkle tree (RFC 6962), and the platform signs its root
together with what the file is. Canonical form leaves no byte free: a file with any other byte is another file.
"""

import hashlib
from typing import Annotated

import msgspec

from bidding.crypto.canonical import Bytes32, Digest, canonical
from bidding.crypto.log.leaf import Moment
from bidding.crypto.parts import root

FORMAT = "bidding/lot-record/v1"
SEAL_LABEL = "bidding/record/v1"

Text = Annotated[str, msgspec.Meta(max_length=50_000_000)]
#: Empty where it was erased.
Salt = Annotated[str, msgspec.Meta(pattern="^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])?$")]


class RecordedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``position``: in the public feed; ``state``: the event's canonical JSON, byte for byte as in the log."""

    position: int
    recorded_at: str
    topic: str
    state: Text


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A device whose signature stands in the record. ``certificate``: base64url DER. Of a licensed authority's:
    ``chain``, its authorities up to the root, and ``uscc``, the credit code by which the platform knows the party."""

    credential: str
    party: str
    certificate: str
    chain: tuple[str, ...] = ()
    uscc: str = ""


class BidReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    bidder: str
    receipt: Text
    signature: str


class SealedForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sealed opening form as uploaded (base64url): with the released keys anyone opens it again."""

    bidder: str
    body: Text


class SealBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What the platform signs. ``root``: hex Merkle root over all entries; ``entries``: how many there are;
    ``provider``: who holds the key that signs (R-CRYP-04)."""

    format: str
    lot: str
    mode: str
    entries: int
    root: str
    provider: str = "soft"


class Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    body: SealBody
    signature: str


class LeafProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What proves one event in the log (``bidding.crypto.log``): the rest of what its leaf commits to, the salt, and
    the leaf's ``index`` with its audit ``path`` (base64url). ``state``: as stored, where it differs from the record's.

    Of an event whose personal data were erased ``salt`` is empty, and ``commitment`` (hex) what the leaf holds; what
    is left of it is what the erasing event in the record says (``lot.personal-data-erased.v1``).
    """

    id: str
    internals: str
    recorded_at: Moment
    salt: Salt
    index: Annotated[int, msgspec.Meta(ge=0)]
    path: tuple[Bytes32, ...]
    state: Text = ""
    commitment: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""


class BidLeaf(LeafProof, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The leaf of a bid on the roll, ``bid.received.v1`` of its bidder's own stream, which is disclosed with the roll.
    ``state``: the whole of it."""

    bidder: str


class WithheldLeaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event of the lot that not everybody may see, as its leaf: ``commitment`` is SHA-256(salt ‖ event), hex."""

    commitment: Digest
    index: Annotated[int, msgspec.Meta(ge=0)]
    path: tuple[Bytes32, ...]


class Continued(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That the checkpoint continues the tree of ``size`` leaves that an authority stamped (RFC 6962, 2.1.2)."""

    size: Annotated[int, msgspec.Meta(ge=1)]
    path: tuple[Bytes32, ...]


class RecordLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """``leaves``: of the record's events, in their order; of the last ones perhaps not yet. ``checkpoint``: one signed
    note for all; ``vkey``: the log's verifier key. ``bids``: of the bids on the roll, in its order; absent in records
    made before these were disclosed. ``withheld``: the others of the events that a statement counts, in their order.
    ``continued``: from each stamped checkpoint to this one."""

    vkey: str
    checkpoint: str
    leaves: tuple[LeafProof, ...]
    bids: tuple[BidLeaf, ...] = ()
    withheld: tuple[WithheldLeaf, ...] = ()
    continued: tuple[Continued, ...] = ()


class LotRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """``authority``: the enrolment authority's certificate; ``platform_key``: raw receipt key (base64url). ``log``:
    absent in records made before the log began."""

    format: str
    lot: str
    mode: str
    authority: str
    platform_key: str
    events: tuple[RecordedEvent, ...]
    certificates: tuple[Certificate, ...]
    receipts: tuple[BidReceipt, ...]
    forms: tuple[SealedForm, ...]
    seal: Seal
    log: RecordLog | None = None


def entries_root(
    authority: str,
    platform_key: str,
    events: tuple[RecordedEvent, ...],
    certificates: tuple[Certificate, ...],
    receipts: tuple[BidReceipt, ...],
    forms: tuple[SealedForm, ...],
    log: RecordLog | None = None,
) -> tuple[int, str]:
    """(number of entries, hex root) of what the seal covers, in the file's order."""
    leaves: list[bytes] = [
        hashlib.sha256(canonical([kind, msgspec.to_builtins(entry)])).digest()
        for kind, entries in (
            ("key", (authority, platform_key)),
            ("event", events),
            ("certificate", certificates),
            ("receipt", receipts),
            ("form", forms),
            ("log", () if log is None else (log,)),
        )
        for entry in entries
    ]
    return len(leaves), root(leaves).hex()
