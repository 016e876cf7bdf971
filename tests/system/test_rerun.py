"""P1: the agency's session key is withheld; the release is run again with the tenderer in its place (R-OPEN-24)."""

from pathlib import Path

import pytest

from bidding.application.record.verify import verify_record
from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, tender
from tests.system.test_escrow import code, ended, released

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_release_is_run_again_with_a_substitute_and_the_record_shows_both_runs(
    stand: Stand, folder: Path
) -> None:
    async with tender(stand, folder / "rerun", bidders=3) as play:
        await all_hand_in(play)
        await closed(play)
        offices = await released(play)
        await offices["supervisor"].publish_form_key()
        agency, supervisor = play.agency.session, play.supervisor.session
        report = {"office": "agency", "text": "会话私钥丢失", "evidence_hash": "ab" * 32}
        await supervisor.command(play.lot, "opening/report-withheld-key", report)
        decided = {
            "number": 1,
            "resolution": "rerun",
            "substitute": play.tenderer.party,
            "reason": "由招标人接替代理机构",
        }
        await supervisor.command(play.lot, "opening/decide-withheld-key", decided)
        assert await code(OfficeDesk(agency, "agency", play.lot).announce_keys()) == "not-an-office"
        assert await code(offices["supervisor"].announce_keys()) == "office-keys-reused"
        new = {
            "agency": OfficeDesk(play.tenderer.session, "agency", play.lot),
            "supervisor": OfficeDesk(supervisor, "supervisor", play.lot),
        }
        for office in new.values():
            await office.announce_keys()
        await play.tenderer.session.command(play.lot, "opening/order-release", {})
        for one in play.bidders:
            assert one.folder is not None
            await release(one.member.session, one.folder)
        await ended(play)
        for office in new.values():
            await office.publish_form_key()
        view = await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])
        assert [one["opened"] for one in view["opening"]["imported"]] == [True] * 3
        (withheld,) = view["opening"]["withheld"]
        assert (withheld["exposed"], withheld["substitute"]) == (True, play.tenderer.party)
        record = await agency.http.get(f"/lots/{play.lot}/record")
        checks = [str(one) for one in verify_record(record.content)]
        assert any("the release was run 2 times" in one for one in checks), checks
        assert any("forms: 3 opened again" in one for one in checks), checks
