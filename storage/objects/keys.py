"""The key pattern: what may name an object.

Segments of letters, digits, `.`, `_` and `-` joined by `/`; a segment never begins with a dot, so neither
`..` nor a hidden file can be spelled, and no key is absolute. Lengths stay below every file system's and
S3's limits (a directory store appends one character to the last segment).
"""

import re

from storage.objects.errors import BadKey

_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*", re.ASCII)
_MAX_KEY = 512


def checked_key(key: str) -> str:
    """The same key. Raises `BadKey`."""
    if len(key) > _MAX_KEY or _KEY.fullmatch(key) is None:
        raise BadKey(key)
    return key


def checked_prefix(prefix: str) -> str:
    """A prefix to list: empty, a key, or a key followed by `/`. Raises `BadKey`."""
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix
