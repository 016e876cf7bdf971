"""An event of an opening as one line of text."""

from bidding.cli.hall import clock, name_of, office, source, symbol
from bidding.cli.language import say
from bidding.domain.escrow import events as escrow
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening import events as e
from bidding.domain.opening.state import RERUN


def told(event: Event, lot: Lot, at: str) -> str:
    """``lot`` is the lot after the event; ``at`` the platform's instant, shown for what has none of its own."""
    moment = getattr(event, "at", None)
    return f"{clock(moment) or at}  {_said(event, lot)}"


def _said(event: Event, lot: Lot) -> str:
    return (
        _closing(event)
        or _releasing(event, lot)
        or _drawing(event)
        or _remedying(event, lot)
        or _escrow(event, lot)
        or _announcing(event, lot)
        or event.TOPIC
    )


def _closing(event: Event) -> str:
    match event:
        case e.SubmissionClosed():
            return say(f"投标截止,收到 {event.received} 份", f"submission closed: {event.received} received")
        case e.CountChecked():
            return say(
                f"家数核对 {event.counted}:{event.decision}", f"count {event.counted}: {event.decision}"
            )
        case e.LotFailed():
            return say(f"流标:{event.reason}", f"the lot fails: {event.reason}")
        case e.RollPublished():
            names = "、".join(entry.name for entry in event.roll)
            return say(f"公布投标人名单:{names}", f"bidder list published: {names}")
        case _:
            return ""


def _releasing(event: Event, lot: Lot) -> str:
    match event:
        case e.OfficeKeysPublished():
            return say(f"{event.office} 公布一次性公钥", f"{event.office} publishes its one-time keys")
        case e.ReleaseOrdered():
            return say(
                f"开始解密,至 {clock(event.window_ends)}", f"key release until {clock(event.window_ends)}"
            )
        case e.KeyReleased():
            name = name_of(lot, event.bidder)
            return say(f"{name} 已解密", f"{name} released its keys")
        case e.WindowExtended():
            until = clock(event.until)
            return say(
                f"时限对所有人延长至 {until}:{event.text}", f"extended for all to {until}: {event.text}"
            )
        case e.IncidentOpened():
            return say(f"故障:{event.cause}", f"incident: {event.cause}")
        case e.IncidentClosed():
            return say("故障排除", "incident over")
        case e.WindowEnded():
            return say(
                f"解密截止,未解密 {len(event.unreleased)} 家",
                f"release over, {len(event.unreleased)} missing",
            )
        case e.FaultDecided():
            return f"{name_of(lot, event.bidder)}: {event.term} ({event.fault})"
        case e.BidRevoked():
            return f"{name_of(lot, event.bidder)}: {say('撤销', 'revoked')}"
        case e.FormKeysPublished():
            return say(f"{event.office} 公布开标密钥", f"{event.office} publishes its form key")
        case _:
            return ""


def _drawing(event: Event) -> str:
    match event:
        case e.DrawCommitted():
            who = office(event.office.value)
            return say(f"{who} 锁定抽取随机数", f"the {who} commits to its nonce for the draw")
        case e.DrawOpened():
            count = len(event.bids)
            return say(
                f"开标结果已固定({count} 份),开始抽取系数", f"{count} opened bids are frozen: the draw begins"
            )
        case e.DrawRevealed():
            who = source(event.source)
            return say(f"{who} 已公布:{event.value}", f"{who} revealed: {event.value}")
        case e.DrawRevealMissed():
            who = source(event.source)
            return say(f"{who} 逾期未公布,不计入", f"{who} did not come in time and is left out")
        case e.CoefficientsDrawn():
            drawn = "  ".join(f"{symbol(one.coefficient)} = {one.value}" for one in event.drawn)
            return f"{say('抽取结果', 'drawn')}: {drawn}"
        case _:
            return ""


def _remedying(event: Event, lot: Lot) -> str:
    match event:
        case e.KeyWithheldReported():
            who = office(event.office)
            return say(
                f"报告:{who} 未公布开标密钥:{event.text}",
                f"the {who} has not published its form key: {event.text}",
            )
        case e.WithheldKeyDecided():
            again = event.resolution == RERUN
            said = say("重新解密", "the release is run again") if again else say("招标失败", "the lot fails")
            return f"{said}: {event.reason}"
        case e.SpareHandedIn():
            name = name_of(lot, event.bidder)
            return say(f"{name} 递交备用文件:{event.reason}", f"{name} brings its spare file: {event.reason}")
        case e.SpareAccepted():
            name = name_of(lot, event.bidder)
            return say(f"采用 {name} 的备用文件:{event.reason}", f"spare file taken: {name}: {event.reason}")
        case _:
            return ""


def _escrow(event: Event, lot: Lot) -> str:
    match event:
        case escrow.EscrowReported():
            return say(
                f"启用密钥托管的报告 {event.number}:{event.text}",
                f"escrow report {event.number}: {event.text}",
            )
        case escrow.EscrowAgreed():
            who = office(event.office)
            return say(f"{who} 同意报告 {event.number}", f"the {who} agrees to report {event.number}")
        case escrow.SharesGiven():
            name = name_of(lot, event.bidder)
            return say(f"{event.trustee} 出示 {name} 的密钥份额", f"the {event.trustee} gives shares: {name}")
        case escrow.FalseShareShown():
            name = name_of(lot, event.bidder)
            return say(
                f"{event.trustee} 出示虚假份额({name})", f"the {event.trustee} shows a false share: {name}"
            )
        case escrow.DepositFaulted():
            name = name_of(lot, event.bidder)
            return say(
                f"{event.trustee} 报告 {name} 留存的份额打不开",
                f"the {event.trustee} cannot open what {name} left with it",
            )
        case _:
            return ""


def _announcing(event: Event, lot: Lot) -> str:
    match event:
        case e.BidsImported():
            return say(f"批量导入 {len(event.results)} 份", f"{len(event.results)} bids imported")
        case e.PricesAnnounced():
            return say("唱标", "prices announced")
        case e.BidderConfirmed():
            name = name_of(lot, event.bidder)
            return say(f"{name} 确认", f"{name} confirms")
        case e.OpeningObjectionRaised():
            return f"{say('异议', 'objection')} {event.number} {name_of(lot, event.bidder)}: {event.text}"
        case e.OpeningObjectionAnswered():
            return f"{say('答复', 'answer')} {event.number}: {event.answer}"
        case e.ConfirmationClosed():
            return say("确认结束", "confirmation over")
        case e.RecordSigned():
            return say(f"{event.office} 签署开标记录", f"{event.office} signs the record")
        case e.OpeningEnded():
            return say("开标结束", "the opening is over")
        case _:
            return ""
