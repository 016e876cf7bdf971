"""What may be asked for at the opening (R-OPEN-22…30)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from bidding.domain.command import Command
from bidding.domain.parties import Standing
from bidding.domain.scoring.drawrule import Chance

HOST = frozenset({Standing.HOST})
SUPERVISOR = frozenset({Standing.SUPERVISOR})
BOTH_OFFICES = HOST | SUPERVISOR
CENTRE = frozenset({Standing.SUPERVISOR, Standing.OPERATOR})
PARTICIPANT = frozenset({Standing.PARTICIPANT})
PLATFORM = frozenset({Standing.PLATFORM})
INSIDE = BOTH_OFFICES | PARTICIPANT | {Standing.TENDERER}

Party = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
#: Somebody's, as it is read out.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Key = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$")]
#: A public key: 32 bytes, or what another suite has.
PublicKey = Annotated[
    str,
    msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}(([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{1536})?)?$", max_length=1622),
]
#: A private key wrapped for the platform.
Wrapped = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+$", max_length=2000)]
Base64Url = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+$", max_length=400)]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Close(Command, name="opening/close", by=PLATFORM, guarded=False):
    """Close submission and run the fewer-than-three gate, once (R-OPEN-09, R-OPEN-22)."""


class CommitReference(Command, name="opening/commit-reference", by=HOST, binding=True):
    """Bind the tenderer to its 标底 before the deadline without saying it: ``commitment`` is the SHA-256 of lot,
    figure and salt (R-ENG-19)."""

    commitment: Sha256


class RevealReference(Command, name="opening/reveal-reference", by=HOST, binding=True):
    """Publish the 标底 after the bids were announced. ``salt``: as it went into the commitment."""

    reference_fen: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    salt: Key


class AbandonReference(Command, name="opening/abandon-reference", by=SUPERVISOR, binding=True):
    """The 标底 cannot be shown: the lot goes on without one."""

    reason: Text


class PublishRoll(Command, name="opening/publish-roll", by=HOST, binding=True):
    """公布投标人名单 (R-OPEN-23)."""


class PublishOfficeKeys(Command, name="opening/publish-office-keys", by=BOTH_OFFICES, binding=True):
    """``announcement``: the canonical text that names both public keys, ``possession``: the nonce that the
    platform encrypted to them, as proof that the office holds the private ones (base64url)."""

    session: Party
    forms_key: PublicKey
    evaluation_key: PublicKey
    announcement: Text
    announcement_signature: Base64Url
    possession: Base64Url


class OrderRelease(Command, name="opening/order-release", by=HOST, binding=True):
    """下达解密指令: opens the release window for all (R-OPEN-24)."""


class Release(Command, name="opening/release", by=PARTICIPANT, binding=True, guarded=False):
    """``release``: canonical text of the key release, signed by ``release_signature``."""

    release: Annotated[str, msgspec.Meta(min_length=2, max_length=100_000)]
    release_signature: Base64Url


class HandInSpare(Command, name="opening/hand-in-spare", by=PARTICIPANT, binding=True, guarded=False):
    """``upload``: of the spare file that the bid's receipt names (R-PAIN-05); ``reason``: why the keys did not come."""

    upload: Annotated[str, msgspec.Meta(pattern="^[a-z2-7]{26}$")]
    reason: Text


class AcceptSpare(Command, name="opening/accept-spare", by=SUPERVISOR, binding=True):
    """``fault``: whose doing it was that the keys did not come; ``evidence_hash``: SHA-256 of what proves it."""

    bidder: Party
    fault: Literal["BIDDER", "OTHER"]
    reason: Text
    evidence_hash: Sha256


class RequestHelp(Command, name="opening/request-help", by=PARTICIPANT, guarded=False):
    text: Text


class AnswerHelp(
    Command, name="opening/answer-help", by=HOST | {Standing.OPERATOR}, guarded=False, forward=False
):
    """On the private line: nobody but that bidder and the offices reads it. ``number``: of the request, from 1."""

    number: Number
    answer: Text


class OpenRoom(Command, name="opening/open-room", by=HOST, binding=True, guarded=False):
    """Before T0 (R-OPEN-20): ``procedure``: how the opening goes; ``chair`` 主持, ``reader`` 唱标, ``monitor`` 监标."""

    procedure: Text
    chair: Name
    reader: Name
    monitor: Name


class MakeAnnouncement(
    Command, name="opening/make-announcement", by=HOST, binding=True, guarded=False, forward=False
):
    """In the announcement column, for all to read (R-ROOM-01)."""

    text: Text


class Say(Command, name="opening/say", by=INSIDE, guarded=False, forward=False):
    """In the hall, to those inside: from the roll on (R-ROOM-01, R-ROOM-03)."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class StartBroadcast(
    Command, name="opening/start-broadcast", by=HOST, binding=True, guarded=False, forward=False
):
    """Camera or desktop with sound, to everybody (R-ROOM-01). ``notice``: the host knows that it is public and kept."""

    source: Literal["camera", "desktop"]
    notice: Literal["recording-is-public"]


class EndBroadcast(Command, name="opening/end-broadcast", by=HOST | PLATFORM, guarded=False, forward=False):
    """The one that runs. The platform ends one that has lasted four hours."""


class GiveWord(Command, name="opening/give-word", by=HOST, guarded=False, forward=False):
    """To one bidder that signed in, for so many minutes, heard by those inside (R-ROOM-01, R-ROOM-03)."""

    bidder: Party
    minutes: Annotated[int, msgspec.Meta(ge=1, le=15)] = 5


class EndWord(
    Command, name="opening/end-word", by=HOST | PARTICIPANT | PLATFORM, guarded=False, forward=False
):
    """The host's, or the speaker's own."""


class KeepRecording(Command, name="opening/keep-recording", by=PLATFORM, guarded=False, forward=False):
    """What was on the air has ended: ``sha256`` of its ``pieces``, ``length`` bytes together."""

    kind: Literal["broadcasts", "words"]
    number: Number
    sha256: Sha256
    length: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    pieces: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class ExtendWindow(Command, name="opening/extend-window", by=HOST, binding=True):
    """Once, for all, with the reason (R-OPEN-25)."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)]
    reason: Text


class OpenIncident(Command, name="opening/open-incident", by=CENTRE, guarded=False, forward=False):
    """``began``: when the disturbance began, if before now (R-INC-01)."""

    kind: Literal["data", "power", "attack", "third-party", "other"]
    cause: Text
    began: datetime | None = None


class CloseIncident(Command, name="opening/close-incident", by=CENTRE, guarded=False, forward=False):
    """``ended``: when it ended, if before now; ``cause``: as found."""

    number: Number
    cause: Text
    ended: datetime | None = None


class EndWindow(Command, name="opening/end-window", by=PLATFORM, guarded=False):
    """End the release window when it is due."""


class DecideFault(Command, name="opening/decide-fault", by=SUPERVISOR, binding=True):
    """``evidence``: what was found; ``evidence_hash``: SHA-256 of the file that proves it (R-BID-08)."""

    bidder: Party
    fault: Literal["BIDDER", "OTHER"]
    evidence: Annotated[str, msgspec.Meta(max_length=4000)]
    evidence_hash: Annotated[str, msgspec.Meta(max_length=64)]


class ResolveHold(Command, name="opening/resolve-hold", by=SUPERVISOR, binding=True):
    """``remedy``: open the release window again; ``fail``: the lot fails and is rescheduled."""

    resolution: Literal["remedy", "fail"]
    reason: Text


class ReportWithheldKey(Command, name="opening/report-withheld-key", by=BOTH_OFFICES, binding=True):
    """Under P1: ``office`` does not publish its form key or, after the opening, does not hand over the evaluation's;
    ``evidence_hash``: SHA-256 of what proves it."""

    office: Literal["agency", "supervisor"]
    text: Text
    evidence_hash: Sha256


class DecideWithheldKey(Command, name="opening/decide-withheld-key", by=SUPERVISOR, binding=True):
    """``rerun``: new session keys, and the same bidders release once more; ``fail``: the lot fails. ``substitute``: who
    takes the agency's place from now on, its principal the tenderer; empty: nobody."""

    number: Number
    resolution: Literal["rerun", "fail"]
    substitute: Annotated[str, msgspec.Meta(max_length=200)] = ""
    reason: Text


class PublishFormKey(Command, name="opening/publish-form-key", by=BOTH_OFFICES, binding=True):
    private_key: Key


class Import(Command, name="opening/import", by=PLATFORM, guarded=False):
    """批量导入 the results of the opening workers (R-OPEN-26)."""


class Announce(Command, name="opening/announce", by=HOST, binding=True):
    """唱标 (R-OPEN-28)."""


class Confirm(Command, name="opening/confirm", by=PARTICIPANT, binding=True, guarded=False):
    """``table_hash`` names the table that is confirmed."""

    table_hash: Sha256


class Object(Command, name="opening/object", by=PARTICIPANT, binding=True, guarded=False):
    """``mismatch``: what was announced differs from the bid; ``objection``: 异议 (招投条例 44)."""

    kind: Literal["mismatch", "objection"]
    text: Text


class AnswerObjection(Command, name="opening/answer-objection", by=HOST, binding=True):
    """``upheld``: the objection is right. What follows is not the host's to say: the opening waits for the supervisor
    (招投条例 44, 60)."""

    number: Number
    answer: Text
    upheld: bool = False


class DecideObjection(Command, name="opening/decide-objection", by=SUPERVISOR, binding=True):
    """What becomes of an upheld objection: the opening goes on, is announced again, or is void.

    ``cleared``: with ``reannounce``, a bidder who was found at fault and was not; ``evidence_hash``: SHA-256 of the
    file that proves it (R-BID-08).
    """

    number: Number
    decision: Literal["dismiss", "reannounce", "retender"]
    reason: Text
    cleared: Annotated[str, msgspec.Meta(max_length=64)] = ""
    evidence_hash: Annotated[str, msgspec.Meta(max_length=64)] = ""


class CloseConfirmation(Command, name="opening/close-confirmation", by=PLATFORM, guarded=False):
    """Close confirmation when it is due."""


class SignRecord(Command, name="opening/sign-record", by=BOTH_OFFICES, binding=True):
    record_hash: Sha256


class DiscloseEvaluationKey(Command, name="opening/disclose-evaluation-key", by=BOTH_OFFICES, binding=True):
    """The private key sealed to the lot's evaluation key, checked by the application."""

    sealed_key: Wrapped


class AnchorDraw(Command, name="opening/anchor-draw", by=SUPERVISOR, binding=True):
    """Before the notice of a lot whose formula draws: the head of the hash chain that the draw will end with.

    ``anchor``: base64url of 32 bytes; the values behind it stay on the supervisor's device (R-DRAW-02).
    """

    anchor: Chance


class CommitDraw(Command, name="opening/commit-draw", by=BOTH_OFFICES, binding=True):
    """Before the deadline: hex SHA-256 that binds the office to its nonce; ``reserve``: the agency's second one."""

    commitment: Sha256
    reserve: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""


class OpenDraw(Command, name="opening/open-draw", by=PLATFORM, guarded=False):
    """Freeze the set of opened bids and ask for the reveals (R-DRAW-01)."""


class RevealDraw(Command, name="opening/reveal-draw", by=BOTH_OFFICES, binding=True):
    """What this office is asked for next: its nonce, the chain's next value or the reserve (base64url)."""

    value: Chance


class MissReveal(Command, name="opening/miss-reveal", by=PLATFORM, guarded=False):
    """Leave out the source whose time is over."""


class DrawCoefficients(Command, name="opening/draw-coefficients", by=PLATFORM, guarded=False):
    """Compute the coefficients from all that was revealed (R-OPEN-27)."""
