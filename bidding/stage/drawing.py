"""The draws of the coefficients and of the experts, in the tenders whose terms ask for them (R-OPEN-27, R-EVAL-07)."""

from typing import Any

from bidding.client.draw import DrawDesk
from bidding.stage.play import Play, PlayFailed

SYMBOLS = {"k": "K", "alpha": "α", "beta": "β"}


async def declared(play: Play) -> dict[str, Any]:
    """The rule that the notice declares: the platform's pools of this formula, the supervisor's chain."""
    script = play.script
    if "draw" not in script.terms and "expert_draw" not in script.terms:
        return {}
    supervisor = DrawDesk(play.supervisor.session, "supervisor", play.lot, play.folder / "supervisor.draw")
    agency = DrawDesk(play.agency.session, "agency", play.lot, play.folder / "agency.draw")
    play.draws = {"supervisor": supervisor, "agency": agency}
    anchor = await play.step("the supervisor gives the head of its chain", supervisor.anchor())
    play.theatre.said("监督部门", f"公布抽取用哈希链首值 {anchor[:16]}…", "链上的值只存在监督部门设备中")
    rules: dict[str, Any] = {}
    if "expert_draw" in script.terms:
        experts = script.terms["committee_size"] - script.terms["tenderer_reps"]
        rules["expert_draw"] = {
            **script.terms["expert_draw"],
            "anchor": anchor,
            "trades": [{"trade": play.trade, "count": experts}],  # the pool keeps those of other plays
        }
    if "draw" not in script.terms:
        return rules
    preview = await play.step(
        "preview of the formula",
        play.agency.session.post(
            "/formulas/preview",
            {
                "regime": script.lot["regime"],
                "object": script.lot["object"],
                "formula": script.terms["price_formula"],
                "offers": [{"bid": "1", "price": "100"}],
                "limit": "100",
                "draws": script.terms["draw"]["sample"],
            },
            keyed=False,
        ),
    )
    rules["draw"] = {
        "pools": preview["pools"],
        "anchor": anchor,
        "reveal_minutes": script.terms["draw"]["reveal_minutes"],
    }
    return rules


async def committed(play: Play) -> None:
    """Both offices bind themselves before anybody can know a bid."""
    for office, desk in play.draws.items():
        if "draw" in play.script.terms:
            await play.step(f"the {office} commits to its nonce", desk.commit())
        if "expert_draw" in play.script.terms:
            await play.step(f"the {office} commits to its nonce for the experts", desk.commit_experts())
    if play.draws:
        play.theatre.said("代理机构、监督部门", "各自锁定抽取随机数", "截止前锁定,开标后公布 R-DRAW-02")


async def drawn(play: Play) -> None:
    """The reveals in their order; the last, the beacon, is fixed by the chain."""
    if "draw" not in play.script.terms:
        return
    await play.wait_for("the opened set is frozen", lambda now: now["opening"]["drawing"]["opened_at"])
    agency = play.agency.session
    await play.refused(
        "no announcement before the draw",
        "coefficients-not-drawn",
        agency.command(play.lot, "opening/announce", {}),
    )
    other = {"value": "A" * 43}
    await play.refused(
        "the supervisor cannot reveal another nonce",
        "reveal-differs",
        play.supervisor.session.command(play.lot, "opening/reveal-draw", other),
    )
    for office in ("supervisor", "agency", "supervisor"):
        await play.step(f"the {office} reveals", play.draws[office].reveal())
    view = await play.wait_for("the coefficients are drawn", lambda now: now["opening"]["drawing"]["drawn"])
    pools = {one["coefficient"]: one["values"] for one in view["notice"]["terms"]["draw"]["pools"]}
    for one in view["opening"]["drawing"]["drawn"]:
        if one["value"] not in pools[one["coefficient"]]:
            raise PlayFailed(f"{one['value']} is none of {pools[one['coefficient']]}")
        play.theatre.said(
            "平台",
            f"抽取 {SYMBOLS[one['coefficient']]} = {one['value']}",
            "任何人凭公开记录可以复算 R-OPEN-27",
        )


async def experts_drawn(play: Play) -> None:
    """The pool frozen, the reveals in their order, the last one the chain's next value; then the tickets that sit."""
    agency = play.agency.session
    asked = {"representatives": [play.representative.party]}
    await play.step("the agency freezes the pool", agency.command(play.lot, "evaluation/open-draw", asked))
    play.theatre.said("平台", "冻结专家库:一人一签,签下何人不公开", "摘要先于随机数公布 R-EVAL-07")
    await play.refused(
        "the supervisor cannot reveal another nonce for the experts",
        "reveal-differs",
        play.supervisor.session.command(play.lot, "evaluation/reveal-draw", {"value": "A" * 43}),
    )
    for office in ("supervisor", "agency", "supervisor"):
        await play.step(f"the {office} reveals for the experts", play.draws[office].reveal_experts())
    view = await play.wait_for("the experts are drawn", lambda now: now["evaluation"]["lottery"]["seed"])
    lottery = view["evaluation"]["lottery"]
    play.theatre.said(
        "平台", f"{len(lottery['pool'])} 签中抽出 {len(lottery['used'])} 签", "任何人可以复算,无人知道是谁"
    )
