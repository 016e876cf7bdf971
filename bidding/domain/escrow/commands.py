"""What may be asked for of the escrow. Trustees are members whom the lot names: who is one, the decision knows."""

from typing import Annotated, Literal

import msgspec

from bidding.domain.command import Command
from bidding.domain.escrow.events import GivenShare, TrialShare
from bidding.domain.opening.commands import BOTH_OFFICES, HOST, Party, PublicKey, Sha256, Text
from bidding.domain.parties import Standing

#: Agency, supervisor and the named notary; ``trustees.trustee_of`` decides.
TRUSTEE = frozenset({Standing.MEMBER})

Number = Annotated[int, msgspec.Meta(ge=1, le=1000)]
#: 0 stands for the opening itself, where trustees alone open and no report is needed.
Occasion = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class NameNotary(Command, name="escrow/name-notary", by=HOST, binding=True):
    """Before the notice: the notary, a party that the centre has given that role."""

    notary: Party


class EnrolKey(Command, name="escrow/enrol-key", by=TRUSTEE, binding=True, guarded=False):
    """Before the notice: a trustee's public key for this lot. The private one stays on its device."""

    suite: Annotated[str, msgspec.Meta(max_length=20)]
    public: PublicKey


class SealTrial(Command, name="escrow/seal-trial", by=HOST, binding=True):
    """Seal a test bid to the three trustees' keys, to be opened by each pair of them before the notice."""


class OpenTrial(Command, name="escrow/open-trial", by=TRUSTEE, binding=True, guarded=False):
    """A trustee's two shares of the test bid, opened on its device."""

    shares: Annotated[tuple[TrialShare, ...], msgspec.Meta(min_length=2, max_length=2)]


class Report(Command, name="escrow/report", by=BOTH_OFFICES, binding=True):
    """The incident report before the escrow is used. ``bidders``: whose keys are lost (``keys-lost``); ``office``:
    the one that withholds its key (``office-withholds``), else empty; ``evidence_hash``: SHA-256 of what proves it."""

    kind: Literal["keys-lost", "office-withholds"]
    bidders: Annotated[tuple[Party, ...], msgspec.Meta(max_length=1000)] = ()
    office: Literal["", "agency", "supervisor"] = ""
    text: Text
    evidence_hash: Sha256


class Agree(Command, name="escrow/agree", by=BOTH_OFFICES, binding=True):
    """The other office's agreement to the report."""

    number: Number


class ReportDeposit(Command, name="escrow/report-deposit", by=TRUSTEE, binding=True, guarded=False):
    """A trustee's word that what a bid left with it for ``envelope`` does not open, or is not what was committed to."""

    number: Occasion
    bidder: Party
    envelope: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class GiveShares(Command, name="escrow/give-shares", by=TRUSTEE, binding=True, guarded=False):
    """A trustee's two shares of each envelope of one bid, after a report that both offices signed; under P3 (``number``
    0) when the host has ordered it."""

    number: Occasion
    bidder: Party
    shares: Annotated[tuple[GivenShare, ...], msgspec.Meta(min_length=2, max_length=32)]
