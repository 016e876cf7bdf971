"""The bundle: a lot's record and beside it what else was disclosed to the one who exported it, in one closed file.

One canonical JSON object (RFC 8785). The record within keeps its own seal; the platform's second one binds it to the
events added and to whom they were disclosed. What comes later (checkpoints, proofs) is a member that may be absent.
"""

import hashlib
from typing import Annotated

import msgspec

from bidding.application.record.format import Certificate, LeafProof, LotRecord
from bidding.crypto.canonical import canonical
from bidding.crypto.parts import root

FORMAT = "bidding/bundle/v1"
LABEL = "bidding/bundle/v1"

#: Streams of which one party sees its own.
OWN_STREAMS = ("bid", "reader")

Text = Annotated[str, msgspec.Meta(max_length=50_000_000)]


class DisclosedEvent(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """``stream``: lot, bid or reader; ``after``: how many of the record's events came before it (0 on other streams
    than the lot's); ``state``: the event's canonical JSON, byte for byte as in the log. ``leaf``: its proof under the
    record's checkpoint; absent for what came later, and where the record has no proofs. ``name``: of a reader's stream
    in the log, which nothing else tells."""

    stream: str
    after: int
    recorded_at: str
    topic: str
    state: Text
    leaf: LeafProof | None = None
    name: str = ""


class BundleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What the platform signs. ``record``: hex SHA-256 of the canonical record; ``root``: hex Merkle root over the
    events and certificates added, ``entries`` of them; ``provider``: who holds the key that signs (R-CRYP-04)."""

    format: str
    lot: str
    mode: str
    party: str
    standings: tuple[str, ...]
    record: str
    entries: int
    root: str
    provider: str = "soft"


class BundleSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    body: BundleBody
    signature: str


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``party``: who exported it, empty for anyone; ``standings``: towards the lot, as sorted text.

    ``certificates``: of devices that signed in the added events and are not in the record."""

    format: str
    record: LotRecord
    party: str
    standings: tuple[str, ...]
    disclosed: tuple[DisclosedEvent, ...]
    certificates: tuple[Certificate, ...]
    seal: BundleSeal


def body_of(
    record: LotRecord,
    party: str,
    standings: tuple[str, ...],
    disclosed: tuple[DisclosedEvent, ...],
    certificates: tuple[Certificate, ...],
    provider: str = "soft",
) -> BundleBody:
    leaves = [
        hashlib.sha256(canonical([kind, msgspec.to_builtins(entry)])).digest()
        for kind, entries in (("disclosed", disclosed), ("certificate", certificates))
        for entry in entries
    ]
    return BundleBody(
        format=FORMAT,
        lot=record.lot,
        mode=record.mode,
        party=party,
        standings=standings,
        record=hashlib.sha256(canonical(record)).hexdigest(),
        entries=len(leaves),
        root=root(leaves).hex(),
        provider=provider,
    )
