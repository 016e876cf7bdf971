"""What in a lot calls for a credit record, read off its state (R-NB-SS-01; F-65).

Not "on this event do that", but "this stands and is not noted yet": a crash between the two loses nothing. Of a test
lot nothing is noted: nobody's credit depends on a rehearsal.
"""

from collections.abc import Iterator, Mapping

import msgspec

from bidding.domain.admission.filing import Mode
from bidding.domain.bidfate import DepositFate
from bidding.domain.command import Facts
from bidding.domain.complaint.events import ABUSIVE
from bidding.domain.credit.conduct import Conduct, Conducts
from bidding.domain.credit.events import ConductNoted
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.money.events import GuaranteeEnd
from bidding.domain.timeline.node import Step, Who

#: 招投条例 35: revoked, whether there is a deposit to keep or a record alone (R-WAIVE-09).
LIABLE = frozenset({DepositFate.MAY_BE_KEPT.value, DepositFate.CREDIT_RECORD_ONLY.value})
#: Duties to answer, whose red light is a tenderer's or agency's (R-NB-SS-01; 招投条例 22, 44, 54; 采购法 53).
ANSWERS = frozenset(
    {
        Step.DOCUMENT_ANSWER.value,
        Step.OPENING_ANSWER.value,
        Step.RESULT_ANSWER.value,
        Step.QUERY_ANSWER.value,
    }
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``about``: which promise, bid, invoice, milestone, complaint or notice; with the conduct it is found once."""

    conduct: Conduct
    party: str
    about: str

    @property
    def key(self) -> str:
        return f"{self.conduct}:{self.about}:{self.party}"


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A party as its record knows it. ``uscc`` "": it has none, and so no record."""

    uscc: str
    name: str


def findings(lot: Lot) -> tuple[Finding, ...]:
    """What is to be noted now, each once, in a fixed order."""
    if lot.admission.mode is not Mode.LIVE:
        return ()
    found = {one.key: one for one in _found(lot) if one.party}
    return tuple(one for key, one in found.items() if key not in lot.credits.noted)


def _found(lot: Lot) -> Iterator[Finding]:
    for promise in lot.admission.promises:
        if promise.broken:
            yield Finding(conduct=Conduct.PROMISE_BROKEN, party=promise.by, about=promise.item)
    yield from _revoked(lot)
    for complaint in lot.complaints.all:
        if complaint.ground in ABUSIVE:
            yield Finding(conduct=Conduct.COMPLAINT_ABUSE, party=complaint.by, about=str(complaint.number))
    for bidder in lot.award.false_promises:
        yield Finding(conduct=Conduct.FALSE_PROMISE, party=bidder, about=bidder)
    for one in lot.contract.unsigned:
        for party in one.parties:
            yield Finding(conduct=Conduct.CONTRACT_UNSIGNED, party=party, about=one.award_number)
    for guarantee in lot.money.guarantees:
        if guarantee.end == GuaranteeEnd.CLAIMED:
            yield Finding(conduct=Conduct.GUARANTEE_CLAIMED, party=guarantee.bidder, about=guarantee.number)
    yield from _unanswered(lot)
    yield from _performed_late(lot)


def _revoked(lot: Lot) -> Iterator[Finding]:
    """The members of a consortium answer together (招投法 31, 采购法 24)."""
    revoked = {one.bidder for one in lot.opening.revoked if one.consequence in LIABLE}
    revoked |= {one.bidder for one in lot.opening.faults if one.consequence in LIABLE}
    for entry in lot.opening.roll:
        if entry.bidder in revoked:
            for party in entry.parties:
                yield Finding(conduct=Conduct.BID_REVOKED, party=party, about=entry.bidder)


def _unanswered(lot: Lot) -> Iterator[Finding]:
    owes = {Who.HOST.value: lot.admission.host, Who.TENDERER.value: lot.admission.tenderer}
    for alert in lot.alerts.all:
        if alert.step in ANSWERS:
            for who in alert.who:
                about = f"{alert.step}/{alert.about}"
                yield Finding(conduct=Conduct.OBJECTION_UNANSWERED, party=owes.get(who, ""), about=about)


def _performed_late(lot: Lot) -> Iterator[Finding]:
    for debt in lot.performance.debts:
        if debt.was_overdue:
            yield Finding(conduct=Conduct.PAYMENT_OVERDUE, party=lot.notice.tenderer, about=debt.invoice)
    for one in lot.performance.obligations:
        if one.inspected_late:
            yield Finding(conduct=Conduct.INSPECTION_LATE, party=lot.notice.tenderer, about=str(one.number))
        if one.delivered_late:
            yield Finding(conduct=Conduct.DELIVERY_LATE, party=lot.contract.winner, about=str(one.number))


def note(found: tuple[Finding, ...], units: Mapping[str, Unit], table: Conducts, facts: Facts) -> list[Event]:
    """The lot's own account of what it handed to the credit register."""
    return [
        ConductNoted(
            key=one.key,
            conduct=one.conduct,
            party=one.party,
            uscc=units[one.party].uscc,
            about=one.about,
            automatic=table.of(one.conduct).automatic,
            rule=table.of(one.conduct).rule,
            at=facts.now,
        )
        for one in found
    ]
