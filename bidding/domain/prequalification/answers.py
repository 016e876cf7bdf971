"""What an applicant says to each requirement, as it comes sealed, and what a reviewer finds wanting."""

from typing import Annotated

import msgspec

from bidding.domain.notice.prequalifying import RequirementId
from bidding.domain.notice.terms import DocumentRef


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``text``: how the requirement is met; the proof lies in the application's documents."""

    requirement: RequirementId
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class SealedPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A body that the applicant's device sealed: ``sha256`` and ``length`` (bytes) of what was stored; ``wrapped``: its
    content key for the notice's review key, base64url."""

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    length: Annotated[int, msgspec.Meta(ge=1)]
    wrapped: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_-]{107}$")]


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the first part holds, as JSON; the others are the documents' bytes, in this order."""

    answers: Annotated[tuple[Answer, ...], msgspec.Meta(min_length=1, max_length=100)]
    documents: Annotated[tuple[DocumentRef, ...], msgspec.Meta(max_length=50)] = ()


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A requirement that is not met, and why. Only published requirements can be (招投条例 18)."""

    requirement: RequirementId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
