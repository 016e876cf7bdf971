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
ANCHOR = b64(link(LOT, CHAIN))
OFFICES = {Source.SUPERVISOR: "supervisor-1", Source.AGENCY: "agency-1"}


def events() -> list[Event]:
    """From the commitments to a seat that is taken later."""
    found: list[Event] = []
    for office, party in OFFICES.items():
        reserve = _promise(Source.RESERVE, party) if office is Source.AGENCY else ""
        found.append(
            t.ExpertDrawCommitted(
                office=office,
                commitment=_promise(office, party),
                reserve=reserve,
                by=party,
                at=AT,
                signed=SIGNED,
            )
        )
    slips = [
        t.Slip(
            ticket=t.ticket_of(LOT, f"expert-{one}", _bytes(f"salt {one}")),
            trade="市政" if one % 2 else "安装",
        )
        for one in range(9)
    ]
    pool = tuple(sorted(slips, key=lambda one: one.ticket))
    named = pool_sha256(tuple(f"{one.ticket} {one.trade}" for one in pool))
    found.append(
        t.ExpertDrawOpened(pool=pool, pool_sha256=named, quotas=QUOTAS, uncommitted=(), at=AT, until=AT)
    )
    shown = {source: b64(_bytes(f"nonce {source.value}")) for source in OFFICES} | {Source.BEACON: b64(CHAIN)}
    for source, value in shown.items():
        found.append(
            t.ExpertDrawRevealed(source=source, value=value, by="p", at=AT, until=None, signed=SIGNED)
        )
    known = l.Lottery()
    for event in found:
        known = l.evolve(known, event)
    said = l.transcript(LOT, NOTICE, known, ANCHOR)
    arranged = arrange(said, tuple(one.ticket for one in pool))
    drawn = t.ExpertsDrawn(
        at=AT,
        transcript=said,
        seed=arranged.seed,
        order=tuple(arranged.order),
        drawn=l.seats(arranged.order, known.trades, QUOTAS),
    )
    passed, taken = l.following(l.evolve(known, drawn), "市政")[:2]
    return [*found, drawn, t.ExpertSucceeded(trade="市政", passed=(passed,), drawn=taken, at=AT)]


def _promise(source: Source, party: str) -> str:
    return commitment([LOT, party, source.value, t.PURPOSE], _bytes(f"nonce {source.value}"))


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
