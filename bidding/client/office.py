"""An office at the opening (agency or supervisor): one-time session keys made on its own device."""

from pathlib import Path
from typing import Any

import msgspec

from bidding.client.session import Session
from bidding.crypto.canonical import b64, canonical, unb64
from bidding.crypto.session import (
    Office,
    SessionKeys,
    answer_possession,
    seal_to_platform,
    sign_session,
    transfer_info,
)
from bidding.crypto.suite import INTL_1, KeyPair


class OfficeDesk:
    """``keep``: a file for the session keys, so that a restarted device can still disclose them. ``suite``: the
    lot's."""

    def __init__(
        self, session: Session, office: Office, lot: str, keep: Path | None = None, suite: str = INTL_1
    ) -> None:
        self.session, self.office, self.lot, self._keep, self._suite = session, office, lot, keep, suite
        self.keys = self._kept() or SessionKeys.generate(suite=suite)
        if keep is not None and not keep.exists():
            keep.touch(mode=0o600)
            keep.write_bytes(
                msgspec.json.encode([b64(self.keys.forms.private), b64(self.keys.evaluation.private)])
            )

    def _kept(self) -> SessionKeys | None:
        if self._keep is None or not self._keep.exists():
            return None
        forms, evaluation = msgspec.json.decode(self._keep.read_bytes(), type=tuple[str, str])
        pairs = (KeyPair.from_private(unb64(one), self._suite) for one in (forms, evaluation))
        return SessionKeys(*pairs)

    async def _session_id(self) -> str:
        """Another one for each time that the release is run."""
        view = await self.session.lot(self.lot)
        runs = sum(one["resolution"] == "rerun" for one in view["opening"]["withheld"])
        return f"opening-{self.lot}" + (f"-{runs + 1}" if runs else "")

    async def announce_keys(self) -> dict[str, Any]:
        """Publish the public halves, with proof that the private ones are held here."""
        session_id = await self._session_id()
        public = self.keys.public(self.lot, session_id, self.office)
        text = canonical(public).decode()
        asked = await self.session.post(
            f"/lots/{self.lot}/opening/possession-challenges", {"announcement": text}, keyed=False
        )
        nonce = answer_possession(self.keys, public, (unb64(asked["forms"]), unb64(asked["evaluation"])))
        signed = sign_session(self.session.device.signing.private, public)
        return await self.session.command(
            self.lot,
            "opening/publish-office-keys",
            {
                "session": session_id,
                "forms_key": b64(self.keys.forms.public),
                "evaluation_key": b64(self.keys.evaluation.public),
                "announcement": text,
                "announcement_signature": b64(signed.signature),
                "possession": b64(nonce),
            },
        )

    async def publish_form_key(self) -> dict[str, Any]:
        return await self.session.command(
            self.lot, "opening/publish-form-key", {"private_key": b64(self.keys.forms.private)}
        )

    async def disclose_evaluation_key(self) -> dict[str, Any]:
        """Hand the other envelopes' key to the evaluation, sealed to the platform's key that the notice names."""
        view = await self.session.lot(self.lot)
        platform_key = unb64(view["notice"]["terms"]["platform_key"])
        public = self.keys.public(self.lot, await self._session_id(), self.office)
        sealed = seal_to_platform(
            self.keys.evaluation.private, platform_key, transfer_info(public), self._suite
        )
        return await self.session.command(
            self.lot, "opening/disclose-evaluation-key", {"sealed_key": b64(sealed)}
        )
