"""The platform's keys, its clock and a lot's record: what anyone needs to check everything offline."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer
from bidding.api.sessions import Viewing
from bidding.api.tags import tag
from bidding.application.keyring import signed
from bidding.crypto.canonical import b64
from bidding.crypto.instant import instant
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.errors import Unknown
from bidding.domain.opening.record import record_text

router = APIRouter(tags=[tag("public")])

TIME_LABEL = "bidding/time/v1"


class PlatformKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Base64url. ``…_id`` names the key in receipts; ``provider``: who holds the keys that sign (R-CRYP-04)."""

    authority: str
    receipt: str
    receipt_id: str
    receipt_test: str
    receipt_test_id: str
    provider: str


class PlatformTime(msgspec.Struct, frozen=True, kw_only=True):
    """``signature``: base64url Ed25519 by the receipt key over ``bidding/time/v1\\0`` and canonical ``{"now":…}``."""

    now: str
    signature: str


@router.get("/keys", responses=json_answer(PlatformKeys), summary="The platform's public keys · 平台公钥")
async def keys(found: AtDesks) -> Response:
    """``authority`` certifies devices; ``receipt`` signs receipts and records, ``receipt_test`` those of test lots."""
    live, test = found.keyring.receipt_key("live"), found.keyring.receipt_key("test")
    content = {
        "authority": b64(found.keyring.authority.certificate),
        "receipt": b64(live.public),
        "receipt_id": live.id,
        "receipt_test": b64(test.public),
        "receipt_test_id": test.id,
        "provider": live.provider,
    }
    return _json(content)


@router.get(
    "/time", responses=json_answer(PlatformTime), summary="The platform's clock, signed · 平台时间(签名)"
)
async def time(found: AtDesks) -> Response:
    """Deadlines are judged by this clock (R-TIME-08, R-PAIN-09)."""
    made = await signed(TIME_LABEL, {"now": instant(found.platform.clock.now())}, found.keyring.receipt)
    said: dict[str, Any] = msgspec.json.decode(made.payload)
    return _json({**said, "signature": b64(made.signature)})


@router.get("/lots/{lot_id}/record", summary="The lot's record, to be verified offline · 标段可验证档案")
async def record(lot_id: LotId, found: AtDesks) -> Response:
    """Check it with `bidding verify FILE`: no server and no network is needed."""
    return Response(
        await found.records.export(lot_id),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{lot_id}.record.json"'},
    )


class Reader(StrEnum):
    """``own``: whatever is disclosed to who asks; ``public``: what anyone gets, whoever asks."""

    OWN = "own"
    PUBLIC = "public"


For = Annotated[Reader, Query(alias="for", description="Whose eyes the bundle is for. 导出范围。")]


@router.get(
    "/lots/{lot_id}/bundle", summary="The lot in one closed file, for the one who asks · 可验证数据包"
)
async def bundle(lot_id: LotId, actor: Viewing, found: AtDesks, reader: For = Reader.OWN) -> Response:
    """The record, and what else was disclosed to you. Check it with `bidding verify FILE` or the offline page."""
    asking = actor if reader is Reader.OWN else None
    return Response(
        await found.bundles.export(lot_id, asking),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{lot_id}.bundle.json"'},
    )


@router.get("/lots/{lot_id}/opening/record", summary="The opening record as it stands · 开标记录")
async def opening_record(lot_id: LotId, found: AtDesks) -> Response:
    """What the offices sign: its text, and the hash that their statements must name."""
    recorded, _ = await found.platform.recorded(lot_id, None)
    public = view(lot_id, (one.event for one in recorded), SPECTATOR)
    if not public.opening.roll:
        raise Unknown("no-opening-record", rule="R-OPEN-04")
    text = public.opening.record or record_text(public)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _json({"record": text, "record_hash": digest, "signed": bool(public.opening.record)})


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
