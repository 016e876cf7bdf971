"""The values that the opening's events carry."""

from datetime import datetime

import msgspec

from bidding.domain.bid.joint import Qualification, Share
from bidding.domain.guarantee import OfferedGuarantee
from bidding.domain.scoring.drawrule import Coefficient


class RollMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A member of a consortium and its part of the work. ``grade``: 资质等级 in ``trade``, 1 is best."""

    party: str
    name: str
    uscc: str
    shares: tuple[Share, ...]


class RollEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One line of the bidder list 投标人名单; a consortium is one, under its lead.

    ``deposit_state`` at the deadline: WAIVED, NOT_ASKED, PAID, PARTIAL, NOT_PAID, or SEALED: no money came, and
    only the opening tells whether a guarantee lies in the bid (R-GUAR-01). ``qualifications``: as the bidder stated
    them (R-PLAT-09); ``signed_in_at``: the instant of its sign-in (R-DATA-01). ``deposit_asked_fen``: 分, where the
    bidder's credit made it another than everybody's (R-NB-SS-02).
    """

    bidder: str
    name: str
    uscc: str
    manifest_hash: str
    bid_version: int
    document_version: int
    receipt_number: str
    completed_at: datetime
    deposit_state: str
    signed_in: bool
    # Left out where empty: a record signed before these were taken is computed again byte for byte.
    consortium: tuple[RollMember, ...] = ()
    agreement_sha256: str = ""
    qualifications: tuple[Qualification, ...] = ()
    signed_in_at: datetime | None = None
    deposit_asked_fen: int | None = None

    @property
    def parties(self) -> tuple[str, ...]:
        """All who stand behind the bid, the lead first."""
        return tuple(dict.fromkeys((self.bidder, *(one.party for one in self.consortium))))

    @property
    def units(self) -> tuple[str, ...]:
        """Every id, code and name by which those behind the bid may be meant."""
        members = [unit for one in self.consortium for unit in (one.party, one.uscc, one.name)]
        return (self.bidder, self.uscc, self.name, *members)


class PublishedManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bid's manifest as its bidder signed it. ``certificate``: base64 DER of the signing credential."""

    bidder: str
    manifest: str
    signature: str
    certificate: str


class FormExtra(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A further value that this tender announces; ``label`` is the tender document's."""

    label: str
    value: str


class AnnouncedForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The opened form. ``price_fen`` in 分, ``duration_days`` in calendar days, ``draw_nonce`` base64url.

    ``guarantee``: absent where the bid holds none, so that the hashes of tables without guarantees stay theirs.
    """

    price_fen: int
    duration_days: int
    quality: str
    project_lead: str
    draw_nonce: str = ""
    extras: tuple[FormExtra, ...] = ()
    note: str = ""
    guarantee: OfferedGuarantee | msgspec.UnsetType = msgspec.UNSET


class FrozenBid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bid that was opened when the draw began, and the nonce in its form (base64url of 32 bytes)."""

    bidder: str
    nonce: str


class DrawnCoefficient(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``transcript``: canonical JSON of all that the draw rests on; ``seed``: its hash, hex (``docs/draws.md``)."""

    coefficient: Coefficient
    value: str
    seed: str
    transcript: str


#: Said of a bid whose sealed form, or spare file, is no longer where the platform keeps it.
BODY_MISSING = "the stored body is missing"


class ImportedBid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What opening one released bid gave: a form, or the layer that failed and the evidence.

    ``layer``: release, root, commitment, aead, padding or form; "" when opened. ``form_key``: the
    form's content key, base64url, with which anyone repeats the opening; "" if none could be computed.
    """

    bidder: str
    opened: bool
    form_key: str = ""
    form: AnnouncedForm | None = None
    plaintext_sha256: str = ""
    layer: str = ""
    evidence: str = ""

    @classmethod
    def missing(cls, bidder: str) -> "ImportedBid":
        return cls(bidder=bidder, opened=False, layer="root", evidence=BODY_MISSING)

    @property
    def lost(self) -> bool:
        """By the platform, as it says itself: nobody can open it again, so no record has it."""
        return self == ImportedBid.missing(self.bidder)


class AnnouncedRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of what is read out 唱标 (R-OPEN-28). ``term`` is the statute's word for a bid not opened
    (撤销, 视为撤销, 视为撤回), ``consequence`` what becomes of its deposit (R-BID-10).

    ``deposit_state``: the roll's, but of an opened bid SEALED has become GUARANTEED, GUARANTEE_FAULTY or NOT_PAID.
    """

    bidder: str
    name: str
    uscc: str
    outcome: str
    term: str
    consequence: str
    counts_toward_three: bool
    may_claim_loss: bool
    deposit_state: str
    form: AnnouncedForm | None = None
