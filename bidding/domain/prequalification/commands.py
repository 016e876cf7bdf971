"""Requests about the prequalification. What applicants and reviewers do is not guarded by the lot's version:
each acts for itself, and the lot does not change by it."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from bidding.domain.bid.joint import PartyId
from bidding.domain.command import Command
from bidding.domain.evaluation.members import TradeQuota
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.prequalifying import Requirement
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.parties import Standing
from bidding.domain.prequalification.answers import Answer, Fault, SealedPart

HOST = frozenset({Standing.HOST})
BIDDER = frozenset({Standing.BIDDER})
REVIEWER = frozenset({Standing.COMMITTEE})
#: 32 bytes, base64url: a key of X25519.
Key = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_-]{43}$")]


class Publish(Command, name="prequalification/publish", by=HOST, binding=True):
    """Publish the 资格预审公告 with its document, in place of the tender notice for now.

    ``deadline``: of applications; ``offer_until``: last day of the document offer. ``by_committee``: a 资格审查委员会
    reviews; state funds demand it (招投条例 18). ``review_key``: public; applications are sealed to it, and its private
    half stays on the host's device until they are closed (招投法 22, R-GEN-04). ``particulars``: the work, and whom to
    ask (R-PLAT-09; 20号令 41).
    """

    text: str
    deadline: datetime
    offer_until: date
    requirements: Annotated[tuple[Requirement, ...], msgspec.Meta(min_length=1, max_length=100)]
    document: DocumentRef
    review_key: Key
    particulars: Particulars
    consortia: bool = False
    by_committee: bool = True


class Clarify(Command, name="prequalification/clarify", by=HOST, binding=True):
    """Clarify or change the document. Where applications may be affected and less than three days are left, the
    deadline moves: to ``new_deadline`` if lawful, else to the first lawful working day (招投条例 21)."""

    text: str
    affects_applications: bool
    document: DocumentRef | None = None
    new_deadline: datetime | None = None


class ObjectToPrequalification(
    Command,
    name="prequalification/object",
    by=frozenset({Standing.MEMBER}),
    binding=True,
    guarded=False,
    forward=False,
):
    """ENG: 异议 to the document, two days before the deadline at the latest (招投条例 22). GP: 质疑 of it (采购法 52),
    which must say what it asks for and on what facts it rests (94号令 12): ``request``, ``facts``, ``law``."""

    text: str
    request: str = ""
    facts: str = ""
    law: str = ""


class AnswerPrequalificationObjection(
    Command, name="prequalification/answer-objection", by=HOST, binding=True
):
    number: int
    answer: str


class Apply(Command, name="prequalification/apply", by=BIDDER, binding=True, guarded=False):
    """Hand in the application, or a new one in place of the last. ``members``: of a joint application, its lead
    left out. Known to nobody but the giver before the deadline, and after it to who reviews.

    ``parts``: what it says and its documents, sealed on the applicant's device for the ``version``-th application of
    this applicant. ``answers`` and ``documents`` only where the notice names no review key, as those of old did.
    """

    parts: Annotated[tuple[SealedPart, ...], msgspec.Meta(max_length=51)] = ()
    version: Annotated[int, msgspec.Meta(ge=0)] = 0
    members: Annotated[tuple[PartyId, ...], msgspec.Meta(max_length=20)] = ()
    answers: Annotated[tuple[Answer, ...], msgspec.Meta(max_length=100)] = ()
    documents: Annotated[tuple[DocumentRef, ...], msgspec.Meta(max_length=50)] = ()


class Withdraw(Command, name="prequalification/withdraw", by=BIDDER, binding=True, guarded=False):
    """Take the application back, before its deadline."""


class OpenApplications(Command, name="prequalification/open", by=HOST, guarded=False):
    """Hand over the review key's private half, once applications are closed: all of them are opened for who reviews.

    The answer tells the host neither who applied nor how many."""

    private_key: Key


class Draw(Command, name="prequalification/draw", by=HOST, guarded=False):
    """Draw the 资格审查委员会, or fill its empty seats, once applications are closed. ``size``: all members.

    The answer tells the host neither who was drawn nor whom the draw left out."""

    size: Annotated[int, msgspec.Meta(ge=1, le=99)] = 5
    trades: Annotated[tuple[TradeQuota, ...], msgspec.Meta(max_length=20)] = ()
    representatives: Annotated[tuple[PartyId, ...], msgspec.Meta(max_length=20)] = ()


class Recuse(Command, name="prequalification/recuse", by=REVIEWER, binding=True, guarded=False):
    """Leave the committee: an interest, or no time. Another is drawn."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Review(Command, name="prequalification/review", by=REVIEWER, binding=True, guarded=False):
    """One reviewer's finding on one application, final. No ``faults``: it meets every requirement."""

    applicant: PartyId
    faults: Annotated[tuple[Fault, ...], msgspec.Meta(max_length=100)] = ()


class Conclude(Command, name="prequalification/conclude", by=REVIEWER, binding=True, guarded=False):
    """End the review: each applicant gets its result, and the lot goes on or fails (招投条例 19)."""
