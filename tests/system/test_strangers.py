"""Other people's bids, uploads and words; sessions out of date; signatures of something else."""

import hashlib
from typing import Any

import psycopg
import pytest

from bidding.client.session import Problem, Session
from bidding.crypto.canonical import canonical
from bidding.crypto.credentials import DeviceCredential
from bidding.stage.play import BidderOnStage, Play
from tests.system.platforms import Stand
from tests.system.requests import BYTES, TUS, assert_receipted, created, keyed, keys, problem, ready, refusal
from tests.system.tenders import sealed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_upload_exists_for_its_owner_alone(play: Play, bidder: BidderOnStage) -> None:
    mine, other = bidder.member.session, play.bidders[0].member.session
    location = (await created(mine, play.lot, "form", 4176)).headers["location"]
    for response in (
        await other.http.head(location, headers=TUS),
        await other.http.delete(location, headers=TUS),
        await other.http.patch(location, content=b"100FWB1\n", headers={**BYTES, "Upload-Offset": "0"}),
    ):
        assert response.status_code == 404
    assert (await mine.http.head(location, headers=TUS)).headers["upload-offset"] == "0"


async def test_a_bid_cannot_use_somebody_elses_uploads(
    play: Play, bidder: BidderOnStage, stand: Stand
) -> None:
    other = play.bidders[1]
    theirs = await ready(play, other)
    mine = await ready(play, bidder)
    refused = await refusal(play, bidder, {**mine, "uploads": theirs["uploads"]})
    assert_receipted(await keys(stand), refused, "INCOMPLETE", bidder)


async def test_nobody_withdraws_anothers_bid(play: Play, bidder: BidderOnStage) -> None:
    other = play.bidders[2]
    folder = await sealed(play, other)
    with pytest.raises(Problem) as refused:
        await bidder.member.session.command(
            play.lot, "bid/withdraw", {"manifest_hash": hashlib.sha256(folder.signed.payload).hexdigest()}
        )
    assert refused.value.code == "no-bid-to-withdraw"


async def test_sheets_and_offices_are_closed_to_bidders(play: Play, bidder: BidderOnStage) -> None:
    session = bidder.member.session
    assert (await session.http.get(f"/lots/{play.lot}/evaluation/sheet")).status_code == 403
    for act, fields in (("opening/publish-roll", {}), ("control/suspend", {"reason": "x", "order": "y"})):
        with pytest.raises(Problem) as refused:
            await session.command(play.lot, act, fields)
        assert (refused.value.status, refused.value.code) == (403, "not-permitted")


async def test_an_expired_session_is_over(play: Play, bidder: BidderOnStage, stand: Stand) -> None:
    session = bidder.member.session
    url = stand.service.settings.database_url
    assert url is not None
    with psycopg.connect(url.get_secret_value()) as connection:
        done = connection.execute(
            "UPDATE sessions SET expires_at = now() - interval '1 minute', created_at = now() - interval '1 day'"
            " WHERE token_hash = %s",
            [hashlib.sha256(session.token.encode()).digest()],
        )
        assert done.rowcount == 1
    response = await session.http.get(f"/lots/{play.lot}/bid")
    assert problem(response) == (401, "session-ended")
    assert "www-authenticate" in response.headers
    await session.login()
    assert (await session.http.get(f"/lots/{play.lot}/bid")).status_code == 200


LIES: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("another act", {"act": "bid/submit"}, (422, "statement-mismatch")),
    ("another lot", {"lot": "00000000-0000-4000-8000-000000000000"}, (422, "statement-mismatch")),
    ("no lot", {"lot": None}, (422, "statement-mismatch")),
    ("another party", {"by": "5f" * 12}, (422, "statement-mismatch")),
    ("another device", {"credential": "5f" * 32}, (422, "statement-mismatch")),
    ("another body", {"body": {"manifest_hash": "00" * 32}}, (422, "signature-invalid")),
    ("another instant", {"at": "2026-01-01T00:00:00.000Z"}, (422, "signature-invalid")),
]


@pytest.mark.parametrize(("name", "lie", "found"), LIES, ids=[name for name, _, _ in LIES])
async def test_a_statement_altered_after_signing(
    play: Play, bidder: BidderOnStage, name: str, lie: dict[str, Any], found: tuple[int, str]
) -> None:
    session = bidder.member.session
    said = session.signed("bid/withdraw", play.lot, {"manifest_hash": "11" * 32})
    said["statement"].update(lie)
    response = await session.http.post(
        f"/lots/{play.lot}/bid/withdraw", content=canonical(said), headers=keyed()
    )
    assert problem(response) == found


async def test_another_keys_signature_is_refused(play: Play, bidder: BidderOnStage) -> None:
    session = bidder.member.session
    said = session.signed("bid/withdraw", play.lot, {"manifest_hash": "11" * 32})
    stranger = Session(session.http.base_url.scheme, DeviceCredential.generate())
    said["signature"] = stranger.signed("bid/withdraw", play.lot, {"manifest_hash": "11" * 32})["signature"]
    await stranger.http.aclose()
    response = await session.http.post(
        f"/lots/{play.lot}/bid/withdraw", content=canonical(said), headers=keyed()
    )
    assert problem(response) == (422, "signature-invalid")


async def test_supervisions_list_and_the_register_are_closed_to_bidders_and_an_expert_sees_no_seats(
    play: Play, bidder: BidderOnStage
) -> None:
    session = bidder.member.session
    for path in ("/supervision/lots", f"/supervision/lots/{play.lot}", "/parties"):
        assert (await session.http.get(path)).status_code == 403, path
    assert await session.get("/experts/me/seats") == {"seats": [], "next": None}


async def test_a_bidders_chronicle_has_public_events_only_and_the_supervisors_has_more(
    play: Play, bidder: BidderOnStage
) -> None:
    public = (await bidder.member.session.get(f"/lots/{play.lot}/chronicle", limit=200))["entries"]
    whole = (await play.supervisor.session.get(f"/lots/{play.lot}/chronicle", limit=200))["entries"]
    assert [one["number"] for one in public] == list(range(1, len(public) + 1))
    assert {one["event"]["type"] for one in public} < {one["event"]["type"] for one in whole}
    noticed = next(one for one in public if one["event"]["type"] == "lot.noticed.v1")
    assert noticed["zh"] == "发布招标公告"
    assert noticed["article"]
    assert noticed["decisions"]


async def test_the_supervisor_and_the_centre_see_every_lot(play: Play) -> None:
    for session in (play.supervisor.session, play.troupe.operator.session):
        lots = (await session.get("/supervision/lots", limit=200))["lots"]
        assert play.lot in [one["lot"] for one in lots]
    names = [
        one["name"]
        for one in (await play.troupe.operator.session.get("/parties", waiting=False, limit=200))["parties"]
    ]
    assert play.bidders[0].plan.name in names
