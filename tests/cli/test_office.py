"""A tender in suite `gm-1` under policy P2 whose offices and notary have nothing but the command line (R-BID-07)."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import msgspec
import pytest_asyncio
from pydantic import SecretStr

from bidding.client.bid import release
from bidding.client.session import Session
from bidding.compose.settings import Settings
from bidding.crypto.key_file import write_key_file
from bidding.stage.play import Play
from tests.cli.conftest import Bidding
from tests.system.platforms import Stand, standing
from tests.system.tenders import all_hand_in, closed, road, tender


@pytest_asyncio.fixture
async def stand(pg_dsn: str) -> AsyncIterator[Stand]:
    folder = Path(tempfile.mkdtemp(prefix="bidding-office-"))
    settings = Settings(data=folder, port=0, live_port=0, database_url=SecretStr(pg_dsn))
    try:
        async with AsyncExitStack() as stack:
            yield await standing(settings, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def test_lost_keys_are_reported_agreed_to_and_opened_by_command_line(
    bidding: Bidding, stand: Stand, tmp_path: Path
) -> None:
    script = road(3)
    script = msgspec.structs.replace(script, terms={**script.terms, "key_policy": "P2", "suites": ["gm-1"]})
    (tmp_path / "evidence.txt").write_text("书面申请")

    async def run(*arguments: object, code: int = 0) -> str:
        result = await asyncio.to_thread(bidding, *arguments)
        assert result.exit_code == code, result.output
        return result.output

    async with tender(stand, tmp_path / "papers", bidders=3, script=script) as play:
        keys = {
            "agency": _key(tmp_path, "agency", play.agency.session),
            "supervisor": _key(tmp_path, "supervisor", play.supervisor.session),
            "notary": _key(tmp_path, "notary", play.trustees["notary"].session),
        }

        def here(who: str) -> tuple[object, ...]:
            return (play.lot, "--url", stand.api, "--key", keys[who])

        await all_hand_in(play)
        await closed(play)
        await play.agency.session.command(play.lot, "opening/publish-roll", {})
        for who in ("agency", "supervisor"):
            await run(
                "office", "announce-keys", *here(who), "--as", who, "--keep", tmp_path / f"{who}.session"
            )
        await play.agency.session.command(play.lot, "opening/order-release", {})
        lost, *others = play.bidders
        for one in others:
            assert one.folder is not None
            await release(one.member.session, one.folder)
        await _over(play)
        await run(
            *("office", "report-lost-keys", *here("supervisor"), "--bidder", lost.member.party),
            *("--text", "手机损坏", "--evidence", tmp_path / "evidence.txt"),
        )
        give = ("--report", 1, "--suite", "gm-1")
        notary = ("--as", "notary", "--keep", play.folder / "notary.trust")
        refused = await run("trustee", "give", *here("notary"), *give, *notary, code=3)
        assert "not signed by both" in refused
        await run("office", "agree", *here("agency"), "--report", 1)
        await run("trustee", "give", *here("notary"), *give, *notary)
        agency = ("--as", "agency", "--keep", play.folder / "agency.trust")
        await run("trustee", "give", *here("agency"), *give, *agency)
        for who in ("agency", "supervisor"):
            await run(
                "office", "publish-form-key", *here(who), "--as", who, "--keep", tmp_path / f"{who}.session"
            )
        view = await play.wait_for("imported", lambda now: now["opening"]["imported_at"])
        assert [one["opened"] for one in view["opening"]["imported"]] == [True] * 3


def _key(folder: Path, name: str, session: Session) -> Path:
    path = folder / f"{name}.key"
    write_key_file(path, session.device, None)
    return path


async def _over(play: Play) -> None:
    ends = datetime.fromisoformat((await play.view())["opening"]["release_window"]["ends"])
    await play.travel(ends, what="")
    await play.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])
