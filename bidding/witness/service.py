"""The witness over HTTP: ``POST /add-checkpoint`` (c2sp.org/tlog-witness), ``POST /mailbox``, ``GET /vkey``."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bidding.crypto.errors import ConsistencyError, NoteError, WitnessConflictError
from bidding.crypto.log.note import MAX_NOTE, NoteKey
from bidding.crypto.log.witnessing import MAX_PROOF
from bidding.witness.ledger import Ledger, UnknownLogError, UnsignedError
from bidding.witness.mailbox import LARGEST, BadLetterError, Mailbox, MailboxFullError

_SIZE = "text/x.tlog.size"
#: Bytes of a request: a note and the longest proof in base64.
_REQUEST = MAX_NOTE + 64 * (MAX_PROOF + 2)


def witness_app(
    ledger: Ledger, mailbox: Mailbox, key: NoteKey, quantum_safe: NoteKey | None = None
) -> Starlette:
    """``key``: the witness' own, published at ``/vkey``; ``quantum_safe``: its second one, at ``/vkey/ml-dsa-44``."""

    async def add_checkpoint(request: Request) -> Response:
        body = await _body(request, _REQUEST)
        if body is None:
            return _said("longer than a checkpoint can be", 413)
        try:
            lines = await run_in_threadpool(ledger.add, body)
        except UnknownLogError:
            return _said("a log that this witness was not told of", 404)
        except UnsignedError as error:
            return _said(str(error), 403)
        except WitnessConflictError as error:
            return Response(f"{error.size}\n", 409, media_type=_SIZE)
        except ConsistencyError as error:
            return _said(str(error), 422)
        except NoteError as error:
            return _said(str(error), 400)
        except OSError:
            return _said("cannot keep what it has seen, so it signs nothing", 503)
        return PlainTextResponse("".join(line.text for line in lines))

    async def post(request: Request) -> Response:
        body = await _body(request, 2 * LARGEST)
        if body is None:
            return _said(f"longer than {LARGEST} bytes", 413)
        try:
            receipt = await run_in_threadpool(mailbox.take, body)
        except BadLetterError as error:
            return _said(str(error), 422)
        except (MailboxFullError, OSError):
            return _said("no room for another letter: turn to the witness' keeper", 507)
        return JSONResponse({"payload": receipt.payload, "signature": receipt.signature}, 201)

    async def vkey(request: Request) -> Response:
        return PlainTextResponse(f"{key.vkey}\n")

    async def second(request: Request) -> Response:
        return (
            _said("no second key", 404)
            if quantum_safe is None
            else PlainTextResponse(f"{quantum_safe.vkey}\n")
        )

    return Starlette(
        routes=[
            _route("/add-checkpoint", "POST", add_checkpoint),
            _route("/mailbox", "POST", post),
            _route("/vkey", "GET", vkey),
            _route("/vkey/ml-dsa-44", "GET", second),
        ]
    )


def _route(path: str, method: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, endpoint, methods=[method])


def _said(text: str, status: int) -> Response:
    return PlainTextResponse(f"{text}\n", status)


async def _body(request: Request, limit: int) -> bytes | None:
    """None if there is more of it than ``limit``."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
