"""Prequalification: the document for all, an application for its applicant, and all of them for who reviews."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Path, Request, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.documents import FileName
from bidding.api.examples import PARTY
from bidding.api.problems import TooLarge
from bidding.api.schemas import json_answer
from bidding.api.sessions import Acting
from bidding.api.streaming import stored
from bidding.api.tags import tag
from bidding.application.prequalification import MAX_PROOF
from bidding.domain.errors import Invalid, Unknown
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.prequalification.state import Application

router = APIRouter(prefix="/lots/{lot_id}", tags=[tag("prequalification")])

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
PartyId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", examples=[PARTY])]


class Applications(msgspec.Struct, frozen=True, kw_only=True):
    applications: tuple[Application, ...]


@router.get(
    "/prequalification/documents/{number}", summary="Take a prequalification document · 下载资格预审文件"
)
async def document(
    lot_id: LotId, number: Annotated[int, Path(ge=0, le=10_000)], actor: Acting, found: AtDesks
) -> Response:
    """Counted from 1; 0 is the latest. Free, without approval (R-DOC-01), and nobody notes who took it."""
    _, lot = await found.platform.recorded(lot_id, actor)
    documents = lot.notice.prequalification.documents if lot.notice.prequalification is not None else ()
    versions = list(range(1, len(documents) + 1))
    wanted = number or len(documents)
    if wanted not in versions:
        raise Unknown("no-such-document", rule="R-DOC-01", version=number, versions=versions)
    taken = documents[wanted - 1]
    return await _file(taken, found.notice.read_document(lot, taken.sha256))


@router.get(
    "/application", summary="My own application · 我的资格预审申请", responses=json_answer(Application)
)
async def own(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Receipt, answers and, after the review, the result; who found what is not told. Nobody else's is shown here."""
    await found.platform.recorded(lot_id, actor)
    application = await found.prequalification.application(lot_id, actor.party)
    return Response(
        msgspec.json.encode(msgspec.structs.replace(application, reviews=())), media_type="application/json"
    )


@router.put(
    "/application/documents",
    summary="Store a proof for my application · 上传申请材料",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put(request: Request, lot_id: LotId, actor: Acting, found: AtDesks, name: FileName) -> Response:
    """Answers with digest and length, to be named in the application. Read by who reviews, after the deadline."""
    _, lot = await found.platform.recorded(lot_id, actor)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_PROOF:
            raise TooLarge("body-too-large", limit=MAX_PROOF)
    if not data or name.startswith("."):
        raise Invalid("document-empty", rule="R-DOC-02")
    stored = await found.prequalification.store_proof(lot, actor, name, bytes(data))
    return Response(msgspec.json.encode(stored), media_type="application/json")


@router.get(
    "/prequalification/applications",
    summary="The applications that I review · 待审资格预审申请",
    responses=json_answer(Applications),
)
async def applications(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """For who reviews, after the deadline; nobody else learns of them or of their number (招投法 22, 52)."""
    _, lot = await found.platform.recorded(lot_id, actor)
    shown = Applications(applications=tuple(await found.prequalification.to_review(lot, actor)))
    return Response(msgspec.json.encode(shown), media_type="application/json")


@router.get(
    "/prequalification/applications/{party}/documents/{sha256}",
    summary="A proof of an application · 申请材料",
)
async def proof(lot_id: LotId, party: PartyId, sha256: Digest, actor: Acting, found: AtDesks) -> Response:
    _, lot = await found.platform.recorded(lot_id, actor)
    return await _file(*await found.prequalification.proof(lot, actor, party, sha256))


async def _file(document: DocumentRef, body: AsyncIterator[bytes]) -> Response:
    return await stored(
        body,
        media_type="application/octet-stream",
        headers={
            "Content-Length": str(document.length),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
        },
    )
