"""A bidder with nothing but the command line, at a real platform: from enrolment to the released keys."""

import asyncio
import re
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from pydantic import SecretStr

from bidding.cli.device import party_of
from bidding.cli.lotview import parse_lot
from bidding.client.office import OfficeDesk
from bidding.client.session import Session
from bidding.compose.settings import Settings
from bidding.crypto.key_file import read_key_file
from bidding.crypto.session import Office
from bidding.domain.codes import make_uscc
from bidding.stage.play import Play
from tests.cli.conftest import FORM, Bidding, sealing
from tests.cli.test_serve import CLI, environment
from tests.system.platforms import Stand, standing
from tests.system.tenders import all_hand_in, approach, closed, tender

PRICE = "4500000.00"


@pytest_asyncio.fixture
async def stand(pg_dsn: str) -> AsyncIterator[Stand]:
    folder = Path(tempfile.mkdtemp(prefix="bidding-cli-"))
    settings = Settings(data=folder, port=0, live_port=0, database_url=SecretStr(pg_dsn))
    try:
        async with AsyncExitStack() as stack:
            yield await standing(settings, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_bid_by_command_line_alone(
    bidding: Bidding, stand: Stand, tmp_path: Path, desk: Path
) -> None:
    async def run(*arguments: object, typed: str | None = None, code: int = 0) -> str:
        result = await asyncio.to_thread(bidding, *arguments, typed=typed)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    there, key = ("--url", stand.api), ("--key", desk / "key.json")
    made = await run("keygen", desk / "safe.json", "--no-passphrase", "--recovery")
    code = re.search(r"(?:[0-9A-Z]{4}-){13}[0-9A-Z]{4}", made)
    assert code is not None
    recovery = desk / "safe.json.recovery.pub"
    enrolling = ("enrol", *there, *key, "--name", "己建设有限公司", "--uscc", _uscc(), "--role", "bidder")
    await run(*enrolling)
    await run(*enrolling, "--recovery-key", recovery)
    await run(*enrolling, "--recovery-key", recovery)  # again: nothing is missing, nothing is wrong

    async with tender(stand, tmp_path / "play", 2) as play:
        await all_hand_in(play)
        await run("lot", play.lot, *there, *key, "--out", desk / "lot.json")
        own = parse_lot((desk / "lot.json").read_bytes()).own
        assert own is not None
        assert (own.party, own.deposit_asked_fen) == (party_of(read_key_file(desk / "key.json", None)), 0)
        (desk / "form.toml").write_text(FORM.replace("11000000.50", PRICE))
        await run(*sealing(desk, "--recipient", recovery))

        bid = desk / "bid"
        said = await run("submit", bid, *there, *key)
        number = re.search(r"\b[A-Z2-7]{26}\b", said)
        assert number is not None
        (bid / "receipt.json").unlink()
        assert number[0] in await run("submit", bid, *there, *key), "an answer that was lost comes again"
        verified = await run("verify", bid / "receipt.json")
        assert number[0] in verified

        await run(*sealing(desk, "--recipient", recovery, "--replaces", bid, out="second"))
        second = desk / "second"
        await run("submit", second, *there, *key)
        refused = await run("submit", bid, *there, *key, code=3)
        assert "What to do" in refused
        assert "WRONG_VERSION" in await run("verify", bid / "refusal.json")
        await run("withdraw", bid, *there, *key, code=3)
        early = await run("release", second, *there, *key, code=3)
        assert "session keys" in early

        await approach(play, timedelta(minutes=40))
        await run("sign-in", play.lot, *there, *key)
        await closed(play)
        await _release_ordered(play)
        watching = await asyncio.create_subprocess_exec(
            *CLI,
            "watch",
            play.lot,
            "--live-url",
            stand.live,
            env=environment(tmp_path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert watching.stdout is not None
        try:
            async with asyncio.timeout(60):
                await _until(watching.stdout, "key release ends in")
                await run("release", second, *there, *key, "--recovery", typed=code[0] + "\n")
                await _until(watching.stdout, "己建设有限公司 released its keys")
        finally:
            watching.send_signal(signal.SIGINT)
            _, errors = await asyncio.wait_for(watching.communicate(), 30)
        assert watching.returncode == 130, errors
        assert b"Traceback" not in errors
        assert "release" in await run("verify", second / "release-receipt.json")

        path = desk / "record.json"
        response = await play.agency.session.http.get(f"/lots/{play.lot}/record")
        path.write_bytes(response.content)
        assert "✗" not in await run("verify", path)
        data = bytearray(response.content)
        for place in range(11, len(data), len(data) // 15):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            await run("verify", path, code=1)


async def test_a_withdrawn_bid_and_a_lot_that_is_not_there(
    bidding: Bidding, stand: Stand, tmp_path: Path, desk: Path
) -> None:
    async def run(*arguments: object, code: int = 0) -> str:
        result = await asyncio.to_thread(bidding, *arguments)
        assert result.exit_code == code, result.output
        return result.output

    there, key = ("--url", stand.api), ("--key", desk / "key.json")
    await run("lot", "no-such-lot", *there, code=3)
    missing = await run("watch", "no-such-lot", "--live-url", stand.live, code=3)
    assert "no lot no-such-lot" in missing
    unknown = await run("submit", desk / "nothing", *there, *key, code=5)
    assert "no such file" in unknown
    await run("enrol", *there, *key, "--name", "x", "--uscc", "not-a-code", "--role", "bidder", code=3)
    async with tender(stand, tmp_path / "play", 0) as play:
        await run("enrol", *there, *key, "--name", "庚建设有限公司", "--uscc", _uscc(), "--role", "bidder")
        await run("lot", play.lot, *there, "--out", desk / "lot.json")
        (desk / "form.toml").write_text(FORM.replace("11000000.50", PRICE))
        await run(*sealing(desk))
        await run("submit", desk / "bid", *there, *key)
        await run("withdraw", desk / "bid", *there, *key)
        own = await run("withdraw", desk / "bid", *there, *key, code=3)
        assert "What to do" in own


async def _release_ordered(play: Play) -> None:
    agency, supervisor = play.agency.session, play.supervisor.session
    await agency.command(play.lot, "opening/publish-roll", {})
    desks: tuple[tuple[Session, Office], ...] = ((agency, "agency"), (supervisor, "supervisor"))
    for session, office in desks:
        await OfficeDesk(session, office, play.lot, play.folder / f"{office}.keys").announce_keys()
    await agency.command(play.lot, "opening/order-release", {})


async def _until(stream: asyncio.StreamReader, wanted: str) -> None:
    async for printed in stream:
        if wanted in printed.decode():
            return
    raise AssertionError(f"never printed: {wanted}")


def _uscc() -> str:
    return make_uscc("91", "420902", secrets.randbelow(10**6))
