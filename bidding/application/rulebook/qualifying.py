"""The decisions about who may bid and win: conflicts of interest, consortia, credit."""

from collections.abc import Iterator

from bidding.application.rulebook.decision import Decision, decided, of
from bidding.domain.admission import events as admission
from bidding.domain.admission.filing import Compulsory
from bidding.domain.conflict import events as conflict
from bidding.domain.credit import events as credit

COMPULSORY = {
    Compulsory.COMPULSORY: ("必须招标", "must be tendered by law"),
    Compulsory.NOT_COMPULSORY: ("不属于必须招标,自愿招标", "tendered of the tenderer's own will"),
    Compulsory.UNDECIDED: (
        "是否必须招标由审批部门认定",
        "whether it must be tendered is the authority's to say",
    ),
}


@decided.register
def _admitted(event: admission.LotAdmitted) -> Iterator[Decision]:
    if event.compulsory is not None:
        zh, en = COMPULSORY[event.compulsory.answer]
        yield of("R-ENG-01", zh, en, reasons=event.compulsory.reasons)


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


@decided.register
def _changed(event: conflict.BidderChanged) -> Iterator[Decision]:
    zh, en = (",资格须重新审查", ", to be reviewed") if event.review else ("", "")
    yield of(
        "R-ENG-32",
        f"投标人变更告知:{event.change.kind}{zh}",
        f"a bidder's change: {event.change.kind}{en}",
        about=event.bidder,
        reasons=(event.change.after, event.change.evidence),
    )


@decided.register
def _reviewed(event: conflict.BidderChangeReviewed) -> Iterator[Decision]:
    zh, en = (
        ("仍具备资格", "still qualified") if event.qualified else ("不再具备资格,投标无效", "bid invalid")
    )
    yield of(
        "R-ENG-32", f"变更后{zh}", f"after the change: {en}", about=event.bidder, reasons=(event.reason,)
    )
