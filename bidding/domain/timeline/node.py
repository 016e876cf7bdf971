"""One node of a lot's timeline, and its light (R-NB-ZX-02)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from bidding.domain.periods import Unit, end_of_day, local_date
from bidding.domain.ruleset import Term

#: R-NB-ZX-02: yellow when a fifth of the time is left, or three days of a term that counts days.
YELLOW_PART = 5
YELLOW_DAYS = timedelta(days=3)
INSTANT = timedelta(microseconds=1)


class Step(StrEnum):
    """The nodes there are, in the order in which a lot comes to them."""

    ADMISSION = "admission"
    CORRECTION = "correction"
    PROMISE = "promise"
    OPENING_SLOT = "opening-slot"
    PREQUALIFICATION_OFFER = "prequalification-offer"
    PREQUALIFICATION_CLARIFICATION = "prequalification-clarification"
    PREQUALIFICATION_OBJECTION = "prequalification-objection"
    PREQUALIFICATION_ANSWER = "prequalification-answer"
    PREQUALIFICATION_APPLICATION = "prequalification-application"
    PREQUALIFICATION_REVIEW = "prequalification-review"
    NOTICE = "notice"
    NOTICE_PERIOD = "notice-period"
    DOCUMENT_OFFER = "document-offer"
    DOCUMENT_OBJECTION = "document-objection"
    DOCUMENT_ANSWER = "document-answer"
    DOCUMENT_COMPLAINT = "document-complaint"
    INQUIRY_ANSWER = "inquiry-answer"
    CLARIFICATION = "clarification"
    DRAW_COMMITMENT = "draw-commitment"
    SIGN_IN = "sign-in"
    DEADLINE = "deadline"
    ROLL = "roll"
    RELEASE = "release"
    FAULTS = "faults"
    DRAW = "draw"
    ANNOUNCEMENT = "announcement"
    CONFIRMATION = "confirmation"
    OPENING_ANSWER = "opening-answer"
    OPENING_DECISION = "opening-decision"
    REFERENCE = "reference"
    OPENING_RECORD = "opening-record"
    EXPERT_DRAW = "expert-draw"
    BID_CLARIFICATION = "bid-clarification"
    REPORT = "report"
    PUBLICITY_START = "publicity-start"
    PUBLICITY = "publicity"
    RESULT_OBJECTION = "result-objection"
    RESULT_ANSWER = "result-answer"
    RESULT_COMPLAINT = "result-complaint"
    REMEDY = "remedy"
    REPORT_HANDED_OVER = "report-handed-over"
    DECISION_MEETING = "decision-meeting"
    DETERMINATION = "determination"
    SUPERVISOR_REPORT = "supervisor-report"
    AWARD_NOTICE = "award-notice"
    RESULT_ANNOUNCEMENT = "result-announcement"
    RESULT_QUERY = "result-query"
    OPENING_QUERY = "opening-query"
    EVALUATION_QUERY = "evaluation-query"
    QUERY_ANSWER = "query-answer"
    QUERY_COMPLAINT = "query-complaint"
    COMPLAINT_INTAKE = "complaint-intake"
    COMPLAINT_CORRECTION = "complaint-correction"
    COMPLAINT_FORWARDED = "complaint-forwarded"
    COMPLAINT_DECISION = "complaint-decision"
    BID_VALIDITY = "bid-validity"
    CONTRACT = "contract"
    CONTRACT_PUBLISHED = "contract-published"
    CONTRACT_COPY = "contract-copy"
    DEPOSIT_RETURN = "deposit-return"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    ORDER_ACKNOWLEDGED = "order-acknowledged"
    ORDER_FULFILLED = "order-fulfilled"
    SUSPENSION = "suspension"
    INCIDENT = "incident"
    FAILURE = "failure"
    TERMINATION = "termination"


class Who(StrEnum):
    HOST = "host"
    TENDERER = "tenderer"
    SUPERVISOR = "supervisor"
    COMMITTEE = "committee"
    BIDDERS = "bidders"
    WINNER = "winner"
    CENTRE = "centre"
    PLATFORM = "platform"  # the clock and the reactions: no person


class Kind(StrEnum):
    """What the passing of ``due`` means."""

    DUTY = "duty"  # to be done before it; not done is late
    WINDOW = "window"  # stays open until it and then ends by itself
    RIGHT = "right"  # may be used until it
    OUTSIDE = "outside"  # a duty done outside this platform, which cannot see whether it was


class State(StrEnum):
    AHEAD = "ahead"
    OPEN = "open"
    DONE = "done"
    LATE = "late"  # not done in time, or done after it (``done_at`` tells)
    OVER = "over"  # a right that can no longer be used, or a duty outside whose day has passed


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """``due``: the first instant that is too late; ``last_day``: the last day before it, for terms in days.

    ``source``: article or document, empty where the rulebook's data name it; ``n`` and ``unit``: the statutory
    term; ``stopped_days``: days that the clock stood still and that ``due`` is later for (R-TIME-07);
    ``stands_still``: it stands still now. ``no_calendar_for``: the year whose holiday notice is not installed,
    so that ``due`` is not known (R-TIME-03). ``about``: number of the objection, bidder's id, or reason.
    """

    step: Step
    kind: Kind
    rule: str
    who: tuple[Who, ...]
    state: State
    light: Light
    source: str = ""
    n: int | None = None
    unit: Unit | None = None
    opens: datetime | None = None
    due: datetime | None = None
    last_day: date | None = None
    done_at: datetime | None = None
    stopped_days: int = 0
    stands_still: bool = False
    no_calendar_for: int | None = None
    about: str = ""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """When a node may be acted on; all empty: not yet known."""

    opens: datetime | None = None
    due: datetime | None = None
    last_day: date | None = None
    term: Term | None = None
    stopped_days: int = 0
    no_calendar_for: int | None = None


UNDATED = Span()


def until(opens: datetime | None, due: datetime | None, *, term: Term | None = None) -> Span:
    """A span whose end an event or the tender document fixed; with a ``term`` it is one of days."""
    day = local_date(due - INSTANT) if due is not None and term is not None else None
    return Span(opens=opens, due=due, last_day=day, term=term)


def through(opens: datetime | None, day: date, *, term: Term | None = None) -> Span:
    """A span whose last day is known, 24:00 of it included (R-TIME-02)."""
    return Span(opens=opens, due=end_of_day(day), last_day=day, term=term)


def node(
    step: Step,
    kind: Kind,
    who: Who | tuple[Who, ...],
    span: Span,
    now: datetime,
    *,
    rule: str = "",
    begun: bool = False,
    done: bool = False,
    done_at: datetime | None = None,
    late: bool = False,
    still: bool = False,
    about: str = "",
) -> Node:
    """``rule``: where it is not the term's. ``done_at`` given means done; ``done`` alone: done, at an instant that
    is not known; ``begun`` likewise. ``late``: recorded as late. ``still``: its clock stands still."""
    done = done or done_at is not None
    late = late or (kind is Kind.DUTY and _too_late(span, done_at or now, still=still))
    begun = begun or (span.opens is not None and now >= span.opens)
    state = _state(kind, span, now, begun=begun, done=done, late=late and (begun or done), still=still)
    term = span.term
    return Node(
        step=step,
        kind=kind,
        rule=rule or (term.rule if term is not None else ""),
        who=who if isinstance(who, tuple) else (who,),
        state=state,
        light=light_of(state, span, now),
        source=term.source if term is not None and not rule else "",
        n=None if term is None else term.n,
        unit=None if term is None else term.unit,
        opens=span.opens,
        due=span.due,
        last_day=span.last_day,
        done_at=done_at,
        stopped_days=span.stopped_days,
        stands_still=still and not done,
        no_calendar_for=span.no_calendar_for,
        about=about,
    )


def _too_late(span: Span, at: datetime, *, still: bool) -> bool:
    return span.due is not None and at >= span.due and not still


def _state(
    kind: Kind, span: Span, now: datetime, *, begun: bool, done: bool, late: bool, still: bool
) -> State:
    if late:
        return State.LATE
    if done:
        return State.DONE
    if not begun:
        return State.AHEAD
    # A window that has not been recorded as ended is held open by something; duties outside are not seen.
    over = kind in {Kind.RIGHT, Kind.OUTSIDE} and _too_late(span, now, still=still)
    return State.OVER if over else State.OPEN


def light_of(state: State, span: Span, now: datetime) -> Light:
    """R-NB-ZX-02. A window of minutes turns yellow by its share only: it is never three days long."""
    if state is State.LATE:
        return Light.RED
    if state is not State.OPEN or span.due is None:
        return Light.GREEN
    left = span.due - now
    whole = None if span.opens is None else span.due - span.opens
    by_days = span.last_day is not None or (whole is not None and whole > YELLOW_DAYS)
    short = whole is not None and left <= whole / YELLOW_PART
    return Light.YELLOW if short or (by_days and left <= YELLOW_DAYS) else Light.GREEN
