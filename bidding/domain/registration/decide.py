"""Decisions of the register: (party, command, facts) → events of the party's stream.

Signatures and certificates are checked by the application before; what they certify comes in as arguments.
"""

from datetime import datetime

import msgspec

from bidding.domain.codes import UsccAnswer, check_uscc
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event, SignedAct
from bidding.domain.parties import PLATFORM, Role
from bidding.domain.registration.commands import (
    BindCertificate,
    BindCredential,
    DeclareRelations,
    Enrol,
    GrantRole,
    ProveCredential,
    RevokeCredential,
    Verify,
)
from bidding.domain.registration.events import (
    CredentialBound,
    CredentialKind,
    CredentialLapsed,
    CredentialProved,
    CredentialRevoked,
    Kind,
    Level,
    PartyRegistered,
    PartyVerified,
    RelationsDeclared,
    RoleGranted,
)
from bidding.domain.registration.operatorgroup import NO_GROUP, OperatorGroup, require_outside
from bidding.domain.registration.state import SELF_DECLARED, Credential, Party
from bidding.domain.relations import Relations

#: A party keeps a phone, some computers and recovery codes; more is a mistake or an attack.
MAX_CREDENTIALS = 32
#: All shares of a unit, in 万分之一.
WHOLE = 10_000


class Certified(msgspec.Struct, frozen=True, kw_only=True):
    """Certificates just made (base64url DER). ``credential``: the id of the key that names the device."""

    credential: str
    certificate: str
    opening_certificate: str
    expires_at: datetime | None = None


class Licensed(msgspec.Struct, frozen=True, kw_only=True):
    """What a licensed authority's certificate says, once its chain and standing are checked. ``kinds``, ``level``: as
    the centre entered the authority; ``signing_key``, ``chain``: base64url, as the event keeps them."""

    authority: str
    kinds: frozenset[CredentialKind]
    level: Level
    holder: str
    usccs: frozenset[str]
    signs: bool
    signing_key: str
    chain: tuple[str, ...]


def enrol(
    party_id: str,
    command: Enrol,
    facts: Facts,
    certified: Certified,
    first: bool,
    group: OperatorGroup = NO_GROUP,
) -> list[Event]:
    """A new party and its first device. ``first``: the bootstrap code was right, so it becomes the operator.

    R-CODE-01: a wrong format is refused; a doubtful check character waits for the authority's proof.
    """
    uscc, verdict = _uscc(command)
    check_enrolment(command, first=first, group=group)
    events: list[Event] = [
        PartyRegistered(
            party=party_id,
            kind=command.kind,
            name=command.name.strip(),
            uscc=uscc,
            uscc_verdict=verdict,
            requested_roles=tuple(dict.fromkeys(command.requested_roles)),
            contact=command.contact,
            at=facts.now,
        )
    ]
    if first:
        events.append(_verified(party_id, PLATFORM.party, "bootstrap", facts))
        events.append(RoleGranted(party=party_id, role=Role.OPERATOR, by=PLATFORM.party, at=facts.now))
    elif verdict == UsccAnswer.ACCEPT:
        events.append(_verified(party_id, PLATFORM.party, f"uscc {verdict}", facts))
    events.append(
        CredentialBound(
            party=party_id,
            credential=certified.credential,
            signing_key=command.signing_key,
            certificate=certified.certificate,
            opening_key=command.opening_key,
            opening_certificate=certified.opening_certificate,
            label=command.label,
            signed=_signed(facts),
            at=facts.now,
            expires_at=certified.expires_at,
        )
    )
    if command.relations is not None:
        events.append(_declared(party_id, command.relations, facts))
    return events


def check_enrolment(command: Enrol, *, first: bool = False, group: OperatorGroup = NO_GROUP) -> None:
    """The refusals of ``enrol`` alone, before a certificate is made."""
    uscc, _ = _uscc(command)
    _check_roles(command, first)
    if command.relations is not None:
        _check_relations(command.kind, uscc, command.relations)
    require_outside(group, uscc, command.name, command.relations, command.requested_roles)


def declare_relations(
    party: Party, command: DeclareRelations, facts: Facts, group: OperatorGroup
) -> list[Event]:
    """R-ENG-31, R-GP-27: declared once, corrected by a new declaration; the earlier ones stay in the log."""
    _check_relations(party.kind, party.uscc, command.relations)
    require_outside(group, party.uscc, party.name, command.relations, party.requested_roles)
    if command.relations == party.relations:
        raise OutOfOrder("relations-unchanged", rule="R-ENG-31")
    return [_declared(party.party, command.relations, facts)]


def bind_certificate(
    party: Party, command: BindCertificate, facts: Facts, certified: Certified, found: Licensed
) -> list[Event]:
    """签名法 13, 16, R-SIGN-01: a licensed authority's certificate signs for the unit that it names.

    R-CRED-02, R-CRED-04, R-PAIN-10: of any authority that is recognised here, and of several at once."""
    if party.kind is Kind.PERSON:
        raise Invalid("certificate-for-organisations", rule="R-CRED-04")
    if found.usccs != {party.uscc}:
        raise Invalid("certificate-of-another", rule="R-SIGN-01", named=sorted(found.usccs), uscc=party.uscc)
    if not found.signs:
        raise Invalid("certificate-signs-nothing", rule="R-SIGN-01")
    if command.kind not in found.kinds:
        kinds = sorted(str(one) for one in found.kinds)
        raise Invalid("certificate-kind", rule="R-CRED-04", issuer=found.authority, kinds=kinds)
    _require_room(party, certified)
    return [
        CredentialBound(
            party=party.party,
            credential=certified.credential,
            signing_key=found.signing_key,
            certificate=certified.certificate,
            opening_key=command.opening_key,
            opening_certificate=certified.opening_certificate,
            label=command.label,
            suite=command.suite,
            signed=_signed(facts),
            at=facts.now,
            expires_at=certified.expires_at,
            kind=command.kind,
            level=found.level,
            issuer=found.authority,
            holder=found.holder,
            chain=found.chain,
        )
    ]


def lapse(party: Party, credential: str, revoked_at: datetime, at: datetime) -> list[Event]:
    """签名法 22, R-SIGN-01: what the authority revoked signs no more. Nothing to do twice."""
    found = party.speaks_through(credential)
    if found is None or not found.licensed:
        return []
    return [
        CredentialLapsed(
            party=party.party, credential=credential, issuer=found.issuer, revoked_at=revoked_at, at=at
        )
    ]


def bind(party: Party, command: BindCredential, facts: Facts, certified: Certified) -> list[Event]:
    _require_room(party, certified)
    if command.recovery == (command.signing_key is not None):
        raise Invalid("recovery-opens-only")
    return [
        CredentialBound(
            party=party.party,
            credential=certified.credential,
            signing_key=command.signing_key or "",
            certificate=certified.certificate,
            opening_key=command.opening_key,
            opening_certificate=certified.opening_certificate,
            label=command.label,
            recovery=command.recovery,
            suite=command.suite,
            signed=_signed(facts),
            at=facts.now,
            expires_at=certified.expires_at,
        )
    ]


def prove(party: Party, command: ProveCredential, facts: Facts, *, opened: bool) -> list[Event]:
    """R-CRED-03: the dummy decryption, once for each device. ``opened``: the secret is the one of its trial."""
    found = tried(party, command.credential)
    if not opened:
        raise Invalid("trial-failed", rule="R-CRED-03", label=found.label)
    return [
        CredentialProved(party=party.party, credential=found.credential, signed=_signed(facts), at=facts.now)
    ]


def tried(party: Party, credential: str) -> Credential:
    """The device or recovery recipient that is to be tried: one that counts and has not passed yet."""
    found = party.credential(credential)
    if found is None:
        raise Unknown("no-such-credential")
    if found.revoked:
        raise OutOfOrder("credential-revoked-already", credential=credential)
    if found.proved_at is not None:
        raise OutOfOrder("credential-proved-already", rule="R-CRED-03", label=found.label)
    return found


def revoke(party: Party, command: RevokeCredential, facts: Facts) -> list[Event]:
    """A device may revoke itself, but the last one that signs stays: nobody could speak for the party."""
    found = party.credential(command.credential)
    if found is None:
        raise Unknown("no-such-credential")
    if found.revoked:
        raise OutOfOrder("credential-revoked-already", credential=command.credential)
    signing = [one for one in party.credentials if party.speaks_through(one.credential)]
    if signing == [found]:
        raise OutOfOrder("last-credential", credential=command.credential)
    return [
        CredentialRevoked(
            party=party.party,
            credential=command.credential,
            reason=command.reason,
            signed=_signed(facts),
            at=facts.now,
        )
    ]


def verify(party: Party, command: Verify, facts: Facts) -> list[Event]:
    """R-PLAT-08, R-CODE-01: what the code check left open, an operator decides on proof; and again after a
    major change (R-NB-HS-04)."""
    _require_operator(facts)
    if party.version == 0:
        raise Unknown("no-such-party")
    if party.verified and not party.needs_reverification:
        raise OutOfOrder("verified-already")
    return [_verified(party.party, facts.actor.party, command.proof.strip(), facts)]


def grant_role(party: Party, command: GrantRole, facts: Facts) -> list[Event]:
    """Supervisors, experts and operators are made by an operator, never by themselves, once verified."""
    _require_operator(facts)
    if party.version == 0:
        raise Unknown("no-such-party")
    if command.role in SELF_DECLARED:
        raise Invalid("role-is-declared", role=command.role)
    if not party.verified:
        raise OutOfOrder("party-unverified")
    if command.role in party.granted:
        raise OutOfOrder("role-granted-already", role=command.role)
    return [RoleGranted(party=party.party, role=command.role, by=facts.actor.party, at=facts.now)]


def _require_room(party: Party, certified: Certified) -> None:
    if certified.credential in {one.credential for one in party.credentials}:
        raise Conflicting("credential-known", credential=certified.credential)
    if sum(not one.revoked for one in party.credentials) >= MAX_CREDENTIALS:
        raise OutOfOrder("too-many-credentials", limit=MAX_CREDENTIALS)


def _uscc(command: Enrol) -> tuple[str, str]:
    if not command.name.strip():
        raise Invalid("name-empty")
    if command.kind is Kind.PERSON:
        if command.uscc.strip():
            raise Invalid("person-has-no-uscc", rule="R-CODE-01")
        return "", ""
    checked = check_uscc(command.uscc)
    if checked.verdict is UsccAnswer.REJECT_FORMAT:
        raise Invalid("uscc-format", rule="R-CODE-01", reasons=[str(reason) for reason in checked.reasons])
    return checked.normalized, str(checked.verdict)


def _check_relations(kind: Kind, uscc: str, relations: Relations) -> None:
    """Codes are checked as everywhere; more than the whole cannot be held, and no unit holds itself."""
    if kind is Kind.PERSON:
        raise Invalid("person-has-no-relations", rule="R-ENG-31")
    for one in relations.superiors:
        if one.uscc and not check_uscc(one.uscc).format_ok:
            raise Invalid("superior-uscc-format", rule="R-CODE-01", name=one.name)
        if one.uscc and check_uscc(one.uscc).normalized != one.uscc:
            raise Invalid("superior-uscc-format", rule="R-CODE-01", name=one.name)
        if one.uscc == uscc:
            raise Invalid("superior-is-oneself", rule="R-ENG-31", name=one.name)
    total = sum(one.share_bp for one in relations.superiors)
    if total > WHOLE:
        raise Invalid("shares-over-whole", rule="R-ENG-31", total_bp=total)


def _declared(party: str, relations: Relations, facts: Facts) -> RelationsDeclared:
    return RelationsDeclared(party=party, relations=relations, signed=_signed(facts), at=facts.now)


def _check_roles(command: Enrol, first: bool) -> None:
    if command.kind is Kind.PERSON and SELF_DECLARED.intersection(command.requested_roles):
        raise Invalid("role-needs-organisation", roles=sorted(SELF_DECLARED))
    if not command.requested_roles and not first:
        raise Invalid("no-role-requested", roles=[str(role) for role in Role])


def _verified(party: str, by: str, proof: str, facts: Facts) -> PartyVerified:
    return PartyVerified(party=party, by=by, proof=proof, at=facts.now)


def _require_operator(facts: Facts) -> None:
    if Role.OPERATOR not in facts.actor.roles:
        raise Forbidden("operator-needed", needed=[Role.OPERATOR])


def _signed(facts: Facts) -> SignedAct:
    if facts.signed is None:
        raise Invalid("statement-missing")
    return facts.signed
