"""Acts six to nine: evaluation, award, contract; and money that goes back."""

import io
import zipfile
from datetime import datetime
from typing import Any

import msgspec

from bidding.stage.cast import Member
from bidding.stage.drawing import experts_drawn
from bidding.stage.opening import on_roll
from bidding.stage.play import Play, PlayFailed
from bidding.stage.theatre import local, yuan


async def evaluation(play: Play) -> None:
    play.theatre.act("评标:随机抽取、回避、独立打分")
    for name, office in play.offices.items():
        await play.step(f"evaluation key of the {name}", office.disclose_evaluation_key())
    terms = play.script.terms
    asked = {
        "representatives": [play.representative.party],
        "trades": [{"trade": play.trade, "count": terms["committee_size"] - terms["tenderer_reps"]}],
    }
    if "expert_draw" in terms:
        await experts_drawn(play)
    else:
        await play.step("draw the committee", play.agency.session.command(play.lot, "evaluation/draw", asked))
    members = await _members(play)
    play.theatre.said("平台", f"抽取评标委员会 {len(members)} 人", "名单在中标结果确定前保密 R-EVAL-05")
    for member in members:
        await play.step("a member signs in", member.session.command(play.lot, "evaluation/sign-in", {}))
    await play.wait_for(
        "the envelopes are opened for the committee",
        lambda now: len(now["evaluation"]["envelopes"]) >= _envelopes(play),
        members[0].session,
    )
    if play.script.lot["regime"] == "GP":
        await play.step("qualification review", _review(play))
    await play.together("members read and score", (_score(play, member) for member in members))
    view = await play.wait_for(
        "the scores are compiled", lambda now: now["evaluation"]["ranking"], members[0].session
    )
    rows = [
        [
            str(one["rank"]),
            _name(play, one["bidder"]),
            yuan(one["price_fen"]),
            one["price_score"],
            one["total"],
        ]
        for one in view["evaluation"]["ranking"]
    ]
    play.theatre.table("评标委员会所见排名", ["名次", "投标人", "报价", "价格分", "总分"], rows)
    for member in members:
        await play.step(
            "a member signs the report",
            member.session.command(
                play.lot, "evaluation/sign-report", {"report_hash": view["evaluation"]["draft_hash"]}
            ),
        )
    await play.wait_for("the report is complete", lambda now: now["phase"] == "evaluated")


def _envelopes(play: Play) -> int:
    return play.script.expect.opened * (len(play.script.terms["envelopes"]) - 1)


def _name(play: Play, party: str) -> str:
    return next(one.plan.name for one in play.bidders if one.member.party == party)


async def _members(play: Play) -> list[Member]:
    """Who was drawn, as each finds out by itself: the list is shown to the committee alone."""
    found = [
        one
        for one in (*play.experts, play.representative)
        if "committee" in (await play.view(one.session))["standings"]
    ]
    if len(found) != play.script.terms["committee_size"]:
        raise PlayFailed(f"{len(found)} members were drawn")
    return found


async def _review(play: Play) -> None:
    opened = [one for one in on_roll(play) if one.plan.opens]
    await play.agency.session.command(
        play.lot,
        "evaluation/review-qualification",
        {
            "results": [
                {
                    "bidder": one.member.party,
                    "qualified": True,
                    "page": "资格审查资料第1页",
                    "reason": "营业执照、信用查询、声明函齐全",
                    "sme": "SMALL_MICRO" if one.plan.small else "NONE",
                    "domestic": one.plan.domestic,
                }
                for one in opened
            ]
        },
    )


async def _score(play: Play, member: Member) -> None:
    """Read every envelope that is open to the member, then hand in one whole sheet."""
    view = await play.view(member.session)
    for envelope in view["evaluation"]["envelopes"]:
        response = await member.session.http.get(
            f"/lots/{play.lot}/evaluation/envelopes/{envelope['bidder']}/{envelope['envelope']}"
        )
        response.raise_for_status()
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            if archive.testzip() is not None or not archive.read(archive.namelist()[0]).startswith(b"%PDF"):
                raise PlayFailed("an opened envelope does not hold the bidder's PDF")
    criteria = play.script.terms["criteria"]
    sheet = []
    for one in on_roll(play):
        if one.plan.opens:
            points = one.plan.points or tuple("8" for _ in criteria)
            scores = [
                {
                    "criterion": criterion["id"],
                    "points": given,
                    "reason": f"{criterion['title']}:方案完整,措施可行",
                    "page": "技术文件第1页",
                }
                for criterion, given in zip(criteria, points, strict=True)
            ]
            sheet.append({"bidder": one.member.party, "scores": scores})
    await member.session.command(play.lot, "evaluation/submit-scores", {"sheet": sheet, "rejections": []})


async def award(play: Play) -> None:
    play.theatre.act("定标")
    agency, tenderer = play.agency.session, play.tenderer.session
    view = await play.view()
    best = view["evaluation"]["candidates"][0]
    if play.script.lot["regime"] == "ENG":
        await play.step("publicise the candidates", agency.command(play.lot, "award/publicise", {}))
        view = await play.view()
        play.theatre.said(
            "代理机构", f"中标候选人公示至 {local(view['award']['until'])}", "不少于 3 日 R-ENG-21"
        )
        if play.script.result_objection:
            await _result_objection(play)
        view = await play.view()
        await play.travel(datetime.fromisoformat(view["award"]["until"]), what="公示期")
        await play.wait_on(minutes=5)
    await play.step(
        "determine the winner", tenderer.command(play.lot, "award/determine", {"bidder": best["bidder"]})
    )
    await play.step("award notice and losers' notices", agency.command(play.lot, "award/issue-notice", {}))
    name = _name(play, best["bidder"])
    play.theatre.said("招标人", f"中标通知书:{name}", yuan(best["price_fen"]))
    expect = play.script.expect.winner
    if expect and name != expect:
        raise PlayFailed(f"{name} won; expected {expect}")


async def _result_objection(play: Play) -> None:
    loser = [one for one in on_roll(play) if one.plan.opens][-1]
    await play.step(
        "an objection to the result",
        loser.member.session.command(play.lot, "award/object", {"text": play.script.result_objection}),
    )
    await play.refused(
        "no award while an objection is open",
        "publicity-running",
        play.tenderer.session.command(play.lot, "award/determine", {"bidder": loser.member.party}),
    )
    await play.step(
        "answered within three days",
        play.agency.session.command(
            play.lot, "award/answer-objection", {"number": 1, "answer": play.script.result_answer}
        ),
    )
    play.theatre.said(loser.plan.name, f"对结果提出异议:{play.script.result_objection}")
    play.theatre.said("代理机构", f"答复:{play.script.result_answer}")


async def contract(play: Play) -> None:
    play.theatre.act("电子合同")
    agency = play.agency.session
    view = await play.view()
    winner = next(one for one in play.bidders if one.member.party == view["award"]["winner"])
    form: dict[str, Any] = {
        "price_fen": winner.plan.price_fen,
        "duration_days": winner.plan.duration_days,
        "quality": winner.plan.quality,
        "project_lead": winner.plan.lead,
        "terms": "按招标文件合同条款执行。",
    }
    await play.wait_on(days=4)
    await play.refused(
        "a contract may not differ from the bid",
        "contract-differs-from-bid",
        agency.command(play.lot, "contract/draft", {**form, "price_fen": form["price_fen"] + 100}),
    )
    await play.step("draft the contract", agency.command(play.lot, "contract/draft", form))
    view = await play.view()
    for who in (winner.member, play.tenderer):
        await play.step(
            f"{who.role} signs the contract",
            who.session.command(
                play.lot, "contract/sign", {"contract_hash": view["contract"]["contract_hash"]}
            ),
        )
    view = await play.wait_for("the contract is filed", lambda now: now["phase"] == "contracted")
    play.theatre.said("平台", f"合同备案 {view['contract']['number']}", yuan(form["price_fen"]))


async def money(play: Play) -> None:
    expect = play.script.expect
    if expect.waived_fen is not None:
        view = await play.wait_for(
            "what was waived is accounted for",
            lambda now: (
                sum(one["waived_fen"] for one in now["money"]["benefits"]) >= (expect.waived_fen or 0)
            ),
        )
        for kind, name in (("BID_DEPOSIT", "投标保证金"), ("PERFORMANCE_BOND", "履约保证金")):
            total = sum(one["waived_fen"] for one in view["money"]["benefits"] if one["kind"] == kind)
            if total:
                play.theatre.saved(name, total, "每一元对应一条事件")
        play.waived_fen = sum(one["waived_fen"] for one in view["money"]["benefits"])
        if play.waived_fen != expect.waived_fen:
            raise PlayFailed(f"{play.waived_fen} 分 waived; expected {expect.waived_fen}")
    if expect.guarantees_returned:
        view = await play.wait_for(
            "guarantees are back by themselves",
            lambda now: (
                sum(one["end"] == "RETURNED" for one in now["money"]["guarantees"])
                >= expect.guarantees_returned
            ),
        )
        for one in view["money"]["guarantees"]:
            said = f"{_name(play, one['bidder'])} 电子保函 {one['number']} 退还"
            play.theatre.said("平台", said, "开标前无人知道有无保函 R-GUAR-01")
    if expect.deposits_returned:
        await _return_deposits(play)


async def _return_deposits(play: Play) -> None:
    view = await play.wait_for(
        "returns are scheduled",
        lambda now: len(now["money"]["returns"]) >= play.script.expect.deposits_returned,
    )
    operator = play.troupe.operator.session
    await play.wait_on(days=1)
    for one in view["money"]["returns"]:
        await play.step(
            "a deposit goes back with interest",
            operator.command(
                play.lot,
                "bid/return-deposit",
                {
                    "bidder": one["bidder"],
                    "amount_fen": one["amount_fen"],
                    "interest_fen": 12_34,
                    "reason": f"{one['rule']} 应于 {one['due']} 前退还",
                },
            ),
        )
        await operator.command(
            play.lot, "money/record-return", {"bidder": one["bidder"], "interest_fen": 12_34}
        )
        play.theatre.said(
            "交易中心",
            f"退还 {_name(play, one['bidder'])} 投标保证金 {yuan(one['amount_fen'])} 及利息",
            f"期限 {one['due']}",
        )
    view = await play.view()
    if any(one["late"] or one["returned_at"] is None for one in view["money"]["returns"]):
        raise PlayFailed("a deposit went back late")


async def never_opened(play: Play) -> None:
    """Fewer than three: the lot has failed, nothing was opened, and no command opens it any more."""
    view = await play.view()
    if view["phase"] != "failed" or view["opening"]["roll"]:
        raise PlayFailed(f"the lot is {view['phase']}, with a roll of {len(view['opening']['roll'])}")
    await play.refused(
        "a failed lot has no roll",
        "wrong-phase",
        play.agency.session.command(play.lot, "opening/publish-roll", {}),
    )
    play.theatre.said("平台", "不足三家,不予开标;投标文件无人可以解密", "R-OPEN-09 招投法 28")


def spectators_saw_all(play: Play) -> None:
    """The frames of every spectator: one state, then events in order, each once."""
    positions = [frame["position"] for frame in play.seen if frame["type"] == "event"]
    if positions != sorted(set(positions)):
        raise PlayFailed("a spectator got an event twice or out of order")
    before_roll = []
    for frame in play.seen:
        if frame["type"] == "event" and frame["event"]["type"] == "lot.roll-published.v1":
            break
        before_roll.append(msgspec.json.encode(frame).decode())
    names = [one.plan.name for one in play.bidders]
    if any(name in text for text in before_roll for name in names):
        raise PlayFailed("a spectator could tell a bidder before the roll was published")


async def suspension(play: Play) -> None:
    """While a supervisor holds the lot, nothing moves."""
    supervisor = play.supervisor.session
    await play.step(
        "the supervisor suspends the lot",
        supervisor.command(
            play.lot, "control/suspend", {"reason": "核查投诉线索", "order": "监督〔2026〕7号"}
        ),
    )
    view = await play.view()
    await play.refused(
        "nothing moves while suspended",
        "lot-suspended",
        play.agency.session.command(
            play.lot, "award/publicise" if view["phase"] == "evaluated" else "opening/order-release", {}
        ),
    )
    await play.step(
        "the suspension is lifted", supervisor.command(play.lot, "control/lift", {"reason": "核查完毕"})
    )
