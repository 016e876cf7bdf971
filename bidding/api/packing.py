"""Public JSON, gzipped where the asker takes it: a phone on a slow network waits for its bytes.

Only for what anybody may see. Answers to a party are sent as they are: the length of what was compressed tells of
what it holds to whoever can add to it (BREACH).
"""

import gzip

from fastapi import Request, Response

#: Bytes; below it a packet is a packet.
LEAST = 1400
LEVEL = 5


def packed(request: Request, content: bytes, headers: dict[str, str] | None = None) -> Response:
    """The JSON text ``content`` as a response."""
    said = {**(headers or {}), "Vary": "Accept-Encoding"}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) >= LEAST and "gzip" in {one.partition(";")[0].strip() for one in accepted.split(",")}:
        content = gzip.compress(content, LEVEL, mtime=0)
        said["Content-Encoding"] = "gzip"
    return Response(content, headers=said, media_type="application/json")
