"""The register of parties and their devices: from signed requests to events of the party's stream."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bidding.application import licencebox
from bidding.application.credit import look_up
from bidding.application.creditsources import CreditSource, SourceSilent
from bidding.application.licensed import Certificates
from bidding.application.platform import Call
from bidding.application.ports import (
    Clock,
    Journal,
    KeyReused,
    Meta,
    Request,
    Unavailable,
    VersionMoved,
    Write,
)
from bidding.crypto.authority import CertificateAuthority, Usage
from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.credentials import EnrolmentRequest, verify_enrolment
from bidding.crypto.errors import CryptoError
from bidding.crypto.signing import Signed
from bidding.crypto.sm2_certificate import verify_sm2_certificate
from bidding.crypto.suite import INTL_1, key_id, suite_named
from bidding.crypto.trial import device_trial
from bidding.domain.command import Command, Facts
from bidding.domain.credit.events import PartyCreditChecked, PartyCreditUnanswered
from bidding.domain.errors import Conflicting, Forbidden, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import PLATFORM
from bidding.domain.permissions import authorise
from bidding.domain.registration import decide
from bidding.domain.registration.changes import report_change
from bidding.domain.registration.commands import (
    BindCertificate,
    BindCredential,
    ChangeLicence,
    CheckPartyCredit,
    DeclareRelations,
    DelistAffiliate,
    Enrol,
    EraseData,
    GrantRole,
    ListAffiliate,
    OrderErasure,
    ProveCredential,
    ReportChange,
    RevokeCredential,
    Verify,
)
from bidding.domain.registration.events import BootstrapUsed, CredentialBound, UsccClaimed
from bidding.domain.registration.operatorgroup import OperatorGroup, delist_affiliate, list_affiliate
from bidding.domain.registration.operatorgroup import replay as replay_group
from bidding.domain.registration.state import Credential, Party, evolve, replay

CERTIFICATE_LIFE = timedelta(days=2 * 365)
BOOTSTRAP = "platform-bootstrap"
#: The operator's own group (R-PLAT-07).
GROUP = "operator-group"
ATTEMPTS = 8


def party_id(signing_key: bytes) -> str:
    """A party's id: 96 bits of its first key's id. The device knows it before it enrols and can sign it."""
    return key_id(signing_key)[:24]


def party_stream(party: str) -> str:
    return f"party-{party}"


class Identity:
    """``bootstrap``: SHA-256 of the code that makes the first operator, None once it is not wanted.

    ``trial_secret``: of credential and opening key, what the device must decrypt (``Keyring.trial_secret``).

    ``sm2_authorities``: certificates (DER) of the licensed authorities whose SM2 certificates count here.
    ``certificates``: the licensed authorities whose certificates sign here; ``bodies``: those told of changes.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        authority: CertificateAuthority,
        trial_secret: Callable[[str, str], bytes],
        bootstrap: bytes | None = None,
        credit: CreditSource | None = None,
        sm2_authorities: Sequence[bytes] = (),
        certificates: Certificates | None = None,
        bodies: Sequence[str] = (),
    ) -> None:
        self._journal, self._clock, self._authority = journal, clock, authority
        self._bootstrap, self._credit = bootstrap, credit
        self._trial_secret, self.sm2_authorities = trial_secret, sm2_authorities
        self.certificates, self._bodies = certificates or Certificates(), tuple(bodies)
        #: Told of a party whose devices have changed, after the fact; what they do with it is repeatable.
        self.followers: list[Callable[[str], Awaitable[None]]] = []
        #: Position of the last event written here: who changed something looks for it in lists.
        self.written = 0

    async def party(self, party_id: str) -> Party:
        """The party, or an empty one at version 0."""
        recorded = await self._journal.load(party_stream(party_id))
        return replay(one.event for one in recorded)

    async def holder(self, uscc: str) -> Party:
        """The party that registered with this code, or an empty one at version 0 (R-PLAT-08: one alone may)."""
        recorded = await self._journal.load(f"uscc-{uscc}")
        claims = [one.event for one in recorded if isinstance(one.event, UsccClaimed)]
        return await self.party(claims[-1].party) if claims else Party()

    async def parties(self) -> list[Party]:
        """All parties, in the order of their registration."""
        found: dict[str, Party] = {}
        for one in await self._journal.load_prefix(party_stream("")):
            found[one.stream] = evolve(found.get(one.stream, Party()), one.event)
        return list(found.values())

    async def enrol(self, command: Enrol, call: Call, bootstrap_code: str = "") -> bytes:
        """Register a party with its first device; ``call.actor.party`` is the id that its key gives it.

        Raises ``Refusal`` (``uscc-taken``, ``bootstrap-refused`` …), ``KeyReused``, ``Unavailable``.
        """
        answered = await self._replayed(call)
        if answered is not None:
            return answered
        first = self._is_bootstrap(bootstrap_code)
        group = await self.group()
        decide.check_enrolment(command, first=first, group=group)
        party = call.actor.party
        certified = self._certify(party, command.signing_key, command.opening_key)
        events = decide.enrol(party, command, self._facts(call), certified, first, group)
        registered = replay(events)
        events += await self._looked_up(registered, call)
        writes = [Write(stream=party_stream(party), expected=0, events=events)]
        if registered.uscc:
            claim = UsccClaimed(uscc=registered.uscc, party=party)
            writes.append(Write(stream=f"uscc-{registered.uscc}", expected=0, events=[claim]))
        if first:
            writes.append(Write(stream=BOOTSTRAP, expected=0, events=[BootstrapUsed(party=party)]))
        answer = self._answer(replay(events), events)
        try:
            return await self._append(writes, call, answer)
        except VersionMoved as error:
            if error.stream.startswith("uscc-"):
                raise Conflicting("uscc-taken", rule="R-PLAT-08") from None
            if error.stream == BOOTSTRAP:
                raise Forbidden("bootstrap-refused") from None
            raise Conflicting("credential-known", credential=certified.credential) from None

    async def _looked_up(self, party: Party, call: Call) -> list[Event]:
        """R-CRDT-01: at registration. A source that is silent keeps nobody from registering, and is written down."""
        if self._credit is None or not party.uscc:
            return []
        facts = self._facts(call)
        try:
            found = await look_up(self._credit, party, facts)
        except SourceSilent as silent:
            return [PartyCreditUnanswered(party=party.party, sources=silent.names, at=facts.now)]
        return [PartyCreditChecked(party=party.party, snapshot=found, at=facts.now)]

    async def check_credit(self, party_id: str, command: CheckPartyCredit, call: Call) -> bytes:
        """Look a registered party up again, which a source that was silent at its registration asks for."""
        authorise(call.actor, type(command), Lot())
        known = await self.party(party_id)
        if known.version == 0:
            raise Unknown("no-such-party")
        found = await self._looked_up(known, call)
        for one in found:
            if isinstance(one, PartyCreditUnanswered):
                silent = "、".join(one.sources)
                raise Conflicting("credit-source-silent", rule="R-CRDT-01", source=silent)
        return await self.change(party_id, call, lambda party: found)

    async def bind(self, command: BindCredential, call: Call) -> bytes:
        """A further device or a recovery recipient for the actor's own party."""
        self._check_possession(command, call.actor.party)

        def decided(party: Party) -> list[Event]:
            certified = self._certify(party.party, command.signing_key, command.opening_key, command.suite)
            if command.certificate:
                expires_at = self._sm2_certified(party, command)
                certified = msgspec.structs.replace(
                    certified, opening_certificate=command.certificate, expires_at=expires_at
                )
            return decide.bind(party, command, self._facts(call), certified)

        answer = await self.change(call.actor.party, call, decided)
        await self._tell(call.actor.party)
        return answer

    async def bind_certificate(self, command: BindCertificate, call: Call) -> bytes:
        """A licensed authority's certificate for the actor's own unit (R-CRED-04).

        Raises ``Unavailable`` where the authority cannot be asked whether it still stands behind it."""
        answered = await self._replayed(call)
        if answered is not None:
            return answered
        own, now = call.actor.party, self._clock.now()
        certified, found = await self.certificates.examine(own, command, now)
        if not command.encryption_certificate:
            sealed = self._certify(own, None, command.opening_key, command.suite)
            certified = msgspec.structs.replace(certified, opening_certificate=sealed.opening_certificate)
        answer = await self.change(
            own,
            call,
            lambda party: decide.bind_certificate(party, command, self._facts(call), certified, found),
        )
        await self._tell(own)
        return answer

    async def require_standing(self, party: Party, device: Credential) -> None:
        """At each login and act: the authority still stands behind the certificate, or it is struck off (R-SIGN-01).

        Raises ``Invalid("certificate-refused")``, ``Unavailable``.
        """
        if not device.licensed:
            return
        now = self._clock.now()
        revoked_at = await self.certificates.revoked(device, now)
        if revoked_at is None:
            return
        await self._lapsed(party.party, device.credential, revoked_at, now)
        await self._tell(party.party)
        raise Invalid("certificate-refused", rule="R-SIGN-01")

    async def _lapsed(self, party_id: str, credential: str, revoked_at: datetime, now: datetime) -> None:
        for _ in range(ATTEMPTS):
            party = await self.party(party_id)
            events = decide.lapse(party, credential, revoked_at, now)
            if not events:
                return
            write = Write(stream=party_stream(party_id), expected=party.version, events=events)
            with suppress(VersionMoved):
                appended = await self._journal.append([write], meta=Meta(actor=PLATFORM.party))
                self.written = max(self.written, appended[-1].position)
                return

    async def trial(self, party_id: str, credential: str) -> dict[str, str]:
        """R-CRED-03: the trial of one of the party's own devices, encrypted to its opening key (base64url).

        Raises ``Refusal`` for one that is unknown, revoked or proved already.
        """
        found = decide.tried(await self.party(party_id), credential)
        secret = self._trial_secret(found.credential, found.opening_key)
        made = device_trial(secret, unb64(found.opening_key), found.credential, found.suite)
        return {"credential": found.credential, "suite": found.suite, "trial": b64(made)}

    async def prove(self, command: ProveCredential, call: Call) -> bytes:
        """The device gives back what it decrypted."""

        def decided(party: Party) -> list[Event]:
            found = decide.tried(party, command.credential)
            secret = self._trial_secret(found.credential, found.opening_key)
            opened = hmac.compare_digest(b64(secret), command.secret)
            return decide.prove(party, command, self._facts(call), opened=opened)

        answer = await self.change(call.actor.party, call, decided)
        await self._tell(call.actor.party)
        return answer

    async def revoke(self, command: RevokeCredential, call: Call) -> bytes:
        """Sessions of the device end at once: its party no longer speaks through it."""
        answer = await self.change(
            call.actor.party, call, lambda party: decide.revoke(party, command, self._facts(call))
        )
        await self._tell(call.actor.party)
        return answer

    async def _tell(self, party: str) -> None:
        """What comes of a change elsewhere is no part of it: it stands, and is made up for at the next look."""
        for follower in self.followers:
            with suppress(Unavailable, VersionMoved):
                await follower(party)

    async def declare_relations(self, command: DeclareRelations, call: Call) -> bytes:
        """Head, holders and managers of the actor's own unit (R-ENG-31, R-GP-27)."""
        group = await self.group()
        return await self.change(
            call.actor.party,
            call,
            lambda party: decide.declare_relations(party, command, self._facts(call), group),
        )

    async def change_licence(self, command: ChangeLicence, call: Call) -> bytes:
        """Name or legal representative, by one consent, and on to every open record (R-NB-HS-01, R-NB-HS-02)."""
        decided = licencebox.deciding(command, self._facts(call), self._bodies)
        answer = await self.change(call.actor.party, call, decided)
        await self._tell(call.actor.party)
        return answer

    async def report_change(self, command: ReportChange, call: Call) -> bytes:
        """合并、分立、破产, a changed qualification (招投条例 38)."""
        answer = await self.change(
            call.actor.party, call, lambda party: report_change(party, command, self._facts(call))
        )
        await self._tell(call.actor.party)
        return answer

    async def group(self) -> OperatorGroup:
        return replay_group(one.event for one in await self._journal.load(GROUP))

    async def affiliate(self, command: ListAffiliate | DelistAffiliate, call: Call) -> bytes:
        """Enter a unit in the operator's group, or take it out; the answer is the group as it then is."""
        answered = await self._replayed(call)
        if answered is not None:
            return answered
        authorise(call.actor, type(command), Lot())
        group, facts = await self.group(), self._facts(call)
        events = (
            list_affiliate(group, command, facts)
            if isinstance(command, ListAffiliate)
            else delist_affiliate(group, command, facts)
        )
        write = Write(stream=GROUP, expected=group.version, events=events)
        changed = replay_group([*(one.event for one in await self._journal.load(GROUP)), *events])
        try:
            return await self._append([write], call, msgspec.json.encode(changed))
        except VersionMoved:
            raise Conflicting("operator-group-changed", rule="R-PLAT-07") from None

    async def verify(self, party_id: str, command: Verify, call: Call) -> bytes:
        return await self.change(
            party_id, call, lambda party: decide.verify(party, command, self._facts(call))
        )

    async def grant_role(self, party_id: str, command: GrantRole, call: Call) -> bytes:
        return await self.change(
            party_id, call, lambda party: decide.grant_role(party, command, self._facts(call))
        )

    async def change(self, party_id: str, call: Call, decided: Callable[[Party], list[Event]]) -> bytes:
        """Append what is decided of the party as it stands, as one answer to ``call``; decided anew if it moved."""
        answered = await self._replayed(call)
        if answered is not None:
            return answered
        attempt = 1
        while True:
            party = await self.party(party_id)
            events = decided(party)
            own = Write(stream=party_stream(party_id), expected=party.version, events=events)
            writes = [own, *await licencebox.queued(self._journal, events)]
            try:
                return await self._append(writes, call, self._answer(after(party, events), events))
            except VersionMoved:
                attempt += 1
                if attempt > ATTEMPTS:
                    raise

    async def _append(self, writes: Sequence[Write], call: Call, answer: bytes) -> bytes:
        """The answer to give: the first one, if the same request arrived twice at once."""
        request = Request(
            scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
        )
        meta = Meta(
            actor=call.actor.party,
            credential=call.actor.credential,
            request=call.request_id,
            address=call.address,
        )
        if appended := await self._journal.append(writes, meta=meta, request=request):
            self.written = max(self.written, appended[-1].position)
            return answer
        return await self._replayed(call) or answer

    async def _replayed(self, call: Call) -> bytes | None:
        found = await self._journal.answer(call.actor.party, call.idempotency_key)
        if found is None:
            return None
        if found[0] != call.request_hash:
            raise KeyReused(call.idempotency_key)
        return found[1]

    def _facts(self, call: Call) -> Facts:
        return Facts(now=self._clock.now(), actor=call.actor, signed=call.signed)

    def _certify(
        self, party: str, signing_key: str | None, opening_key: str, suite: str = INTL_1
    ) -> decide.Certified:
        """A key of another suite than X25519's has no certificate: its owner's signed statement binds it."""
        now = self._clock.now()
        until = now + CERTIFICATE_LIFE
        try:
            opening = unb64(opening_key)
            if len(opening) != suite_named(suite).public_size or (signing_key and suite != INTL_1):
                raise Invalid("key-malformed")
            if suite != INTL_1:
                return decide.Certified(credential=key_id(opening), certificate="", opening_certificate="")
            opened = self._authority.issue(opening, party, Usage.OPENING, now, until)
            if signing_key is None:
                return decide.Certified(
                    credential=key_id(opening),
                    certificate="",
                    opening_certificate=b64(opened),
                    expires_at=until,
                )
            signing = unb64(signing_key)
            signs = self._authority.issue(signing, party, Usage.SIGNING, now, until)
        except CryptoError:
            raise Invalid("key-malformed") from None
        return decide.Certified(
            credential=key_id(signing),
            certificate=b64(signs),
            opening_certificate=b64(opened),
            expires_at=until,
        )

    def _sm2_certified(self, party: Party, command: BindCredential) -> datetime:
        """Until when the licensed authority's certificate holds; it must be for this party and this key."""
        if not self.sm2_authorities:
            raise Invalid("sm2-certificate-refused", rule="R-CRYP-01", reason="no authority is trusted here")
        reason, certificate = "", unb64(command.certificate)
        for authority in self.sm2_authorities:
            try:
                found = verify_sm2_certificate(certificate, authority, self._clock.now())
            except CryptoError as error:
                reason = reason or str(error.data.get("reason", "unreadable"))
                continue
            if b64(found.public) == command.opening_key and found.party in (party.name, party.uscc):
                return found.not_after
            reason = "for another key or holder"
        raise Invalid("sm2-certificate-refused", rule="R-CRYP-01", reason=reason)

    def _check_possession(self, command: BindCredential, party: str) -> None:
        if command.signing_key is None:
            return  # decide.bind admits that for recovery recipients only
        request = EnrolmentRequest(
            party=party, device=command.label, signing=command.signing_key, opening=command.opening_key
        )
        try:
            said = Signed(canonical(request), unb64(command.possession))
            verify_enrolment(said, unb64(command.signing_key))
        except CryptoError:
            raise Invalid("key-malformed") from None

    def _is_bootstrap(self, code: str) -> bool:
        """Whether the one-time code is right; a wrong one is refused, none is no matter."""
        if not code:
            return False
        digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
        if self._bootstrap is None or not hmac.compare_digest(digest, self._bootstrap):
            raise Forbidden("bootstrap-refused")
        return True

    def _answer(self, party: Party, events: Sequence[Event]) -> bytes:
        """What the author is told: the party as it stands now, and what was issued to the device."""
        issued = [
            {
                "credential": event.credential,
                "certificate": event.certificate,
                "opening_certificate": event.opening_certificate,
                "authority": b64(self._authority.certificate),
            }
            for event in events
            if isinstance(event, CredentialBound)
        ]
        return msgspec.json.encode({**described(party), "issued": issued})


def after(party: Party, events: Sequence[Event]) -> Party:
    for event in events:
        party = evolve(party, event)
    return party


def described(party: Party) -> dict[str, Any]:
    """The party as itself and the centre see it."""
    return {**msgspec.to_builtins(party), "verified": party.verified, "roles": sorted(party.roles)}


#: Commands of the register: they change a party, not a lot.
COMMANDS: tuple[type[Command], ...] = (
    Enrol,
    BindCredential,
    BindCertificate,
    ProveCredential,
    RevokeCredential,
    DeclareRelations,
    ChangeLicence,
    ReportChange,
    ListAffiliate,
    DelistAffiliate,
    Verify,
    GrantRole,
    OrderErasure,
    EraseData,
    CheckPartyCredit,
)
