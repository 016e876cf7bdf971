"""What tests send over HTTP, and what a refusal must look like."""

import base64
import secrets
from typing import Any

import httpx2
import pytest

from bidding.client.bid import BidFolder
from bidding.client.session import Problem, Session
from bidding.client.upload import upload
from bidding.crypto.canonical import unb64
from bidding.crypto.receipt import verify_refusal
from bidding.crypto.signing import Signed
from bidding.stage.play import BidderOnStage, Play
from tests.system.platforms import Stand
from tests.system.tenders import sealed, submission

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def keyed(**headers: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16), **headers}


def problem(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal, which must be problem details with a next step."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    content = response.json()
    assert content["next"]
    assert content["detail"]
    assert content["status"] == response.status_code
    return response.status_code, content["code"]


async def created(session: Session, lot: str, envelope: str, length: int) -> httpx2.Response:
    metadata = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in (("lot", lot), ("envelope", envelope))
    )
    return await session.http.post(
        "/uploads", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    )


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
