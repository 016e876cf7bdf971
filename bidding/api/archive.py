"""Archive packages: each duty holder takes its own (R-ARCH-01)."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.loterasure import Held
from bidding.application.record import ArchiveDuty


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    held: tuple[Held, ...]


router = APIRouter(prefix="/lots/{lot_id}", tags=[tag("archive")])

For = Annotated[ArchiveDuty, Query(alias="for", description="Your duty in this lot. 归档责任方。")]


@router.get("/archive", summary="Your archive package · 归档包")
async def archive(lot_id: LotId, duty: For, actor: Acting, found: AtDesks) -> Response:
    """A closed ZIP with all that is disclosed to you, when the lot has ended: for tenderer and agency with the opened
    bids and the recordings of the opening. Check it with `bidding verify FILE`."""
    folder = tempfile.TemporaryDirectory(prefix="archive-", dir=found.scratch)
    path = Path(folder.name, "package.zip")
    try:
        await found.archives.pack(lot_id, duty, actor, path)
    except BaseException:
        await asyncio.to_thread(folder.cleanup)
        raise
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"{lot_id}-{duty}.zip",
        background=BackgroundTask(folder.cleanup),
    )


@router.get(
    "/personal-data",
    summary="What an order of erasure can name · 可责令删除的内容",
    responses=json_answer(PersonalData),
)
async def personal_data(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """For a supervisor: every text in the lot's events, as far as you see them, that can be erased on an order
    (个人信息保护法 47), with the number and pointer by which `archive/order-erasure` names it."""
    held = await found.lot_erasures.held(lot_id, actor)
    return Response(msgspec.json.encode(PersonalData(held=tuple(held))), media_type="application/json")
