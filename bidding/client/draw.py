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
from bidding.crypto.session import Office
from bidding.domain.evaluation.ticketing import PURPOSE

#: Values behind the head: one for the coefficients, one for the experts; a chain is never used for another lot.
LENGTH = 2


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """base64url of 32 bytes each; the last two are for the draw of the experts."""

    nonce: str
    reserve: str
    chain: str
    experts: str
    experts_reserve: str


class DrawDesk:
    """``keep``: a file for the secrets, so that a restarted device can still reveal what it committed to."""

    def __init__(self, session: Session, office: Office, lot: str, keep: Path) -> None:
        self.session, self.office, self.lot = session, office, lot
        if keep.exists():
            self.secrets = msgspec.json.decode(keep.read_bytes(), type=Secrets)
            return
        self.secrets = Secrets(
            **{name: b64(secrets.token_bytes(NONCE)) for name in Secrets.__struct_fields__}
        )
        keep.touch(mode=0o600)
        keep.write_bytes(msgspec.json.encode(self.secrets))

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
        """From the notice until the pool is frozen."""
        fields = {"commitment": self._commitment(self.office, self.secrets.experts, PURPOSE)}
        if self.office == "agency":
            fields["reserve"] = self._commitment("reserve", self.secrets.experts_reserve, PURPOSE)
        return await self.session.command(self.lot, "evaluation/commit-draw", fields)

    async def reveal_experts(self) -> dict[str, Any]:
        """Whatever of this office's is waited for now; the beacon is the chain's value behind the last one shown."""
        view = await self.session.lot(self.lot)
        drawing = view["evaluation"]["lottery"]["drawing"]
        shown = {one["source"] for one in (*drawing["reveals"], *drawing["missed"])}
        if self.office == "agency":
            value = self.secrets.experts_reserve if "agency" in shown else self.secrets.experts
        elif "supervisor" in {one["source"] for one in drawing["commitments"]} - shown:
            value = self.secrets.experts
        else:
            before = {one["source"] for one in view["opening"]["drawing"]["reveals"]}
            value = b64(self._chain[2 if "beacon" in before else 1])
        return await self.session.command(self.lot, "evaluation/reveal-draw", {"value": value})
