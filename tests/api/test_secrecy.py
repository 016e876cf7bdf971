"""What the access log tells: never a token, body, query string or id, and nothing that counts bids (R-GEN-04)."""

import pytest
from structlog.testing import capture_logs

from bidding.api import access
from bidding.api.commands import routed
from tests.api.conftest import World
from tests.api.devices import Device
from tests.api.lots import file_lot

MARK = "mark-that-must-not-appear"


async def test_no_token_body_query_or_id_reaches_the_log(world: World) -> None:
    lot = await file_lot(world)
    with capture_logs() as lines:
        await world.log_in(lot.agency)
        await world.http.get(f"/healthz?token={MARK}")
        await world.http.get(f"/{MARK}/x")
        await world.post(f"/lots/{lot.id}/admission/admit", {"x": MARK}, lot.operator)
        await world.http.get("/parties/me", headers={"Authorization": f"Bearer {MARK}"})
        await world.http.get("/parties/me", headers={"Cookie": f"bidding-session={MARK}"})
        await world.post("/parties", Device().enrols(kind="organisation", name=MARK))
    assert len([line for line in lines if line["event"] == "request"]) == 8
    told = str(lines)
    for secret in (MARK, lot.id, lot.agency.token, lot.agency.party, lot.agency.id):
        assert secret not in told
    assert "/lots/{lot_id}/admission/admit" in told


@pytest.mark.parametrize(
    "name",
    [
        one.NAME
        for one in routed()
        if one.NAME.startswith("bid/")
        or one.NAME in {"prequalification/apply", "prequalification/withdraw", "prequalification/review"}
    ],
)
async def test_requests_about_bids_leave_no_line_to_count(world: World, name: str) -> None:
    bidder = await world.enrol("bidder")
    with capture_logs() as lines:
        answer = await world.post(f"/lots/some-lot/{name}", {}, bidder)
    assert answer.status_code in {400, 404}
    assert not lines


@pytest.mark.parametrize(
    "path",
    [
        "/uploads",
        "/uploads/{upload}",
        "/lots/{lot_id}/bid",
        "/lots/{lot_id}/bid/submit",
        "/lots/{lot_id}/bids/{bidder}",
        "/lots/{lot_id}/notice/download",
        "/lots/{lot_id}/documents/{version}",
        "/lots/{lot_id}/receipts",
        "/log/policy",
        "/sessions/scans",
        "/sessions/scans/confirm",
        "/lots/{lot_id}/application",
        "/lots/{lot_id}/application/documents",
        "/lots/{lot_id}/prequalification/applications",
        "/lots/{lot_id}/prequalification/apply",
        "/lots/{lot_id}/prequalification/review",
    ],
)
def test_sealed_paths(path: str) -> None:
    assert access.is_sealed(path)


@pytest.mark.parametrize(
    "path", ["/lots", "/lots/{lot_id}", "/lots/{lot_id}/opening/release", "/bidders-guide"]
)
def test_paths_that_are_not(path: str) -> None:
    assert not access.is_sealed(path)


def test_a_failure_on_a_sealed_path_is_told_without_the_path() -> None:
    with capture_logs() as lines:
        for status in (201, 404, 503):
            access.record(
                method="POST",
                path="/lots/x/bid/submit",
                route="/lots/{lot_id}/bid/submit",
                status=status,
                milliseconds=1,
                request_id="r",
            )
    assert [(line["route"], line["status"]) for line in lines] == [("(sealed)", 503)]


def test_a_sealed_path_is_sealed_also_where_no_route_matched() -> None:
    with capture_logs() as lines:
        access.record(method="GET", path="/uploads/a/b", route="", status=404, milliseconds=1, request_id="r")
    assert not lines


def test_a_session_does_not_print_its_token() -> None:
    from datetime import timedelta

    from bidding.application.login import LoggedIn
    from bidding.domain.registration.state import Party
    from tests.api.devices import AT

    done = LoggedIn(
        token=MARK, expires_at=AT, life=timedelta(hours=1), party=Party(party="p"), credential="c"
    )
    assert MARK not in repr(done)
    assert MARK not in str(done)
