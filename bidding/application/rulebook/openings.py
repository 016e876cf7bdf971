"""The decisions of the opening, from the close to the end of confirmation."""

from collections.abc import Iterator

from bidding.application.rulebook.decision import Decision, clock, decided, of, yuan
from bidding.domain.opening import events as opening

FAULTS = {"BIDDER": ("投标人原因", "the bidder's doing"), "OTHER": ("非投标人原因", "not the bidder's doing")}


@decided.register
def _closed(event: opening.SubmissionClosed) -> Iterator[Decision]:
    yield of("R-OPEN-01", f"截止,收到 {event.received} 份投标", f"closed with {event.received} bids received")


@decided.register
def _counted(event: opening.CountChecked) -> Iterator[Decision]:
    at_deadline = event.stage == "DEADLINE"
    zh, en = ("截止时清点", "count at T0") if at_deadline else ("解密后清点", "count after decryption")
    yield of(
        "R-OPEN-09",
        f"{zh}:收到 {event.received},计入 {event.counted},开启 {event.opened} → {event.decision}",
        f"{en}: received {event.received}, counted {event.counted}, opened {event.opened} → {event.decision}",
    )


@decided.register
def _failed(event: opening.LotFailed) -> Iterator[Decision]:
    yield of(event.rule, f"流标(废标):{event.decision}", f"the tender failed: {event.decision}")


@decided.register
def _extended(event: opening.WindowExtended) -> Iterator[Decision]:
    rules = {"host": "R-OPEN-25", "mismatch": "R-OPEN-28", "remedy": "R-OPEN-09", "suspension": "R-TIME-07"}
    until = clock(event.until)
    yield of(
        rules.get(event.reason, "R-INC-01"),
        f"{event.window} 时段对全体延长 {event.minutes} 分钟,至 {until}",
        f"{event.window} window extended for all by {event.minutes} min, to {until}",
        reasons=(event.reason, event.text),
    )


@decided.register
def _fault(event: opening.FaultDecided) -> Iterator[Decision]:
    zh, en = FAULTS.get(event.fault, (event.fault, event.fault))
    yield of(
        "R-BID-08",
        f"未解密:{zh} → {event.term}({event.consequence})",
        f"not opened: {en} → {event.term} ({event.consequence})",
        about=event.bidder,
        reasons=(event.evidence, f"SHA-256 {event.evidence_hash}"),
    )


@decided.register
def _revoked(event: opening.BidRevoked) -> Iterator[Decision]:
    yield of(
        "R-BID-10",
        f"截止后撤销投标({event.consequence})",
        f"revoked after T0 ({event.consequence})",
        about=event.bidder,
    )


@decided.register
def _held(event: opening.HoldResolved) -> Iterator[Decision]:
    yield of(
        "R-OPEN-09",
        f"监督机构决定:{event.resolution}",
        f"the supervisor decides: {event.resolution}",
        reasons=(event.reason,),
    )


@decided.register
def _announced(event: opening.PricesAnnounced) -> Iterator[Decision]:
    for row in event.table:
        said = yuan(row.form.price_fen) if row.form is not None else row.term
        yield of("R-OPEN-28", f"{row.name}:{said}", f"{row.name}: {said}", about=row.bidder)


@decided.register
def _opening_answered(event: opening.OpeningObjectionAnswered) -> Iterator[Decision]:
    yield of(
        "R-OPEN-03",
        f"现场异议 {event.number} 已答复",
        f"objection {event.number} at the opening answered",
        about=str(event.number),
        reasons=(event.answer,),
    )


@decided.register
def _opening_decided(event: opening.OpeningObjectionDecided) -> Iterator[Decision]:
    yield of(
        "R-OPEN-03",
        f"监督部门决定现场异议 {event.number}:{event.decision}",
        f"the supervisor decides objection {event.number} at the opening: {event.decision}",
        about=str(event.number),
        reasons=(event.reason,),
    )


@decided.register
def _silent(event: opening.ConfirmationClosed) -> Iterator[Decision]:
    count = len(event.silent)
    zh, en = (
        ("视为认可", "taken as acceptance") if event.silence_accepts else ("不视为认可", "not acceptance")
    )
    yield of(
        event.rule,
        f"确认结束,{count} 家未表示,{zh}",
        f"confirmation over, {count} silent, {en}",
        reasons=event.silent,
    )


@decided.register
def _referred(event: opening.ReferencePriceRevealed) -> Iterator[Decision]:
    yield of(
        "R-ENG-19",
        f"公布标底 {yuan(event.reference_fen)},仅供参考",
        f"标底 published: {yuan(event.reference_fen)}, a reference only",
    )


@decided.register
def _abandoned(event: opening.ReferencePriceAbandoned) -> Iterator[Decision]:
    yield of(
        "R-ENG-19",
        "标底无法公布,不设标底",
        "the 标底 cannot be shown: there is none",
        reasons=(event.reason,),
    )


@decided.register
def _frozen(event: opening.DrawOpened) -> Iterator[Decision]:
    count = len(event.bids)
    yield of(
        "R-DRAW-01",
        f"开标结果固定({count} 份),此后抽取系数",
        f"{count} opened bids are frozen, then the coefficients are drawn",
        reasons=tuple(one.value for one in event.uncommitted),
    )


@decided.register
def _missed(event: opening.DrawRevealMissed) -> Iterator[Decision]:
    source = event.source.value
    yield of(
        "R-DRAW-02", f"{source} 逾期未公布,不计入抽取", f"{source} missed its reveal, left out", about=source
    )


@decided.register
def _drawn(event: opening.CoefficientsDrawn) -> Iterator[Decision]:
    for one in event.drawn:
        name = one.coefficient.value
        yield of("R-OPEN-27", f"抽取 {name} = {one.value}", f"{name} = {one.value} is drawn", about=name)
