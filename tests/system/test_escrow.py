"""Tenders under policies P2 and P3: ceremony, lost keys, two trustees; trustees alone (R-BID-06, R-BID-07)."""

from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.record.verify import verify_record
from bidding.cli.demo import scripts
from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from bidding.client.session import Problem
from bidding.client.trustee import TrusteeDesk
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.escrow import give, share_commitment
from bidding.crypto.manifest import Manifest
from bidding.crypto.suite import INTL_1
from bidding.stage.play import Play
from bidding.stage.script import Script
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, performed, road, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


def with_escrow() -> Script:
    """The municipal road, where the bidder that releases nothing lost its keys and is opened by trustees."""
    script = scripts()[0]
    assert [one.releases for one in script.bids].count(False) == 1
    bids = tuple(
        one if one.releases else msgspec.structs.replace(one, escrowed=True, points=("20", "6"))
        for one in script.bids
    )
    expect = msgspec.structs.replace(script.expect, opened=script.expect.opened + 1, revoked=0)
    terms = {**script.terms, "key_policy": "P2"}
    return msgspec.structs.replace(script, bids=bids, expect=expect, terms=terms)


async def test_a_tender_with_escrow_goes_from_ceremony_to_contract(stand: Stand, folder: Path) -> None:
    report = await performed(stand, with_escrow(), folder / "escrow")
    assert report["error"] == ""
    steps = {one["name"]: one["ok"] for one in report["steps"]}
    assert all(steps.values())
    assert {"the notary opens the test bid", "the notary gives its shares"} <= set(steps)


async def test_a_bidder_whose_keys_did_not_come_is_opened_from_its_spare_file(
    stand: Stand, folder: Path
) -> None:
    """R-PAIN-05, F-18: from the receipt's digest to the evaluation of its envelopes; another file is refused."""
    script = scripts()[0]
    bids = tuple(
        one if one.releases else msgspec.structs.replace(one, spared=True, points=("20", "6"))
        for one in script.bids
    )
    expect = msgspec.structs.replace(script.expect, opened=script.expect.opened + 1, revoked=0)
    terms = {**script.terms, "spare": "OTHER_FAULT"}
    report = await performed(
        stand, msgspec.structs.replace(script, bids=bids, expect=expect, terms=terms), folder / "spare"
    )
    assert report["error"] == ""
    steps = {one["name"]: one["ok"] for one in report["steps"]}
    assert all(steps.values())
    assert {"another file is no spare", "the supervisor takes the spare file"} <= set(steps)


async def test_an_office_withholds_its_key_and_a_trustee_lies(stand: Stand, folder: Path) -> None:
    """One session key withheld: supervisor and notary open. A false share: exposed, and the third trustee stands in."""
    script = road(3)
    script = msgspec.structs.replace(script, terms={**script.terms, "key_policy": "P2"})
    async with tender(stand, folder / "withheld", bidders=3, script=script) as play:
        await all_hand_in(play)
        await closed(play)
        offices = await released(play)
        await offices["supervisor"].publish_form_key()
        agency, supervisor = play.agency.session, play.supervisor.session
        report = {
            "kind": "office-withholds",
            "office": "agency",
            "text": "未公布",
            "evidence_hash": "ab" * 32,
        }
        assert await code(agency.command(play.lot, "escrow/report", report)) == (
            "escrow-report-names-the-other-office"
        )
        await supervisor.command(play.lot, "escrow/report", report)
        liar = play.trustees["agency"]
        false = await lie(play, liar)
        assert await code(liar.session.command(play.lot, "escrow/give-shares", false)) == "escrow-share-false"
        mixed = await another_share_than_said(play, liar)
        assert (
            await code(liar.session.command(play.lot, "escrow/give-shares", mixed)) == "escrow-shares-refused"
        )
        for name in ("supervisor", "notary"):
            assert len(await play.trustees[name].give(1)) == 3
        view = await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])
        assert [one["opened"] for one in view["opening"]["imported"]] == [True] * 3
        assert [(one["trustee"], one["envelope"]) for one in view["escrow"]["false_shares"]] == [
            ("agency", "form")
        ]
        assert len(view["opening"]["form_keys"]) == 1
        record = await agency.http.get(f"/lots/{play.lot}/record")
        checks = [str(one) for one in verify_record(record.content)]
        assert any("escrow" in one and "reports" in one for one in checks), checks


async def test_a_tender_that_trustees_alone_open_goes_from_ceremony_to_contract(
    stand: Stand, folder: Path
) -> None:
    """R-BID-06, P3: bidders consent and keep no key; supervisor and notary open, the other envelopes too."""
    script = scripts()[0]
    bids = tuple(
        msgspec.structs.replace(one, releases=True, points=one.points or ("20", "6")) for one in script.bids
    )
    expect = msgspec.structs.replace(script.expect, opened=script.expect.opened + 1, revoked=0)
    script = msgspec.structs.replace(
        script, bids=bids, expect=expect, terms={**script.terms, "key_policy": "P3"}
    )
    report = await performed(stand, script, folder / "alone")
    assert report["error"] == ""
    steps = {one["name"]: one["ok"] for one in report["steps"]}
    assert all(steps.values())
    assert {"the notary opens the test bid", "the notary gives its shares"} <= set(steps)
    assert not [name for name in steps if name.startswith(("session keys", "form key", "evaluation key"))]


async def test_two_false_trustees_are_named_and_open_nothing(stand: Stand, folder: Path) -> None:
    """P3: two trustees agree on one false share; their signatures convict both, and the record holds offline."""
    script = road(3)
    script = msgspec.structs.replace(script, terms={**script.terms, "key_policy": "P3"})
    async with tender(stand, folder / "false", bidders=3, script=script) as play:
        await all_hand_in(play)
        await closed(play)
        agency = play.agency.session
        await agency.command(play.lot, "opening/publish-roll", {})
        assert (
            await code(
                play.trustees["notary"].session.command(
                    play.lot, "escrow/give-shares", {"number": 0, "bidder": "x", "shares": two_shares()}
                )
            )
            == "release-not-ordered"
        )
        keys = OfficeDesk(agency, "agency", play.lot)
        assert await code(keys.announce_keys()) == "opened-by-trustees"
        await agency.command(play.lot, "opening/order-release", {})
        for name in ("agency", "supervisor"):
            liar = play.trustees[name]
            false = await false_share(play, liar)
            assert (
                await code(liar.session.command(play.lot, "escrow/give-shares", false))
                == "escrow-share-false"
            )
        assert len(await play.trustees["notary"].give()) == 3
        assert await play.trustees["notary"].give() == []
        await ended(play)
        view = await play.view()
        assert (view["opening"]["imported_at"], view["opening"]["released"]) == (None, [])
        assert [one["trustee"] for one in view["escrow"]["false_shares"]] == ["agency", "supervisor"]
        assert len(await play.trustees["supervisor"].give()) == 3
        view = await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])
        assert [one["opened"] for one in view["opening"]["imported"]] == [True] * 3
        record = await agency.http.get(f"/lots/{play.lot}/record")
        checks = [str(one) for one in verify_record(record.content)]
        assert any("3 bidders consent" in one for one in checks), checks
        assert any("opened by notary, supervisor" in one for one in checks), checks
        assert any("forms: 3 opened again" in one for one in checks), checks


async def released(play: Play, suite: str = INTL_1) -> dict[str, OfficeDesk]:
    """The roll, session keys, every bidder's release, and the window's end."""
    await play.agency.session.command(play.lot, "opening/publish-roll", {})
    offices = {
        "agency": OfficeDesk(play.agency.session, "agency", play.lot, suite=suite),
        "supervisor": OfficeDesk(play.supervisor.session, "supervisor", play.lot, suite=suite),
    }
    for office in offices.values():
        await office.announce_keys()
    await play.agency.session.command(play.lot, "opening/order-release", {})
    for one in play.bidders:
        assert one.folder is not None
        await release(one.member.session, one.folder)
    await ended(play)
    return offices


async def ended(play: Play) -> None:
    ends = datetime.fromisoformat((await play.view())["opening"]["release_window"]["ends"])
    await play.travel(ends, what="")
    await play.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])


async def false_share(play: Play, liar: TrusteeDesk) -> dict[str, Any]:
    """A share of the same false bytes from whoever holds it, with the commitment that those bytes have."""
    fields = await true_shares(play, liar, report=0)
    papers = await liar.session.get(f"/lots/{play.lot}/escrow")
    manifest = parse_canonical(papers["reports"]["0"][0]["manifest"].encode(), Manifest)
    target = manifest.target("form")
    for one in fields["shares"]:
        if (one["envelope"], one["index"]) == ("form", 2):
            wrapped = give(bytes(32), target, liar.trustee, 2, unb64(papers["platform_key"]))
            one |= {"commitment": share_commitment(target, 2, bytes(32)), "wrapped": b64(wrapped)}
    return fields


def two_shares() -> list[dict[str, Any]]:
    return [
        {"envelope": "form", "index": index, "commitment": "ab" * 32, "wrapped": "AA"} for index in (0, 1)
    ]


async def lie(play: Play, liar: TrusteeDesk) -> dict[str, Any]:
    """Shares of which one says and holds something else than was committed to."""
    fields = await true_shares(play, liar)
    fields["shares"][0]["commitment"] = "cd" * 32
    return fields


async def another_share_than_said(play: Play, liar: TrusteeDesk) -> dict[str, Any]:
    """It signs the true commitment and gives something else."""
    fields = await true_shares(play, liar)
    fields["shares"][0]["wrapped"] = fields["shares"][1]["wrapped"]
    return fields


async def true_shares(play: Play, liar: TrusteeDesk, report: int = 1) -> dict[str, Any]:
    papers = await liar.session.get(f"/lots/{play.lot}/escrow")
    first = papers["reports"][str(report)][0]
    manifest = parse_canonical(first["manifest"].encode(), Manifest)
    shares = liar.shares(manifest, unb64(papers["platform_key"]))
    return {"number": report, "bidder": first["bidder"], "shares": shares}


async def code(act: Awaitable[Any]) -> str:
    with pytest.raises(Problem) as refused:
        await act
    return refused.value.code
