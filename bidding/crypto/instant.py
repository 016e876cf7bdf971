"""Instants in signed documents: UTC with exactly three decimals, as JavaScript's toISOString writes them."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from bidding.crypto.errors import CanonicalError

Instant = Annotated[
    str,
    msgspec.Meta(
        # [0-9]: Python's \d takes full-width digits too, another's does not.
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        min_length=24,
        max_length=24,
    ),
]


def instant(at: datetime) -> Instant:
    """`at` (timezone-aware) in UTC, cut to whole milliseconds. Naive times raise ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_instant(text: Instant) -> datetime:
    """The timezone-aware datetime; CanonicalError for another spelling or an impossible date."""
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        raise CanonicalError(reason="not an instant") from None
    if instant(at) != text:
        raise CanonicalError(reason="not an instant in UTC with milliseconds")
    return at
