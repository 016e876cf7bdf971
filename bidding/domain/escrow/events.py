"""Facts of the escrow, on the lot's stream: the ceremony before the notice, and its use after the release window."""

from datetime import datetime

import msgspec

from bidding.domain.event import EVERYONE, OFFICES, Event, SignedAct


class TrialShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A share of the test bid, opened: base64url of 32 bytes."""

    index: int
    share: str


class OpenedPair(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Two trustees whose shares opened the test bid; ``plaintext_sha256``: hex, of the form they read."""

    first: str
    second: str
    plaintext_sha256: str


class GivenShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``commitment``: hex hash of the share that is given, as the trustee says and signs; ``wrapped``: the share,
    ciphertext for the lot's evaluation key (base64url)."""

    envelope: str
    index: int
    commitment: str
    wrapped: str


class NotaryNamed(Event, topic="lot.escrow-notary-named.v1", audience=OFFICES):
    """The notary 公证机构 is the third trustee, beside agency and supervisor."""

    notary: str
    name: str
    by: str
    at: datetime
    signed: SignedAct


class TrusteeKeyEnrolled(Event, topic="lot.escrow-key-enrolled.v1", audience=OFFICES):
    """A trustee's public key for this lot (base64url); a later one replaces it, and the trial is to be made again."""

    trustee: str
    suite: str
    public: str
    by: str
    at: datetime
    signed: SignedAct


class TrialSealed(Event, topic="lot.escrow-trial-sealed.v1", audience=OFFICES):
    """A test bid: canonical manifest, and its sealed form (base64url)."""

    manifest: str
    sealed: str
    by: str
    at: datetime
    signed: SignedAct


class TrialShared(Event, topic="lot.escrow-trial-shared.v1", audience=OFFICES):
    """One trustee opened its two shares of the test bid: proof that it holds the private key."""

    trustee: str
    shares: tuple[TrialShare, ...]
    by: str
    at: datetime
    signed: SignedAct


class TrialPassed(Event, topic="lot.escrow-trial-passed.v1", audience=OFFICES):
    """Each pair of trustees opened the test bid."""

    pairs: tuple[OpenedPair, ...]
    at: datetime


class EscrowReported(Event, topic="lot.escrow-reported.v1", audience=EVERYONE):
    """The signed incident report without which nothing is opened by trustees. ``kind``: keys-lost (``bidders`` could
    not release) or office-withholds (``office`` does not publish its key, so all bids); ``evidence_hash``: hex."""

    number: int
    kind: str
    bidders: tuple[str, ...]
    office: str
    text: str
    evidence_hash: str
    reporter: str
    by: str
    at: datetime
    signed: SignedAct


class EscrowAgreed(Event, topic="lot.escrow-agreed.v1", audience=EVERYONE):
    """The other office agrees to the use of the escrow (R-BID-07: a decision of host and supervisor)."""

    number: int
    office: str
    by: str
    at: datetime
    signed: SignedAct


class SharesGiven(Event, topic="lot.escrow-shares-given.v1", audience=EVERYONE):
    """One trustee's two shares of every envelope of one bid. Ciphertext: the price is read at the import.

    ``number``: of the report; 0 at an opening by trustees alone."""

    number: int
    bidder: str
    trustee: str
    shares: tuple[GivenShare, ...]
    by: str
    at: datetime
    signed: SignedAct


class DepositFaulted(Event, topic="lot.escrow-deposit-faulted.v1", audience=EVERYONE):
    """A trustee says that the shares which a bid left with it do not open. Said by two it is held against a bid that
    trustees alone were to open (R-BID-06); said by one it is nothing, for the two others have the key."""

    number: int
    bidder: str
    trustee: str
    envelope: str
    by: str
    at: datetime
    signed: SignedAct


class FalseShareShown(Event, topic="lot.escrow-false-share.v1", audience=EVERYONE):
    """A trustee gave another share than the bidder committed to: by its own signature, against the bidder's.

    ``shown``: the commitment of what it gave, ``committed``: that of the bid's manifest.
    """

    number: int
    bidder: str
    trustee: str
    envelope: str
    index: int
    shown: str
    committed: str
    by: str
    at: datetime
    signed: SignedAct
