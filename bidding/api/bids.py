"""A bidder's own bid and objections, and what an office must answer before its session keys are accepted."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from bidding.api.bodies import body_of
from bidding.api.commands import LotId
from bidding.api.desks import AtDesks
from bidding.api.schemas import json_answer, json_body
from bidding.api.sessions import Acting
from bidding.api.tags import tag
from bidding.application.trialopening import Dummy, TrialKeys
from bidding.crypto.errors import CryptoError
from bidding.domain.bid.state import Bid
from bidding.domain.errors import Invalid
from bidding.domain.opening.entries import AnnouncedForm

router = APIRouter(prefix="/lots/{lot_id}")

DUMMY = {
    "manifest": "{…}",
    "manifest_signature": "AAAA",
    "sealed": "AAAA",
    "release": "{…}",
    "release_signature": "AAAA",
}


@router.get("/bid", tags=[tag("bid")], summary="My own bid: receipts, versions, deposits · 我的投标")
async def own(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Nobody else's is ever shown here. `effective` is the manifest hash of the bid that counts now.

    `graded`: the deposit asked of you where your credit makes it another, and why (R-NB-SS-02).
    `alarms`: devices that it is sealed to and that will not open it, or that it is not sealed to (R-CRED-01).
    """
    _, lot = await found.platform.recorded(lot_id, actor)
    bid = await found.bids.with_amount(lot, await found.bids.bid(lot_id, actor.party))
    bid = msgspec.structs.replace(bid, alarms=await found.bids.alarms(lot, bid))
    return Response(msgspec.json.encode(_shown(bid)), media_type="application/json")


@router.get(
    "/objections",
    tags=[tag("bid")],
    summary="My own objections, complaints and calls for help · 我提出的异议、投诉和求助",
)
async def objections(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """With queries, and the answers on the private line (R-ROOM-01). Who asked is nobody else's to know (R-DOC-03)."""
    _, lot = await found.platform.recorded(lot_id, actor)
    mine = {
        "prequalification": [one for one in lot.prequalification.objections if one.by == actor.party],
        "document": [one for one in lot.notice.objections if one.by == actor.party],
        "inquiries": [one for one in lot.notice.inquiries if one.by == actor.party],
        "opening": [one for one in lot.opening.objections if one.bidder == actor.party],
        "help": [one for one in lot.opening.help if one.bidder == actor.party],
        "result": [one for one in lot.award.objections if one.by == actor.party],
        "queries": [one for one in lot.award.queries if one.by == actor.party],
        "complaints": [one for one in lot.complaints.all if one.by == actor.party],
    }
    return Response(msgspec.json.encode(mine), media_type="application/json")


@router.get(
    "/bid/trial-opening",
    tags=[tag("bid")],
    summary="Keys for a trial opening · 试解密的密钥",
    responses=json_answer(TrialKeys),
)
async def trial_keys(lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """From 24 hours before the deadline until it (R-OPEN-20). Everybody has these keys: seal nothing but a dummy."""
    return Response(msgspec.json.encode(await found.trial.keys(lot_id)), media_type="application/json")


@router.post(
    "/bid/trial-opening",
    tags=[tag("bid")],
    summary="Have a dummy opened, as a bid will be · 试解密",
    responses=json_answer(AnnouncedForm),
    openapi_extra=json_body(Dummy, DUMMY),
)
async def trial_opening(request: Request, lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """Answers with what the platform read in it. Nothing is recorded, and nobody can tell how many tried."""
    opened = await found.trial.open(lot_id, await body_of(request, Dummy), actor)
    return Response(msgspec.json.encode(opened), media_type="application/json")


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``announcement``: the canonical text that the office is about to sign."""

    announcement: Annotated[str, msgspec.Meta(min_length=2, max_length=4000)]


@router.post(
    "/opening/possession-challenges",
    tags=[tag("opening")],
    status_code=201,
    summary="Prove that you hold the session keys · 会话密钥持有证明",
    openapi_extra=json_body(Announced, {"announcement": "{…}"}),
)
async def challenges(request: Request, lot_id: LotId, actor: Acting, found: AtDesks) -> Response:
    """A nonce encrypted to both keys; its decryption goes into `opening/publish-office-keys`."""
    await found.platform.recorded(lot_id, actor)
    asked = await body_of(request, Announced)
    try:
        forms, evaluation = found.opening.challenges(asked.announcement.encode())
    except CryptoError:
        raise Invalid("office-keys-refused", rule="R-OPEN-24", finding="announcement") from None
    return Response(
        msgspec.json.encode({"forms": forms, "evaluation": evaluation}), 201, media_type="application/json"
    )


def _shown(bid: Bid) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(bid)
    effective = bid.effective
    return {
        **fields,
        "effective": effective.manifest_hash if effective is not None else None,
        "next_version": bid.next_version,
        "supersedes": bid.supersedes,
    }
