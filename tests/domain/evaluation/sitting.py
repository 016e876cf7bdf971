"""A lot of the opening hall whose committee sits and has asked bidder b, as the log would hold it."""

from datetime import datetime, timedelta

from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.members import Member, MemberKind
from bidding.domain.evaluation.requests import RequestKind
from bidding.domain.event import Event
from bidding.domain.opening.events import OpeningEnded
from tests.domain.opening.hall import SIGNED, Hall

QUESTION = "进度图与文字不一致,请说明"
MEMBERS = tuple(
    Member(seat=seat, party=f"expert-{seat}", name=f"专家{seat}", kind=MemberKind.EXPERT)
    for seat in range(1, 6)
)


def sitting() -> tuple[list[tuple[str, Event]], datetime]:
    """The log, and an instant within the term of the reply."""
    hall = Hall()
    hall.announce("a", "b", "c")
    at = hall.now
    hall.store(
        OpeningEnded(at=at, record="记录", record_hash="ab" * 32),
        e.CommitteeDrawn(members=MEMBERS, picks=(), excluded=0, at=at),
        *(e.MemberSignedIn(member=one.party, at=at, signed=SIGNED) for one in MEMBERS),
        e.CommitteeUnsealed(size=5, experts=5, at=at),
        e.ClarificationProposed(
            number=1,
            bidder="b",
            kind=RequestKind.CLARIFICATION,
            text=QUESTION,
            page="55",
            minutes=60,
            member="expert-1",
            at=at,
            signed=SIGNED,
        ),
        *(e.ClarificationSupported(number=1, member=one.party, at=at, signed=SIGNED) for one in MEMBERS[1:3]),
        e.ClarificationAsked(number=1, bidder="b", due=at + timedelta(hours=1), at=at),
    )
    return hall.log, at + timedelta(minutes=5)
