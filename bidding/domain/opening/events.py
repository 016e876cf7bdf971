"""Facts of the remote opening, on the lot's stream (R-OPEN-20…30).

No event before ``RollPublished`` names a bidder, and none before ``SubmissionClosed`` depends on how
many bids there are (R-GEN-04, R-DOC-03). From then on the opening is public (R-OPEN-01).
"""

from datetime import datetime

from msgspec import UNSET, UnsetType

from bidding.domain.event import COMMITTEE, EVERYONE, OFFICES, PARTICIPANTS, Event, SignedAct
from bidding.domain.opening.entries import (
    AnnouncedRow,
    DrawnCoefficient,
    FrozenBid,
    ImportedBid,
    PublishedManifest,
    RollEntry,
)
from bidding.domain.scoring.drawrule import Source


class SubmissionClosed(Event, topic="lot.submission-closed.v1", audience=EVERYONE):
    """Nothing completed later counts. ``received``: complete, not withdrawn; all learn it now (R-OPEN-22)."""

    at: datetime
    deadline: datetime
    received: int


class CountChecked(Event, topic="lot.count-checked.v1", audience=EVERYONE):
    """The fewer-than-three gate (R-OPEN-09). ``stage``: DEADLINE or DECRYPTION."""

    stage: str
    decision: str
    received: int
    counted: int
    opened: int
    at: datetime


class LotFailed(Event, topic="lot.failed.v1", audience=EVERYONE):
    """流标 / 废标. ``decision`` is the gate's; nothing of the lot is ever opened afterwards."""

    reason: str
    decision: str
    rule: str
    at: datetime


class RollPublished(Event, topic="lot.roll-published.v1", audience=EVERYONE):
    """公布投标人名单: one list, for all at once, by the host's command (R-OPEN-23)."""

    at: datetime
    roll: tuple[RollEntry, ...]
    manifests: tuple[PublishedManifest, ...]
    signed: SignedAct


class OfficeKeysPublished(Event, topic="lot.office-keys-published.v1", audience=EVERYONE):
    """The one-time public keys of one office for this opening, of the lot's suite (base64url).

    ``office``: agency or supervisor. ``announcement`` is the signed canonical text that binds them.
    """

    office: str
    session: str
    forms_key: str
    evaluation_key: str
    announcement: str
    announcement_signature: str
    by: str
    at: datetime
    signed: SignedAct


class ReleaseOrdered(Event, topic="lot.release-ordered.v1", audience=EVERYONE):
    window_opens: datetime
    window_ends: datetime
    signed: SignedAct


class KeyReleased(Event, topic="lot.key-released.v1", audience=EVERYONE):
    """Ciphertext until both offices publish their form keys. A later one of the same bidder replaces it."""

    bidder: str
    release: str
    release_signature: str
    at: datetime
    receipt_number: str
    receipt: str
    receipt_signature: str
    signed: SignedAct
    receipt_provider: str = "soft"


class KeyWithheldReported(Event, topic="lot.key-withheld-reported.v1", audience=EVERYONE):
    """An office does not publish its form key, and no trustee has it (P1). ``exposed``: the other office's key is out,
    so whoever holds the missing one can read the released bids alone. ``key``: ``evaluation`` if it is the one that
    the other envelopes wait for, after the opening."""

    number: int
    office: str
    exposed: bool
    text: str
    evidence_hash: str
    reporter: str
    by: str
    at: datetime
    signed: SignedAct
    key: str | UnsetType = UNSET


class WithheldKeyDecided(Event, topic="lot.withheld-key-decided.v1", audience=EVERYONE):
    """``resolution``: rerun (session, releases and private keys of this run count no more; of one for the evaluation
    what was opened stays open) or fail; ``substitute``: the party that is the agency's office from here on, empty where
    there is none."""

    number: int
    resolution: str
    substitute: str
    reason: str
    by: str
    at: datetime
    signed: SignedAct


class SpareHandedIn(Event, topic="lot.spare-handed-in.v1", audience=EVERYONE):
    """A bidder whose keys did not come brought the spare file that its receipt names: ``sha256`` hex, ``length`` bytes
    (R-PAIN-05). What is in it is read at the import, with all other bids."""

    bidder: str
    sha256: str
    length: int
    reason: str
    at: datetime
    signed: SignedAct


class SpareAccepted(Event, topic="lot.spare-accepted.v1", audience=EVERYONE):
    """The supervisor takes it. ``fault``: BIDDER or OTHER, whose doing it was; ``evidence_hash``: hex."""

    bidder: str
    fault: str
    reason: str
    evidence_hash: str
    by: str
    at: datetime
    signed: SignedAct


class HelpRequested(Event, topic="lot.help-requested.v1", audience=OFFICES):
    bidder: str
    text: str
    at: datetime


class HelpAnswered(Event, topic="lot.help-answered.v1", audience=OFFICES):
    """And by ``bidder``, through its own requests. ``number``: of the request, from 1."""

    number: int
    bidder: str
    answer: str
    by: str
    at: datetime


class RoomOpened(Event, topic="lot.room-opened.v1", audience=EVERYONE):
    """The procedure, and who has which part: ``chair`` 主持, ``reader`` 唱标, ``monitor`` 监标 (R-OPEN-20)."""

    procedure: str
    chair: str
    reader: str
    monitor: str
    at: datetime
    signed: SignedAct


class AnnouncementMade(Event, topic="lot.announcement-made.v1", audience=EVERYONE):
    """The host's, in the announcement column (R-ROOM-01)."""

    number: int
    text: str
    by: str
    at: datetime
    signed: SignedAct


class MessageSaid(Event, topic="lot.message-said.v1", audience=PARTICIPANTS):
    """Among those inside; guests never see who writes to whom (R-ROOM-05)."""

    number: int
    by: str
    text: str
    at: datetime


class WindowExtended(Event, topic="lot.window-extended.v1", audience=EVERYONE):
    """For all at once. ``window``: release, confirmation or reveal; ``reason``: host, incident, suspension,
    mismatch or remedy; ``minutes`` rounded up. An already ended release window is open again."""

    window: str
    reason: str
    text: str
    until: datetime
    minutes: int
    at: datetime


class IncidentOpened(Event, topic="lot.incident-opened.v1", audience=EVERYONE):
    """``kind``: data, power, attack, third-party or other (R-INC-01); ``began`` may lie before ``at``."""

    number: int
    kind: str
    cause: str
    began: datetime
    at: datetime
    by: str


class IncidentClosed(Event, topic="lot.incident-closed.v1", audience=EVERYONE):
    number: int
    cause: str
    ended: datetime
    at: datetime
    by: str


class WindowEnded(Event, topic="lot.window-ended.v1", audience=EVERYONE):
    """``unreleased``: bidders whose keys did not arrive; each needs a fault decision (R-BID-08)."""

    at: datetime
    unreleased: tuple[str, ...]


class FaultDecided(Event, topic="lot.fault-decided.v1", audience=EVERYONE):
    """Whose fault it is that a bid is not opened (20号令 31): a finding with evidence and a signer.

    ``fault``: BIDDER → 视为撤销, OTHER → 视为撤回 and the bidder may claim its loss.
    """

    bidder: str
    fault: str
    outcome: str
    term: str
    consequence: str
    evidence: str
    evidence_hash: str
    by: str
    at: datetime
    signed: SignedAct


class BidRevoked(Event, topic="lot.bid-revoked.v1", audience=EVERYONE):
    """撤销: pulled out at or after the deadline (招投条例 35). ``consequence`` is never a payment order in a
    waived lot (R-WAIVE-09)."""

    bidder: str
    requested_at: datetime
    consequence: str
    at: datetime


class FormKeysPublished(Event, topic="lot.form-keys-published.v1", audience=EVERYONE):
    """The private form-session key of one office (base64url). With the second one every price is readable."""

    office: str
    private_key: str
    by: str
    at: datetime
    signed: SignedAct


class BidsImported(Event, topic="lot.bids-imported.v1", audience=EVERYONE):
    """批量导入: every released bid, in one batch, once (R-OPEN-02, R-OPEN-26)."""

    at: datetime
    results: tuple[ImportedBid, ...]


class PricesAnnounced(Event, topic="lot.prices-announced.v1", audience=EVERYONE):
    """唱标. ``max_price_fen``: the 最高投标限价, read out again; 0 if the tender has none.

    ``table_hash``: hex SHA-256 of the canonical table, which bidders confirm; ``corrects``: the upheld objection for
    which it was announced again, or 0. What was confirmed of the earlier table counts no more.
    """

    at: datetime
    table: tuple[AnnouncedRow, ...]
    table_hash: str
    max_price_fen: int
    confirm_until: datetime
    signed: SignedAct
    corrects: int = 0


class BidderConfirmed(Event, topic="lot.bidder-confirmed.v1", audience=EVERYONE):
    bidder: str
    table_hash: str
    at: datetime
    signed: SignedAct


class OpeningObjectionRaised(Event, topic="lot.opening-objection-raised.v1", audience=EVERYONE):
    """``kind``: mismatch (what was announced is not what was bid) or objection 异议 (招投条例 44)."""

    number: int
    bidder: str
    kind: str
    text: str
    at: datetime
    signed: SignedAct


class OpeningObjectionAnswered(Event, topic="lot.opening-objection-answered.v1", audience=EVERYONE):
    """An upheld one waits for the supervisor."""

    number: int
    answer: str
    at: datetime
    signed: SignedAct
    upheld: bool = False


class OpeningObjectionDecided(Event, topic="lot.opening-objection-decided.v1", audience=EVERYONE):
    """The supervisor's decision of an upheld objection: dismiss, reannounce or retender."""

    number: int
    decision: str
    reason: str
    by: str
    at: datetime
    signed: SignedAct


class ConfirmationClosed(Event, topic="lot.confirmation-closed.v1", audience=EVERYONE, omit_defaults=True):
    """``silence_accepts``: whether document or law lets silence count as acceptance (R-OPEN-28); ``absent``: who was
    not there, where that has a meaning, and which: ``absence`` (R-ROOM-02, R-GP-13)."""

    at: datetime
    silent: tuple[str, ...]
    silence_accepts: bool
    rule: str
    absent: tuple[str, ...] = ()
    absence: str = ""


class RecordSigned(Event, topic="lot.record-signed.v1", audience=EVERYONE):
    office: str
    record_hash: str
    by: str
    at: datetime
    signed: SignedAct


class OpeningEnded(Event, topic="lot.opening-ended.v1", audience=EVERYONE):
    """``record``: the canonical text of the opening record 开标记录; ``record_hash``: its hex SHA-256."""

    at: datetime
    record: str
    record_hash: str


class HoldResolved(Event, topic="lot.hold-resolved.v1", audience=EVERYONE):
    """The supervisor's decision where no rule settles the count (R-OPEN-09): ``remedy`` or ``fail``."""

    resolution: str
    reason: str
    by: str
    at: datetime
    signed: SignedAct


class EvaluationKeysDisclosed(Event, topic="lot.evaluation-keys-disclosed.v1", audience=COMMITTEE | OFFICES):
    """The private evaluation-session key of one office, sealed to the lot's evaluation key (base64url)."""

    office: str
    sealed_key: str
    by: str
    at: datetime
    signed: SignedAct


class ReferencePriceCommitted(Event, topic="lot.reference-price-committed.v1", audience=EVERYONE):
    """There is a 标底. ``commitment``: hex SHA-256 of lot, figure and salt (R-ENG-19)."""

    commitment: str
    at: datetime
    signed: SignedAct


class ReferencePriceRevealed(Event, topic="lot.reference-price-revealed.v1", audience=EVERYONE):
    reference_fen: int
    salt: str
    at: datetime
    signed: SignedAct


class ReferencePriceAbandoned(Event, topic="lot.reference-price-abandoned.v1", audience=EVERYONE):
    reason: str
    at: datetime
    signed: SignedAct


class DrawAnchored(Event, topic="lot.draw-anchored.v1", audience=OFFICES):
    """Before the notice, which repeats it to all: the head of the supervisor's hash chain (base64url)."""

    anchor: str
    by: str
    at: datetime
    signed: SignedAct


class DrawCommitted(Event, topic="lot.draw-committed.v1", audience=EVERYONE):
    """Before T0: hex commitment to one office's nonce; ``reserve``: to the agency's second one, else empty."""

    office: Source
    commitment: str
    reserve: str
    by: str
    at: datetime
    signed: SignedAct


class DrawOpened(Event, topic="lot.draw-opened.v1", audience=EVERYONE):
    """R-DRAW-01: the set of opened bids is frozen, sorted by bidder. ``uncommitted``: offices that committed to
    nothing and are left out; ``until``: when the first reveal is missed, None if there is none to wait for."""

    at: datetime
    bids: tuple[FrozenBid, ...]
    uncommitted: tuple[Source, ...]
    until: datetime | None


class DrawRevealed(Event, topic="lot.draw-revealed.v1", audience=EVERYONE):
    """``value``: nonce or chain value, base64url of 32 bytes; ``until``: when the next reveal is missed."""

    source: Source
    value: str
    by: str
    at: datetime
    until: datetime | None
    signed: SignedAct


class DrawRevealMissed(Event, topic="lot.draw-reveal-missed.v1", audience=EVERYONE):
    """It did not come in its time: this source is left out, the draw goes on."""

    source: Source
    at: datetime
    until: datetime | None


class CoefficientsDrawn(Event, topic="lot.coefficients-drawn.v1", audience=EVERYONE):
    """R-OPEN-27: what every price score of the lot rests on."""

    at: datetime
    drawn: tuple[DrawnCoefficient, ...]
