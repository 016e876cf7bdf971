"""The logged record with two tokens of an authority: ``python -m tests.records.stamped`` writes it, and the authority's
root, for both verifiers.

One token is over the close of submission, the other over the first checkpoint that covers it.
"""

import hashlib
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from bidding.application.record.format import Continued, LotRecord, RecordedEvent
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.instant import parse_instant
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.tree import consistency_ranges
from bidding.crypto.parts import root
from bidding.crypto.timestamp import check_token, query, token_of
from bidding.domain.event import encode
from bidding.domain.opening.events import SubmissionClosed
from bidding.domain.timestamp.events import Timestamped
from tests.records.altering import FOLDER
from tests.records.logged import LOG, LOG_KEY, PLAYED, recorded, sealed, tree
from tests.time_authority import TimeAuthority

STAMPED, ROOT = FOLDER / "stamped.json", FOLDER / "time-root.pem"
AUTHORITY = "国家授时"


def stamped(authority: TimeAuthority) -> LotRecord:
    place, close = next(
        (n, one) for n, one in enumerate(PLAYED.events) if one.topic == SubmissionClosed.TOPIC
    )
    entries, *_ = tree()
    size = 3 * place + 2
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, size, root(entries[:size])), LOG.private).encoded.decode()
    events = (*PLAYED.events, _stamp(authority, 1, close.state), _stamp(authority, 2, note, checkpoint=note))
    record = recorded(record=replace(PLAYED, events=events))
    entries, *_ = tree(record=record)
    ranges = consistency_ranges(size, len(entries))
    path = tuple(b64(root(entries[one.first : one.end])) for one in ranges)
    assert record.log is not None
    return replace(record, log=replace(record.log, continued=(Continued(size=size, path=path),)))


def _stamp(authority: TimeAuthority, number: int, content: str, checkpoint: str = "") -> RecordedEvent:
    """The platform's event of the token that the authority gives over ``content``, behind all others."""
    token = token_of(authority.answer(query(content.encode()).der))
    stamp = check_token(token, content.encode(), [authority.root])
    last = PLAYED.events[-1]
    event = Timestamped(
        subject=SubmissionClosed.TOPIC,
        imprint=hashlib.sha256(content.encode()).hexdigest(),
        authority=AUTHORITY,
        token=b64(token),
        instant=stamp.instant,
        at=parse_instant(last.recorded_at),
        checkpoint=checkpoint,
    )
    return RecordedEvent(
        position=last.position + number,
        recorded_at=last.recorded_at,
        topic=event.TOPIC,
        state=encode(event).decode(),
    )


def roots() -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(ROOT.read_bytes())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bidding-stamped-") as name:
        authority = TimeAuthority(Path(name))
        STAMPED.write_bytes(canonical(sealed(stamped(authority))))
        ROOT.write_bytes(authority.root.public_bytes(Encoding.PEM))
