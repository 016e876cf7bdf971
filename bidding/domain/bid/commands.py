"""What a bidder may ask for its own bid, and the centre for its deposit. None is guarded by the lot's
version: bidders act at once, each for itself, and the lot does not change by it."""

from typing import Annotated, Literal

import msgspec

from bidding.domain.bid.joint import Consortium, PartyId, Qualifications, Sha256, Shares
from bidding.domain.command import Command
from bidding.domain.parties import Standing

BIDDER = frozenset({Standing.BIDDER})
OPERATOR = frozenset({Standing.OPERATOR})
Fen = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class StartUpload(Command, name="bid/start-upload", by=BIDDER, guarded=False):
    """Announce the upload of one sealed envelope of ``length`` bytes."""

    envelope: Name
    length: Annotated[int, msgspec.Meta(ge=1, le=2**43)]


class Submit(Command, name="bid/submit", by=BIDDER, binding=True, guarded=False):
    """``manifest``: the canonical text signed by ``manifest_signature``; ``uploads``: envelope → upload.

    ``consortium``: for a joint bid, all who stand behind it; the lead alone hands it in (R-ENG-30).
    ``qualifications``: the bidder's own, published with its name on the roll (R-PLAT-09)."""

    manifest: Annotated[str, msgspec.Meta(min_length=2, max_length=1_000_000)]
    manifest_signature: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    uploads: Annotated[dict[str, str], msgspec.Meta(max_length=16)]
    consortium: Consortium | None = None
    qualifications: Qualifications = ()


class Join(Command, name="bid/join", by=BIDDER, binding=True, guarded=False):
    """Agree to a consortium under ``lead``, with this agreement and these parts of the work (招投法 31, 采购法 24).

    Known to nobody but the giver and, once it hands in the joint bid, the lead."""

    lead: PartyId
    agreement_sha256: Sha256
    shares: Shares


class Withdraw(Command, name="bid/withdraw", by=BIDDER, binding=True, guarded=False):
    """``manifest_hash`` names the bid that is pulled out: no stale request hits a newer one."""

    manifest_hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class SignIn(Command, name="bid/sign-in", by=BIDDER, binding=True, guarded=False):
    """签到, within the last hour before the deadline (R-OPEN-21)."""


class RecordDeposit(Command, name="bid/record-deposit", by=OPERATOR, guarded=False):
    """Money that came in. A guarantee is refused here: it travels sealed inside the bid (R-GUAR-01)."""

    bidder: Name
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    form: Literal["CASH", "TRANSFER", "GUARANTEE"]
    reference: Reference


class ReturnDeposit(Command, name="bid/return-deposit", by=OPERATOR, forward=False, guarded=False):
    """Money goes back even while a lot is suspended. ``interest_fen``: bank interest (R-ENG-25)."""

    bidder: Name
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    interest_fen: Fen = 0
    reason: Reference
