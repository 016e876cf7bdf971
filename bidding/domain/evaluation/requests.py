"""What the committee asks one bidder in writing, and what its members say about the time (R-EVAL-09, R-EVAL-10)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.scoring import Step

#: A bidder must have time to write an answer; a request is of the evaluation's day or week, not of its month.
MIN_MINUTES = 10
MAX_MINUTES = 7 * 24 * 60


class RequestKind(StrEnum):
    CLARIFICATION = "CLARIFICATION"  # 澄清、说明、补正 (招投条例 52; 87号令 51 [M])
    LOW_PRICE = "LOW_PRICE"  # 异常低价的书面说明 (87号令 60 [M]; 12号令 21 [M])


class ClarificationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``voices``: members who stand behind it; ``asked_at`` None: they are not yet more than half.

    ``due``: the first instant too late for the reply.
    """

    number: int
    bidder: str
    kind: RequestKind
    text: str
    page: str
    minutes: int
    voices: tuple[str, ...] = ()
    asked_at: datetime | None = None
    due: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None

    def awaits_reply(self, now: datetime) -> bool:
        return self.due is not None and self.replied_at is None and now < self.due

    def had_its_chance(self, now: datetime) -> bool:
        """Asked, and answered or let pass: only then may the committee hold the matter against the bid."""
        return self.due is not None and not self.awaits_reply(now)


class LowPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price below one of the declared shares; ``below``: each share that it lies under, with the amount."""

    bidder: str
    price_fen: int
    below: tuple[Step, ...]


class TimeCall(msgspec.Struct, frozen=True, kw_only=True):
    """A member says that the time is too short, and by how many minutes."""

    member: str
    minutes: int
    reason: str
