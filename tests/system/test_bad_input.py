"""What people and programs send wrongly, over HTTP: each refused with its code, nothing changed, nothing leaked."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import psycopg
import pytest
import pytest_asyncio

from bidding.api.examples import example
from bidding.client.bid import BidFolder, submit
from bidding.client.session import Problem, Session
from bidding.client.upload import upload
from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.manifest import Manifest, sign_manifest
from bidding.crypto.receipt import verify_refusal
from bidding.crypto.signing import Signed
from bidding.domain.parties import Standing
from bidding.domain.registry import COMMANDS
from bidding.stage.play import BidderOnStage, Play
from tests.system.platforms import Stand
from tests.system.tenders import closed, sealed, submission, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def play(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A noticed lot; each test takes a bidder that has not bid yet."""
    async with tender(stand, ground / "bad-input", bidders=5) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def bidder(play: Play) -> BidderOnStage:
    """One more bidder."""
    plan = msgspec.structs.replace(play.bidders[0].plan, name=f"临时建设{secrets.token_hex(3)}有限公司")
    return BidderOnStage(plan, await play.troupe.organisation(plan.name, "bidder"))


def keyed(**headers: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16), **headers}


def problem(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal, which must be problem details with a next step."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    content = response.json()
    assert content["next"] and content["detail"] and content["status"] == response.status_code
    return response.status_code, content["code"]


# --- bodies -------------------------------------------------------------------------------------------------

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


# --- names that want to be paths ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\x.pdf", "/etc/passwd", "a/b.pdf", "C:x.pdf", "a\nb.pdf", ".ssh", "..", ""],
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
    "path",
    ["/lots/..%2f..%2fkeys/record", "/lots/%2e%2e", "/uploads/..%2f..%2fplatform.json", "/lots/a%00b", "/problems/..%2fx"],
)
async def test_a_route_is_no_path_on_disk(play: Play, path: str) -> None:
    response = await play.agency.session.http.get(path, headers=TUS)
    assert response.status_code in (400, 404, 405)
    assert "platform.json" not in response.text


@pytest.mark.parametrize("envelope", ["../form", "form/../../x", "FORM", "form\0", "x" * 300])
async def test_an_envelopes_name_is_no_path(play: Play, bidder: BidderOnStage, envelope: str) -> None:
    response = await created(bidder.member.session, play.lot, envelope, 100)
    assert problem(response)[0] in (400, 404, 422)


async def created(session: Session, lot: str, envelope: str, length: int) -> httpx2.Response:
    metadata = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in (("lot", lot), ("envelope", envelope))
    )
    return await session.http.post(
        "/uploads", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    )


# --- idempotency keys, preconditions ------------------------------------------------------------------------


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


# --- order ---------------------------------------------------------------------------------------------------

#: Commands that any phase admits, or that are about money and incidents rather than the order of steps.
ANY_TIME = {"control", "booking", "money", "bid", "registration", "experts"}
#: A disturbance before T0 moves T0 (R-INC-01).
DISTURBANCES = {"opening/open-incident", "opening/close-incident"}


def office_commands() -> list[str]:
    """Commands that agency, tenderer, operator or supervisor give in an order of phases."""
    offices = {Standing.HOST, Standing.TENDERER, Standing.SUPERVISOR, Standing.OPERATOR}
    return [
        name
        for name, kind in sorted(COMMANDS.items())
        if kind.BY & offices and name.partition("/")[0] not in ANY_TIME and name not in DISTURBANCES
    ]


async def given(play: Play, name: str) -> Problem | None:
    """Give the command as the office that may; its refusal."""
    by = COMMANDS[name].BY
    member = (
        play.agency
        if Standing.HOST in by
        else play.tenderer
        if Standing.TENDERER in by
        else play.supervisor
        if Standing.SUPERVISOR in by
        else play.troupe.operator
    )
    try:
        await member.session.command(play.lot, name, example(name))
    except Problem as refused:
        return refused
    return None


async def test_no_step_can_be_taken_before_its_time(play: Play) -> None:
    wrong = {}
    names = [name for name in office_commands() if name.partition("/")[0] not in ("notice",)]
    assert len(names) > 25
    for name in names:
        refused = await given(play, name)
        if refused is None or refused.status not in (404, 409):
            wrong[name] = str(refused)
    assert wrong == {}


async def test_no_step_can_be_taken_after_the_lot_has_failed(stand: Stand, folder: Path) -> None:
    async with tender(stand, folder, bidders=1) as play:
        assert (await closed(play))["phase"] == "failed"
        wrong = {}
        for name in office_commands():
            refused = await given(play, name)
            if refused is None or refused.status not in (404, 409):
                wrong[name] = str(refused)
        assert wrong == {}


# --- other people's things ----------------------------------------------------------------------------------


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


# --- identity ------------------------------------------------------------------------------------------------


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


# --- uploads -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [0, 1, 7, 8, 63, 64, 65, 1000, 4000, -1])
async def test_an_upload_cut_off_goes_on_where_it_was(play: Play, bidder: BidderOnStage, cut: int) -> None:
    """The connection is reset in the middle of a body of known length."""
    folder = await sealed(play, bidder)
    session = bidder.member.session
    data = (folder.path / "form.sealed").read_bytes()
    at = cut % len(data)
    location = (await created(session, play.lot, "form", len(data))).headers["location"]
    url = session.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = {
        **BYTES,
        "Host": "test",
        "Upload-Offset": "0",
        "Content-Length": str(len(data)),
        "Authorization": f"Bearer {session.token}",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"PATCH {location} HTTP/1.1\r\n{lines}\r\n".encode() + data[:at])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    del reader
    offset = -1
    async with asyncio.timeout(20):
        while True:  # until the platform has noticed the cut and let the upload go
            offset = int((await session.http.head(location, headers=TUS)).headers["upload-offset"])
            response = await session.http.patch(
                location, content=data[offset:], headers={**BYTES, "Upload-Offset": str(offset)}
            )
            if response.status_code == 204:
                break
            assert response.status_code in (409, 423), response.text
            await asyncio.sleep(0.02)
    assert 0 <= offset <= at
    folder.remember("form", location.rpartition("/")[2])
    answer = await submit(session, folder)
    assert answer["receipt_number"]


async def test_a_plain_file_is_refused_at_its_first_bytes(play: Play, bidder: BidderOnStage) -> None:
    session = bidder.member.session
    location = (await created(session, play.lot, "technical", 50_000)).headers["location"]
    response = await session.http.patch(
        location, content=b"%PDF-1.7 " + bytes(1000), headers={**BYTES, "Upload-Offset": "0"}
    )
    assert problem(response)[1] == "tus-not-sealed"


# --- bids that do not count: a code, and a signed receipt -----------------------------------------------------


async def keys(stand: Stand) -> bytes:
    return unb64((await stand.operator.session.get("/keys"))["receipt_test"])


async def ready(play: Play, one: BidderOnStage) -> dict[str, Any]:
    """Everything uploaded; the body of the submission that would be accepted."""
    return await uploaded(play, one, await sealed(play, one))


async def uploaded(play: Play, one: BidderOnStage, folder: BidFolder) -> dict[str, Any]:
    for envelope in folder.manifest.envelopes:
        folder.remember(
            envelope.name,
            await upload(
                one.member.session, play.lot, envelope.name, folder.path / f"{envelope.name}.sealed"
            ),
        )
    return submission(folder)


async def refusal(play: Play, one: BidderOnStage, body: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        await one.member.session.command(play.lot, "bid/submit", body)
    return refused.value


def assert_receipted(key: bytes, refused: Problem, code: str, one: BidderOnStage) -> None:
    """Refused with this code, by a receipt that the platform signed for this bidder."""
    assert refused.code == "bid-" + code.lower().replace("_", "-"), refused
    assert refused.status == 422
    said = Signed(refused.found["receipt"].encode(), unb64(refused.found["receipt_signature"]))
    receipt = verify_refusal(said, key)
    assert (receipt.code, receipt.bidder) == (code, one.member.party)


def resigned(one: BidderOnStage, manifest: Manifest) -> dict[str, str]:
    signed = sign_manifest(one.member.session.device.signing.private, manifest)
    return {"manifest": signed.payload.decode(), "manifest_signature": b64(signed.signature)}


def with_envelope(manifest: Manifest, name: str, **changed: Any) -> Manifest:
    envelopes = tuple(
        msgspec.structs.replace(one, **changed) if one.name == name else one for one in manifest.envelopes
    )
    return msgspec.structs.replace(manifest, envelopes=envelopes)


ADDRESSED: list[tuple[str, dict[str, Any]]] = [
    ("WRONG_LOT", {"lot": "00000000-0000-4000-8000-000000000000"}),
    ("WRONG_BIDDER", {"bidder": "5f" * 12}),
    ("WRONG_DOCUMENT_VERSION", {"document_version": 9}),
    ("WRONG_DOCUMENT_VERSION", {"document_hash": "ab" * 32}),
    ("WRONG_VERSION", {"bid_version": 2}),
    ("WRONG_VERSION", {"supersedes": "ab" * 32}),
]


@pytest.mark.parametrize(("code", "changed"), ADDRESSED, ids=[f"{c}-{next(iter(d))}" for c, d in ADDRESSED])
async def test_a_bid_addressed_elsewhere(
    play: Play, bidder: BidderOnStage, stand: Stand, code: str, changed: dict[str, Any]
) -> None:
    folder = await sealed(play, bidder, **changed)
    refused = await refusal(play, bidder, await uploaded(play, bidder, folder))
    assert_receipted(await keys(stand), refused, code, bidder)
    own = await bidder.member.session.get(f"/lots/{play.lot}/bid")
    assert own["versions"] == [] and [one["code"] for one in own["refused"]] == [code]


ALTERED: list[tuple[str, Any]] = [
    ("ROOT_MISMATCH", lambda m: with_envelope(m, "technical", root="ab" * 32)),
    ("HEADER_MISMATCH", lambda m: with_envelope(m, "technical", header=b64(bytes(56)))),
    ("TRUNCATED", lambda m: with_envelope(m, "form", sealed_length=m.envelope("form").sealed_length + 16384 + 16)),
    ("WRONG_SUITE", lambda m: msgspec.structs.replace(m, suite="gm-1")),
    ("WRONG_POLICY", lambda m: msgspec.structs.replace(m, policy="P3")),
    ("WRONG_ENVELOPES", lambda m: msgspec.structs.replace(m, envelopes=m.envelopes[:-1])),
]


@pytest.mark.parametrize(("code", "change"), ALTERED, ids=[code for code, _ in ALTERED])
async def test_a_manifest_that_says_something_else(
    play: Play, bidder: BidderOnStage, stand: Stand, code: str, change: Any
) -> None:
    body = await ready(play, bidder)
    assert bidder.folder is not None
    refused = await refusal(play, bidder, {**body, **resigned(bidder, change(bidder.folder.manifest))})
    assert_receipted(await keys(stand), refused, code, bidder)


async def test_a_bid_sealed_to_a_key_that_is_not_enrolled(
    play: Play, bidder: BidderOnStage, stand: Stand
) -> None:
    """A bid that its own bidder could never open is refused long before the deadline."""
    session = bidder.member.session
    enrolled, stranger = session.credential, DeviceCredential.generate()
    assert enrolled is not None
    session.credential = DeviceCredential(enrolled.signing, stranger.opening)
    folder = await sealed(play, bidder)
    session.credential = enrolled
    refused = await refusal(play, bidder, await uploaded(play, bidder, folder))
    assert_receipted(await keys(stand), refused, "WRONG_KEY", bidder)


async def test_a_manifest_signed_by_another(play: Play, bidder: BidderOnStage, stand: Stand) -> None:
    body = await ready(play, bidder)
    assert bidder.folder is not None
    stranger = DeviceCredential.generate().signing
    signed = sign_manifest(stranger.private, bidder.folder.manifest)
    refused = await refusal(play, bidder, {**body, "manifest_signature": b64(signed.signature)})
    assert_receipted(await keys(stand), refused, "BAD_SIGNATURE", bidder)


async def test_a_bid_whose_upload_is_not_complete(play: Play, bidder: BidderOnStage, stand: Stand) -> None:
    body = await ready(play, bidder)
    location = (await created(bidder.member.session, play.lot, "technical", 5000)).headers["location"]
    unfinished = {**body["uploads"], "technical": location.rpartition("/")[2]}
    refused = await refusal(play, bidder, {**body, "uploads": unfinished})
    assert_receipted(await keys(stand), refused, "INCOMPLETE", bidder)
    missing = {name: one for name, one in body["uploads"].items() if name != "technical"}
    refused = await refusal(play, bidder, {**body, "uploads": missing})
    assert_receipted(await keys(stand), refused, "INCOMPLETE", bidder)


async def test_two_envelopes_uploaded_into_each_others_place(
    play: Play, bidder: BidderOnStage, stand: Stand
) -> None:
    body = await ready(play, bidder)
    swapped = {**body["uploads"]}
    swapped["technical"], swapped["commercial"] = swapped["commercial"], swapped["technical"]
    refused = await refusal(play, bidder, {**body, "uploads": swapped})
    assert refused.code == "bid-wrong-lot" and "receipt" in refused.found


async def test_after_all_refusals_the_right_bid_is_received(play: Play, bidder: BidderOnStage) -> None:
    body = await ready(play, bidder)
    assert bidder.folder is not None
    altered = with_envelope(bidder.folder.manifest, "form", root="ab" * 32)
    await refusal(play, bidder, {**body, **resigned(bidder, altered)})
    answer = await bidder.member.session.command(play.lot, "bid/submit", body)
    assert answer["receipt"]
