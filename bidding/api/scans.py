"""Routes of 扫码: a PC asks for a challenge and waits, the phone that holds the key opens and confirms it (R-CRED-05).

Everything travels in bodies: an address that names a challenge would stay in histories and logs.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from bidding.api.bodies import body_of
from bidding.api.examples import CREDENTIAL, signed_example
from bidding.api.schemas import json_answer, json_body
from bidding.api.services import services
from bidding.api.sessions import Asking, logged_in, session, whoever
from bidding.api.tags import tag
from bidding.application import statements
from bidding.application.login import Session
from bidding.application.scans import Place, Scanning
from bidding.domain.errors import Forbidden
from bidding.domain.registration.scan import CONFIRM, RULE, SIGN_IN, Scan, Stage

router = APIRouter(prefix="/sessions/scans", tags=[tag("session")])

Secret = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Signature = Annotated[str, msgspec.Meta(max_length=statements.SIGNATURE)]

#: Characters of a browser's name for itself that are shown: what it is, no more.
AGENT = 160
_UNSHOWABLE = re.compile(r"[^ -~]")


class AskScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``holder``: hex SHA-256 of 32 random bytes in base64url that the PC keeps to itself. ``statement``: the act to be
    signed, by the device that is logged in; null: somebody wants to be logged in."""

    holder: Sha256
    statement: dict[str, Any] | None = None


class ScanShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the PC shows as a code, at ``origin``. ``digest``: hex SHA-256 of the statement, or ``holder``."""

    challenge: str
    action: str
    lot: str | None
    digest: str
    origin: str
    expires_at: str


class ScanOpened(msgspec.Struct, frozen=True, kw_only=True):
    """What the phone shows and signs. ``address``, ``agent``: of the PC; ``statement``: null for a sign-in."""

    challenge: str
    action: str
    lot: str | None
    digest: str
    origin: str
    expires_at: str
    address: str
    agent: str
    statement: dict[str, Any] | None


class ScanNamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``challenge``: as the code tells it."""

    challenge: Secret


class ConfirmScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A signed ``session/confirm`` statement that repeats the challenge, with the number that the PC shows.

    ``act_signature``: over the statement of the challenge, as any act is signed; empty for a sign-in."""

    statement: dict[str, Any]
    signature: Signature
    act_signature: Signature = ""


class CollectScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``secret``: whose SHA-256 was ``holder``. ``carrier``: of the session, as at ``POST /sessions``."""

    challenge: Secret
    secret: Secret
    carrier: Literal["bearer", "cookie"] = "bearer"


class ScanOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """``number``: to be typed on the phone, empty until the phone has opened the challenge. Confirmed: ``statement``
    and ``signature`` of the act, to be sent to its own route just as if it had been signed here; or, for a sign-in,
    the members of the session beside ``stage``."""

    stage: Stage
    number: str = ""
    statement: dict[str, Any] | None = None
    signature: str = ""


def scanning(request: Request) -> Scanning:
    return services(request).scans


Scans = Annotated[Scanning, Depends(scanning)]

_CHALLENGE = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
_CONFIRMATION = {
    "challenge": _CHALLENGE,
    "action": SIGN_IN,
    "digest": CREDENTIAL,
    "origin": "https://bidding.example",
    "expires_at": "2026-03-02T01:02:00Z",
    "number": "47",
}


def place_of(request: Request) -> Place:
    """Raises ``Forbidden("scan-of-another-origin")`` for a page of another site, which a browser names."""
    host = request.headers.get("host", "")
    said = request.headers.get("origin", "")
    if said and said.partition("://")[2] != host:
        raise Forbidden("scan-of-another-origin", rule=RULE, origin=f"{request.url.scheme}://{host}")
    agent = _UNSHOWABLE.sub("", request.headers.get("user-agent", ""))
    return Place(
        origin=said or f"{request.url.scheme}://{host}",
        address=request.client.host if request.client else "",
        agent=agent[:AGENT],
    )


@router.post(
    "",
    status_code=201,
    summary="Ask for a code to scan · 取得扫码质询",
    openapi_extra=json_body(AskScan, {"holder": CREDENTIAL}),
    responses={201: json_answer(ScanShown)[200]},
)
async def ask(request: Request, found: Scans) -> Response:
    """For two minutes at most, for one phone, once. Without a statement anybody may ask: nothing is told."""
    asked = await body_of(request, AskScan)
    place = place_of(request)
    if asked.statement is None:
        scan = await found.begin(asked.holder, place)
    else:
        scan = await found.begin_act(asked.holder, asked.statement, await session(request), place)
    return _json(msgspec.convert(_told(scan), ScanShown), 201)


@router.post(
    "/open",
    summary="Open a scanned code on the phone · 手机打开质询",
    openapi_extra=json_body(ScanNamed, {"challenge": _CHALLENGE}),
    responses=json_answer(ScanOpened),
)
async def open_challenge(request: Request, asking: Asking, found: Scans) -> Response:
    """By the device that is to confirm, logged in; the first that opens it, no other. The number is not told."""
    asked = await body_of(request, ScanNamed)
    scan = await found.open(asked.challenge, asking, place_of(request).origin)
    said = {
        **_told(scan),
        "address": scan.address,
        "agent": scan.agent,
        "statement": msgspec.json.decode(scan.statement) if scan.statement else None,
    }
    return _json(msgspec.convert(said, ScanOpened))


@router.post(
    "/confirm",
    status_code=204,
    summary="Confirm on the phone · 手机确认",
    openapi_extra=json_body(ConfirmScan, signed_example(CONFIRM, _CONFIRMATION)),
)
async def confirm(request: Request, asking: Asking, found: Scans) -> Response:
    """Signed with the device's key, which stays where it is. A wrong number ends the challenge."""
    asked = await body_of(request, ConfirmScan)
    place_of(request)
    await found.confirm(asked.statement, asked.signature, asked.act_signature, asking)
    return Response(status_code=204)


@router.post(
    "/decline",
    status_code=204,
    summary="Decline on the phone · 手机拒绝",
    openapi_extra=json_body(ScanNamed, {"challenge": _CHALLENGE}),
)
async def decline(request: Request, asking: Asking, found: Scans) -> Response:
    """The PC is told so."""
    asked = await body_of(request, ScanNamed)
    await found.decline(asked.challenge, asking)
    return Response(status_code=204)


@router.post(
    "/collect",
    summary="Ask what became of the code · 查询扫码结果",
    openapi_extra=json_body(CollectScan, {"challenge": _CHALLENGE, "secret": _CHALLENGE}),
    responses=json_answer(ScanOutcome),
)
async def collect(
    request: Request, found: Scans, asking: Annotated[Session | None, Depends(whoever)]
) -> Response:
    """`shown` and `opened` while it waits. Confirmed: the session as `POST /sessions` gives it, or the signed act."""
    asked = await body_of(request, CollectScan)
    place_of(request)
    scan, done = await found.collect(asked.challenge, asked.secret, asking)
    if done is not None:
        return logged_in(request, done, asked.carrier, stage=scan.stage)
    if scan.stage is Stage.CONFIRMED:
        statement = msgspec.json.decode(scan.statement)
        return _json(ScanOutcome(stage=scan.stage, statement=statement, signature=scan.signature))
    return _json(ScanOutcome(stage=scan.stage, number=scan.number if scan.stage is Stage.OPENED else ""))


def _told(scan: Scan) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(scan)
    return {name: told[name] for name in ScanShown.__struct_fields__}


def _json(content: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
