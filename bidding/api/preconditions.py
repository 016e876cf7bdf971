"""``ETag`` and ``If-Match``: the version of a lot that a command's author has seen (RFC 9110, 13.1.1)."""

import re

from fastapi import Request

from bidding.api.problems import BadRequest

_TAG = re.compile(r'"(0|[1-9][0-9]{0,17})"')


def etag(version: int) -> str:
    return f'"{version}"'


def if_match(request: Request) -> int | None:
    """The version, None without the header. One strong tag only: ``*``, ``W/`` and lists say too little.

    Raises ``BadRequest``. Whether a command needs it is decided where the command is carried out (428, 412).
    """
    values = request.headers.getlist("If-Match")
    if not values:
        return None
    match = _TAG.fullmatch(values[0].strip())
    if len(values) > 1 or match is None:
        raise BadRequest("if-match-malformed")
    return int(match[1])
