"""The escrow, in the tenders that declare it: ceremony and trial before the notice, and its use (R-BID-07)."""

import hashlib
from typing import Any

from bidding.client.trustee import TrusteeDesk
from bidding.stage.play import BidderOnStage, Play

REPORT = "投标人手机损坏,恢复码遗失,书面申请按招标文件启用密钥托管。"


async def entrusted(play: Play) -> dict[str, Any]:
    """The trustees that the notice names; nothing under P1."""
    terms = play.script.terms
    if terms["key_policy"] == "P1":
        return {}
    notary = await play.step("enrol the notary", play.troupe.person("孝感公证处 何敏", "notary"))
    agency = play.agency.session
    await play.step(
        "name the notary", agency.command(play.lot, "escrow/name-notary", {"notary": notary.party})
    )
    suite = terms["suites"][0]
    play.trustees = {
        "agency": TrusteeDesk(agency, "agency", play.lot, play.folder / "agency.trust", suite),
        "supervisor": TrusteeDesk(
            play.supervisor.session, "supervisor", play.lot, play.folder / "supervisor.trust", suite
        ),
        "notary": TrusteeDesk(notary.session, "notary", play.lot, play.folder / "notary.trust", suite),
    }
    for name, trustee in play.trustees.items():
        await play.step(f"the {name} enrols its key", trustee.enrol())
    await play.step("a test bid is sealed", agency.command(play.lot, "escrow/seal-trial", {}))
    for name, trustee in play.trustees.items():
        await play.step(f"the {name} opens the test bid", trustee.open_trial())
    keys = (await play.view())["escrow"]["keys"]
    play.theatre.said(
        "代理机构、监督部门、公证机构", "密钥演练:每两方都能打开试验投标", "任何一方单独打不开 R-BID-07"
    )
    return {"trustees": [{name: one[name] for name in ("trustee", "party", "public")} for one in keys]}


async def shared(play: Play) -> None:
    """Trustees alone open (P3): two of the three give their shares of every bid, in the window that was ordered."""
    for name in ("supervisor", "notary"):
        await play.step(f"the {name} gives its shares", play.trustees[name].give())
    play.theatre.said("监督部门、公证机构", "按投标人的书面同意出示密钥份额", "投标人无须到场解密 R-BID-06")


async def recovered(play: Play, lost: list[BidderOnStage]) -> None:
    """Report, the other office's agreement, and two trustees; the agency's shares are not needed."""
    await play.step(
        "the agency reports lost keys",
        play.agency.session.command(
            play.lot,
            "escrow/report",
            {
                "kind": "keys-lost",
                "bidders": [one.member.party for one in lost],
                "text": REPORT,
                "evidence_hash": hashlib.sha256(REPORT.encode()).hexdigest(),
            },
        ),
    )
    await play.refused(
        "no share before both offices agree", "escrow-not-agreed", play.trustees["notary"].give(1)
    )
    await play.step(
        "the supervisor agrees",
        play.supervisor.session.command(play.lot, "escrow/agree", {"number": 1}),
    )
    for name in ("supervisor", "notary"):
        await play.step(f"the {name} gives its shares", play.trustees[name].give(1))
    play.theatre.said("监督部门、公证机构", "按招标文件出示密钥份额", "报价与其他投标同一时刻可读")
