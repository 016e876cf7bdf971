"""Canonical JSON (RFC 8785) and the binary encodings inside it: one value, one sequence of bytes."""

import base64
import binascii
import re
from typing import Annotated, Any, TypeVar

import msgspec
import rfc8785

from bidding.crypto.errors import CanonicalError

T = TypeVar("T")

# SHA-256 and key ids are lower-case hex, as sha256sum prints them; other binary is base64url without
# padding. The last character's class admits only zero trailing bits, so each value has one spelling.
# `$` also matches before a final newline: max_length closes that door.
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
_TWO_SPARE_BITS, _FOUR_SPARE_BITS = "[AEIMQUYcgkosw048]", "[AQgw]"
Bytes32 = Annotated[str, msgspec.Meta(pattern=f"^[A-Za-z0-9_-]{{42}}{_TWO_SPARE_BITS}$", max_length=43)]
Bytes56 = Annotated[str, msgspec.Meta(pattern=f"^[A-Za-z0-9_-]{{74}}{_TWO_SPARE_BITS}$", max_length=75)]
Bytes64 = Annotated[str, msgspec.Meta(pattern=f"^[A-Za-z0-9_-]{{85}}{_FOUR_SPARE_BITS}$", max_length=86)]
Bytes80 = Annotated[str, msgspec.Meta(pattern=f"^[A-Za-z0-9_-]{{106}}{_TWO_SPARE_BITS}$", max_length=107)]

# Public keys and wrapped keys of every suite: 32, 64 or 1216 bytes; 80, 160 or 1168.
PublicKey = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^([A-Za-z0-9_-]{{42}}{_TWO_SPARE_BITS}|[A-Za-z0-9_-]{{85}}([A-Za-z0-9_-]{{1536}})?{_FOUR_SPARE_BITS})$",
        max_length=1622,
    ),
]
WrappedKey = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^([A-Za-z0-9_-]{{106}}{_TWO_SPARE_BITS}|[A-Za-z0-9_-]{{213}}([A-Za-z0-9_-]{{1344}})?{_FOUR_SPARE_BITS})$",
        max_length=1558,
    ),
]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
"""An identifier given by the platform: lot, party, session. Opaque here."""

MAX_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exact (RFC 8785, 3.2.2.3; RFC 7493, 2.2)."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
_sorted_keys = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of `value` (structs, dicts, lists, str, int, bool, None, finite floats).

    Raises CanonicalError for what has no canonical form: integers beyond ±(2^53 - 1), NaN, lone
    surrogates, keys that are not strings.
    """
    try:
        plain = msgspec.to_builtins(value, str_keys=False)
        # msgspec is forty times faster and gives the same bytes unless a float or a non-ASCII key is inside
        # (RFC 8785 sorts by UTF-16 units, msgspec by UTF-8 bytes).
        return _sorted_keys.encode(plain) if _msgspec_agrees(plain) else rfc8785.dumps(plain)
    except (rfc8785.CanonicalizationError, TypeError, UnicodeEncodeError, RecursionError) as error:
        raise CanonicalError(reason=f"no canonical form: {type(error).__name__}") from None


def parse_canonical(data: bytes, kind: type[T]) -> T:
    """Decode `data` as `kind`, refusing every spelling but the canonical one.

    Duplicate or unsorted keys, spaces, `1.0`, `1E2`, escaped letters, missing defaults and unknown
    fields all raise CanonicalError, whose `path` is the JSON path of the fault if it has one.
    """
    try:
        value = msgspec.json.decode(data, type=kind, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason, _, path = str(error).partition(" - at `")
        raise CanonicalError(reason=reason[:200], path=path.rstrip("`") or "$") from None
    if canonical(value) != data:
        raise CanonicalError(reason="not the canonical form (RFC 8785) of its value")
    return value


def validated(value: T) -> T:
    """`value` again after every constraint of its type held: constructors of structs check nothing."""
    return parse_canonical(canonical(value), type(value))


def b64(data: bytes) -> str:
    """base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of unpadded base64url; any other spelling of the same bytes raises CanonicalError."""
    if not _BASE64URL.match(text):
        raise CanonicalError(reason="not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise CanonicalError(reason="impossible length for base64url") from None
    if b64(data) != text:
        raise CanonicalError(reason="base64url with trailing bits set")
    return data


def _msgspec_agrees(value: Any) -> bool:
    """Whether msgspec writes the RFC 8785 bytes of this tree of builtins."""
    if value is None or isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, dict):
        return all(isinstance(k, str) and k.isascii() and _msgspec_agrees(v) for k, v in value.items())
    return isinstance(value, list | tuple) and all(map(_msgspec_agrees, value))
