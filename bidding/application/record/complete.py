"""No event of the lot was left out, nor put in afterwards, among those that a statement in the log counts.

The statement (``lot.history-stated.v1``) is a leaf itself, made when its stage ended: number and root of all events of
the lot until then. Those in the record are committed to again, the others are shown as salted hashes.
"""

from collections.abc import Iterator

from bidding.application.record.format import LotRecord, RecordLog
from bidding.application.record.logged import committed, logged_event, opened
from bidding.application.record.read import Read, require
from bidding.crypto.canonical import unb64
from bidding.crypto.log.leaf import entry
from bidding.crypto.parts import root, verify_inclusion
from bidding.domain.timestamp.events import HistoryStated

CHECK = "completeness"


def check_complete(read: Read) -> Iterator[str]:
    """R-GEN-05 (20号令 48): by every statement whose own leaf is proved; none says more than the first, or another."""
    log = read.record.log
    if log is None:
        return
    shown = zip(log.leaves, read.events, strict=False)
    stated = [event for _, event in shown if isinstance(event, HistoryStated)]
    if not stated:
        require(not log.withheld, CHECK, "leaves withheld that no statement counts")
        return
    places, hashes = _history(read.record, log)
    for one in stated:
        where = f"the statement of {one.events} events"
        require(one.events <= len(hashes), CHECK, f"{where}: {len(hashes)} are here")
        require(root(hashes[: one.events]).hex() == one.root, CHECK, f"{where}: of others than are here")
    last = stated[-1]
    beyond = [leaf.index for leaf in log.withheld if leaf.index > places[last.events - 1]]
    require(not beyond, CHECK, "leaves withheld that no statement counts")
    yield (
        f"{CHECK}: the lot's first {last.events} events are all here, {len(log.withheld)} of them as salted hashes, "
        f"by {len(stated)} statements in the log"
    )


def counted_to(read: Read) -> int:
    """The leaf of the last event that a statement in the record counts; -1 if none does."""
    log = read.record.log
    shown = () if log is None else zip(log.leaves, read.events, strict=False)
    stated = [event.events for _, event in shown if isinstance(event, HistoryStated)]
    if log is None or not stated:
        return -1
    places, _ = _history(read.record, log)
    return places[min(stated[-1], len(places)) - 1]


def _history(record: LotRecord, log: RecordLog) -> tuple[list[int], list[bytes]]:
    """Leaves and commitments of the lot's events in the log's order, those withheld among them."""
    top = opened(log, CHECK)
    found = {
        leaf.index: committed(logged_event(record, event, leaf), leaf)
        for event, leaf in zip(record.events, log.leaves, strict=False)
    }
    for one in log.withheld:
        hashed = bytes.fromhex(one.commitment)
        path = [unb64(node) for node in one.path]
        held = verify_inclusion(entry(hashed), one.index, top.size, path, top.root)
        require(
            held and one.index not in found, CHECK, f"what is withheld is not leaf {one.index} of the log"
        )
        found[one.index] = hashed
    places = sorted(found)
    return places, [found[place] for place in places]
