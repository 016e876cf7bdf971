"""Makes the played records of other policies and suites: ``python -m tests.system.make_policies`` (two minutes).

Small openings on a platform of their own, up to the import: what follows it the record of ``make_records`` has. Proofs
of the log are left out, for they would make up most of the files. The key that signed them lies beside them.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bidding.client.bid import address_of, hand_in_spare, release, seal, submit
from bidding.client.office import OfficeDesk
from bidding.compose.settings import Settings
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.provider import KeyName, SoftProvider
from bidding.domain.parties import Actor
from bidding.stage.play import Play
from bidding.stage.script import Script
from tests.records.altering import FOLDER, bundle_resealed
from tests.system.platforms import Stand, standing
from tests.system.tenders import all_hand_in, closed, form, hand_in, papers, road, tender
from tests.system.test_escrow import code, ended, false_share, lie, released

POLICIES = FOLDER / "policies"
SPARE = "spare.zip"
Act = Callable[[Play], Awaitable[Any]]


def under(**terms: Any) -> Script:
    """The municipal road with three bidders and these terms."""
    script = road(3)
    return msgspec.structs.replace(script, terms={**script.terms, **terms})


async def imported(play: Play) -> None:
    await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])


async def withheld(play: Play) -> None:
    """P2: the agency withholds its key and shows a false share; supervisor and notary open."""
    offices = await released(play)
    await offices["supervisor"].publish_form_key()
    report = {"kind": "office-withholds", "office": "agency", "text": "未公布", "evidence_hash": "ab" * 32}
    await play.supervisor.session.command(play.lot, "escrow/report", report)
    liar = play.trustees["agency"]
    false = await lie(play, liar)
    assert await code(liar.session.command(play.lot, "escrow/give-shares", false)) == "escrow-share-false"
    for name in ("supervisor", "notary"):
        await play.trustees[name].give(1)
    await imported(play)


async def alone(play: Play) -> None:
    """P3: two trustees show false shares, and open in the end."""
    await play.agency.session.command(play.lot, "opening/publish-roll", {})
    await play.agency.session.command(play.lot, "opening/order-release", {})
    liar = play.trustees["agency"]
    false = await false_share(play, liar)
    assert await code(liar.session.command(play.lot, "escrow/give-shares", false)) == "escrow-share-false"
    for name in ("notary", "supervisor"):
        await play.trustees[name].give()
    await ended(play)
    await imported(play)


async def rerun(play: Play) -> None:
    """P1: the agency's key is withheld; the tenderer takes its place in a second run of the release."""
    offices = await released(play)
    await offices["supervisor"].publish_form_key()
    report = {"office": "agency", "text": "会话私钥丢失", "evidence_hash": "ab" * 32}
    await play.supervisor.session.command(play.lot, "opening/report-withheld-key", report)
    decided = {
        "number": 1,
        "resolution": "rerun",
        "substitute": play.tenderer.party,
        "reason": "由招标人接替代理机构",
    }
    await play.supervisor.session.command(play.lot, "opening/decide-withheld-key", decided)
    new = [
        OfficeDesk(play.tenderer.session, "agency", play.lot),
        OfficeDesk(play.supervisor.session, "supervisor", play.lot),
    ]
    for office in new:
        await office.announce_keys()
    await play.tenderer.session.command(play.lot, "opening/order-release", {})
    for one in play.bidders:
        assert one.folder is not None
        await release(one.member.session, one.folder)
    await ended(play)
    for office in new:
        await office.publish_form_key()
    await imported(play)


async def usual(play: Play) -> None:
    (suite,) = play.script.terms["suites"]
    for office in (await released(play, suite)).values():
        await office.publish_form_key()
    await imported(play)


async def hand_in_with_spare(play: Play) -> None:
    *others, last = play.bidders
    for one in others:
        await hand_in(play, one)
    address = address_of(await play.view(last.member.session), last.member.party)
    said, documents, device = form(last), papers(play, last), last.member.session.device
    work = partial(seal, address, said, documents, device, play.folder / "spared", spare=play.folder / SPARE)
    last.folder = await asyncio.to_thread(work)
    await submit(last.member.session, last.folder)


async def spare_taken(play: Play) -> list[OfficeDesk]:
    """P1: the third bidder's keys do not come, and the supervisor takes its spare file."""
    await play.agency.session.command(play.lot, "opening/publish-roll", {})
    offices = [
        OfficeDesk(play.agency.session, "agency", play.lot),
        OfficeDesk(play.supervisor.session, "supervisor", play.lot),
    ]
    for office in offices:
        await office.announce_keys()
    await play.agency.session.command(play.lot, "opening/order-release", {})
    *others, last = play.bidders
    for one in others:
        assert one.folder is not None
        await release(one.member.session, one.folder)
    await ended(play)
    await hand_in_spare(last.member.session, play.lot, play.folder / SPARE, "平台解密服务中断")
    taken = {
        "bidder": last.member.party,
        "fault": "OTHER",
        "reason": "平台解密服务中断,非投标人原因",
        "evidence_hash": "ab" * 32,
    }
    await play.supervisor.session.command(play.lot, "opening/accept-spare", taken)
    return offices


async def spared(play: Play) -> None:
    for office in await spare_taken(play):
        await office.publish_form_key()
    await imported(play)


#: Terms, how the bids are handed in, and the opening.
PLAYED: dict[str, tuple[Script, Act, Act]] = {
    "withheld": (under(key_policy="P2"), all_hand_in, withheld),
    "alone": (under(key_policy="P3"), all_hand_in, alone),
    "rerun": (under(), all_hand_in, rerun),
    "spare": (under(spare="OTHER_FAULT"), hand_in_with_spare, spared),
    "intl-pq": (under(suites=["intl-pq"]), all_hand_in, usual),
    "gm-1": (under(suites=["gm-1"]), all_hand_in, usual),
}


async def exported(stand: Stand, lot: str, actor: Actor) -> dict[str, Any]:
    """The bundle without proofs of the log."""
    bundle: dict[str, Any] = msgspec.json.decode(await stand.service.bundles.export(lot, actor))
    bundle["record"].pop("log", None)
    for one in bundle["disclosed"]:
        one.pop("leaf", None)
    return bundle


async def made() -> None:
    bundles: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="bidding-policies-") as name:
        folder = Path(name)
        async with AsyncExitStack() as stack:
            stand = await standing(Settings(data=folder / "data", port=0, live_port=0), stack)
            for title, (script, enter, act) in PLAYED.items():
                async with tender(stand, folder / title, bidders=3, script=script) as play:
                    await enter(play)
                    await closed(play)
                    await act(play)
                    party = await stand.service.identity.party(play.supervisor.party)
                    actor = party.actor(party.credentials[0].credential)
                    bundles[title] = await exported(stand, play.lot, actor)
            provider = stand.service.keyring.provider
            assert isinstance(provider, SoftProvider)
            key = provider.key(KeyName.TEST_RECEIPT)
        POLICIES.mkdir(exist_ok=True)
        (POLICIES / SPARE).write_bytes((folder / "spare" / SPARE).read_bytes())
    for title, bundle in bundles.items():
        (POLICIES / f"{title}.json").write_bytes(canonical(bundle_resealed(bundle, key)))
    (POLICIES / "key.json").write_text(told(key))


def told(key: SigningKey) -> str:
    said = {
        "about": "Signed what lies here and nothing else.",
        "private": b64(key.private),
        "public": b64(key.public),
    }
    return json.dumps(said, indent=1) + "\n"


if __name__ == "__main__":
    asyncio.run(made())
