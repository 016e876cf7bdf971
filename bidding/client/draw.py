"""An office's part in the draws, of the coefficients and of the experts: its nonces and, at the supervisor's, the
hash chain that both end with.

They are made on the office's own device and stay there until they are asked for (``docs/draws.md``).
"""

import secrets
from pathlib import Path
from typing import Any

import msgspec

from bidding.client.session import Session
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.draws import NONCE, chain, commitment
from bidding.crypto.files import appearing
from bidding.crypto.session import Office
from bidding.domain.evaluation.ticketing import PURPOSE, purpose

#: Values behind the head: one for the coefficients, one for the experts; a chain is never used for another lot.
LENGTH = 2


class RoundSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Of a later round of the experts' draw, base64url; ``chain`` has one value behind its head."""

    nonce: str
    reserve: str
    chain: str


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """base64url of 32 bytes each; the last two are for the draw of the experts, ``rounds`` for the later ones of it."""

    nonce: str
    reserve: str
    chain: str
    experts: str
    experts_reserve: str
    rounds: dict[int, RoundSecrets] = {}


class DrawDesk:
    """``keep``: a file for the secrets, so that a restarted device can still reveal what it committed to."""

    def __init__(self, session: Session, office: Office, lot: str, keep: Path) -> None:
        self.session, self.office, self.lot, self._keep = session, office, lot, keep
        if keep.exists():
            self.secrets = msgspec.json.decode(keep.read_bytes(), type=Secrets)
            return
        nonce, reserve, end, experts, experts_reserve = (b64(secrets.token_bytes(NONCE)) for _ in range(5))
        self.secrets = Secrets(
            nonce=nonce, reserve=reserve, chain=end, experts=experts, experts_reserve=experts_reserve
        )
        self._store()

    def _store(self) -> None:
        """Whole or not at all: half a file would lose what has been committed to already."""
        with appearing(self._keep) as file:
            file.write(msgspec.json.encode(self.secrets))

    def _round(self, number: int) -> RoundSecrets:
        """Made once, and kept before anything of it is said."""
        if number not in self.secrets.rounds:
            made = RoundSecrets(
                **{name: b64(secrets.token_bytes(NONCE)) for name in RoundSecrets.__struct_fields__}
            )
            rounds = {**self.secrets.rounds, number: made}
            self.secrets = msgspec.structs.replace(self.secrets, rounds=rounds)
            self._store()
        return self.secrets.rounds[number]

    @property
    def _chain(self) -> tuple[bytes, ...]:
        return chain(self.lot, unb64(self.secrets.chain), LENGTH)

    async def anchor(self) -> str:
        """The supervisor, before the notice: publish the chain's head. Returns it."""
        head = b64(self._chain[0])
        await self.session.command(self.lot, "opening/anchor-draw", {"anchor": head})
        return head

    async def commit(self) -> dict[str, Any]:
        """Before the deadline."""
        fields = {"commitment": self._commitment(self.office, self.secrets.nonce)}
        if self.office == "agency":
            fields["reserve"] = self._commitment("reserve", self.secrets.reserve)
        return await self.session.command(self.lot, "opening/commit-draw", fields)

    def _commitment(self, source: str, nonce: str, *purpose: str) -> str:
        return commitment([self.lot, self.session.party, source, *purpose], unb64(nonce))

    async def reveal(self) -> dict[str, Any]:
        """Whatever of this office's is waited for now."""
        view = await self.session.lot(self.lot)
        drawing = view["opening"]["drawing"]
        shown = {one["source"] for one in (*drawing["reveals"], *drawing["missed"])}
        if self.office == "agency":
            value = self.secrets.reserve if "agency" in shown else self.secrets.nonce
        else:
            committed = {one["source"] for one in drawing["commitments"]}
            own = "supervisor" in committed and "supervisor" not in shown
            value = self.secrets.nonce if own else b64(self._chain[1])
        return await self.session.command(self.lot, "opening/reveal-draw", {"value": value})

    async def commit_experts(self) -> dict[str, Any]:
        """From the notice until the pool is frozen; for a later round, once the host has opened it."""
        number = (await self.session.lot(self.lot))["evaluation"]["lottery"]["round"]
        if number > 1:
            return await self.session.command(self.lot, "evaluation/commit-draw", self._for_round(number))
        fields = {"commitment": self._commitment(self.office, self.secrets.experts, PURPOSE)}
        if self.office == "agency":
            fields["reserve"] = self._commitment("reserve", self.secrets.experts_reserve, PURPOSE)
        return await self.session.command(self.lot, "evaluation/commit-draw", fields)

    def _for_round(self, number: int) -> dict[str, str]:
        made, named = self._round(number), purpose(number)
        fields = {"commitment": self._commitment(self.office, made.nonce, named)}
        if self.office == "agency":
            return {**fields, "reserve": self._commitment("reserve", made.reserve, named)}
        return {**fields, "anchor": b64(chain(self.lot, unb64(made.chain), 1)[0])}

    async def reveal_experts(self) -> dict[str, Any]:
        """Whatever of this office's is waited for now; the beacon is the chain's value behind the last one shown."""
        view = await self.session.lot(self.lot)
        drawing = view["evaluation"]["lottery"]["drawing"]
        shown = {one["source"] for one in (*drawing["reveals"], *drawing["missed"])}
        number = view["evaluation"]["lottery"]["round"]
        if number > 1:
            made = self._round(number)
            own = self.office in {one["source"] for one in drawing["commitments"]} - shown
            other = made.reserve if self.office == "agency" else made.chain
            value = made.nonce if own else other
        elif self.office == "agency":
            value = self.secrets.experts_reserve if "agency" in shown else self.secrets.experts
        elif "supervisor" in {one["source"] for one in drawing["commitments"]} - shown:
            value = self.secrets.experts
        else:
            before = {one["source"] for one in view["opening"]["drawing"]["reveals"]}
            value = b64(self._chain[2 if "beacon" in before else 1])
        return await self.session.command(self.lot, "evaluation/reveal-draw", {"value": value})
