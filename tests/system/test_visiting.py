"""The parties of the demonstration's open tender that act by themselves do so, whoever plays the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bidding.application.demonstration import Visitor
from bidding.cli.demo import scripts
from bidding.client.office import OfficeDesk
from bidding.client.session import Session
from bidding.crypto.canonical import unb64
from bidding.crypto.credentials import DeviceCredential, SigningKey
from bidding.crypto.suite import KeyPair
from bidding.stage.cast import Troupe
from bidding.stage.play import Play
from bidding.stage.theatre import Silence
from bidding.stage.visiting import Company, open_script, opened
from tests.system.platforms import Stand

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(stand: Stand, ground: Path) -> AsyncIterator[tuple[Play, dict[str, Visitor]]]:
    folder = ground / "visiting"
    await asyncio.to_thread(folder.mkdir)
    async with AsyncExitStack() as stack:
        play = Play(
            script=open_script(scripts()[0]),
            troupe=Troupe(stand.api, stack, stand.operator),
            theatre=Silence(),
            live_url=stand.live,
            folder=folder,
        )
        visitors = await opened(play)
        yield play, {one.part: one for one in visitors}


async def test_each_part_is_a_device_that_logs_in(
    stand: Stand, house: tuple[Play, dict[str, Visitor]]
) -> None:
    play, visitors = house
    assert set(visitors) == {"agency", "tenderer", "bidder", "supervisor", "expert", "operator"}
    assert visitors["expert"].trade == play.trade
    for visitor in visitors.values():
        keys = SigningKey.from_private(unb64(visitor.signing)), KeyPair.from_private(unb64(visitor.opening))
        async with Session(stand.api, DeviceCredential(*keys)) as session:
            await session.login()
            assert session.party == visitor.party


async def test_a_platform_in_service_has_no_part_to_play(stand: Stand) -> None:
    """Only `bidding demo` fills it."""
    async with Session(stand.api) as session:
        assert await session.get("/demonstration") == {"lot": "", "visitors": []}


async def test_bidders_and_experts_act_by_themselves(house: tuple[Play, dict[str, Visitor]]) -> None:
    """From sign-in to the signed report; agency, supervisor and representative are whoever came."""
    play, _ = house
    company, agency, lot = Company(play), play.agency.session, play.lot
    deadline = datetime.fromisoformat((await play.view())["notice"]["deadline"])
    await play.travel(deadline - timedelta(minutes=50), what="")
    await company.look()
    await play.travel(deadline, what="")
    await play.wait_for("it closes", lambda now: now["opening"]["closed_at"])
    await agency.command(lot, "opening/publish-roll", {})
    assert [one["signed_in"] for one in (await play.view())["opening"]["roll"]] == [True] * 3
    keys = play.folder / "agency.keys", play.folder / "supervisor.keys"
    offices = [
        OfficeDesk(agency, "agency", lot, keys[0]),
        OfficeDesk(play.supervisor.session, "supervisor", lot, keys[1]),
    ]
    for office in offices:
        await office.announce_keys()
    await agency.command(lot, "opening/order-release", {})
    await company.look()
    window = (await play.view())["opening"]["release_window"]
    await play.travel(datetime.fromisoformat(window["ends"]), what="")
    await play.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])
    for office in offices:
        await office.publish_form_key()
    await play.wait_for("the bids are there", lambda now: now["opening"]["imported_at"])
    await agency.command(lot, "opening/announce", {})
    await company.look()
    view = await play.view()
    assert len(view["opening"]["confirmed"]) == 3
    await play.travel(datetime.fromisoformat(view["opening"]["confirmation_window"]["ends"]), what="")
    await play.wait_for("confirmation closes", lambda now: now["opening"]["silence"])
    for office in offices:
        record = await office.session.get(f"/lots/{lot}/opening/record")
        await office.session.command(lot, "opening/sign-record", {"record_hash": record["record_hash"]})
    await play.wait_for("the opening is over", lambda now: now["opening"]["ended_at"])
    for office in offices:
        await office.disclose_evaluation_key()
    terms = play.script.terms
    asked = {
        "representatives": [play.representative.party],
        "trades": [{"trade": play.trade, "count": terms["committee_size"] - terms["tenderer_reps"]}],
    }
    await agency.command(lot, "evaluation/draw", asked)
    await company.look()
    own = play.representative.session
    await own.command(lot, "evaluation/sign-in", {})
    view = await play.wait_for("they can read", lambda now: len(now["evaluation"]["envelopes"]) >= 9, own)
    sheet: list[dict[str, Any]] = company._sheet(view)
    await own.command(lot, "evaluation/submit-scores", {"sheet": sheet, "rejections": []})
    await company.look()
    view = await play.wait_for("it is compiled", lambda now: now["evaluation"]["draft_hash"], own)
    await own.command(lot, "evaluation/sign-report", {"report_hash": view["evaluation"]["draft_hash"]})
    await company.look()
    await play.wait_for("the report is complete", lambda now: now["phase"] == "evaluated")
