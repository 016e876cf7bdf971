"""个人信息保护法 47: personal data in a lot's events go on an order, and every proof of the lot holds as before."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bidding.application.log.audit import Erasure, audit
from bidding.application.log.check import check_leaves
from bidding.application.record import Check, verify_bundle, verify_record
from bidding.cli.main import app
from bidding.crypto.key_file import write_key_file
from bidding.stage import opening
from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = "420902198001011234"


async def bidding(member: Member, folder: Path, *arguments: str, url: str) -> Result:
    """The command, given by this member's device."""
    key = folder / f"{member.party}.json"
    if not key.exists():
        write_key_file(key, member.session.device, None)
    given = ["erasure", *arguments, "--url", url, "--key", str(key)]
    return await asyncio.to_thread(CliRunner().invoke, app, given)


async def got(play: Play, member: Member, what: str) -> bytes:
    answer = await member.session.http.get(f"/lots/{play.lot}/{what}")
    assert answer.is_success, answer.text
    return answer.content


async def test_record_bundle_receipts_and_audit_hold_before_and_after_an_order(
    stand: Stand, folder: Path
) -> None:
    """An objection, which the offices see, has somebody's identity number in it, and so has its answer, which everybody
    sees."""
    key, log = stand.service.keyring.receipt_key("test").public, stand.service.log
    async with tender(stand, folder / "erased", bidders=3) as play:
        objector = play.bidders[0].member.session
        await objector.command(play.lot, "notice/object", {"text": f"联系人身份证 {NUMBER}"})
        answer = {"number": 1, "answer": "不作调整"}
        await play.agency.session.command(play.lot, "notice/answer-objection", answer)
        await all_hand_in(play)
        await closed(play)
        await opening.opening(play)
        await play.wait_for("the history is stated", lambda now: now["timestamps"]["stated"])
        before = await got(play, play.supervisor, "record")
        receipts = await got(play, play.bidders[0].member, "receipts")
        assert NUMBER.encode() in before
        await erased(stand, play, folder)
        record = await got(play, play.supervisor, "record")
        assert NUMBER.encode() not in record
        told = held(verify_record(before, key, log_key=log.identity.key))
        assert not any("erased on an order" in one for one in told)
        told = held(verify_record(record, key, log_key=log.identity.key))
        assert any(one.startswith("log: 1 of them without personal data that were erased") for one in told)
        assert any(one.startswith("completeness") for one in told)
        assert any(one.startswith("opening record: follows") for one in told)
        bundle = await got(play, play.supervisor, "bundle")
        assert NUMBER.encode() not in bundle
        held(verify_bundle(bundle, key, log_key=log.identity.key))
        for file in (receipts, await got(play, play.bidders[0].member, "receipts")):
            held(check_leaves(file, log.identity.key))
        view = await play.view()
        assert NUMBER not in str(view)
        assert [one["question"] for one in view["notice"]["objections"]] == ["已依法删除"]
        found: list[Erasure] = []
        assert [one async for one in audit(log.store, log.identity, (), found.append)] == []
        assert len(found) >= 2
        await forgotten(stand)


def held(checks: list[Check]) -> list[str]:
    assert [one for one in checks if not one.ok] == []
    return [one.name for one in checks]


async def erased(stand: Stand, play: Play, folder: Path) -> None:
    """By the command line: found and ordered by the supervisor, carried out by the operator."""
    shown = await bidding(play.supervisor, folder, "find", play.lot, "--text", NUMBER, url=stand.api)
    places = [line.split()[0] for line in shown.output.splitlines() if ":/" in line]
    assert len(places) == 2, shown.output
    ordered = ["order-lot", play.lot, "--ground", "UNLAWFUL", "--reference", "删9号"]
    for place in places:
        ordered += ["--place", place]
    done = await bidding(play.supervisor, folder, *ordered, url=stand.api)
    assert done.exit_code == 0, done.output
    run = ["run-lot", play.lot, "--order", "1"]
    for _ in range(2):
        done = await bidding(stand.operator, folder, *run, url=stand.api)
        assert done.exit_code == 0, done.output
    await play.wait_for(
        "it is done", lambda now: now["archive"]["erasures"][0]["done_at"], play.supervisor.session
    )


async def forgotten(stand: Stand) -> None:
    """The list of lots is made anew by the event that says it is done."""
    async with asyncio.timeout(60):
        while await said_in_lists(stand):  # noqa: ASYNC110 - another task's commit
            await asyncio.sleep(0.1)


async def said_in_lists(stand: Stand) -> bool:
    after = None
    while True:
        rows, after = await stand.service.platform.readmodels.lots(mode="test", after=after, limit=100)
        if any(NUMBER.encode() in one.doc for one in rows):
            return True
        if after is None:
            return False
