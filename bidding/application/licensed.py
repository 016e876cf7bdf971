"""Certificates of licensed authorities (签名法 16, R-CRED-04): which authorities are recognised here, and whether they
still stand behind what they issued. Several are: a certificate of any of them counts everywhere on the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from bidding.application.ports import Unavailable
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.chain import Holder, read_holder, verify_chain
from bidding.crypto.credentials import verify_binding
from bidding.crypto.errors import CertificateError, CryptoError
from bidding.crypto.revocation import revoked_by_answer, revoked_by_list, status_query
from bidding.crypto.suite import key_id, suite_named
from bidding.domain.errors import Invalid
from bidding.domain.registration.commands import BindCertificate
from bidding.domain.registration.decide import Certified, Licensed
from bidding.domain.registration.events import CredentialKind, Level
from bidding.domain.registration.state import Credential

log = structlog.get_logger(__name__)

RULE = "R-SIGN-01"
#: Seconds after which an authority that is silent is asked again.
RETRY = 30


class NoStatus(Exception):
    """The place does not answer, or not with what was asked for."""


class StatusSource(Protocol):
    """``compose`` reads files and asks over HTTP; what it has fetched it may keep for some minutes."""

    async def revocation_list(self, place: str) -> bytes:
        """A CRL, DER or PEM. Raises ``NoStatus``."""
        ...

    async def status(self, place: str, query: bytes) -> bytes:
        """The OCSP answer (DER) to a query (DER). Raises ``NoStatus``."""
        ...


@dataclass(frozen=True)
class Authority:
    """One that is recognised. ``name``: as events name it; certificates DER; ``lists``: where its CRLs are,
    ``responder``: its OCSP address. One at least is there: an authority that nobody can ask is not recognised.

    What it has revoked of its own intermediates it is not asked: the centre takes those out of the folder."""

    name: str
    kinds: frozenset[CredentialKind]
    level: Level
    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    lists: tuple[str, ...] = ()
    responder: str = ""


class Certificates:
    """``authorities``: none by default, and then no certificate of anybody's is taken."""

    def __init__(self, authorities: Sequence[Authority] = (), status: StatusSource | None = None) -> None:
        self.authorities, self._status = tuple(authorities), status

    async def examine(
        self, party: str, command: BindCertificate, now: datetime
    ) -> tuple[Certified, Licensed]:
        """The certificates to bind, checked in all that is not the party's own affair (the domain decides that).

        Raises ``Invalid``: ``certificate-untrusted`` with the reason, ``certificate-revoked``, ``key-malformed``;
        ``Unavailable`` if the authority cannot be asked.
        """
        try:
            certificate, opening = unb64(command.certificate), unb64(command.opening_key)
            if len(opening) != suite_named(command.suite).public_size:
                raise Invalid("key-malformed")
            intermediates = [unb64(one) for one in command.intermediates]
            authority, holder, chain = await self._traced(certificate, intermediates, now)
            possession = unb64(command.possession)
            verify_binding(possession, holder.public, party, command.label, certificate, opening)
            until = holder.not_after
            if command.encryption_certificate:
                second = unb64(command.encryption_certificate)
                until = min(until, await self._encrypting(second, intermediates, holder, opening, now))
        except CertificateError as error:
            raise Invalid("certificate-untrusted", rule=RULE, reason=error.reason) from None
        except CryptoError:
            raise Invalid("key-malformed") from None
        certified = Certified(
            credential=key_id(holder.public),
            certificate=command.certificate,
            opening_certificate=command.encryption_certificate,
            expires_at=until,
        )
        found = Licensed(
            authority=authority.name,
            kinds=authority.kinds,
            level=authority.level,
            holder=holder.name,
            usccs=holder.usccs,
            signs=holder.signs,
            signing_key=b64(holder.public),
            chain=tuple(b64(one) for one in chain),
        )
        return certified, found

    async def revoked(self, device: Credential, now: datetime) -> datetime | None:
        """When its authority revoked it, if it did.

        Raises ``Invalid("certificate-refused")`` for one out of its days or of an authority that is no longer
        recognised, ``Unavailable`` if the authority cannot be asked."""
        certificate, chain = unb64(device.certificate), [unb64(one) for one in device.chain]
        authority = next((one for one in self.authorities if one.name == device.issuer), None)
        if authority is None or chain[-1] not in authority.roots:
            raise Invalid("certificate-refused", rule=RULE)
        try:
            verify_chain(certificate, chain[:-1], authority.roots, now)
        except CertificateError:
            raise Invalid("certificate-refused", rule=RULE) from None
        return await self._standing(authority, certificate, chain[0], now)

    async def _traced(
        self, certificate: bytes, intermediates: list[bytes], now: datetime
    ) -> tuple[Authority, Holder, tuple[bytes, ...]]:
        holder, reason = read_holder(certificate), "no authority is recognised here"
        for authority in self.authorities:
            try:
                chain = verify_chain(
                    certificate, [*intermediates, *authority.intermediates], authority.roots, now
                )
            except CertificateError as error:
                reason = error.reason
                continue
            revoked_at = await self._standing(authority, certificate, chain[0], now)
            if revoked_at is not None:
                raise Invalid("certificate-revoked", rule=RULE, issuer=authority.name, revoked_at=revoked_at)
            return authority, holder, chain
        raise CertificateError(reason=reason)

    async def _encrypting(
        self, certificate: bytes, intermediates: list[bytes], signs: Holder, opening: bytes, now: datetime
    ) -> datetime:
        """The end of the second certificate of a pair: of the same unit, for encryption, over the opening key."""
        _, found, _ = await self._traced(certificate, intermediates, now)
        if found.usccs != signs.usccs or found.public != opening or not found.encrypts:
            raise CertificateError(reason="the encryption certificate is for another holder, key or use")
        return found.not_after

    async def _standing(
        self, authority: Authority, certificate: bytes, issuer: bytes, now: datetime
    ) -> datetime | None:
        """The first place that speaks of the certificate decides; all of them silent decide nothing."""
        status = self._status
        assert status is not None, "authorities are recognised together with a way to ask them"
        for place in (authority.responder, *authority.lists):
            if not place:
                continue
            try:
                if place == authority.responder:
                    answer = await status.status(place, status_query(certificate, issuer))
                    return revoked_by_answer(answer, certificate, issuer, now)
                return revoked_by_list(await status.revocation_list(place), certificate, issuer, now)
            except (NoStatus, CertificateError) as error:
                log.warning(
                    "certificates.no-status", authority=authority.name, place=place, reason=str(error)
                )
        raise Unavailable(authority.name, retry_after=RETRY)
