"""A bidder's bundle whose events are proved in a log: ``python -m tests.records.proved`` writes it for both verifiers.

The played bundle is the supervisor's; what of it the offices see too stands here as shown to the first bidder, beside
an event of the bidder's own bid and one of what it read, each at a leaf of the vectors' log."""

from datetime import datetime

from msgspec.structs import replace

from bidding.application.record.bundle_format import (
    FORMAT,
    LABEL,
    Bundle,
    BundleSeal,
    DisclosedEvent,
    body_of,
)
from bidding.application.record.format import LeafProof
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.signing import sign
from bidding.domain.bid.events import BidReplaced
from bidding.domain.event import encode
from bidding.domain.notice.events import DocumentDownloaded
from tests.records.altering import BUNDLE, FOLDER, KEY
from tests.records.logged import Put, event_of, proof_of, recorded, sealed, tree

FILE = FOLDER / "proved.json"
#: Where the log has them: between the record's events (each third leaf) that they came between.
ADDED = {
    0: "lot.submitted.v1",
    3: "lot.admitted.v1",
    6: "lot.waiver-decided.v1",
    39: "lot.conflicts-checked.v1",
}
#: Of the bidder's own stream, and of what it read, whose stream's name says nothing.
OWN, READ = 9, 12
READER = f"reader-{'7e' * 16}"


def proved(own: int = OWN) -> Bundle:
    """``own``: the leaf of the bidder's own event, an earlier bid replaced."""
    whole = parse_canonical(BUNDLE, Bundle)
    lot = whole.record.lot
    bidder = whole.record.receipts[0].bidder
    shown = {
        leaf: [one for one in whole.disclosed if one.topic == topic][-1] for leaf, topic in ADDED.items()
    }
    at = whole.record.events[1].recorded_at
    replaced = BidReplaced(lot=lot, bidder=bidder, manifest_hash="00" * 32, at=datetime.fromisoformat(at))
    shown[own] = DisclosedEvent(
        stream="bid", after=0, recorded_at=at, topic=replaced.TOPIC, state=encode(replaced).decode()
    )
    taken = DocumentDownloaded(lot="", party="", version=1, at=datetime.fromisoformat(at))
    shown[READ] = DisclosedEvent(
        stream="reader", after=0, recorded_at=at, topic=taken.TOPIC, state=encode(taken).decode(), name=READER
    )
    streams = {"lot": f"lot-{lot}", "bid": f"bid-{lot}-{bidder}", "reader": READER}
    put: Put = {
        leaf: event_of(streams[one.stream], 100 + leaf, one.recorded_at, one.topic, one.state)
        for leaf, one in shown.items()
    }
    entries, _, _ = tree(put=put)
    disclosed = tuple(
        replace(one, leaf=LeafProof(**proof_of(*put[leaf], leaf, entries))) for leaf, one in shown.items()
    )
    record = sealed(recorded(put=put))
    body = body_of(record, bidder, ("anyone", "participant"), disclosed, whole.certificates)
    return Bundle(
        format=FORMAT,
        record=record,
        party=bidder,
        standings=("anyone", "participant"),
        disclosed=disclosed,
        certificates=whole.certificates,
        seal=BundleSeal(body=body, signature=b64(sign(LABEL, body, KEY.private).signature)),
    )


if __name__ == "__main__":
    FILE.write_bytes(canonical(proved()))
