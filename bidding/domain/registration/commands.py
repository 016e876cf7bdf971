"""What can be asked of the register. These go to ``/parties``, not to a lot."""

from typing import Annotated

import msgspec

from bidding.domain.command import Command
from bidding.domain.parties import Role, Standing
from bidding.domain.registration.events import (
    ChangeKind,
    Contact,
    CredentialKind,
    ErasureGround,
    Kind,
    PersonalPart,
)
from bidding.domain.relations import Person, Relations

_ANYONE = frozenset({Standing.ANYONE})
_OPERATOR = frozenset({Standing.OPERATOR})
_SELF = frozenset({Standing.MEMBER})
_CENTRE = frozenset({Standing.OPERATOR, Standing.SUPERVISOR})
_SUPERVISOR = frozenset({Standing.SUPERVISOR})

#: A raw public key in base64url without padding: 32 bytes, or what another suite has (``docs/sealed-bids.md``).
Key = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$", max_length=43)]
OpeningKey = Annotated[
    str,
    msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}(([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{1536})?)?$", max_length=1622),
]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
CredentialId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class Enrol(Command, name="registration/enrol", by=_ANYONE, binding=True, guarded=False):
    """Register a party with its first device. Signed by the very key that it brings: proof of possession."""

    kind: Kind
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    uscc: Annotated[str, msgspec.Meta(max_length=64)] = ""
    requested_roles: Annotated[tuple[Role, ...], msgspec.Meta(max_length=6)] = ()
    contact: Contact = Contact()
    signing_key: Key
    opening_key: Key
    label: Label
    relations: Relations | None = None


class BindCredential(Command, name="registration/bind", by=_SELF, binding=True, guarded=False):
    """A further device, asked for by an older one. ``possession``: the new signing key's signature over the
    enrolment request (``bidding.crypto.credentials``: party, device = label, both keys). A recovery
    recipient has neither signing key nor possession. ``suite``: of a recipient's opening key; a device's own keys
    of further suites come as recipients too. ``certificate``: of an SM2 key, by a licensed authority
    (base64url DER)."""

    signing_key: Key | None = None
    opening_key: OpeningKey
    suite: Annotated[str, msgspec.Meta(max_length=20)] = "intl-1"
    certificate: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]*$", max_length=8000)] = ""
    label: Label
    recovery: bool = False
    possession: Annotated[str, msgspec.Meta(max_length=86)] = ""


Der = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]*$", max_length=8000)]


class BindCertificate(Command, name="registration/bind-certificate", by=_SELF, binding=True, guarded=False):
    """A key that a licensed authority certified (签名法 16, R-CRED-04), asked for by a device that is bound already.

    ``certificate`` and ``intermediates``: base64url DER; the root is the platform's to know. ``possession``: the
    certified key's signature over the binding request (``bidding.crypto.credentials``: party, device = label, hash of
    the certificate, opening key). ``opening_key`` with its ``suite``: what bids are sealed for; the authority's
    ``encryption_certificate`` for it, or none: then the platform certifies it."""

    kind: CredentialKind
    certificate: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+$", max_length=8000)]
    intermediates: Annotated[tuple[Der, ...], msgspec.Meta(max_length=4)] = ()
    opening_key: OpeningKey
    suite: Annotated[str, msgspec.Meta(max_length=20)] = "intl-1"
    encryption_certificate: Der = ""
    label: Label
    possession: Annotated[str, msgspec.Meta(max_length=700)]


class ProveCredential(Command, name="registration/prove", by=_SELF, binding=True, guarded=False):
    """The trial of a device is passed (R-CRED-03): ``secret`` is what its opening key decrypted (base64url of 32
    bytes)."""

    credential: CredentialId
    secret: Key


class RevokeCredential(Command, name="registration/revoke", by=_SELF, binding=True, guarded=False):
    credential: CredentialId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class DeclareRelations(Command, name="registration/declare-relations", by=_SELF, binding=True, guarded=False):
    """单位负责人, and who holds shares of the unit or manages it (招投条例 34, 采购条例 18).

    Replaces what was said before."""

    relations: Relations


Evidence = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ChangeLicence(Command, name="registration/change-licence", by=_SELF, binding=True, guarded=False):
    """A new name or legal representative, carried to every open record by one consent (R-NB-HS-02)."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    head: Person | None = None
    evidence: Evidence
    consent: bool


class ReportChange(Command, name="registration/report-change", by=_SELF, binding=True, guarded=False):
    """合并、分立、破产, or a changed qualification: notified at once (招投条例 38)."""

    kind: ChangeKind
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    evidence: Evidence


class ListAffiliate(Command, name="registration/list-affiliate", by=_CENTRE, guarded=False):
    """Enter a unit of the operator's own group: it may neither bid nor be an agency here (R-PLAT-07)."""

    uscc: Annotated[str, msgspec.Meta(max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    basis: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class DelistAffiliate(Command, name="registration/delist-affiliate", by=_CENTRE, guarded=False):
    uscc: Annotated[str, msgspec.Meta(max_length=64)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Verify(Command, name="registration/verify", by=_OPERATOR, guarded=False):
    """The operator has seen the authority's proof (R-CODE-01) or the person's identity (20号令 16)."""

    proof: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OrderErasure(Command, name="registration/order-erasure", by=_SUPERVISOR, binding=True, guarded=False):
    """Order that personal data of a party be erased (个人信息保护法 47). ``reference``: number of the order on paper.

    It stays in the log for ever: nothing of what is to be erased may stand in it."""

    parts: Annotated[tuple[PersonalPart, ...], msgspec.Meta(min_length=1, max_length=2)]
    ground: ErasureGround
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class EraseData(Command, name="registration/erase", by=_OPERATOR, binding=True, guarded=False):
    """Carry out the party's order of that number, by another person than the one who gave it."""

    order: Annotated[int, msgspec.Meta(ge=1)]


class CheckPartyCredit(Command, name="registration/check-credit", by=_CENTRE, guarded=False):
    """Look the party up anew at the credit sources (R-CRDT-01)."""


class GrantRole(Command, name="registration/grant-role", by=_OPERATOR, guarded=False):
    role: Role
