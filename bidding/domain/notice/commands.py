"""Requests about the notice and the tender document."""

from datetime import date, datetime

from bidding.domain.command import Command
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.terms import DocumentRef, TenderTerms
from bidding.domain.parties import Standing

HOST = frozenset({Standing.HOST})


class Publish(Command, name="notice/publish", by=HOST, binding=True):
    """Publish the notice and the first version of the tender document.

    ``offer_until``: last day of the document offer; ``price_limit_fen``: 最高投标限价, by default the file's;
    ``particulars``: scope, scale, and whom to ask (R-PLAT-09).
    """

    text: str
    deadline: datetime
    offer_until: date
    terms: TenderTerms
    document: DocumentRef
    particulars: Particulars
    price_limit_fen: int | None = None


class Clarify(Command, name="notice/clarify", by=HOST, binding=True):
    """Clarify or change the document. If bids may be affected and too little time is left, the deadline
    moves: to ``new_deadline`` where lawful, else to the first lawful working day (R-ENG-04, R-GP-04)."""

    text: str
    affects_bids: bool
    document: DocumentRef | None = None
    new_deadline: datetime | None = None


class Download(
    Command, name="notice/download", by=frozenset({Standing.MEMBER}), guarded=False, forward=False
):
    """Take the document: free, without approval (R-DOC-01). ``version`` 0 = the latest."""

    version: int = 0


class Object(
    Command,
    name="notice/object",
    by=frozenset({Standing.MEMBER}),
    binding=True,
    guarded=False,
    forward=False,
):
    """Object to the tender document (异议, R-ENG-06; 质疑, R-GP-20).

    ``request``, ``facts``, ``law``: a 质疑 must say what it asks for and on what facts it rests (94号令 12).
    """

    text: str
    request: str = ""
    facts: str = ""
    law: str = ""


class AnswerObjection(Command, name="notice/answer-objection", by=HOST, binding=True):
    number: int
    answer: str


class Inquire(
    Command,
    name="notice/inquire",
    by=frozenset({Standing.MEMBER}),
    binding=True,
    guarded=False,
    forward=False,
):
    """Ask about any matter of a 政府采购 (询问, R-GP-21)."""

    text: str


class AnswerInquiry(
    Command,
    name="notice/answer-inquiry",
    by=frozenset({Standing.HOST, Standing.TENDERER}),
    binding=True,
    forward=False,
):
    """Answer within three working days (采购条例 52). The asker alone reads it beside the offices."""

    number: int
    answer: str
