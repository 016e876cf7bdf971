"""扫码 (R-CRED-05): from a code on a PC's screen to a session there, or to a statement signed by the phone."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from bidding.application import statements
from bidding.application.login import TOKEN_BYTES, LoggedIn, Login, Parties, Session
from bidding.application.ports import Clock
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError
from bidding.domain.errors import Conflicting, Forbidden, Invalid, Refusal, Unknown
from bidding.domain.event import SignedAct
from bidding.domain.registration.scan import (
    CONFIRM,
    LIFE,
    RULE,
    SIGN_IN,
    Confirmation,
    Scan,
    Stage,
    collectable,
    confirmed,
    declined,
    number_of,
    opened,
)
from bidding.domain.registry import COMMANDS

#: Challenges of one address that run at the same time: an office behind one address goes on signing in.
AT_ONCE = 30


class TooMany(Refusal):
    """Asked for more often than anybody needs; ``found.retry_after``: seconds."""


class StoredScans(Protocol):
    """``bidding/compose`` fits the store to it. Every method may raise ``Unavailable``."""

    async def begin(
        self,
        challenge: bytes,
        holder: bytes,
        doc: bytes,
        *,
        address: str,
        expires_at: datetime,
        now: datetime,
        at_most: int,
    ) -> bool:
        """False, and nothing: ``address`` has ``at_most`` that have not expired."""
        ...

    async def find(self, challenge: bytes) -> tuple[bytes, bytes] | None:
        """(holder, document)."""
        ...

    async def replace(self, challenge: bytes, was: bytes, becomes: bytes) -> bool: ...

    async def take(self, challenge: bytes, was: bytes) -> bool:
        """Forget it: True for one caller alone."""
        ...


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request comes from: the page's origin, the address, and what the browser calls itself."""

    origin: str
    address: str = ""
    agent: str = ""


class Scanning:
    """``random(n)``: n unpredictable bytes."""

    def __init__(
        self,
        *,
        store: StoredScans,
        login: Login,
        parties: Parties,
        clock: Clock,
        random: Callable[[int], bytes],
    ) -> None:
        self._store, self._login, self._parties = store, login, parties
        self._clock, self._random = clock, random

    async def begin(self, holder: str, place: Place) -> Scan:
        """A challenge for signing in. ``holder``: hex SHA-256 of the secret that collects it. Raises ``TooMany``."""
        return await self._shown(self._fresh(SIGN_IN, holder, place), bytes.fromhex(holder))

    async def begin_act(self, holder: str, statement: object, asking: Session, place: Place) -> Scan:
        """A challenge for the very statement that the session's device would sign. Raises ``TooMany``, ``Invalid``."""
        signed, said = statements.received(statement, "")
        command = COMMANDS.get(said.act)
        if command is None or not command.BINDING:
            raise Invalid("scan-of-no-act", rule=RULE, act=said.act)
        by, credential = asking.party.party, asking.credential.credential
        statements.require(said, act=said.act, lot=said.lot, by=by, credential=credential)
        digest = hashlib.sha256(signed.statement.encode("utf-8")).hexdigest()
        scan = msgspec.structs.replace(
            self._fresh(said.act, digest, place),
            lot=said.lot,
            party=by,
            credential=credential,
            statement=signed.statement,
        )
        return await self._shown(scan, bytes.fromhex(holder))

    async def open(self, challenge: str, asking: Session, origin: str) -> Scan:
        """On the phone, which is logged in with the key that is to sign."""
        _, was, scan = await self._found(challenge)
        by, credential = asking.party.party, asking.credential.credential
        return await self._moved(scan, was, opened(scan, by, credential, origin, self._clock.now()))

    async def confirm(self, statement: object, signature: str, act_signature: str, asking: Session) -> None:
        """``act_signature``: over the challenge's statement, empty for a sign-in.

        Raises ``Invalid`` for a signature, or for a confirmation that is not of this challenge; ``Forbidden`` for a
        wrong number, which ends it."""
        signed, said = statements.received(statement, signature)
        try:
            confirmation = msgspec.convert(said.body, Confirmation)
        except msgspec.ValidationError:
            raise Invalid("scan-altered", rule=RULE, field="body") from None
        _, was, scan = await self._found(confirmation.challenge)
        by, device = asking.party.party, asking.credential
        statements.require(said, act=CONFIRM, lot=scan.lot, by=by, credential=device.credential)
        statements.check(signed, device.signing_key)
        after = confirmed(scan, confirmation, by, device.credential, act_signature, self._clock.now())
        if after.signature:
            statements.check(SignedAct(statement=scan.statement, signature=act_signature), device.signing_key)
        await self._parties.require_standing(asking.party, device)
        await self._moved(scan, was, after)
        if after.stage is Stage.MISMATCHED:
            raise Forbidden("scan-number-wrong", rule=RULE)

    async def decline(self, challenge: str, asking: Session) -> None:
        _, was, scan = await self._found(challenge)
        by, credential = asking.party.party, asking.credential.credential
        await self._moved(scan, was, declined(scan, by, credential, self._clock.now()))

    async def collect(
        self, challenge: str, secret: str, asking: Session | None
    ) -> tuple[Scan, LoggedIn | None]:
        """For the PC, by the secret that it alone holds; once. The session belongs to a sign-in that is confirmed.

        Raises what has become of the challenge: ``Unknown("scan-ended")``, ``Forbidden``."""
        holder, was, scan = await self._found(challenge)
        if not hmac.compare_digest(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest(), holder):
            raise Unknown("scan-ended", rule=RULE)
        if not scan.signs_in and (asking is None or asking.credential.credential != scan.credential):
            raise Unknown("scan-ended", rule=RULE)
        if not collectable(scan, self._clock.now()):
            return scan, None
        if not await self._store.take(unb64(challenge), was):
            raise Unknown("scan-ended", rule=RULE)
        return scan, await self._login.grant(scan.party, scan.credential) if scan.signs_in else None

    def _fresh(self, action: str, digest: str, place: Place) -> Scan:
        return Scan(
            challenge=b64(self._random(TOKEN_BYTES)),
            action=action,
            digest=digest,
            origin=place.origin,
            expires_at=self._clock.now() + LIFE,
            number=number_of(self._random(4)),
            address=place.address,
            agent=place.agent,
        )

    async def _shown(self, scan: Scan, holder: bytes) -> Scan:
        begun = await self._store.begin(
            unb64(scan.challenge),
            holder,
            msgspec.json.encode(scan),
            address=scan.address,
            expires_at=scan.expires_at,
            now=self._clock.now(),
            at_most=AT_ONCE,
        )
        if not begun:
            raise TooMany("scan-too-many", rule=RULE, retry_after=int(LIFE.total_seconds()) // 4)
        return scan

    async def _found(self, challenge: str) -> tuple[bytes, bytes, Scan]:
        """(holder, document, challenge). Raises ``Unknown("scan-ended")``: what is no challenge might have been one."""
        try:
            found = await self._store.find(unb64(challenge))
        except CryptoError:
            found = None
        if found is None:
            raise Unknown("scan-ended", rule=RULE)
        holder, was = found
        return holder, was, msgspec.json.decode(was, type=Scan)

    async def _moved(self, scan: Scan, was: bytes, after: Scan) -> Scan:
        if not await self._store.replace(unb64(scan.challenge), was, msgspec.json.encode(after)):
            raise Conflicting("scan-answered-already", rule=RULE)
        return after
