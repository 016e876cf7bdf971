"""Changes of a unit: its name and head by one consent, what is more by notice and new verification (R-NB-HS-01…04)."""

from bidding.domain.command import Facts
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.registration.commands import ChangeLicence, ReportChange
from bidding.domain.registration.events import (
    Change,
    ChangeKind,
    Kind,
    LicenceChanged,
    MajorChangeReported,
)
from bidding.domain.registration.state import Party

#: These follow by themselves; for them ``ChangeLicence`` is the way (无感变更).
BY_CONSENT = frozenset({ChangeKind.NAME, ChangeKind.HEAD})


def change_licence(party: Party, command: ChangeLicence, facts: Facts) -> list[Event]:
    """R-NB-HS-02: one consent, given in the signed statement; the code stays the party's key."""
    _require_unit(party)
    if not command.consent:
        raise Invalid("change-without-consent", rule="R-NB-HS-02")
    name = command.name.strip() or party.name
    head = party.relations.head if party.relations is not None else None
    changes = []
    if name != party.name:
        changes.append((ChangeKind.NAME, party.name, name))
    if command.head is not None and command.head != head:
        changes.append((ChangeKind.HEAD, head.name if head is not None else "", command.head.name))
    if not changes:
        raise OutOfOrder("licence-unchanged", rule="R-NB-HS-02")
    return [
        LicenceChanged(
            party=party.party,
            name=name,
            head=command.head,
            changes=tuple(
                Change(kind=kind, before=before, after=after, evidence=command.evidence, at=facts.now)
                for kind, before, after in changes
            ),
            signed=signed_of(facts),
            at=facts.now,
        )
    ]


def report_change(party: Party, command: ReportChange, facts: Facts) -> list[Event]:
    """R-ENG-32, 招投条例 38: notified at once. R-NB-HS-04: nothing follows by itself, it is verified anew."""
    _require_unit(party)
    if command.kind in BY_CONSENT:
        raise Invalid("change-is-of-licence", rule="R-NB-HS-02", kind=command.kind)
    change = Change(
        kind=command.kind, before="", after=command.text.strip(), evidence=command.evidence, at=facts.now
    )
    return [MajorChangeReported(party=party.party, change=change, signed=signed_of(facts), at=facts.now)]


def _require_unit(party: Party) -> None:
    if party.kind is Kind.PERSON:
        raise Invalid("person-has-no-licence", rule="R-NB-HS-02")
