"""Erasing personal data on a running platform, by the command line (个人信息保护法 47; R-ARCH-01, R-GEN-04)."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from bidding.cli.main import app
from bidding.client.session import Problem
from bidding.crypto.key_file import write_key_file
from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import hand_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = {"parts": ["CONTACT"], "ground": "PURPOSE_ENDED", "reference": "孝公管删〔2026〕8号"}


async def bidding(member: Member, folder: Path, *arguments: str, url: str) -> Result:
    """The command, given by this member's device."""
    key = folder / f"{member.party}.json"
    if not key.exists():
        write_key_file(key, member.session.device, None)
    given = ["erasure", *arguments, "--url", url, "--key", str(key)]
    return await asyncio.to_thread(CliRunner().invoke, app, given)


async def ordered(play: Play, party: str) -> None:
    session = play.supervisor.session
    await session.post(
        f"/parties/{party}/erasure-orders", session.signed("registration/order-erasure", None, ORDER)
    )


async def erase(stand: Stand, party: str) -> dict[str, object]:
    session = stand.operator.session
    body = session.signed("registration/erase", None, {"order": 1})
    return await session.post(f"/parties/{party}/erasures", body)


async def test_a_contact_is_erased_by_the_operator_on_the_supervisors_order(
    stand: Stand, play: Play, folder: Path
) -> None:
    gone = await play.troupe.organisation("退出建设有限公司", "bidder")
    run = ("run", gone.party, "--order", "1")
    refused = await bidding(stand.operator, folder, *run, url=stand.api)
    assert refused.exit_code != 0, "without an order"
    said = ("order", gone.party, "--part", "CONTACT", "--ground", "CONSENT_WITHDRAWN", "--reference", "删8号")
    done = await bidding(play.supervisor, folder, *said, url=stand.api)
    assert done.exit_code == 0, done.output
    assert (await gone.session.get("/parties/me"))["contact"]["phone"]
    done = await bidding(stand.operator, folder, *run, url=stand.api)
    assert done.exit_code == 0, done.output
    known = await gone.session.get("/parties/me")
    assert known["contact"] == {"person": "", "phone": "", "email": "", "address": ""}
    assert known["erasures"][0]["done"]
    page = await stand.operator.session.get("/parties", waiting=False, text=gone.name)
    assert [one["contact"]["phone"] for one in page["parties"]] == [""]
    again = await bidding(stand.operator, folder, *run, url=stand.api)
    assert again.exit_code == 0, again.output


async def test_of_a_party_of_a_running_lot_nothing_is_erased(stand: Stand, play: Play) -> None:
    """个人信息保护法 47 I (一): the purpose goes on."""
    await ordered(play, play.agency.party)
    with pytest.raises(Problem) as refused:
        await erase(stand, play.agency.party)
    assert (refused.value.code, refused.value.found["lots"] > 0) == ("erasure-lot-running", True)


async def test_a_refusal_does_not_tell_who_bids(stand: Stand, play: Play) -> None:
    """R-GEN-04: before the opening the centre learns from no answer that somebody has bid."""
    bidder = play.bidders[3]
    await hand_in(play, bidder)
    await ordered(play, bidder.member.party)
    answer = await erase(stand, bidder.member.party)
    assert msgspec.json.encode(answer).find(b"0712-0000000") < 0
