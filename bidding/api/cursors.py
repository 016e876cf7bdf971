"""Opaque keyset cursors: the sort key of the last row shown, to begin the next page after it.

A cursor holds only values that the page itself showed, so it needs no secrecy; any other text than one given
out is refused or begins somewhere else in the same list. It never holds a position of the log (R-GEN-04).
"""

from typing import Annotated, TypeVar

import msgspec
from fastapi import Query

from bidding.api.problems import BadRequest
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError

K = TypeVar("K")

MAX_LENGTH = 512
DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most. 每页条数。")]
After = Annotated[
    str | None,
    Query(alias="cursor", max_length=MAX_LENGTH, description="The value of `next`. 上一页返回的 next。"),
]


def encode(key: object) -> str:
    """``key``: a tuple or struct of what the list is sorted by."""
    return b64(msgspec.msgpack.encode(key))


def decode(cursor: str, kind: type[K]) -> K:
    """Raises ``BadRequest("cursor-invalid")``."""
    try:
        return msgspec.msgpack.decode(unb64(cursor[:MAX_LENGTH]), type=kind)
    except (CryptoError, msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest("cursor-invalid") from None
