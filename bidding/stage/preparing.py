"""Acts one to three: admission, booking, notice and documents."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from bidding.domain.periods import SHANGHAI
from bidding.stage.drawing import committed, declared
from bidding.stage.papers import write_pdf
from bidding.stage.play import BidderOnStage, Play
from bidding.stage.theatre import local, yuan
from bidding.stage.trusting import entrusted

EXPERT_NAMES = ("李敏", "王建国", "陈晓东", "赵文静", "孙立", "周海燕", "吴志强", "郑雪")


async def cast(play: Play) -> None:
    script, troupe = play.script, play.troupe
    play.theatre.act("主体注册:设备上生成密钥,平台发证")
    play.tenderer, play.agency = await play.together(
        "enrol tenderer and agency",
        (
            troupe.organisation(script.tenderer.name, "tenderer", prefix=script.tenderer.prefix),
            troupe.organisation("湖北公诚招标代理有限公司", "agency"),
        ),
    )
    play.supervisor = await play.step("enrol supervisor", troupe.person("行政监督 张华", "supervisor"))
    members = await play.together(
        "enrol bidders", (troupe.organisation(plan.name, "bidder") for plan in script.bids)
    )
    play.bidders = [BidderOnStage(plan, member) for plan, member in zip(script.bids, members, strict=True)]
    size = script.terms["committee_size"] - script.terms["tenderer_reps"]
    play.experts = await play.step("enrol experts", troupe.experts(EXPERT_NAMES[: size + 2], play.trade))
    play.representative = await play.step("enrol representative", troupe.person("招标人代表 刘洋", "expert"))
    play.theatre.said("平台", f"{len(play.troupe.members)} 个主体已注册", "私钥从不离开各自设备")


async def admission(play: Play) -> None:
    script, agency = play.script, play.agency
    play.theatre.act("进场受理")
    filing = {**script.lot, "tenderer": play.tenderer.party, "mode": "test"}
    first = _incomplete(filing) if script.correction else filing
    answer = await play.step("submit the file", agency.session.post("/lots", first))
    play.lot = answer["lot"]
    await play.step("start the test clock", play.set_clock(rate=1, at=script.begins.isoformat()))
    play.theatre.said(
        "代理机构", f"提交进场资料:{script.lot['title']}", f"虚拟时间 {local(script.begins)} 起"
    )
    operator = play.troupe.operator.session
    if script.correction:
        await play.step("one-shot correction", operator.command(play.lot, "admission/request-correction", {}))
        view = await play.view()
        items = "、".join(one["reason"] for one in view["admission"]["defects"])
        play.theatre.said("交易中心", f"一次性告知补正:{items}")
        await play.step("resubmit", agency.session.command(play.lot, "admission/submit", filing))
    await play.step("admit", operator.command(play.lot, "admission/admit", {}))
    view = await play.view()
    play.theatre.said("交易中心", "受理", view["admission"]["number"])
    waiver = view["admission"]["waiver"]
    play.theatre.said("平台", f"两金一费按规则判定:{waiver['row']}", waiver.get("citation", ""))


def _incomplete(filing: dict[str, Any]) -> dict[str, Any]:
    """Two documents are missing at first."""
    kept = [one for one in filing["checklist"] if one["item"] not in ("design", "funding-proof")]
    return {**filing, "checklist": kept}


def deadline_of(play: Play) -> datetime:
    begins = play.script.begins.astimezone(SHANGHAI)
    day = begins.date() + timedelta(days=play.script.notice_days)
    return datetime(day.year, day.month, day.day, play.script.hour, 30, tzinfo=SHANGHAI)


async def booking(play: Play) -> None:
    play.theatre.act("时间场地预约")
    deadline = deadline_of(play)
    for kind, start in (
        ("OPENING", deadline - timedelta(hours=1)),
        (
            "EVALUATION",
            datetime.combine(deadline.date(), datetime.min.time(), SHANGHAI) + timedelta(hours=14),
        ),
    ):
        room = f"{kind.lower()}-{play.lot[:8]}"
        await play.step(
            f"create room {kind}",
            play.troupe.operator.session.post(
                "/rooms",
                {
                    "room": room,
                    "name": "不见面开标一厅" if kind == "OPENING" else "评标三室",
                    "kind": kind,
                    "seats": 0 if kind == "OPENING" else 9,
                    "buffer_minutes": 30,
                    "test": True,
                },
            ),
        )
        await play.step(
            f"book {kind}",
            play.agency.session.command(
                play.lot,
                "booking/book",
                {
                    "room": room,
                    "start": start.isoformat(),
                    "end": (start + timedelta(hours=4)).isoformat(),
                    "purpose": kind,
                },
            ),
        )
        play.theatre.said("代理机构", f"预约 {kind}", local(start))


async def _document(play: Play, version: int) -> dict[str, Any]:
    path = play.folder / f"document-{version}.pdf"
    await asyncio.to_thread(
        write_pdf,
        path,
        f"招标文件(第 {version} 版)",
        play.script.tenderer.name,
        [play.script.lot["title"], play.script.notice],
        200_000,
        f"{play.lot}-{version}",
    )
    response = await play.agency.session.http.put(
        f"/lots/{play.lot}/documents",
        params={"name": f"招标文件v{version}.pdf"},
        content=path.read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    )
    response.raise_for_status()
    document: dict[str, Any] = response.json()
    return document


async def notice(play: Play) -> None:
    script, agency = play.script, play.agency
    play.theatre.act("招标公告与招标文件")
    document = await play.step("store the tender document", _document(play, 1))
    key = await play.step(
        "platform key", agency.session.get(f"/lots/{play.lot}/platform-key", suite=script.terms["suites"][0])
    )
    deadline = deadline_of(play)
    fields = {
        "text": script.notice,
        "deadline": deadline.isoformat(),
        "offer_until": (script.begins.astimezone(SHANGHAI).date() + timedelta(days=10)).isoformat(),
        "terms": {
            **script.terms,
            "platform_key": key["platform_key"],
            **await declared(play),
            **await entrusted(play),
        },
        "document": document,
        "particulars": {
            "scope": script.scope,
            "scale": script.scale,
            "tenderer": {"person": "张工", "phone": "0712-2850001", "address": "孝感市孝南区城站路 1 号"},
            "agency": {"person": "李工", "phone": "0712-2850002", "address": "孝感市孝南区长征路 9 号"},
        },
    }
    if script.expect.waiver_row in ("D2", "D3"):
        asking = {**fields, "terms": {**fields["terms"], "bid_deposit_fen": 100_000_00}}
        await play.refused(
            "a waived lot may not ask for a deposit",
            "waived-lot-asks-deposit",
            agency.session.command(play.lot, "notice/publish", asking),
        )
    await play.step("publish the notice", agency.session.command(play.lot, "notice/publish", fields))
    view = await play.view()
    published = view["notice"]
    play.theatre.said("代理机构", f"公告发布,截止 {local(published['deadline'])}", published["ruleset"])
    for statement in published["statements"]:
        play.theatre.said("平台", statement)
    waiver = published["waiver"]
    expected = script.expect.waiver_row
    if expected and waiver["row"] != expected:
        raise LookupError(f"waiver row {waiver['row']} instead of {expected}")
    each = waiver.get("counterfactual_bid_deposit_fen")
    if each:
        play.theatre.said("平台", f"每家投标人免缴投标保证金 {yuan(each)}", waiver["row"])
    await committed(play)
    await play.together(
        "bidders download, free and without approval", (_download(play, one) for one in play.bidders)
    )
    play.theatre.said("投标人", "注册用户直接下载招标文件", "谁下载、多少家下载,对所有人保密")
    if script.clarification:
        await _clarify(play)


async def _download(play: Play, one: BidderOnStage) -> None:
    response = await one.member.session.http.get(f"/lots/{play.lot}/documents/0")
    response.raise_for_status()
    (play.folder / f"{one.member.party}.pdf").write_bytes(response.content)


async def _clarify(play: Play) -> None:
    await play.wait_on(days=8)
    before = (await play.view())["notice"]["deadline"]
    document = await play.step("store the second version", _document(play, 2))
    await play.step(
        "clarify",
        play.agency.session.command(
            play.lot,
            "notice/clarify",
            {"text": play.script.clarification, "affects_bids": True, "document": document},
        ),
    )
    view = await play.view()
    play.theatre.said("代理机构", f"澄清:{play.script.clarification}", "盲发给所有下载人")
    moved = view["notice"]["deadline"]
    if moved != before:
        play.theatre.said("平台", f"不足 15 日,截止时间自动顺延至 {local(moved)}", "R-ENG-04")
        await play.wait_for(
            "the opening slot follows the deadline",
            lambda now: any(
                slot["purpose"] == "OPENING" and slot["start"] <= moved < slot["end"]
                for slot in now["bookings"]["slots"]
            ),
        )
    await play.together("bidders take the second version", (_download(play, one) for one in play.bidders))
