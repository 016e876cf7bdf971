"""A lot's statutory papers: sealed OFD files, and their PDF copies."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.application.papers import PaperKind

router = APIRouter(prefix="/lots/{lot_id}/papers", tags=[tag("public")])


#: Not the enumeration itself: the document has one schema of that name already, that of the answer.
Kind = Annotated[str, Path(pattern=f"^({'|'.join(PaperKind)})$", examples=[PaperKind.NOTICE.value])]


class PapersListed(msgspec.Struct, frozen=True, kw_only=True):
    """Those that there are for you; none where the platform has no seal."""

    papers: tuple[PaperKind, ...]


@router.get("", summary="Which papers there are · 有哪些法定文书", responses=json_answer(PapersListed))
async def listed(lot_id: LotId, actor: Viewing, found: AtDesks) -> Response:
    shown = PapersListed(papers=await found.papers.listed(lot_id, actor))
    return Response(msgspec.json.encode(shown), media_type="application/json")


@router.get("/{kind}.ofd", summary="A paper as sealed OFD · 版式文件(OFD,含电子签章)")
async def paper(lot_id: LotId, kind: Kind, actor: Viewing, found: AtDesks) -> Response:
    """What you may see of it (GB/T 33190, sealed by GB/T 38540). Check it with `bidding verify FILE`.

    Sealed once: as long as it says the same, it is the same file."""
    data = await found.papers.export(lot_id, PaperKind(kind), actor)
    return _file(data, "application/ofd", f"{lot_id}.{kind}.ofd")


@router.get("/{kind}.pdf", summary="A copy of it as PDF · PDF 副本")
async def copy(lot_id: LotId, kind: Kind, actor: Viewing, found: AtDesks) -> Response:
    """Says on every page that it is a copy, and the SHA-256 of the sealed OFD. The same OFD gives the same PDF."""
    data = await found.papers.copy(lot_id, PaperKind(kind), actor)
    return _file(data, "application/pdf", f"{lot_id}.{kind}.pdf")


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)
