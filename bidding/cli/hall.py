"""The opening on one screen: countdown, roll, key releases, announcement, objections, record."""

from datetime import datetime, timedelta, timezone

from rich.console import Group, RenderableType
from rich.table import Table

from bidding.cli.language import say
from bidding.cli.terminal import Text, yuan
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.parts import Window
from bidding.domain.scoring import Coefficient, Source

BEIJING = timezone(timedelta(hours=8))


def screen(lot: Lot | None, now: datetime | None, last: str) -> RenderableType:
    """Everything public about the opening. ``now``: the lot's instant; ``last``: the latest event in words."""
    if lot is None:
        return Text(say("等待…", "waiting…"))
    shown: list[RenderableType] = [
        Text(f"{lot.notice.title}  {lot.lot_id}", style="bold"),
        Text(f"{say('阶段', 'phase')}: {phase(lot.phase)}   {clock(now)}"),
    ]
    if lot.notice.mode != "live":
        shown.append(Text(say("测试标段,无法律效力", "TEST LOT: without legal effect"), style="bold yellow"))
    if lot.control.suspended is not None:
        shown.append(Text(f"{say('已暂停', 'SUSPENDED')}: {lot.control.suspended.reason}", style="bold red"))
    shown += [
        *_countdown(lot, now),
        *_roll(lot),
        *_windows(lot, now),
        *_draw(lot, now),
        *_table(lot),
        *_objections(lot),
        *_record(lot),
    ]
    if last:
        shown.append(Text(f"▸ {last}", style="cyan"))
    return Group(*shown)


def clock(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def phase(found: Phase) -> str:
    zh = {
        Phase.PREQUALIFYING: "资格预审中",
        Phase.NOTICED: "投标中",
        Phase.CLOSED: "已截止",
        Phase.OPENING: "开标中",
        Phase.OPENED: "开标结束",
        Phase.EVALUATING: "评标中",
        Phase.EVALUATED: "评标结束",
        Phase.FAILED: "流标",
        Phase.TERMINATED: "终止",
    }
    return say(zh.get(found, found.value), found.value)


def name_of(lot: Lot, bidder: str) -> str:
    """The bidder's name once the roll is public."""
    return next((entry.name for entry in lot.opening.roll if entry.bidder == bidder), bidder)


def office(name: str) -> str:
    zh = {"agency": "代理机构", "supervisor": "监督部门"}
    return say(zh.get(name, name), name)


def source(found: Source) -> str:
    """What goes into a draw, in words."""
    names = {
        Source.SUPERVISOR: ("监督部门随机数", "the supervisor's nonce"),
        Source.AGENCY: ("代理机构随机数", "the agency's nonce"),
        Source.BIDDERS: ("投标人随机数", "the bidders' nonces"),
        Source.BEACON: ("监督部门哈希链信标", "the beacon of the supervisor's chain"),
        Source.RESERVE: ("代理机构备用随机数", "the agency's reserve nonce"),
    }
    return say(*names[found])


def symbol(coefficient: Coefficient) -> str:
    return {Coefficient.K: "K", Coefficient.ALPHA: "α", Coefficient.BETA: "β"}[coefficient]


def _draw(lot: Lot, now: datetime | None) -> list[RenderableType]:
    """Each step of the draw as it becomes public, the result at its end."""
    drawing = lot.opening.drawing
    if drawing.opened_at is None:
        return []
    table = Table(title=say("抽取系数", "the draw"), title_justify="left")
    table.add_column(say("来源", "source"))
    table.add_column(say("公布的值", "revealed"))
    for one in drawing.uncommitted:
        table.add_row(source(one), say("未锁定,不计入", "not committed, left out"))
    for bid in drawing.bids:
        table.add_row(Text(name_of(lot, bid.bidder)), bid.nonce)
    for shown in drawing.reveals:
        table.add_row(source(shown.source), shown.value)
    for missed in drawing.missed:
        table.add_row(source(missed.source), say("逾期,不计入", "missed, left out"))
    lines: list[RenderableType] = [table]
    if drawing.awaited is not None and drawing.window is not None:
        left = _left(drawing.window.ends, now)
        lines.append(
            Text(f"{say('等待', 'waiting for')} {source(drawing.awaited)}: {left}", style="bold magenta")
        )
    lines += [
        Text(
            f"{symbol(one.coefficient)} = {one.value}  ({say('种子', 'seed')} {one.seed})", style="bold green"
        )
        for one in drawing.drawn
    ]
    return lines


def _left(until: datetime, now: datetime | None) -> str:
    if now is None:
        return clock(until)
    seconds = max(0, int((until - now).total_seconds()))
    days, rest = divmod(seconds, 86400)
    span = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days} {say('天', 'd')} {span}" if days else span


def _countdown(lot: Lot, now: datetime | None) -> list[RenderableType]:
    deadline = lot.notice.deadline
    if deadline is None or lot.opening.closed_at is not None:
        return []
    return [
        Text(
            f"{say('距截止', 'deadline in')}: {_left(deadline, now)}  ({clock(deadline)})",
            style="bold magenta",
        )
    ]


def _roll(lot: Lot) -> list[RenderableType]:
    opening = lot.opening
    if opening.failure is not None:
        said = f"{say('流标', 'FAILED')}: {opening.failure.reason} ({opening.failure.rule})"
        return [Text(said, style="bold red")]
    if not opening.roll:
        return []
    table = Table(title=say("投标人名单", "bidders"), title_justify="left")
    for heading in (
        say("投标人", "bidder"),
        say("签到", "signed in"),
        say("保证金", "deposit"),
        say("解密", "keys"),
    ):
        table.add_column(heading)
    released = {one.bidder: clock(one.at) for one in opening.released}
    for entry in opening.roll:
        table.add_row(
            Text(entry.name),
            "✓" if entry.signed_in else "–",
            entry.deposit_state,
            released.get(entry.bidder, "…"),
        )
    return [table]


def _windows(lot: Lot, now: datetime | None) -> list[RenderableType]:
    names = (
        (lot.opening.release_window, say("解密时限", "key release ends in")),
        (lot.opening.confirmation_window, say("确认时限", "confirmation ends in")),
    )
    return [
        _window(window, name, now) for window, name in names if window is not None and window.ended is None
    ]


def _window(window: Window, name: str, now: datetime | None) -> Text:
    longer = f"  (+{len(window.extensions)} {say('次延长', 'extensions')})" if window.extensions else ""
    return Text(f"{name}: {_left(window.ends, now)}{longer}", style="bold magenta")


def _table(lot: Lot) -> list[RenderableType]:
    announcement = lot.opening.announcement
    if announcement is None:
        return []
    title = say("唱标", "announced")
    if announcement.max_price_fen:
        title += f"  ({say('最高投标限价', 'price limit')} {yuan(announcement.max_price_fen)})"
    table = Table(title=title, title_justify="left")
    table.add_column(say("投标人", "bidder"))
    table.add_column(say("报价", "price"), justify="right")
    table.add_column(say("工期", "days"), justify="right")
    table.add_column(say("质量", "quality"))
    table.add_column(say("负责人", "lead"))
    table.add_column(say("确认", "confirmed"))
    confirmed = {one.bidder for one in lot.opening.confirmed}
    for row in announcement.table:
        form = row.form
        if form is None:
            table.add_row(Text(row.name), Text(row.term or row.outcome), "", "", "", "")
            continue
        table.add_row(
            Text(row.name),
            yuan(form.price_fen),
            str(form.duration_days),
            Text(form.quality),
            Text(form.project_lead),
            "✓" if row.bidder in confirmed else "…",
        )
    return [table]


def _objections(lot: Lot) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for one in lot.opening.objections:
        shown.append(
            Text(f"{say('异议', 'objection')} {one.number} {name_of(lot, one.bidder)}: {one.text}", "yellow")
        )
        shown.append(Text(f"  → {one.answer or say('待答复', 'to be answered')}"))
    return shown


def _record(lot: Lot) -> list[RenderableType]:
    opening = lot.opening
    if opening.ended_at is None:
        return []
    signers = ", ".join(one.office for one in opening.signatures)
    return [
        Text(f"{say('开标记录', 'opening record')}: {opening.record_hash}", style="green"),
        Text(f"  {say('签字', 'signed by')}: {signers}  {clock(opening.ended_at)}"),
    ]
