"""Act five: the remote opening, from the roll to the signed record."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any

from bidding.client.bid import hand_in_spare, release
from bidding.client.office import OfficeDesk
from bidding.stage.drawing import drawn
from bidding.stage.play import BidderOnStage, Play, PlayFailed
from bidding.stage.sealing import spare_of
from bidding.stage.theatre import yuan
from bidding.stage.trusting import recovered, shared


async def opening(play: Play) -> None:
    agency, supervisor = play.agency.session, play.supervisor.session
    play.theatre.act("不见面开标(以下为观众所见)")
    await play.step("publish the roll", agency.command(play.lot, "opening/publish-roll", {}))
    suite = play.script.terms["suites"][0]
    alone = play.script.terms["key_policy"] == "P3"
    if not alone:
        play.offices = {
            "agency": OfficeDesk(agency, "agency", play.lot, play.folder / "agency.keys", suite),
            "supervisor": OfficeDesk(
                supervisor, "supervisor", play.lot, play.folder / "supervisor.keys", suite
            ),
        }
    for name, office in play.offices.items():
        await play.step(f"session keys of the {name}", office.announce_keys())
    await play.step("order the release", agency.command(play.lot, "opening/order-release", {}))
    await (shared(play) if alone else _release(play))
    await _end_window(play)
    await _recover(play)
    await _import(play)
    await drawn(play)
    await _announce(play)
    await _confirm(play)
    await _sign_record(play)


def on_roll(play: Play) -> list[BidderOnStage]:
    return [one for one in play.bidders if not one.plan.withdraws]


async def _release(play: Play) -> None:
    releasing = [one for one in on_roll(play) if one.plan.releases]
    if play.script.incident is None:
        await play.together("bidders release their keys", (_one_release(one) for one in releasing))
        return
    early, late = releasing[:1], releasing[1:]
    await play.together("the first bidder releases", (_one_release(one) for one in early))
    await _outage(play)
    await play.together("the others release in the extended window", (_one_release(one) for one in late))


async def _one_release(one: BidderOnStage) -> dict[str, Any]:
    assert one.folder is not None
    return await release(one.member.session, one.folder)


async def _outage(play: Play) -> None:
    """The platform is away inside the window: the window must grow by at least as long, for everybody."""
    incident = play.script.incident
    assert incident is not None
    before = (await play.view())["opening"]["release_window"]
    await play.step(
        "an incident is opened",
        play.supervisor.session.command(
            play.lot, "opening/open-incident", {"kind": incident.kind, "cause": incident.cause}
        ),
    )
    ends = datetime.fromisoformat(before["ends"])
    await play.travel(ends, what="故障持续")
    await play.wait_on(minutes=incident.minutes)
    view = await play.view()
    if view["opening"]["release_window"]["ended"] is not None:
        raise PlayFailed("the window ended during the outage")
    await play.step(
        "the incident is closed",
        play.supervisor.session.command(
            play.lot,
            "opening/close-incident",
            {"number": view["opening"]["incidents"][-1]["number"], "cause": incident.cause},
        ),
    )
    after = (await play.view())["opening"]["release_window"]
    grown = datetime.fromisoformat(after["ends"]) - ends
    if grown.total_seconds() < incident.minutes * 60:
        raise PlayFailed(f"the window grew by {grown} only")
    play.theatre.said("平台", f"解密时间对所有投标人延长 {grown}", "故障期间无人因此被认定撤销 R-INC-01")


async def _end_window(play: Play) -> None:
    view = await play.view()
    await play.travel(
        datetime.fromisoformat(view["opening"]["release_window"]["ends"]), what="等待解密时间结束"
    )
    view = await play.wait_for(
        "the release window ends by itself", lambda now: now["opening"]["release_window"]["ended"]
    )
    missing = [one for one in on_roll(play) if not one.plan.releases]
    for one in missing:
        await play.refused(
            f"{one.plan.name} is too late to release", "release-window-over", _one_release(one)
        )
        if one.plan.escrowed or one.plan.spared:
            continue
        evidence = play.script.fault_evidence
        await play.step(
            f"fault decided: {one.plan.name}",
            play.supervisor.session.command(
                play.lot,
                "opening/decide-fault",
                {
                    "bidder": one.member.party,
                    "fault": "BIDDER",
                    "evidence": evidence,
                    "evidence_hash": hashlib.sha256(evidence.encode()).hexdigest(),
                },
            ),
        )


async def _recover(play: Play) -> None:
    for one in (one for one in on_roll(play) if one.plan.spared):
        await _spared(play, one)
    lost = [one for one in on_roll(play) if one.plan.escrowed]
    if lost:
        await recovered(play, lost)


async def _spared(play: Play, one: BidderOnStage) -> None:
    """R-PAIN-05: another file than the receipt names is refused; the supervisor says who, when and why."""
    session, path = one.member.session, spare_of(play, one)
    other = path.with_name(f"other-{path.name}")
    await asyncio.to_thread(other.write_bytes, b"another offer")
    await play.refused(
        "another file is no spare", "spare-refused", hand_in_spare(session, play.lot, other, "手机损坏")
    )
    await play.step("the spare file is brought", hand_in_spare(session, play.lot, path, "平台解密服务中断"))
    taken = {
        "bidder": one.member.party,
        "fault": "OTHER",
        "reason": "平台解密服务中断,非投标人原因",
        "evidence_hash": hashlib.sha256(play.script.fault_evidence.encode()).hexdigest(),
    }
    await play.step(
        "the supervisor takes the spare file",
        play.supervisor.session.command(play.lot, "opening/accept-spare", taken),
    )
    play.theatre.said("监督部门", f"采用{one.plan.name}的备用文件", "校验值与回执一致 R-PAIN-05")


async def _import(play: Play) -> None:
    for name, office in play.offices.items():
        await play.step(f"form key of the {name}", office.publish_form_key())
    await play.wait_for("bids are imported in one batch", lambda now: now["opening"]["imported_at"])


async def _announce(play: Play) -> None:
    await play.step("announce", play.agency.session.command(play.lot, "opening/announce", {}))
    view = await play.view()
    rows = []
    for row in view["opening"]["announcement"]["table"]:
        form = row["form"]
        if form is None:
            rows.append([row["name"], row["term"] or row["outcome"], "", "", ""])
        else:
            rows.append(
                [
                    row["name"],
                    yuan(form["price_fen"]),
                    f"{form['duration_days']} 日",
                    form["quality"],
                    form["project_lead"],
                ]
            )
    play.theatre.table("开标一览表", ["投标人", "报价", "工期", "质量", "项目负责人"], rows)
    opened = sum(row["form"] is not None for row in view["opening"]["announcement"]["table"])
    revoked = sum(row["outcome"] == "DEEMED_REVOKED" for row in view["opening"]["announcement"]["table"])
    expect = play.script.expect
    if (opened, revoked) != (expect.opened, expect.revoked):
        raise PlayFailed(f"{opened} opened, {revoked} revoked; expected {expect.opened}, {expect.revoked}")


async def _confirm(play: Play) -> None:
    view = await play.view()
    table_hash = view["opening"]["announcement"]["table_hash"]
    opened = [one for one in on_roll(play) if one.plan.opens]
    for one in opened:
        if one.plan.objects:
            await play.step(
                f"{one.plan.name} objects",
                one.member.session.command(
                    play.lot, "opening/object", {"kind": "objection", "text": one.plan.objects}
                ),
            )
    await play.together(
        "bidders confirm",
        (
            one.member.session.command(play.lot, "opening/confirm", {"table_hash": table_hash})
            for one in opened
            if one.plan.confirms and not one.plan.objects
        ),
    )
    view = await play.view()
    for objection in view["opening"]["objections"]:
        await play.step(
            "the host answers",
            play.agency.session.command(
                play.lot,
                "opening/answer-objection",
                {"number": objection["number"], "answer": play.script.answer},
            ),
        )
    view = await play.view()
    await play.travel(
        datetime.fromisoformat(view["opening"]["confirmation_window"]["ends"]), what="等待确认时间结束"
    )
    await play.wait_for("confirmation closes by itself", lambda now: now["opening"]["silence"])


async def _sign_record(play: Play) -> None:
    recorded = await play.step("read the record", play.agency.session.get(f"/lots/{play.lot}/opening/record"))
    for who in (play.agency, play.supervisor):
        await play.step(
            f"{who.role} signs the record",
            who.session.command(play.lot, "opening/sign-record", {"record_hash": recorded["record_hash"]}),
        )
    view = await play.view()
    if view["opening"]["ended_at"] is None:
        raise PlayFailed("the opening has not ended with both signatures")
    await asyncio.sleep(0.3)  # let the spectators' last frames arrive before the next act is printed
