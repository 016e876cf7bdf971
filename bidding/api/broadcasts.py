"""Picture and sound of the opening: taken in piece by piece, and given again (R-ROOM-01). Live: the gateway."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.packing import packed
from bidding.api.problems import TooLarge
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting, Viewing
from bidding.api.streaming import stored
from bidding.api.tags import tag
from bidding.application.broadcasts import Index
from bidding.application.pieces import MAX_PIECE, Pieces
from bidding.domain.errors import OutOfOrder, Unknown
from bidding.domain.opening.onair import Kind, Recording

router = APIRouter(prefix="/lots/{lot_id}/{aired}/{number}", tags=[tag("opening")])

Number = Annotated[int, Path(ge=1, le=100_000, description="Of the broadcast or word. 序号。")]
PieceNumber = Annotated[int, Path(ge=0, le=999_999, description="0: the head of the WebM. 片段序号。")]
MEDIA_TYPE = "video/webm"
#: What is public never changes and may lie in any cache; what those inside hear lies in none.
PUBLIC, INSIDE = "public, max-age=86400, immutable", "no-store"


@router.put(
    "/pieces/{piece}",
    status_code=204,
    summary="Send what is on the air · 发送直播片段",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put(
    request: Request,
    lot_id: LotId,
    aired: Kind,
    number: Number,
    piece: PieceNumber,
    actor: Acting,
    found: AtDesks,
) -> Response:
    """One after the other: the head (WebM, VP8 and Opus), then clusters. The same piece again is harmless."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_PIECE:
            raise TooLarge("body-too-large", limit=MAX_PIECE)
    await found.broadcasts.take(lot_id, actor, aired, number, piece, bytes(data))
    return Response(status_code=204)


@router.get("/index", responses=json_answer(Index), summary="Where a player finds its place · 录像索引")
async def index(
    request: Request, lot_id: LotId, aired: Kind, number: Number, actor: Viewing, found: AtDesks
) -> Response:
    """Of a recording that has ended and whose hash is in the log."""
    _, pieces = await _kept(found, lot_id, actor, aired, number)
    return packed(request, await pieces.index(), {"Cache-Control": _cached(aired)})


@router.get("/pieces/{piece}", summary="One piece of a recording · 录像片段")
async def one_piece(
    lot_id: LotId, aired: Kind, number: Number, piece: PieceNumber, actor: Viewing, found: AtDesks
) -> Response:
    """As it was sent."""
    recording, pieces = await _kept(found, lot_id, actor, aired, number)
    one = await pieces.get(piece) if piece < recording.pieces else None
    if one is None:
        raise Unknown("no-such-piece", rule="R-ROOM-01", piece=piece)
    return Response(one.data, media_type=MEDIA_TYPE, headers={"Cache-Control": _cached(aired)})


@router.get("/recording.webm", summary="A whole recording · 整段录像")
async def whole(lot_id: LotId, aired: Kind, number: Number, actor: Viewing, found: AtDesks) -> Response:
    """Its SHA-256 is the one in the log."""
    recording, pieces = await _kept(found, lot_id, actor, aired, number)

    async def body() -> AsyncIterator[bytes]:
        for at in range(recording.pieces):
            one = await pieces.get(at)
            if one is None:
                raise Unknown("no-such-piece", rule="R-ROOM-01", piece=at)
            yield one.data

    return await stored(
        body(),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Length": str(recording.length),
            "Content-Disposition": f'attachment; filename="{lot_id}-{aired}-{number}.webm"',
            "Repr-Digest": f"sha-256=:{_digest(recording.sha256)}:",
            "Cache-Control": _cached(aired),
        },
    )


async def _kept(
    found: AtDesks, lot_id: str, actor: Viewing, aired: Kind, number: int
) -> tuple[Recording, Pieces]:
    shown, pieces = await found.broadcasts.shown(lot_id, actor, aired, number)
    if shown.recording is None:
        raise OutOfOrder("recording-not-kept", rule="R-ROOM-01")
    return shown.recording, pieces


def _cached(aired: Kind) -> str:
    return PUBLIC if aired == "broadcasts" else INSIDE


def _digest(sha256: str) -> str:
    """RFC 9530 writes digests in base64."""
    return msgspec.json.encode(bytes.fromhex(sha256)).decode().strip('"')
