"""Who asks: from a bearer token or the session cookie to an actor. The routes of login and logout."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from bidding.api.bodies import body_of
from bidding.api.examples import signed_example
from bidding.api.schemas import json_body
from bidding.api.services import Services, services
from bidding.api.tags import tag
from bidding.application import identity, statements
from bidding.application.login import ACT, LoggedIn, Session, Unauthenticated
from bidding.domain.errors import Forbidden
from bidding.domain.parties import Actor
from bidding.domain.registration.commands import CredentialId

COOKIE = "bidding-session"

Found = Annotated[Services, Depends(services)]


def bearer(request: Request) -> str:
    """The token of an ``Authorization: Bearer`` header, empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def token_of(request: Request) -> str:
    return bearer(request) or request.cookies.get(COOKIE, "")


async def session(request: Request) -> Session:
    """Raises ``Unauthenticated``: ``login-needed`` without a token, ``session-ended`` with an old one."""
    token = token_of(request)
    if not token:
        raise Unauthenticated("login-needed")
    return await services(request).login.session(token)


async def actor(asking: Annotated[Session, Depends(session)]) -> Actor:
    """A verified party. Others may look after their own registration and nothing else (R-CODE-01)."""
    if not asking.party.verified:
        raise Forbidden("party-waits", rule="R-PLAT-08")
    return asking.actor


async def whoever(request: Request) -> Session | None:
    """Who asks who it is. A browser that nobody is logged in at is told so, which is no error: it is a spectator's.

    Raises ``Unauthenticated`` for a bearer token that is none or out of date."""
    try:
        return await session(request) if token_of(request) else None
    except Unauthenticated:
        if bearer(request):
            raise
        return None


async def viewer(request: Request) -> Actor | None:
    """For what spectators see too: None for them, for parties not verified and for a cookie out of date."""
    found = await whoever(request)
    return found.actor if found is not None and found.party.verified else None


Asking = Annotated[Session, Depends(session)]
Acting = Annotated[Actor, Depends(actor)]
Viewing = Annotated[Actor | None, Depends(viewer)]

router = APIRouter(prefix="/sessions", tags=[tag("session")])


class AskChallenge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``credential``: hex SHA-256 of the device's raw signing key."""

    credential: CredentialId


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A signed ``session/login`` statement whose body is ``{"challenge": …}``.

    ``carrier``: ``cookie`` sets an HttpOnly cookie and tells no token; ``bearer`` tells the token.
    """

    statement: dict[str, Any]
    signature: Annotated[str, msgspec.Meta(max_length=statements.SIGNATURE)]
    carrier: Literal["bearer", "cookie"] = "bearer"


_CHALLENGE = {"challenge": "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"}


@router.post(
    "/challenges",
    status_code=201,
    summary="Ask for a challenge · 取得登录质询",
    openapi_extra=json_body(AskChallenge, {"credential": "5f" * 32}),
)
async def challenge(request: Request, found: Found) -> Response:
    """Random, for one device, good once and for two minutes. Any device may ask: nothing is told."""
    asked = await body_of(request, AskChallenge)
    return Response(
        msgspec.json.encode(await found.login.challenge(asked.credential)), 201, media_type="application/json"
    )


@router.post(
    "",
    status_code=201,
    summary="Log in · 登录",
    openapi_extra=json_body(LogIn, signed_example(ACT, _CHALLENGE)),
)
async def login(request: Request, found: Found) -> Response:
    """401 `login-refused` for every reason alike. `proved`: this device has passed its trial (R-CRED-03)."""
    asked = await body_of(request, LogIn)
    return logged_in(request, await found.login.login(asked.statement, asked.signature), asked.carrier, 201)


def logged_in(
    request: Request, done: LoggedIn, carrier: Literal["bearer", "cookie"], status: int = 200, **more: str
) -> Response:
    """The session as it goes to who asked for it: its token, or a cookie that scripts cannot read."""
    device = done.party.credential(done.credential)
    said = {
        "party": done.party.party,
        "name": done.party.name,
        "verified": done.party.verified,
        "roles": sorted(done.party.roles),
        "credential": done.credential,
        "proved": device is not None and device.proved_at is not None,
        "expires_at": done.expires_at,
        **more,
    }
    if carrier == "bearer":
        content = msgspec.json.encode({**said, "token": done.token})
        return Response(content, status, media_type="application/json")
    response = Response(msgspec.json.encode(said), status, media_type="application/json")
    _give_cookie(request, response, done)
    return response


@router.get(
    "/current",
    summary="Who I am · 当前登录",
    responses={204: {"description": "Nobody: no token, or a cookie whose session has ended"}},
)
async def current(asking: Annotated[Session | None, Depends(whoever)]) -> Response:
    if asking is None:
        return Response(status_code=204)
    content = {"party": identity.described(asking.party), "credential": asking.credential.credential}
    return Response(
        msgspec.json.encode({**content, "expires_at": asking.expires_at}), media_type="application/json"
    )


@router.delete("/current", status_code=204, summary="Log out · 退出登录")
async def logout(request: Request, found: Found) -> Response:
    """Ends the session of the token or cookie; 204 also if it has ended already."""
    await found.login.logout(token_of(request))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _give_cookie(request: Request, response: Response, done: LoggedIn) -> None:
    response.set_cookie(
        COOKIE,
        done.token,
        max_age=int(done.life.total_seconds()),  # relative: a device's own clock may be wrong
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",  # plain HTTP is spoken on the loopback interface only
    )
