"""Handing an application in and taking it back (招投条例 17, 36; 采购条例 21)."""

import hashlib
from collections.abc import Sequence

from bidding.domain.bid.receipts import ApplicationContent, Issue, new_number
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot
from bidding.domain.notice.decide import check_document
from bidding.domain.notice.prequalifying import PrequalificationTerms
from bidding.domain.opening.windows import whole_milliseconds
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Answer
from bidding.domain.prequalification.noticing import require_open
from bidding.domain.prequalification.state import Application


def apply(lot: Lot, command: c.Apply, facts: Facts, *, application: Application, issue: Issue) -> list[Event]:
    """Sealed where the notice names a key, so that nobody reads it before the deadline (招投法 22, R-GEN-04); a signed
    receipt at once, as for a bid (R-BID-04)."""
    at = whole_milliseconds(facts.now)
    terms = require_open(lot, at)
    if terms.review_key:
        _check_sealed(command, application)
    else:
        check_answers(terms, command.answers)
    if command.members and not terms.consortia:
        raise Invalid("application-consortium-refused", rule="R-ENG-30")
    parties = (facts.actor.party, *command.members)
    if len(parties) != len(set(parties)):
        raise Invalid("application-member-twice", rule="R-ENG-30")
    for document in command.documents:
        check_document(document)
    signed = signed_of(facts)
    content = ApplicationContent(
        number=new_number(facts),
        lot=lot.lot_id,
        applicant=facts.actor.party,
        content_hash=hashlib.sha256(signed.statement.encode()).hexdigest(),
        received_at=at,
    )
    receipt = issue(content)
    return [
        e.ApplicationReceived(
            lot=lot.lot_id,
            applicant=facts.actor.party,
            version=application.number + 1,
            answers=command.answers,
            documents=command.documents,
            members=command.members,
            content_hash=content.content_hash,
            at=at,
            receipt_number=content.number,
            receipt=receipt.text,
            receipt_signature=receipt.signature,
            receipt_provider=receipt.provider,
            parts=command.parts,
            signed=signed,
        )
    ]


def check_answers(terms: PrequalificationTerms, answers: Sequence[Answer]) -> None:
    """Every requirement is answered, once, and nothing else."""
    asked = [one.id for one in terms.requirements]
    answered = [one.requirement for one in answers]
    if sorted(asked) != sorted(answered):
        missing = [one for one in asked if one not in answered]
        raise Invalid("application-incomplete", rule="R-ENG-05", missing=missing, requirements=asked)


def _check_sealed(command: c.Apply, application: Application) -> None:
    if not command.parts or command.answers or command.documents:
        raise Invalid("application-not-sealed", rule="R-GEN-04")
    if command.version != application.number + 1:  # the seal names it: under another it would never open
        raise Conflicting("application-version", rule="R-GEN-04", version=application.number + 1)


def withdraw(lot: Lot, command: c.Withdraw, facts: Facts, *, application: Application) -> list[Event]:
    require_open(lot, whole_milliseconds(facts.now))
    if not application.stands:
        raise Unknown("no-application", rule="R-ENG-05")
    return [
        e.ApplicationWithdrawn(
            lot=lot.lot_id, applicant=facts.actor.party, at=facts.now, signed=signed_of(facts)
        )
    ]
