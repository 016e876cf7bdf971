"""Bodies, read with limits and decoded strictly; what was sent is never repeated in a refusal."""

import re
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from bidding.api.limits import MAX_BODY, announced_length, require_depth
from bidding.api.problems import BadRequest, TooLarge, UnsupportedType
from bidding.crypto.canonical import MAX_INTEGER

T = TypeVar("T")

_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json")
#: msgspec's reasons that quote nothing of what was sent.
_SPEAKABLE = re.compile(
    r"Expected .*|Object missing required field `\w+`|Invalid (?:RFC3339|base64|UUID|decimal|ISO)[\w ]*"
)
#: What may hold an integer or a character that decodes and yet cannot be kept.
_SUSPECT = re.compile(rb"[0-9]{16}|\\u0000")
_FIELD = re.compile(r"[a-z][a-z_]{0,39}")
_UNKNOWN_FIELD = "a field that this object does not have"
_NO_SUCH_VALUE = "a value that is not among those allowed"


async def read_json(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body, at most ``limit`` bytes of JSON nested at most ``MAX_DEPTH`` deep, not yet decoded.

    Raises ``UnsupportedType``, ``TooLarge`` (as soon as the limit is passed), ``BadRequest``.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if _JSON.fullmatch(media) is None:
        raise UnsupportedType("not-acceptable-type")
    if announced_length(request.headers.get("content-length", "")) > limit:
        raise TooLarge("body-too-large", limit=limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge("body-too-large", limit=limit)
    require_depth(bytes(body))
    return bytes(body)


def decode(body: bytes, kind: type[T], *, at: str = "$") -> T:
    """``body`` as ``kind``, every constraint checked. ``at``: the JSON path where it stands in the request.

    Raises ``BadRequest``: ``body-malformed`` (no JSON) or ``body-invalid`` with the path of the fault.
    """
    try:
        value = msgspec.json.decode(body, type=kind, strict=True)
        if _SUSPECT.search(body):
            _require_storable(msgspec.json.decode(body), at)
        return value
    except msgspec.ValidationError as error:
        reason, path = fault(error, at)
        raise BadRequest("body-invalid", path=path, reason=reason) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("body-malformed", reason=_malformed(error)) from None


def _require_storable(value: Any, path: str) -> None:
    """Integers that every JSON reader keeps exact (RFC 8785), and text without U+0000 (PostgreSQL)."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise BadRequest("body-invalid", path=path, reason="Expected `int` within ±(2^53 - 1)")
    if isinstance(value, str) and "\0" in value:
        raise BadRequest("body-invalid", path=path, reason="Expected `str` without U+0000")
    if isinstance(value, list):
        for index, one in enumerate(value):
            _require_storable(one, f"{path}[{index}]")
    if isinstance(value, dict):
        for key, one in value.items():
            _require_storable(key, path)
            _require_storable(one, f"{path}.{key}" if _FIELD.fullmatch(key) else f"{path}[...]")


def fault(error: msgspec.ValidationError, at: str = "$") -> tuple[str, str]:
    """What is wrong and where (JSON path), without a word of what was sent."""
    reason, _, path = str(error).partition(" - at `")
    path = at + path.rstrip("`").removeprefix("$")
    if "unknown field" in reason:
        return _UNKNOWN_FIELD, path
    return (reason if _SPEAKABLE.fullmatch(reason) else _NO_SUCH_VALUE), path


async def body_of(request: Request, kind: type[T]) -> T:
    return decode(await read_json(request), kind)


def components(types: list[Any]) -> dict[str, Any]:
    """JSON schemas of msgspec types by name, for ``components.schemas`` of the OpenAPI document."""
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return schemas


def _malformed(error: Exception) -> str:
    """ "trailing characters (byte 8)": positions are told, characters are not."""
    position = re.search(r"\(byte \d+\)", str(error))
    return (
        "truncated"
        if "truncated" in str(error)
        else f"unexpected byte {position[0] if position else ''}".strip()
    )
