"""The public events of one draw of experts, for the browser's verifier: ``python -m tests.records.experts`` writes it
(docs/draws.md). The platform's own functions make transcript, order and seats."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bidding.application.draws import arrange
from bidding.crypto.canonical import b64
from bidding.crypto.draws import commitment, link
from bidding.domain.evaluation import lottery as l
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.members import TradeQuota
from bidding.domain.event import Event, SignedAct, encode
from bidding.domain.scoring.drawrule import Source, pool_sha256

FILE = Path(__file__).parents[1] / "vectors" / "draws" / "experts.json"
LOT, NOTICE = "lot-7", "a" * 64
AT = datetime(2026, 3, 25, 2, 0, tzinfo=UTC)
SIGNED = SignedAct(statement="", signature="")
QUOTAS = (TradeQuota(trade="市政", count=2), TradeQuota(trade="", count=2))


def _bytes(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


CHAIN = _bytes("the chain's second value")
LATER = _bytes("the value of the round's own chain")
SEAT = (TradeQuota(trade="市政", count=1),)
ANCHOR = b64(link(LOT, CHAIN))
OFFICES = {Source.SUPERVISOR: "supervisor-1", Source.AGENCY: "agency-1"}


def events() -> list[Event]:
    """From the commitments to a seat that is taken later, and a round for one seat that the order could not fill."""
    first = _draw(l.Lottery(), ANCHOR, CHAIN, QUOTAS)
    known = _folded(l.Lottery(), first)
    passed, taken = l.following(known, "市政")[:2]
    succeeded = t.ExpertSucceeded(trade="市政", passed=(passed,), drawn=taken, at=AT)
    begun = t.ExpertRoundOpened(round=2, quotas=SEAT, whole=False, by="agency-1", at=AT)
    known = l.evolve(known, begun)
    return [*first, succeeded, begun, *_draw(known, b64(link(LOT, LATER)), LATER, SEAT)]


def _draw(known: l.Lottery, anchor: str, chain: bytes, quotas: tuple[TradeQuota, ...]) -> list[Event]:
    later = known.round > 1
    found: list[Event] = [
        t.ExpertDrawCommitted(
            office=office,
            commitment=_promise(office, party, known.round),
            reserve=_promise(Source.RESERVE, party, known.round) if office is Source.AGENCY else "",
            by=party,
            at=AT,
            signed=SIGNED,
            anchor=anchor if later and office is Source.SUPERVISOR else "",
        )
        for office, party in OFFICES.items()
    ]
    slips = [
        t.Slip(
            ticket=t.ticket_of(LOT, f"expert-{one}", _bytes(f"salt {one}" if not later else f"later {one}")),
            trade="市政" if one % 2 else "安装",
        )
        for one in range(9)
    ]
    pool = tuple(sorted(slips, key=lambda one: one.ticket))
    named = pool_sha256(tuple(f"{one.ticket} {one.trade}" for one in pool))
    found.append(
        t.ExpertDrawOpened(pool=pool, pool_sha256=named, quotas=quotas, uncommitted=(), at=AT, until=AT)
    )
    shown = {source: b64(_nonce(source, known.round)) for source in OFFICES} | {Source.BEACON: b64(chain)}
    for source, value in shown.items():
        found.append(
            t.ExpertDrawRevealed(source=source, value=value, by="p", at=AT, until=None, signed=SIGNED)
        )
    known = _folded(known, found)
    said = l.transcript(LOT, NOTICE, known, anchor)
    arranged = arrange(said, tuple(one.ticket for one in pool))
    drawn = t.ExpertsDrawn(
        at=AT,
        transcript=said,
        seed=arranged.seed,
        order=tuple(arranged.order),
        drawn=l.seats(arranged.order, known.trades, quotas),
    )
    return [*found, drawn]


def _folded(known: l.Lottery, found: list[Event]) -> l.Lottery:
    for event in found:
        known = l.evolve(known, event)
    return known


def _nonce(source: Source, draw: int) -> bytes:
    return _bytes(f"nonce {source.value}" if draw == 1 else f"nonce {source.value} {draw}")


def _promise(source: Source, party: str, draw: int) -> str:
    return commitment([LOT, party, source.value, t.purpose(draw)], _nonce(source, draw))


def made() -> bytes:
    """The notice and the opening's end say no more here than the draw rests on."""
    terms = {
        "committee_size": 5,
        "tenderer_reps": 1,
        "expert_draw": {"anchor": ANCHOR, "reveal_minutes": 5, "trades": msgspec.to_builtins(QUOTAS)},
    }
    told = [
        ["lot.noticed.v1", {"notice_hash": NOTICE, "terms": terms}],
        *([one.TOPIC, json.loads(encode(one))] for one in events()),
    ]
    told.insert(3, ["lot.opening-ended.v1", {}])
    return json.dumps({"lot": LOT, "events": told}, ensure_ascii=False, indent=0).encode() + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(made())
