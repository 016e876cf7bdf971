"""The draw of the coefficients, in the tenders whose formula asks for one (R-OPEN-27)."""

from typing import Any

from bidding.client.draw import DrawDesk
from bidding.stage.play import Play, PlayFailed

SYMBOLS = {"k": "K", "alpha": "α", "beta": "β"}


async def declared(play: Play) -> dict[str, Any]:
    """The rule that the notice declares: the platform's pools of this formula, the supervisor's chain."""
    script = play.script
    if "draw" not in script.terms:
        return {}
    supervisor = DrawDesk(play.supervisor.session, "supervisor", play.lot, play.folder / "supervisor.draw")
    agency = DrawDesk(play.agency.session, "agency", play.lot, play.folder / "agency.draw")
    play.draws = {"supervisor": supervisor, "agency": agency}
    anchor = await play.step("the supervisor gives the head of its chain", supervisor.anchor())
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
    play.theatre.said("监督部门", f"公布抽取用哈希链首值 {anchor[:16]}…", "链上的值只存在监督部门设备中")
    rule = {
        "pools": preview["pools"],
        "anchor": anchor,
        "reveal_minutes": script.terms["draw"]["reveal_minutes"],
    }
    return {"draw": rule}


async def committed(play: Play) -> None:
    """Both offices bind themselves before anybody can know a bid."""
    for office, desk in play.draws.items():
        await play.step(f"the {office} commits to its nonce", desk.commit())
    if play.draws:
        play.theatre.said("代理机构、监督部门", "各自锁定抽取随机数", "截止前锁定,开标后公布 R-DRAW-02")


async def drawn(play: Play) -> None:
    """The reveals in their order; the last, the beacon, is fixed by the chain."""
    if not play.draws:
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
