"""Where the platform runs and by whose certificate, for everybody (R-PLAT-05; 20号令 10)."""

from datetime import date

import msgspec
from fastapi import APIRouter, Response

from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.domain.operation import Standing
from bidding.domain.periods import local_date

router = APIRouter(prefix="/platform", tags=[tag("public")])


class OperationShown(msgspec.Struct, frozen=True, kw_only=True):
    """``standing``: CERTIFIED, ENDED or NOT_CERTIFIED today; ``production``: false where live tenders are for show.
    ``missing``: what the operator has not said."""

    standing: Standing
    production: bool
    certificate: str
    body: str
    until: date | None
    place: str
    region: str
    missing: tuple[str, ...]


@router.get(
    "",
    summary="Certification and place of operation · 检测认证与运营地点",
    responses=json_answer(OperationShown),
)
async def operation(found: AtDesks) -> Response:
    """Without login. A platform in production that is not certified takes no live tender."""
    told = found.platform.operation
    shown = OperationShown(
        standing=told.on(local_date(found.platform.clock.now())),
        production=told.production,
        certificate=told.certificate,
        body=told.body,
        until=told.until,
        place=told.place,
        region=told.region,
        missing=told.missing,
    )
    return Response(msgspec.json.encode(shown), media_type="application/json")
