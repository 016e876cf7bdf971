"""The signer over HTTP: ``GET /keys/<name>``, ``POST /keys/<name>/signatures``, for the bearer of its token alone."""

import hashlib
import hmac
from collections.abc import Mapping

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.errors import CryptoError
from bidding.crypto.provider import KeyName
from bidding.signer.journal import Journal

#: Bytes of what is signed at most, and of a request: base64url and JSON around it.
LARGEST = 1024 * 1024
_REQUEST = LARGEST * 4 // 3 + 64


def signer_app(name: str, keys: Mapping[KeyName, SigningKey], token: bytes, journal: Journal) -> Starlette:
    """``name``: as events and records name the provider; ``token``: SHA-256 of the bearer's."""

    def known(request: Request) -> bool:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(shown.strip().encode("utf-8", "surrogatepass")).digest()
        return scheme.lower() == "bearer" and hmac.compare_digest(digest, token)

    def found(request: Request) -> SigningKey | None:
        named = request.path_params["name"]
        return keys[KeyName(named)] if named in set(KeyName) else None

    async def tell(request: Request) -> Response:
        if not known(request):
            return _said({"error": "token"}, 401)
        key = found(request)
        if key is None:
            return _said({"error": "no such key"}, 404)
        return _said({"provider": name, "public": b64(key.public)})

    async def sign(request: Request) -> Response:
        if not known(request):
            return _said({"error": "token"}, 401)
        key = found(request)
        if key is None:
            return _said({"error": "no such key"}, 404)
        message = await _message(request)
        if message is None:
            return _said({"error": "no message, or a longer one than is signed"}, 422)
        try:
            await run_in_threadpool(journal.add, key.id, message)
        except OSError:
            return _said({"error": "the journal cannot be written, so nothing is signed"}, 503)
        return _said({"signature": b64(key.sign(message))})

    return Starlette(
        routes=[
            Route("/keys/{name}", tell, methods=["GET"]),
            Route("/keys/{name}/signatures", sign, methods=["POST"]),
        ]
    )


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    message: str


def _said(content: dict[str, str], status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


async def _message(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _REQUEST:
            return None
    try:
        return unb64(msgspec.json.decode(body, type=_Asked).message)
    except (msgspec.MsgspecError, CryptoError):
        return None
