"""A trustee of a lot's keys (agency, supervisor or notary): a key of its own for each lot, made on its own device."""

from pathlib import Path
from typing import Any

from msgspec import UNSET

from bidding.client.session import Session
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.errors import OpeningError
from bidding.crypto.escrow import Trustee, give, held_shares, share_commitment
from bidding.crypto.manifest import Manifest
from bidding.crypto.padding import FORM
from bidding.crypto.suite import INTL_1, KeyPair


class TrusteeDesk:
    """``keep``: the file of the private key (mode 0600). It is needed until the lot's evaluation has ended."""

    def __init__(self, session: Session, trustee: Trustee, lot: str, keep: Path, suite: str = INTL_1) -> None:
        self.session, self.trustee, self.lot = session, trustee, lot
        #: Bidder → the envelope whose shares, as its bidder left them, do not open: reported, not given.
        self.faulty: dict[str, str] = {}
        if keep.exists():
            self.keys = KeyPair.from_private(unb64(keep.read_text().strip()), suite)
            return
        self.keys = KeyPair.generate(suite=suite)
        keep.touch(mode=0o600)
        keep.write_text(b64(self.keys.private) + "\n")

    async def enrol(self) -> dict[str, Any]:
        """Before the notice."""
        fields = {"suite": self.keys.suite, "public": b64(self.keys.public)}
        return await self.session.command(self.lot, "escrow/enrol-key", fields)

    async def open_trial(self) -> dict[str, Any]:
        """Open this trustee's two shares of the test bid. Raises ``OpeningError``."""
        papers = await self.session.get(f"/lots/{self.lot}/escrow")
        manifest = parse_canonical(papers["trial"].encode(), Manifest)
        shares = self._held(manifest, FORM)
        shown = [{"index": index, "share": b64(share)} for index, share in sorted(shares.items())]
        return await self.session.command(self.lot, "escrow/open-trial", {"shares": shown})

    async def give(self, number: int = 0) -> list[str]:
        """This trustee's shares of every bid in report ``number`` (0: at the opening, where trustees alone open) that
        were not given before; the bidders whose shares were. What was left wrongly is reported (``faulty``)."""
        papers = await self.session.get(f"/lots/{self.lot}/escrow")
        given = []
        for one in papers["reports"][str(number)]:
            manifest = parse_canonical(one["manifest"].encode(), Manifest)
            about: dict[str, Any] = {"number": number, "bidder": one["bidder"]}
            try:
                about["shares"] = self.shares(manifest, unb64(papers["platform_key"]))
            except OpeningError as error:
                about["envelope"] = self.faulty[one["bidder"]] = error.envelope or FORM
                await self.session.command(self.lot, "escrow/report-deposit", about)
                continue
            await self.session.command(self.lot, "escrow/give-shares", about)
            given.append(one["bidder"])
        return given

    def shares(self, manifest: Manifest, platform_key: bytes) -> list[dict[str, Any]]:
        """Both shares of every envelope, with the commitment that the trustee signs, wrapped for the opening."""
        return [
            {
                "envelope": envelope.name,
                "index": index,
                "commitment": share_commitment(manifest.target(envelope.name), index, share),
                "wrapped": b64(
                    give(share, manifest.target(envelope.name), self.trustee, index, platform_key)
                ),
            }
            for envelope in manifest.envelopes
            for index, share in sorted(self._held(manifest, envelope.name).items())
        ]

    def _held(self, manifest: Manifest, name: str) -> dict[int, bytes]:
        escrow = manifest.envelope(name).escrow
        if escrow is UNSET:
            raise LookupError("this bid left nothing with trustees")
        return held_shares(escrow, manifest.target(name), self.trustee, self.keys)
