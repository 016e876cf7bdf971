"""P1: a session key of the agency is withheld; the release is run again with the tenderer in its place (R-OPEN-24)."""

from pathlib import Path

import pytest

from bidding.application.record.verify import verify_record
from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from bidding.stage import concluding, opening
from bidding.stage.play import Play
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


async def test_the_evaluations_key_is_withheld_and_the_envelopes_open_with_the_keys_of_the_second_run(
    stand: Stand, folder: Path
) -> None:
    async with tender(stand, folder / "evaluation", bidders=3) as play:
        await all_hand_in(play)
        await closed(play)
        await opening.opening(play)
        await play.offices["supervisor"].disclose_evaluation_key()
        supervisor = play.supervisor.session
        report = {"office": "agency", "text": "会话私钥丢失", "evidence_hash": "ab" * 32}
        await supervisor.command(play.lot, "opening/report-withheld-key", report)
        decided = {"resolution": "rerun", "substitute": play.tenderer.party, "reason": "由招标人接替代理机构"}
        await supervisor.command(play.lot, "opening/decide-withheld-key", {"number": 1, **decided})
        play.offices = {
            "agency": OfficeDesk(play.tenderer.session, "agency", play.lot),
            "supervisor": OfficeDesk(supervisor, "supervisor", play.lot),
        }
        for office in play.offices.values():
            await office.announce_keys()
        await play.tenderer.session.command(play.lot, "opening/order-release", {})
        assert await code(play.offices["supervisor"].disclose_evaluation_key()) == "release-window-running"
        for one in play.bidders:
            assert one.folder is not None
            await release(one.member.session, one.folder)
        await ended(play)
        await concluding.evaluation(play)
        await recorded_twice(play)


async def recorded_twice(play: Play) -> None:
    """The record shows both runs, and the second leaves what was announced as it was."""
    record = await play.agency.session.http.get(f"/lots/{play.lot}/record")
    checks = [str(one) for one in verify_record(record.content)]
    assert any("run again 1 times for the evaluation's keys" in one for one in checks), checks
    assert any("forms: 3 opened again" in one for one in checks), checks
    assert any("opening record: follows from the events" in one for one in checks), checks
