"""A party: folded from its own stream, which is not part of any lot."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from bidding.domain.credit.events import PartyCreditChecked, PartyCreditUnanswered
from bidding.domain.credit.lists import Snapshot
from bidding.domain.event import Event
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.bodies import BodyNotice
from bidding.domain.registration.bodies import evolve as evolve_bodies
from bidding.domain.registration.events import (
    ERASED,
    BodiesToTell,
    BodyAnswered,
    Change,
    Contact,
    CredentialBound,
    CredentialKind,
    CredentialLapsed,
    CredentialProved,
    CredentialRevoked,
    ErasureGround,
    ErasureOrdered,
    Kind,
    Level,
    LicenceChanged,
    MajorChangeReported,
    PartyRegistered,
    PartyVerified,
    PersonalDataErased,
    PersonalPart,
    RelationsDeclared,
    RoleGranted,
)
from bidding.domain.relations import Person, Relations

#: Roles that a party takes by saying so; the others decide over other people and are granted by an operator.
SELF_DECLARED = frozenset({Role.BIDDER, Role.TENDERER, Role.AGENCY})


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """One device. ``revoked``: the reason, empty while it counts; ``proved_at``: since when it is known to decrypt."""

    credential: str
    signing_key: str
    certificate: str
    opening_key: str
    opening_certificate: str
    label: str
    recovery: bool = False
    revoked: str = ""
    expires_at: datetime | None = None
    suite: str = "intl-1"
    kind: CredentialKind = CredentialKind.SOFT
    level: Level = Level.BASIC
    issuer: str = ""
    holder: str = ""
    chain: tuple[str, ...] = ()
    proved_at: datetime | None = None

    @property
    def licensed(self) -> bool:
        """Whether an authority outside the platform certified it."""
        return bool(self.chain)


class ErasureOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor's order to erase (个人信息保护法 47). ``done``: when it was carried out; None: it waits."""

    number: int
    parts: tuple[PersonalPart, ...]
    ground: ErasureGround
    reference: str
    by: str
    at: datetime
    done: datetime | None = None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` counts the stream's events; 0 = no such party. ``granted``: by an operator.

    ``relations`` None: none declared; ``credit`` None: not looked up at registration;
    ``credit_unanswered``: the sources that were silent then, until they are asked again.
    ``bodies``: whom a changed licence was told to, and what they answered (R-NB-HS-01).
    ``needs_reverification``: a major change was reported since it was verified (R-NB-HS-04).
    """

    party: str = ""
    version: int = 0
    kind: Kind = Kind.ORGANISATION
    name: str = ""
    uscc: str = ""
    uscc_verdict: str = ""
    requested_roles: tuple[Role, ...] = ()
    contact: Contact = Contact()
    verified_by: str = ""
    granted: tuple[Role, ...] = ()
    credentials: tuple[Credential, ...] = ()
    relations: Relations | None = None
    changes: tuple[Change, ...] = ()
    needs_reverification: bool = False
    credit: Snapshot | None = None
    erasures: tuple[ErasureOrder, ...] = ()
    credit_unanswered: tuple[str, ...] = ()
    bodies: tuple[BodyNotice, ...] = ()

    @property
    def verified(self) -> bool:
        return self.verified_by != ""

    @property
    def roles(self) -> frozenset[Role]:
        """Roles that count now: none before the party is verified (R-CODE-01: never auto-accepted)."""
        if not self.verified:
            return frozenset()
        return frozenset(self.granted) | (SELF_DECLARED & frozenset(self.requested_roles))

    def credential(self, credential: str) -> Credential | None:
        """The device of that id, revoked or not."""
        return next((one for one in self.credentials if one.credential == credential), None)

    def speaks_through(self, credential: str) -> Credential | None:
        """The device if it may sign for the party now: bound, not revoked, not a mere recovery recipient."""
        found = self.credential(credential)
        return found if found is not None and not found.revoked and found.signing_key else None

    def actor(self, credential: str) -> Actor:
        return Actor(party=self.party, name=self.name, roles=self.roles, credential=credential)


def evolve(party: Party, event: Event) -> Party:
    """The party after one more event of its stream; events of other kinds change its version only."""
    changes: dict[str, object] = {}
    match event:
        case PartyRegistered():
            changes = {
                "party": event.party,
                "kind": event.kind,
                "name": event.name,
                "uscc": event.uscc,
                "uscc_verdict": event.uscc_verdict,
                "requested_roles": event.requested_roles,
                "contact": event.contact,
            }
        case PartyVerified():
            changes = {"verified_by": event.by, "needs_reverification": False}
        case RoleGranted():
            changes = {"granted": (*party.granted, event.role)}
        case LicenceChanged():
            changes = {
                "name": event.name,
                "changes": (*party.changes, *event.changes),
                "relations": _headed(party.relations, event.head),
            }
        case BodiesToTell() | BodyAnswered():
            changes = {"bodies": evolve_bodies(party.bodies, event)}
        case MajorChangeReported():
            changes = {"changes": (*party.changes, event.change), "needs_reverification": True}
        case RelationsDeclared():
            changes = {"relations": event.relations}
        case ErasureOrdered():
            order = ErasureOrder(
                number=event.number,
                parts=event.parts,
                ground=event.ground,
                reference=event.reference,
                by=event.by,
                at=event.at,
            )
            changes = {"erasures": (*party.erasures, order)}
        case PersonalDataErased():
            changes = _erased(party, event)
        case PartyCreditChecked():
            changes = {"credit": event.snapshot, "credit_unanswered": ()}
        case PartyCreditUnanswered():
            changes = {"credit_unanswered": event.sources}
        case CredentialBound():
            bound = Credential(
                credential=event.credential,
                signing_key=event.signing_key,
                certificate=event.certificate,
                opening_key=event.opening_key,
                opening_certificate=event.opening_certificate,
                label=event.label,
                recovery=event.recovery,
                expires_at=event.expires_at,
                suite=event.suite,
                kind=event.kind,
                level=event.level,
                issuer=event.issuer,
                holder=event.holder,
                chain=event.chain,
            )
            changes = {"credentials": (*party.credentials, bound)}
        case CredentialProved():
            changes = {
                "credentials": tuple(
                    msgspec.structs.replace(one, proved_at=event.at)
                    if one.credential == event.credential
                    else one
                    for one in party.credentials
                )
            }
        case CredentialRevoked():
            changes = {"credentials": _without(party, event.credential, event.reason)}
        case CredentialLapsed():
            changes = {"credentials": _without(party, event.credential, f"{event.issuer}: revoked")}
    return msgspec.structs.replace(party, version=party.version + 1, **changes)


def _erased(party: Party, event: PersonalDataErased) -> dict[str, object]:
    """The fold forgets at this event, whether what it says of the earlier ones is carried out yet or not."""
    changes: dict[str, object] = {
        "erasures": tuple(
            msgspec.structs.replace(one, done=event.at) if one.number == event.order else one
            for one in party.erasures
        )
    }
    if PersonalPart.CONTACT in event.parts:
        changes["contact"] = Contact()
    if PersonalPart.IDENTITY in event.parts:
        changes["name"] = ERASED
        # Nobody is left who could speak: the account ends with the identity.
        changes["credentials"] = tuple(
            msgspec.structs.replace(one, label="", revoked=one.revoked or ERASED) for one in party.credentials
        )
    return changes


def _without(party: Party, credential: str, reason: str) -> tuple[Credential, ...]:
    return tuple(
        msgspec.structs.replace(one, revoked=reason) if one.credential == credential else one
        for one in party.credentials
    )


def _headed(relations: Relations | None, head: Person | None) -> Relations | None:
    """The declaration follows the licence; who had declared nothing has now declared its head."""
    if head is None:
        return relations
    return Relations(head=head) if relations is None else msgspec.structs.replace(relations, head=head)


def replay(events: Iterable[Event]) -> Party:
    party = Party()
    for event in events:
        party = evolve(party, event)
    return party
