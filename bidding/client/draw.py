"""An office's part in the draw of the coefficients: its nonces and, at the supervisor's, the hash chain.

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

#: Values behind the head. One is shown at the draw; a chain is never used for another lot.
LENGTH = 1


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """base64url of 32 bytes each."""

    nonce: str
    reserve: str
    chain: str


class DrawDesk:
    """``keep``: a file for the secrets, so that a restarted device can still reveal what it committed to."""

    def __init__(self, session: Session, office: Office, lot: str, keep: Path) -> None:
        self.session, self.office, self.lot = session, office, lot
        if keep.exists():
            self.secrets = msgspec.json.decode(keep.read_bytes(), type=Secrets)
            return
        made = (b64(secrets.token_bytes(NONCE)) for _ in range(3))
        self.secrets = Secrets(nonce=next(made), reserve=next(made), chain=next(made))
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

    def _commitment(self, source: str, nonce: str) -> str:
        return commitment([self.lot, self.session.party, source], unb64(nonce))

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
