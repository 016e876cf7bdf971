"""A lot's statutory papers as sealed OFD files."""

from fastapi import APIRouter, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.application.papers import PaperKind

router = APIRouter(prefix="/lots/{lot_id}/papers", tags=[tag("public")])


@router.get("/{kind}.ofd", summary="A paper as sealed OFD · 版式文件(OFD,含电子签章)")
async def paper(lot_id: LotId, kind: PaperKind, actor: Viewing, found: AtDesks) -> Response:
    """What you may see of it, as it stands (GB/T 33190, sealed by GB/T 38540). Check it with `bidding verify FILE`."""
    return Response(
        await found.papers.export(lot_id, kind, actor),
        media_type="application/ofd",
        headers={"Content-Disposition": f'attachment; filename="{lot_id}.{kind}.ofd"'},
    )
