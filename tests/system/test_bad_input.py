"""Bodies, names, keys and versions as people and programs send them wrongly: refused, with nothing changed."""

import asyncio

import pytest

from bidding.crypto.canonical import canonical
from bidding.stage.play import BidderOnStage, Play
from tests.system.requests import TUS, created, keyed, problem, ready

pytestmark = pytest.mark.asyncio(loop_scope="session")


DEEP = b'{"reason":' + b"[" * 40 + b"]" * 40 + b"}"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", (400, "body-malformed")),
        (b"{", (400, "body-malformed")),
        (b'{"text": "\xff"}', (400, "body-malformed")),
        (b'{"text":"x"} {}', (400, "body-malformed")),
        (b"[]", (400, "body-invalid")),
        (b'{"text": 7}', (400, "body-invalid")),
        (b'{"text": "x", "more": 1}', (400, "body-invalid")),
        (b"{}", (400, "body-invalid")),
        (b'{"text": ""}', (400, "body-invalid")),
        (b'{"text": "\\u0000"}', (400, "body-invalid")),
        (DEEP, (400, "body-too-deep")),
        (b'{"text":"' + b"x" * (2 * 1024 * 1024) + b'"}', (413, "body-too-large")),
    ],
)
async def test_bodies_that_are_not_what_is_asked(play: Play, body: bytes, found: tuple[int, str]) -> None:
    session = play.bidders[0].member.session
    before = await session.version(play.lot)
    response = await session.http.post(
        f"/lots/{play.lot}/opening/request-help", content=body, headers=keyed()
    )
    assert problem(response) == found
    assert await session.version(play.lot) == before


async def test_a_body_that_is_no_json_by_its_own_word(play: Play) -> None:
    response = await play.agency.session.http.post(
        "/lots", content=b"a=b", headers=keyed() | {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert problem(response) == (415, "not-acceptable-type")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\x.pdf",
        "/etc/passwd",
        "a/b.pdf",
        "C:x.pdf",
        "a\nb.pdf",
        ".ssh",
        "..",
        "",
        "\u202efdp.exe",
    ],
)
async def test_a_documents_name_is_no_path(play: Play, name: str) -> None:
    response = await play.agency.session.http.put(
        f"/lots/{play.lot}/documents",
        params={"name": name},
        content=b"%PDF-1.7",
        headers={"Content-Type": "application/octet-stream"},
    )
    assert problem(response)[0] in (400, 422)
    if len(name) > 2:
        assert name not in response.text


@pytest.mark.parametrize(
    "path", ["/lots?text=a%00", "/lots?phase=%00", "/performance/overdue?year=2020&after=%00"]
)
async def test_what_no_text_holds_is_nothing_to_look_for(play: Play, path: str) -> None:
    assert problem(await play.agency.session.http.get(path)) == (400, "parameter-invalid")


@pytest.mark.parametrize(
    "path",
    [
        "/lots/..%2f..%2fkeys/record",
        "/lots/%2e%2e",
        "/uploads/..%2f..%2fplatform.json",
        "/lots/a%00b",
        "/problems/..%2fx",
    ],
)
async def test_a_route_is_no_path_on_disk(play: Play, path: str) -> None:
    response = await play.agency.session.http.get(path, headers=TUS)
    assert response.status_code in (400, 404, 405)
    assert "platform.json" not in response.text


@pytest.mark.parametrize("envelope", ["../form", "form/../../x", "FORM", "form\0", "x" * 300])
async def test_an_envelopes_name_is_no_path(play: Play, bidder: BidderOnStage, envelope: str) -> None:
    response = await created(bidder.member.session, play.lot, envelope, 100)
    assert problem(response)[0] in (400, 404, 422)


async def test_the_same_request_again_is_answered_the_same(play: Play, bidder: BidderOnStage) -> None:
    body = await ready(play, bidder)
    content = canonical(bidder.member.session.signed("bid/submit", play.lot, body))
    headers = keyed()
    post = bidder.member.session.http.post
    first = await post(f"/lots/{play.lot}/bid/submit", content=content, headers=headers)
    again = await post(f"/lots/{play.lot}/bid/submit", content=content, headers=headers)
    assert first.status_code == 200
    assert again.content == first.content


async def test_eight_times_at_once_is_once(play: Play, bidder: BidderOnStage) -> None:
    body = await ready(play, bidder)
    content = canonical(bidder.member.session.signed("bid/submit", play.lot, body))
    headers = keyed()
    answers = await asyncio.gather(
        *(
            bidder.member.session.http.post(f"/lots/{play.lot}/bid/submit", content=content, headers=headers)
            for _ in range(8)
        )
    )
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1, "two receipts for one bid"
    own = await bidder.member.session.get(f"/lots/{play.lot}/bid")
    assert [one["receipt"] for one in own["versions"]] == [answers[0].json()["receipt"]]
    assert own["refused"] == []


async def test_a_lot_filed_eight_times_at_once_is_one_lot(play: Play) -> None:
    filing = canonical({**play.script.lot, "tenderer": play.tenderer.party, "mode": "test"})
    headers = keyed()
    answers = await asyncio.gather(
        *(play.agency.session.http.post("/lots", content=filing, headers=headers) for _ in range(8))
    )
    assert {one.status_code for one in answers} == {201}
    assert len({(one.headers["location"], one.content) for one in answers}) == 1
    assert (await play.agency.session.lot(answers[0].json()["lot"]))["version"] > 0


async def test_one_key_for_two_requests_is_refused(play: Play, bidder: BidderOnStage) -> None:
    headers = keyed()
    session = bidder.member.session
    body = await ready(play, bidder)
    first = canonical(session.signed("bid/submit", play.lot, body))
    other = canonical(session.signed("bid/submit", play.lot, {**body, "uploads": {}}))
    done = await session.http.post(f"/lots/{play.lot}/bid/submit", content=first, headers=headers)
    assert done.status_code == 200
    response = await session.http.post(f"/lots/{play.lot}/bid/submit", content=other, headers=headers)
    assert problem(response) == (422, "idempotency-key-reused")
    assert len((await session.get(f"/lots/{play.lot}/bid"))["versions"]) == 1


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, (428, "if-match-required")),
        ({"If-Match": '"0"'}, (412, "lot-changed")),
        ({"If-Match": '"999999"'}, (412, "lot-changed")),
        ({"If-Match": "*"}, (400, "if-match-malformed")),
        ({"If-Match": 'W/"3"'}, (400, "if-match-malformed")),
        ({"If-Match": "3"}, (400, "if-match-malformed")),
    ],
)
async def test_a_guarded_command_names_the_version_it_saw(
    play: Play, headers: dict[str, str], found: tuple[int, str]
) -> None:
    session = play.agency.session
    content = canonical(session.signed("opening/publish-roll", play.lot, {}))
    response = await session.http.post(
        f"/lots/{play.lot}/opening/publish-roll", content=content, headers=keyed(**headers)
    )
    assert problem(response) == found
