"""Tender documents: the host puts them, everybody registered takes them, free and without asking (R-DOC-01)."""

from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.problems import TooLarge
from bidding.api.sessions import Acting
from bidding.api.streaming import stored
from bidding.api.tags import tag
from bidding.application.notice import MAX_DOCUMENT
from bidding.application.platform import Call
from bidding.domain.errors import Invalid
from bidding.domain.notice.commands import Download

router = APIRouter(prefix="/lots/{lot_id}", tags=[tag("notice")])

FileName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=120,
        # Neither separators and controls nor what shows nothing or turns the name round.
        pattern=r'^[^\\/:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+$',
    ),
]


@router.put(
    "/documents",
    summary="Store a tender document · 上传招标文件",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put(request: Request, lot_id: LotId, actor: Acting, found: AtDesks, name: FileName) -> Response:
    """Answers with digest and length, to be named in the notice. Storing the same bytes again is harmless."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_DOCUMENT:
            raise TooLarge("body-too-large", limit=MAX_DOCUMENT)
    if not data or name.startswith("."):
        raise Invalid("document-empty", rule="R-DOC-02")
    stored = await found.notice.store_document(lot_id, actor, name, bytes(data))
    return Response(msgspec.json.encode(stored), media_type="application/json")


@router.get("/documents/{version}", summary="Take a tender document · 下载招标文件")
async def take(
    request: Request,
    lot_id: LotId,
    version: Annotated[int, Path(ge=0, le=10_000)],
    actor: Acting,
    found: AtDesks,
) -> Response:
    """Version 0 is the latest. That you took it is kept from everybody, so that you receive clarifications."""
    call = Call(
        actor=actor,
        request_id=request.scope["state"]["request_id"],
        address=request.client.host if request.client else "",
    )
    outcome = await found.platform.execute(lot_id, Download(version=version), call)
    document = msgspec.json.decode(outcome.answer)["document"]
    _, lot = await found.platform.recorded(lot_id, actor)

    return await stored(
        found.notice.read_document(lot, document["sha256"]),
        media_type="application/octet-stream",
        headers={
            "Content-Length": str(document["length"]),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document['name'], safe='')}",
            "Repr-Digest": f"sha-256=:{_digest(document['sha256'])}:",
        },
    )


@router.get("/platform-key", summary="The key that the lot's terms must name · 本标段平台公钥")
async def platform_key(
    lot_id: LotId, actor: Acting, found: AtDesks, suite: Annotated[str, Query(max_length=20)] = "intl-1"
) -> Response:
    """`suite`: the one that the terms will name."""
    await found.platform.recorded(lot_id, actor)
    return Response(
        msgspec.json.encode({"platform_key": found.notice.platform_key(lot_id, suite)}),
        media_type="application/json",
    )


def _digest(sha256: str) -> str:
    """RFC 9530 writes digests in base64."""
    return msgspec.json.encode(bytes.fromhex(sha256)).decode().strip('"')
