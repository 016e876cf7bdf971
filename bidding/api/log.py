"""The verifiable log at the paths of c2sp.org/tlog-tiles: prefix ``/log``. No login; the same for everybody."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from starlette.exceptions import HTTPException

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.crypto.canonical import canonical
from bidding.crypto.errors import LogError
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.tiles import parse_tile_path

router = APIRouter(tags=[tag("public")])

_TEXT = "text/plain; charset=utf-8"
#: A checkpoint is superseded within a second; a tile never changes.
_FLEETING = {"Cache-Control": "public, max-age=1"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

TilePath = Annotated[
    str,
    InPath(
        description="`<level>/<number>[.p/<width>]` or `entries/<number>[.p/<width>]`; numbers as `x001/x234/067`. "
        "瓦片路径。"
    ),
]


@router.get("/log/checkpoint", summary="The newest signed checkpoint · 最新检查点")
async def checkpoint(found: AtDesks) -> Response:
    """A signed note (c2sp.org/tlog-checkpoint): origin, size, root, signature. Its size follows the clock, whatever
    happens on the platform."""
    note = await found.log.checkpoint()
    if note is None:
        raise HTTPException(404)
    return Response(note, headers=_FLEETING, media_type=_TEXT)


@router.get("/log/vkey", summary="The log's verifier key · 日志公钥")
async def vkey(found: AtDesks) -> Response:
    """`name+id+key` (c2sp.org/signed-note). Compare it with the one that the centre has made known elsewhere."""
    return Response(f"{found.log.key.vkey}\n", headers=_FLEETING, media_type=_TEXT)


@router.get("/log/policy", summary="Whose signatures a checkpoint has · 日志信任策略")
async def policy(found: AtDesks) -> Response:
    """The log's verifier key, its witnesses', and how many of them have cosigned every checkpoint that is published.

    Keep it: a client that takes it anew each time believes whoever serves it.
    """
    return Response(canonical(found.log.policy), headers=_FLEETING, media_type="application/json")


@router.get("/log/tile/{tile:path}", summary="A tile of hashes, or a bundle of entries · 瓦片")
async def tile(tile: TilePath, found: AtDesks) -> Response:
    """256 hashes of 32 bytes (fewer with `.p/<width>`), or as many entries, each after its length in two bytes.

    An entry is `{"c":"…","v":1}`: a salted commitment to an event, or a cover. Salt and event are disclosed to whoever
    may know the event, with its proof.
    """
    try:
        data = await found.log.tile(parse_tile_path(tile))
    except LogError:
        data = None
    if data is None:
        raise HTTPException(404)
    return Response(data, headers=_FOR_EVER, media_type="application/octet-stream")


Topics = Annotated[
    list[str] | None,
    Query(alias="topic", max_length=50, description="Events of these topics only. 只要这些类型的事件。"),
]


@router.get(
    "/lots/{lot_id}/receipts",
    summary="What you may know of a lot, proved · 入链证明",
    responses=json_answer(DisclosedLeaves),
)
async def receipts(lot_id: LotId, actor: Viewing, found: AtDesks, topics: Topics = None) -> Response:
    """Events of the lot that you may see, and your own bids, refusals, objections: each with its salt and its
    tlog-proof under the newest checkpoint. An event is there as soon as one covers it, within a second.

    Keep the answer and check it with `bidding receipt check FILE`, without any server: nothing in it can be taken back.
    """
    leaves = await found.log_receipts.of_lot(lot_id, actor, topics or ())
    return Response(canonical(leaves), media_type="application/json")
