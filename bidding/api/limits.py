"""How much the API takes in: bytes and nesting of a body. Uploads limit themselves (``bidding.api.tus``)."""

import re

from bidding.api.problems import BadRequest

#: A manifest with the hashes of 10,000 parts is the largest body that is not an upload.
MAX_BODY = 2 * 1024 * 1024
MAX_DEPTH = 32
#: Paths whose bodies are streamed into the object store and limited there.
STREAMED = ("/uploads",)

# A quote without its end is taken as a string up to the end: the decoder refuses it afterwards.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,18}")


def announced_length(header: str) -> int:
    """Bytes that a ``Content-Length`` announces; 0 for none or for what no server would take for a number."""
    return int(header) if _LENGTH.fullmatch(header) else 0


def limited(path: str) -> bool:
    """Whether ``MAX_BODY`` holds for a body sent to this path."""
    return not path.startswith(STREAMED)


def require_depth(body: bytes, limit: int = MAX_DEPTH) -> None:
    """Raises ``BadRequest`` for JSON nested deeper than ``limit``: parsers recurse on a finite stack."""
    if body.count(b"[") + body.count(b"{") <= limit:
        return
    depth = 0
    for token in _TOKENS.finditer(body):
        first = token[0][:1]
        if first in b"[{":
            depth += 1
            if depth > limit:
                raise BadRequest("body-too-deep", limit=limit)
        elif first in b"]}":
            depth -= 1
