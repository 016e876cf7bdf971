"""Facts of a party's own stream: only the party and the centre read them, each through its own view."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.event import NOBODY, Event, SignedAct
from bidding.domain.parties import Role
from bidding.domain.relations import Person, Relations


class Kind(StrEnum):
    ORGANISATION = "organisation"  # 法人或其他组织, named by its USCC
    PERSON = "person"  # 评标专家, staff of a supervisor or of the centre


#: What stands where a person's name was.
ERASED = "已依法删除"


class PersonalPart(StrEnum):
    """What can be erased of a party's registration."""

    CONTACT = "CONTACT"  # 联系人、电话、邮箱、地址
    IDENTITY = "IDENTITY"  # a person's name, what proved it, and the entry in the expert pool


class ErasureGround(StrEnum):
    """个人信息保护法 47 I, its five cases."""

    PURPOSE_ENDED = "PURPOSE_ENDED"  # (一) 处理目的已实现、无法实现或者不再必要
    TERM_ENDED = "TERM_ENDED"  # (二) 停止提供服务,或者保存期限已届满
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"  # (三) 个人撤回同意
    UNLAWFUL = "UNLAWFUL"  # (四) 违反法律、行政法规或者违反约定处理
    OTHER_LAW = "OTHER_LAW"  # (五) 法律、行政法规规定的其他情形


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the centre reaches the party; shown to the party and to operators only (个人信息保护法 6)."""

    person: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


class PartyRegistered(Event, topic="party.registered.v1", audience=NOBODY):
    """``uscc_verdict``: what the code check said, empty for a person. ``requested_roles`` as declared."""

    party: str
    kind: Kind
    name: str
    uscc: str = ""
    uscc_verdict: str = ""
    requested_roles: tuple[Role, ...] = ()
    contact: Contact = Contact()
    at: datetime


class UsccClaimed(Event, topic="party.uscc-claimed.v1", audience=NOBODY):
    """The only event of the stream ``uscc-<code>``: one organisation registers once (R-PLAT-08)."""

    uscc: str
    party: str


class BootstrapUsed(Event, topic="platform.bootstrap-used.v1", audience=NOBODY):
    """The only event of the stream ``platform-bootstrap``: the code for the first operator works once."""

    party: str


class PartyVerified(Event, topic="party.verified.v1", audience=NOBODY):
    """``by``: the operator, or ``platform`` where the code check alone decides. ``proof``: what was seen."""

    party: str
    by: str
    proof: str
    at: datetime


class RoleGranted(Event, topic="party.role-granted.v1", audience=NOBODY):
    party: str
    role: Role
    by: str
    at: datetime


class RelationsDeclared(Event, topic="party.relations-declared.v1", audience=NOBODY):
    """What a unit says of its head and of those who hold or manage it; a later declaration replaces it whole.

    ``signed``: the enrolment's statement or the declaration's own.
    """

    party: str
    relations: Relations
    signed: SignedAct
    at: datetime


class ChangeKind(StrEnum):
    """What changed of a unit. The first two follow everywhere by one consent (R-NB-HS-02); the others are
    verified anew (R-NB-HS-04) and, after a deadline, reviewed by the tenderer (招投条例 38)."""

    NAME = "NAME"
    HEAD = "HEAD"
    QUALIFICATION = "QUALIFICATION"
    MERGER = "MERGER"
    SPLIT = "SPLIT"
    BANKRUPTCY = "BANKRUPTCY"


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``evidence``: the authority's change certificate, or what shows it. The unit is the same by its code."""

    kind: ChangeKind
    before: str
    after: str
    evidence: str
    at: datetime


class Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A change as it reached one open record. ``at``: the lot's own instant."""

    change: Change
    at: datetime


class LicenceChanged(Event, topic="party.licence-changed.v1", audience=NOBODY):
    """Name and legal representative as they are from now on; ``signed`` holds the consent to carry it everywhere."""

    party: str
    name: str
    head: Person | None
    changes: tuple[Change, ...]
    signed: SignedAct
    at: datetime


class BodyState(StrEnum):
    """``REFUSED``: the body will not do it on this notice; its text says what to do instead."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    DONE = "DONE"
    REFUSED = "REFUSED"


class BodiesToTell(Event, topic="party.bodies-to-tell.v1", audience=NOBODY):
    """In the commit of a changed licence: the makers of seals and certificate authorities that are to be told of it, by
    the consent in ``signed`` (R-NB-HS-01). ``number``: of the party's notices, from 1."""

    party: str
    number: int
    changes: tuple[Change, ...]
    bodies: tuple[str, ...]
    signed: SignedAct
    at: datetime


class BodyAnswered(Event, topic="party.body-answered.v1", audience=NOBODY):
    """``reference``: the body's number of the case; ``text``: its words."""

    party: str
    number: int
    body: str
    state: BodyState
    reference: str
    text: str
    at: datetime


class LicenceNoticeQueued(Event, topic="platform.licence-notice-queued.v1", audience=NOBODY):
    """On the stream ``licence-outbox``, which says where notices wait to be told."""

    party: str
    number: int


class LicenceNoticeSettled(Event, topic="platform.licence-notice-settled.v1", audience=NOBODY):
    """Every body has spoken its last word."""

    party: str
    number: int


class MajorChangeReported(Event, topic="party.major-change-reported.v1", audience=NOBODY):
    """招投条例 38. Nothing follows by itself: the party needs to be verified anew."""

    party: str
    change: Change
    signed: SignedAct
    at: datetime


class AffiliateListed(Event, topic="operator.affiliate-listed.v1", audience=NOBODY):
    """On the stream ``operator-group``: a unit that controls the operator or is controlled by it (R-PLAT-07).

    ``basis``: the document that shows it."""

    uscc: str
    name: str
    basis: str
    by: str
    at: datetime


class AffiliateDelisted(Event, topic="operator.affiliate-delisted.v1", audience=NOBODY):
    uscc: str
    reason: str
    by: str
    at: datetime


class CredentialKind(StrEnum):
    """R-CRED-04. What holds the key."""

    SOFT = "SOFT"  # the device itself
    USBKEY = "USBKEY"  # a licensed authority's key token
    MOBILE = "MOBILE"  # a licensed authority's certificate in a phone
    EBL = "EBL"  # 电子营业执照


class Level(StrEnum):
    """How sure it is that the holder signed: as the authority's practice statement has it, entered by the centre."""

    BASIC = "BASIC"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"


class CredentialBound(Event, topic="party.credential-bound.v1", audience=NOBODY):
    """A device's keys, certified. ``credential``: hex SHA-256 of the raw signing key, its name in statements.

    ``signing_key`` (Ed25519) and its ``certificate`` are empty for a recovery recipient, which only opens and
    is named by its ``opening_key`` (X25519). Keys are raw, certificates DER, both base64url without padding.
    ``signed`` is the statement that asked for it: by the key itself at enrolment, later by an older device.
    ``expires_at``: end of the certificates; not said of devices bound before it was recorded. ``suite``: of the
    opening key; X.509 has no certificate for X-Wing keys: the signed statement binds them, and SM2 keys without one.

    Of a licensed authority's certificate (签名法 16, R-CRED-04): ``kind``, ``level``, ``issuer`` (the authority as it
    is known here), ``holder`` (the name in the certificate) and ``chain`` (its authorities up to the root, base64url
    DER); ``signing_key`` is then encoded as ``bidding.crypto.public_keys`` says.
    """

    party: str
    credential: str
    signing_key: str
    certificate: str
    opening_key: str
    opening_certificate: str
    label: str
    recovery: bool = False
    signed: SignedAct
    at: datetime
    expires_at: datetime | None = None
    suite: str = "intl-1"
    kind: CredentialKind = CredentialKind.SOFT
    level: Level = Level.BASIC
    issuer: str = ""
    holder: str = ""
    chain: tuple[str, ...] = ()


class CredentialLapsed(Event, topic="party.credential-lapsed.v1", audience=NOBODY):
    """Its authority no longer stands behind the certificate: ``revoked_at`` as the authority says, ``at`` as the
    platform learnt it. What it signed before stands (签名法 24: the records are kept)."""

    party: str
    credential: str
    issuer: str
    revoked_at: datetime
    at: datetime


class CredentialProved(Event, topic="party.credential-proved.v1", audience=NOBODY):
    """The device decrypted what had been encrypted to it: from now on bids may be sealed to it (R-CRED-03)."""

    party: str
    credential: str
    signed: SignedAct
    at: datetime


class CredentialRevoked(Event, topic="party.credential-revoked.v1", audience=NOBODY):
    party: str
    credential: str
    reason: str
    signed: SignedAct
    at: datetime


class ErasureOrdered(Event, topic="party.erasure-ordered.v1", audience=NOBODY):
    """A supervisor's order, ``number`` of the party's orders from 1. ``reference``: its number on paper."""

    party: str
    number: int
    parts: tuple[PersonalPart, ...]
    ground: ErasureGround
    reference: str
    by: str
    signed: SignedAct
    at: datetime


class Erased(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``event``: its id; ``left``: hex SHA-256 of what stands there now: state ‖ 0 ‖ metadata."""

    event: str
    left: str


class PersonalDataErased(Event, topic="party.personal-data-erased.v1", audience=NOBODY):
    """Carried out: each event that held ``parts`` and what is left of it. Its leaf in the log still commits to what was
    there; the salt is gone with it. The database admits no other change of an event than one told here."""

    party: str
    order: int
    parts: tuple[PersonalPart, ...]
    erased: tuple[Erased, ...]
    by: str
    signed: SignedAct
    at: datetime
