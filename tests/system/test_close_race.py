"""T0, with everybody at the door: each receipt that was given counts, none is lost, none is late (R-TIME-09).

Two platforms on one database, as deployed apart: one only answers requests, the other also keeps the clock.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bidding.application.ports import Recorded, Write
from bidding.client.session import Problem
from bidding.compose.settings import Settings
from bidding.crypto.canonical import unb64
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.receipt import verify_receipt, verify_refusal
from bidding.crypto.signing import Signed
from bidding.domain.bid.events import BidWithdrawn
from bidding.stage.play import BidderOnStage, Play
from tests.system.platforms import Stand, standing
from tests.system.requests import ready
from tests.system.tenders import deadline, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

BIDDERS = 24
#: How many are early: enough for an opening, whatever the race brings.
EARLY = 3
#: Milliseconds before T0 at which the race begins, and between two of its bidders.
FIRST, STEP = 450, 45
#: Seconds for which a withdrawal is written; T0 comes two before their end, and it must be decided before that.
LONG = 6.0


@pytest_asyncio.fixture(loop_scope="session")
async def pair(pg_dsn: str, folder: Path) -> AsyncIterator[tuple[Stand, Stand]]:
    """(with the clock, without) on one database and one object store."""
    settings = Settings(data=folder / "data", port=0, live_port=0, database_url=SecretStr(pg_dsn))
    async with AsyncExitStack() as stack:
        with_clock = await standing(settings, stack)
        yield (
            with_clock,
            await standing(settings, stack, frozenset({"api"}), operator=with_clock.operator),
        )


async def test_every_receipt_counts_and_nothing_late_does(pair: tuple[Stand, Stand], folder: Path) -> None:
    keeping, answering = pair
    async with tender(keeping, folder / "papers", bidders=5) as play:
        play.bidders += [
            BidderOnStage(play.bidders[0].plan, await play.troupe.organisation(f"竞标{n}有限公司", "bidder"))
            for n in range(BIDDERS - len(play.bidders))
        ]
        bodies = [await ready(play, one) for one in play.bidders]
        for one in play.bidders[1::2]:  # every other bidder is at the other process's door
            one.member.session.http.base_url = answering.api
        closes = await deadline(play)

        async def hand_in(number: int, at: float = 0.0) -> dict[str, Any] | Problem:
            await asyncio.sleep(max(0.0, at - loop.time()))
            one = play.bidders[number]
            try:
                return await one.member.session.command(play.lot, "bid/submit", bodies[number])
            except Problem as problem:
                return problem

        loop = asyncio.get_running_loop()
        outcomes = [await hand_in(number) for number in range(EARLY)]
        await play.set_clock(rate=1, at=(closes - timedelta(milliseconds=FIRST + 1500)).isoformat())
        start = loop.time() + (closes - await play.now()).total_seconds() - FIRST / 1000
        racing = range(EARLY, BIDDERS - 1)
        outcomes += await asyncio.gather(
            *(hand_in(number, start + place * STEP / 1000) for place, number in enumerate(racing))
        )
        view = await play.wait_for("the close", lambda view: view["phase"] != "noticed")
        outcomes.append(await hand_in(BIDDERS - 1))
        key = unb64((await keeping.operator.session.get("/keys"))["receipt_test"])
        received: dict[str, str] = {}
        for one, outcome in zip(play.bidders, outcomes, strict=True):
            if isinstance(outcome, Problem):
                assert outcome.code == "bid-late", outcome
                said = Signed(outcome.found["receipt"].encode(), unb64(outcome.found["receipt_signature"]))
                assert datetime.fromisoformat(verify_refusal(said, key).refused_at) >= closes
                continue
            said = Signed(outcome["receipt"].encode(), unb64(outcome["receipt_signature"]))
            receipt = verify_receipt(said, key)
            assert datetime.fromisoformat(receipt.completed_at) < closes
            assert one.folder is not None
            assert receipt.manifest_hash == manifest_hash(one.folder.manifest)
            received[one.member.party] = receipt.receipt_number
        assert EARLY <= len(received) < BIDDERS
        assert view["opening"]["received"] == len(received)
        await play.agency.session.command(play.lot, "opening/publish-roll")
        roll = (await play.view())["opening"]["roll"]
        assert {entry["bidder"]: entry["receipt_number"] for entry in roll} == received


async def test_withdrawals_at_the_last_moment_do_not_spoil_the_count(
    pair: tuple[Stand, Stand], folder: Path
) -> None:
    """Withdrawn before T0, or revoked after it: the count at T0 and the roll agree in every case (R-BID-10)."""
    keeping, answering = pair
    async with tender(keeping, folder / "papers", bidders=5) as play:
        play.bidders += [
            BidderOnStage(play.bidders[0].plan, await play.troupe.organisation(f"撤回{n}有限公司", "bidder"))
            for n in range(9)
        ]
        for one in play.bidders:
            await one.member.session.command(play.lot, "bid/submit", await ready(play, one))
        leaving = play.bidders[4:]
        for one in leaving[1::2]:
            one.member.session.http.base_url = answering.api
        closes = await deadline(play)
        await play.set_clock(rate=1, at=(closes - timedelta(milliseconds=1200)).isoformat())
        start = asyncio.get_running_loop().time() + (closes - await play.now()).total_seconds() - 0.15
        await asyncio.gather(*(_withdraw(play, one, start + n * 0.03) for n, one in enumerate(leaving)))
        view = await play.wait_for("the close", lambda view: view["phase"] != "noticed")
        await play.agency.session.command(play.lot, "opening/publish-roll")
        opened = (await play.view())["opening"]
        assert view["opening"]["received"] == len(opened["roll"])
        withdrawn = set()
        for one in play.bidders:
            own = await one.member.session.get(f"/lots/{play.lot}/bid")
            if own["withdrawn_at"] is not None:
                assert datetime.fromisoformat(own["withdrawn_at"]) < closes
                withdrawn.add(one.member.party)
        everybody = {one.member.party for one in play.bidders}
        assert {entry["bidder"] for entry in opened["roll"]} == everybody - withdrawn
        revoked = {one["bidder"] for one in opened["revoked"]}
        assert revoked | withdrawn == {one.member.party for one in leaving}


async def _withdraw(play: Play, one: BidderOnStage, at: float) -> None:
    await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
    assert one.folder is not None
    await one.member.session.command(
        play.lot, "bid/withdraw", {"manifest_hash": manifest_hash(one.folder.manifest)}
    )


async def test_a_withdrawal_under_way_at_the_close_is_waited_for(
    pair: tuple[Stand, Stand], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided before T0 and written after the close has counted, it would leave a count that no roll can match."""
    keeping, answering = pair
    async with tender(keeping, folder / "papers", bidders=4) as play:
        for one in play.bidders:
            await one.member.session.command(play.lot, "bid/submit", await ready(play, one))
        leaving = play.bidders[0]
        leaving.member.session.http.base_url = answering.api
        closes = await deadline(play)
        counted, written = asyncio.Event(), asyncio.Event()
        journal, other = keeping.service.platform.journal, answering.service.platform.journal
        load_prefix, append = journal.load_prefix, other.append

        async def counting(prefix: str) -> list[Recorded]:
            found = await load_prefix(prefix)
            if prefix.startswith("bid-") and not counted.is_set():
                counted.set()
                await written.wait()
            return found

        async def writing(writes: Sequence[Write], **more: Any) -> list[Recorded]:
            if any(isinstance(event, BidWithdrawn) for write in writes for event in write.events):
                with suppress(TimeoutError):  # nobody may count before this is written: then nobody does
                    await asyncio.wait_for(counted.wait(), LONG)
            done = await append(writes, **more)
            written.set()
            return done

        monkeypatch.setattr(journal, "load_prefix", counting)
        monkeypatch.setattr(other, "append", writing)
        await play.set_clock(rate=1, at=(closes - timedelta(seconds=LONG - 2)).isoformat())
        await _withdraw(play, leaving, 0.0)
        view = await play.wait_for("the close", lambda view: view["phase"] != "noticed")
        assert (await leaving.member.session.get(f"/lots/{play.lot}/bid"))["withdrawn_at"] is not None
        assert view["opening"]["received"] == 3
        await play.agency.session.command(play.lot, "opening/publish-roll")
        assert len((await play.view())["opening"]["roll"]) == 3
