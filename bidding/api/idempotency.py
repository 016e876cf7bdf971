"""``Idempotency-Key``: the author's name for one act, so that a retry is recognised as such."""

import hashlib
import re

from fastapi import Request

from bidding.api.problems import BadRequest

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{8,128}")


def key_of(request: Request) -> str:
    """The key, bare or as a quoted structured-field string. Raises ``BadRequest`` if missing or malformed."""
    values = request.headers.getlist(HEADER)
    if not values:
        raise BadRequest("idempotency-key-required")
    key = values[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(values) > 1 or _KEY.fullmatch(key) is None:
        raise BadRequest("idempotency-key-malformed")
    return key


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """What a retry must repeat exactly. ``If-Match`` is not part of it: the first answer stands."""
    head = f"{method} {path}\n".encode()
    return hashlib.sha256(head + body).digest()
