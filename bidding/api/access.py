"""The access log: that something was asked and how it went, never what, nor with which token.

A line names a route's template, not its address: neither ids nor query strings appear. On routes whose mere
number of requests would tell how many bid (R-GEN-04, R-DOC-03), only failures of the platform leave a line.
"""

import re
from typing import Any

import structlog

log = structlog.stdlib.get_logger("bidding.api.access")

#: Templates that only bidders, applicants and downloaders use before the deadline, and one review per application;
#: the log's policy, which a browser asks for each time that it seals; what a phone signs for a PC, a bid among others.
_SEALED = re.compile(
    r"/bid(?:s)?(?:/|$)|/uploads(?:/|$)|/download(?:/|$)|/documents?(?:/|$)|/receipts?(?:/|$)"
    r"|/applications?(?:/|$)|/prequalification/(?:apply|withdraw|review)(?:/|$)|/log/policy(?:/|$)"
    r"|/sessions/scans(?:/|$)"
)
SEALED = "(sealed)"


def is_sealed(path: str) -> bool:
    """Whether requests to this path or template may not be counted by a reader of the log."""
    return _SEALED.search(path) is not None


def record(*, method: str, path: str, route: str, status: int, milliseconds: float, request_id: str) -> None:
    """One line per answered request. ``route``: the template, empty if none matched (no path is told)."""
    if is_sealed(route or path):
        if status < 500:
            return
        route = SEALED
    fields: dict[str, Any] = {"method": method, "route": route or "(none)", "status": status}
    log.info("request", **fields, ms=round(milliseconds, 1), request=request_id)
