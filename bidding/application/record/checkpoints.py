"""The checkpoints that an authority has stamped: of this log's one history, and over what they are said to cover."""

from collections.abc import Iterator

from bidding.application.record.format import RecordLog
from bidding.application.record.logged import opened
from bidding.application.record.read import Read, require
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint, require_consistent
from bidding.crypto.log.note import parse_vkey
from bidding.domain.opening.events import SubmissionClosed
from bidding.domain.timestamp.events import Timestamped

CHECK = "checkpoints"


def check_checkpoints(read: Read) -> Iterator[str]:
    """R-CRYP-06: the stamped tree is the beginning of the record's, and holds the event; with the close every bid on
    the roll. The token itself is the affair of the time-stamps."""
    log = read.record.log
    if log is None:
        return
    top = opened(log, CHECK)
    paths = {one.size: [unb64(node) for node in one.path] for one in log.continued}
    for stamped in read.all(Timestamped):
        if not stamped.checkpoint:
            continue
        where = f"{stamped.authority}, {stamped.subject}"
        old = _stamped(log, stamped, where)
        if old.size > top.size:
            continue  # stamped after the record's checkpoint was taken
        require(old.size in paths, CHECK, f"{where}: no proof that the log continues it")
        try:
            require_consistent(old, top, paths[old.size])
        except LogError as error:
            require(False, CHECK, f"{where}: {error}")
        covered = [
            leaf.index < old.size
            for leaf, event in zip(log.leaves, read.events, strict=False)
            if stamped.subject == event.TOPIC
        ]
        require(any(covered), CHECK, f"{where}: the event is not under it")
        bids = ""
        if stamped.subject == SubmissionClosed.TOPIC and log.bids:
            require(all(one.index < old.size for one in log.bids), CHECK, f"{where}: a bid is not under it")
            bids = f" and {len(log.bids)} bids"
        when = f"{stamped.instant:%Y-%m-%d %H:%M:%S} UTC"
        yield f"{CHECK}: {stamped.subject}{bids} stood in the log at {when}, says {stamped.authority}"


def _stamped(log: RecordLog, stamped: Timestamped, where: str) -> Checkpoint:
    try:
        return open_checkpoint(stamped.checkpoint.encode(), parse_vkey(log.vkey))[0]
    except LogError as error:
        require(False, CHECK, f"{where}: {error}")
        raise
