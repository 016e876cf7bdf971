"""Uploads cut and resumed; and bids that do not count, each with its code and a receipt that the platform signed."""

import asyncio
from typing import Any

import msgspec
import pytest

from bidding.client.bid import submit
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.manifest import Manifest, sign_manifest
from bidding.stage.play import BidderOnStage, Play
from tests.system.platforms import Stand
from tests.system.requests import (
    BYTES,
    TUS,
    assert_receipted,
    created,
    keys,
    problem,
    ready,
    refusal,
    uploaded,
)
from tests.system.tenders import sealed

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
    async with asyncio.timeout(60):
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
    assert own["versions"] == []
    assert [one["code"] for one in own["refused"]] == [code]


ALTERED: list[tuple[str, Any]] = [
    ("ROOT_MISMATCH", lambda m: with_envelope(m, "technical", root="ab" * 32)),
    ("HEADER_MISMATCH", lambda m: with_envelope(m, "technical", header=b64(bytes(56)))),
    (
        "TRUNCATED",
        lambda m: with_envelope(m, "form", sealed_length=m.envelope("form").sealed_length + 16384 + 16),
    ),
    ("WRONG_SUITE", lambda m: msgspec.structs.replace(m, suite="gm-1")),
    ("WRONG_POLICY", lambda m: msgspec.structs.replace(m, policy="P2")),
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
    assert_receipted(await keys(stand), refused, "WRONG_LOT", bidder)


async def test_after_all_refusals_the_right_bid_is_received(play: Play, bidder: BidderOnStage) -> None:
    body = await ready(play, bidder)
    assert bidder.folder is not None
    altered = with_envelope(bidder.folder.manifest, "form", root="ab" * 32)
    await refusal(play, bidder, {**body, **resigned(bidder, altered)})
    answer = await bidder.member.session.command(play.lot, "bid/submit", body)
    assert answer["receipt"]
