"""A consortium's file 联合体文件, the same for all members: lead, agreement, each one's share (R-ENG-30)."""

from pathlib import Path
from typing import Any

import msgspec

from bidding.client.session import Session
from bidding.domain.bid.joint import Consortium, PartyId


class ConsortiumFile(Consortium, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """JSON: ``lead`` beside the fields of ``Consortium`` (``agreement_sha256``, ``partners``)."""

    lead: PartyId

    def joining(self, party: str) -> dict[str, Any]:
        """The fields of the member's ``bid/join``. Raises ``KeyError`` if the file does not name it."""
        own = {one.party: one for one in self.partners}[party]
        return {
            "lead": self.lead,
            "agreement_sha256": self.agreement_sha256,
            "shares": msgspec.to_builtins(own.shares),
        }

    def submitted(self) -> dict[str, Any]:
        """The field ``consortium`` of the lead's ``bid/submit``."""
        return {
            "agreement_sha256": self.agreement_sha256,
            "partners": msgspec.to_builtins(self.partners),
        }


def read_consortium(path: Path) -> ConsortiumFile:
    """Raises ``OSError``, ``msgspec.DecodeError`` (also for a wrong field, named in its text)."""
    return msgspec.json.decode(path.read_bytes(), type=ConsortiumFile)


async def join(session: Session, lot: str, file: ConsortiumFile) -> dict[str, Any]:
    """Agree, as the member that is logged in. Raises ``KeyError`` for who is none, ``Problem``."""
    me = await session.get("/parties/me")
    return await session.command(lot, "bid/join", file.joining(me["party"]))
