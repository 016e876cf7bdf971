"""What a bundle adds is in the log too, at just the place where the bundle puts it."""

from collections.abc import Iterator, Sequence

from bidding.application.log.ontime import late
from bidding.application.record.bundle_format import Bundle, DisclosedEvent
from bidding.application.record.logged import check_leaf, erasures, opened
from bidding.application.record.ontime import public
from bidding.application.record.read import Read, require
from bidding.crypto.instant import instant
from bidding.crypto.log.leaf import LoggedEvent, parse_moment
from bidding.crypto.log.note import NoteKey
from bidding.domain.event import Event, decode

CHECK = "disclosed log"
#: Streams whose events are proved wherever the log covers them. Of what a bidder read they are since its stream's name
#: stands in bundles.
PROVED, READ = ("lot", "bid"), "reader"


def check_disclosed_log(
    bundle: Bundle, read: Read, added: Sequence[tuple[DisclosedEvent, Event]], log_key: NoteKey | None
) -> Iterator[str]:
    """Each leaf under the record's checkpoint; between the record's events that it is said to be between; a bidder's
    own bids and withdrawals before the closing leaf. With ``log_key``, the log that you trust, nothing is without one
    but what is younger than the checkpoint."""
    log = bundle.record.log
    proved = [(one, event) for one, event in added if one.leaf is not None]
    require(log is not None or not proved, CHECK, "leaves without a checkpoint")
    if log is None:
        return
    if log_key is not None:
        newest = log.leaves[-1].recorded_at if log.leaves else ""
        for one, _ in added:
            told = one.leaf is not None or one.stream not in PROVED or one.recorded_at[:23] >= newest[:23]
            require(told, CHECK, f"{one.topic} of {one.recorded_at} has no proof: have it exported again")
    if not proved:
        return
    top, places = opened(log, CHECK), [leaf.index for leaf in log.leaves]
    withheld = {leaf.index for leaf in log.withheld}
    placed, erased = public(read, log), erasures(read)
    for number, (one, event) in enumerate(proved, start=1):
        leaf = one.leaf
        assert leaf is not None
        where = f"event {number} ({one.topic})"
        if leaf.state:
            require(
                decode(one.topic, leaf.state.encode()) == event, CHECK, f"{where}: the log holds another one"
            )
        logged = LoggedEvent(
            id=leaf.id,
            internals=leaf.internals,
            recorded_at=leaf.recorded_at,
            state=leaf.state or one.state,
            stream=_stream(bundle, one),
            topic=one.topic,
        )
        check_leaf(top, logged, leaf, CHECK, where, erased)
        require(
            instant(parse_moment(leaf.recorded_at)) == one.recorded_at, CHECK, f"{where}: another instant"
        )
        if one.stream == "lot":
            before = places[one.after - 1] if 0 < one.after <= len(places) else -1
            behind = places[one.after] if one.after < len(places) else top.size
            require(before < leaf.index < behind, CHECK, f"{where}: out of the log's order")
            withheld.discard(leaf.index)
        placed.append((leaf.index, event))
    placed.sort(key=lambda one: one[0])
    require(len({place for place, _ in placed}) == len(placed), CHECK, "two events at one leaf")
    fault = late(placed)
    require(not fault, CHECK, fault)
    yield f"{CHECK}: {len(proved)} of {len(added)} further events proved under the same checkpoint, in their places"
    if log.withheld:
        known = len(log.withheld) - len(withheld)
        yield f"{CHECK}: {known} of the {len(log.withheld)} events that the record withholds are disclosed here"


def _stream(bundle: Bundle, one: DisclosedEvent) -> str:
    """The log's name of the stream."""
    if one.stream == READ:
        named = {each.name for each in bundle.disclosed if each.stream == READ and each.leaf is not None}
        require(named == {one.name} and one.name.startswith(f"{READ}-"), CHECK, "of two readers, or of none")
        return one.name
    require(one.stream in PROVED, CHECK, f"a leaf of the {one.stream} stream")
    return f"lot-{bundle.record.lot}" if one.stream == "lot" else f"bid-{bundle.record.lot}-{bundle.party}"
