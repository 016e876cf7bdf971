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
    """A token from before its event shows a clock set forward; a late one proves no more than its own instant."""
    stampable = {
        hashlib.sha256(one.state.encode()).hexdigest(): one
        for one in read.record.events
        if one.topic in _TOPICS
    }
    for stamped in read.all(Timestamped):
        found = stampable.get(stamped.imprint)
        require(found is not None, CHECK, f"{stamped.authority}: over an event that is not in the record")
        assert found is not None
        token = unb64(stamped.token)
        stamp = check_token(token, found.state.encode(), roots) if roots else read_token(token)
        require(
            (found.topic, stamp.imprint.hex(), stamp.instant)
            == (stamped.subject, stamped.imprint, stamped.instant),
            CHECK,
            f"{stamped.authority}: the token says something else than the record",
        )
        recorded_at = parse_instant(found.recorded_at)
        require(stamp.instant >= recorded_at - SKEW, CHECK, f"{found.topic}: stamped before it happened")
        trust = "under a root that you gave" if roots else "under no root that you gave (--time-root)"
        when = f"{stamp.instant:%Y-%m-%d %H:%M:%S} UTC"
        yield f"{CHECK}: {found.topic} existed at {when}, says {stamped.authority}, {trust}"
