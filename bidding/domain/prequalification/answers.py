"""What an applicant says to each requirement, and what a reviewer finds wanting."""

from typing import Annotated

import msgspec

from bidding.domain.notice.prequalifying import RequirementId


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``text``: how the requirement is met; the proof lies in the application's documents."""

    requirement: RequirementId
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A requirement that is not met, and why. Only published requirements can be (招投条例 18)."""

    requirement: RequirementId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
