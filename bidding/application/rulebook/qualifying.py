"""The decisions about who may bid and win: conflicts of interest, consortia, credit."""

from collections.abc import Iterator

from bidding.application.rulebook.decision import Decision, decided, of
from bidding.domain.conflict import events as conflict
from bidding.domain.credit import events as credit


@decided.register
def _checked(event: conflict.ConflictsChecked) -> Iterator[Decision]:
    for one in event.conflicts:
        bids = ", ".join(one.bids)
        doubt = ("", "") if one.certain else ("(待核实)", " (to be verified)")
        yield of(
            one.rule,
            f"利益冲突线索 {one.number}:{one.kind}{doubt[0]},涉及 {bids}",
            f"conflict {one.number}: {one.kind}{doubt[1]}, concerning {bids}",
            about=str(one.number),
            reasons=(one.article, one.evidence),
        )
    for grade in event.grades:
        yield of(
            "R-ENG-30",
            f"联合体资质:{grade.trade}按 {grade.grade} 级",
            f"the consortium counts in {grade.trade} as grade {grade.grade}",
            about=grade.bidder,
        )


@decided.register
def _decided(event: conflict.ConflictDecided) -> Iterator[Decision]:
    zh, en = (
        ("成立,相关投标无效", "upheld: the bids are invalid") if event.upheld else ("不成立", "dismissed")
    )
    yield of(
        "R-ENG-31",
        f"利益冲突线索 {event.number} {zh}",
        f"conflict {event.number} {en}",
        about=str(event.number),
        reasons=(event.reason,),
    )


@decided.register
def _looked_up(event: credit.CreditChecked) -> Iterator[Decision]:
    for one in event.snapshots:
        found = one.active(event.at)
        yield of(
            "R-CRDT-01",
            f"信用查询({one.source}):{one.name} 有 {len(found)} 条有效记录",
            f"credit look-up ({one.source}): {len(found)} records in effect for {one.name}",
            about=one.party,
            reasons=(*(f"{each.list} {each.basis}" for each in found), f"SHA-256 {one.sha256}"),
        )
