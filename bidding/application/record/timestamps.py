"""Time-stamp tokens, checked again: over events of this record, not before them, under roots that the reader trusts."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta

from cryptography import x509

from bidding.application.record.read import Read, require
from bidding.crypto.canonical import unb64
from bidding.crypto.instant import parse_instant
from bidding.crypto.timestamp import check_token, read_token
from bidding.domain.timestamp.decide import STAMPED
from bidding.domain.timestamp.events import Timestamped

CHECK = "time-stamps"
#: How far the authority's clock and the platform's may be apart.
SKEW = timedelta(seconds=60)
_TOPICS = frozenset(kind.TOPIC for kind in STAMPED)


def check_timestamps(read: Read, roots: Sequence[x509.Certificate]) -> Iterator[str]:
    """A token from before its event shows a clock set forward; a late one proves no more than its own instant.

    Of a token over a checkpoint the log tells what that covers: the step ``checkpoints``.
    """
    stampable = {
        hashlib.sha256(one.state.encode()).hexdigest(): one
        for one in read.record.events
        if one.topic in _TOPICS
    }
    for stamped in read.all(Timestamped):
        if stamped.checkpoint:
            content = stamped.checkpoint.encode()
            covered = [one for one in read.record.events if one.topic == stamped.subject in _TOPICS]
        else:
            found = stampable.get(stamped.imprint)
            covered = [found] if found is not None and found.topic == stamped.subject else []
            content = found.state.encode() if found is not None else b""
        require(bool(covered), CHECK, f"{stamped.authority}: over an event that is not in the record")
        token = unb64(stamped.token)
        stamp = check_token(token, content, roots) if roots else read_token(token)
        said = stamp.imprint.hex(), stamp.instant, hashlib.sha256(content).hexdigest()
        wanted = stamped.imprint, stamped.instant, stamped.imprint
        require(said == wanted, CHECK, f"{stamped.authority}: the token says something else than the record")
        begun = min(parse_instant(one.recorded_at) for one in covered)
        require(stamp.instant >= begun - SKEW, CHECK, f"{stamped.subject}: stamped before it happened")
        trust = "under a root that you gave" if roots else "under no root that you gave (--time-root)"
        what = f"the checkpoint over {stamped.subject}" if stamped.checkpoint else stamped.subject
        yield f"{CHECK}: {what} existed at {stamp.instant:%Y-%m-%d %H:%M:%S} UTC, says {stamped.authority}, {trust}"
