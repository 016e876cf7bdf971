"""Login: a challenge signed by an enrolled device becomes a session; a session's token names its actor.

Tokens are 32 random bytes that only the client keeps; the store knows their SHA-256.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from bidding.application import statements
from bidding.application.ports import Clock
from bidding.crypto.authority import CertificateAuthority
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError
from bidding.domain.errors import Invalid, Refusal
from bidding.domain.event import SignedAct
from bidding.domain.parties import Actor
from bidding.domain.registration.state import Credential, Party

ACT = "session/login"
CHALLENGE_LIFE = timedelta(minutes=2)
TOKEN_BYTES = 32

#: Verified against when there is no such device, so that its absence takes the same time (a key of no one).
_NOBODYS_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


class Unauthenticated(Refusal):
    """Who asks is not known, or not known any more."""


class StoredSession(Protocol):
    @property
    def party(self) -> str: ...

    @property
    def credential(self) -> str: ...

    @property
    def expires_at(self) -> datetime: ...


class Sessions(Protocol):
    """``bidding/compose`` fits the store to it. Every method may raise ``Unavailable``."""

    async def challenge(self, nonce: bytes, credential: str, expires_at: datetime) -> None: ...

    async def redeem(self, nonce: bytes, credential: str, now: datetime) -> bool:
        """Use up a challenge: True once, for its credential and before it expires; never again."""
        ...

    async def create(
        self,
        token_hash: bytes,
        party: str,
        credential: str,
        expires_at: datetime,
        *,
        now: datetime | None = None,
    ) -> None: ...

    async def find(self, token_hash: bytes, now: datetime) -> StoredSession | None: ...

    async def revoke(self, token_hash: bytes) -> bool: ...

    async def revoke_credential(self, credential: str) -> int: ...


class Parties(Protocol):
    async def party(self, party_id: str) -> Party: ...

    async def require_standing(self, party: Party, device: Credential) -> None:
        """Raises ``Invalid`` if the licensed authority of the device's certificate no longer stands behind it."""
        ...


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """``challenge``: base64url, to stand in the body of the signed ``session/login`` statement."""

    challenge: str
    expires_at: datetime


class LoginBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    challenge: str


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """``token``: the secret, for the client alone; ``life``: how long it works from now."""

    token: str
    expires_at: datetime
    life: timedelta
    party: Party
    credential: str

    def __repr__(self) -> str:
        return f"LoggedIn(party={self.party.party!r})"  # a log line must not log in


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the party as it stands now (roles are read anew for each request) and its device."""

    party: Party
    credential: Credential
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        return self.party.actor(self.credential.credential)


class Login:
    """``life``: how long a session lasts. ``random(n)``: n unpredictable bytes."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        parties: Parties,
        authority: CertificateAuthority,
        clock: Clock,
        random: Callable[[int], bytes],
        life: timedelta = timedelta(hours=12),
    ) -> None:
        self._sessions, self._parties, self._authority = sessions, parties, authority
        self._clock, self._random, self._life = clock, random, life

    async def challenge(self, credential: str) -> Challenge:
        """One for whatever credential is named: the answer does not tell which devices exist."""
        nonce = self._random(TOKEN_BYTES)
        expires_at = self._clock.now() + CHALLENGE_LIFE
        await self._sessions.challenge(nonce, credential, expires_at)
        return Challenge(challenge=b64(nonce), expires_at=expires_at)

    async def login(self, statement: object, signature: str) -> LoggedIn:
        """A session for the device that signed its challenge.

        Raises ``Unauthenticated("login-refused")``, the same for an unknown party, another's signature, a
        revoked device and a challenge that is used, foreign or out of date.
        """
        refused = Unauthenticated("login-refused")
        now = self._clock.now()
        try:
            signed, said = statements.received(statement, signature)
            nonce = unb64(msgspec.convert(said.body, LoginBody).challenge)
        except (Invalid, CryptoError, msgspec.ValidationError):
            raise refused from None
        redeemed = await self._sessions.redeem(nonce, said.credential, now)
        party = await self._parties.party(said.by)
        device = party.speaks_through(said.credential)
        if not self._signed_by(device, signed, said.by, said.credential, now) or not redeemed:
            raise refused
        if device is not None:
            await self._require_standing(party, device)
        return await self._begun(party, said.credential, now)

    async def grant(self, party_id: str, credential: str) -> LoggedIn:
        """A session for a device that confirmed it elsewhere (R-CRED-05), if it still speaks for its party."""
        party = await self._parties.party(party_id)
        if party.speaks_through(credential) is None:
            raise Unauthenticated("login-refused")
        return await self._begun(party, credential, self._clock.now())

    async def session(self, token: str) -> Session:
        """Raises ``Unauthenticated("session-ended")`` for a token that is unknown, expired or revoked."""
        found = await self._sessions.find(_hash(token), self._clock.now())
        if found is None:
            raise Unauthenticated("session-ended")
        party = await self._parties.party(found.party)
        device = party.speaks_through(found.credential)
        if device is None:
            raise Unauthenticated("session-ended")
        return Session(party=party, credential=device, expires_at=found.expires_at)

    async def logout(self, token: str) -> None:
        """Ends the session; one that has ended already is none the worse for it."""
        await self._sessions.revoke(_hash(token))

    async def forget(self, credential: str) -> None:
        """Ends every session of a device that was revoked."""
        await self._sessions.revoke_credential(credential)

    async def _begun(self, party: Party, credential: str, now: datetime) -> LoggedIn:
        token = self._random(TOKEN_BYTES)
        expires_at = now + self._life
        await self._sessions.create(_hash(b64(token)), party.party, credential, expires_at, now=now)
        return LoggedIn(
            token=b64(token),
            expires_at=expires_at,
            life=self._life,
            party=party,
            credential=credential,
        )

    async def _require_standing(self, party: Party, device: Credential) -> None:
        try:
            await self._parties.require_standing(party, device)
        except Invalid:
            raise Unauthenticated("login-refused") from None

    def _signed_by(
        self, device: Credential | None, signed: SignedAct, by: str, credential: str, now: datetime
    ) -> bool:
        key = device.signing_key if device is not None else b64(bytes.fromhex(_NOBODYS_KEY))
        try:
            said = statements.check(signed, key)
            statements.require(said, act=ACT, lot=None, by=by, credential=credential)
            if device is None:
                return False
            if device.licensed:
                return True
            certified = self._authority.verify(unb64(device.certificate), now)
        except (Invalid, CryptoError):
            return False
        return certified.party == by


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
