"""The opening form: what is announced at the opening. Canonical JSON, sealed at a fixed size."""

from typing import Annotated

import msgspec

from bidding.crypto.canonical import MAX_INTEGER, Bytes32, Digest, canonical, parse_canonical, unb64
from bidding.crypto.draws import commitment
from bidding.crypto.errors import CanonicalError, FormError, FormTooLongError
from bidding.crypto.guarantee import SignedGuarantee
from bidding.crypto.padding import MAX_FORM
from bidding.crypto.printable import BLANK, STEERING

#: One line that says something, and a value that may say nothing: both are read out beside those of others.
Line = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=rf"^[^{STEERING}]*[^{STEERING}{BLANK}][^{STEERING}]*\Z",
    ),
]
Value = Annotated[str, msgspec.Meta(max_length=500, pattern=rf"^[^{STEERING}]*\Z")]


class OpeningForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`price_fen` in 分, `duration_days` in calendar days, `draw_nonce` 32 random bytes as base64url.

    `extras` are the further values that this tender announces (its labels are the tender document's).
    `guarantee`: the bid's electronic guarantee, where the tender asks a deposit and the bidder gives one; without one
    the member is absent, so that such forms keep the bytes they always had.
    """

    price_fen: Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
    duration_days: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    quality: Line
    project_lead: Line
    draw_nonce: Bytes32
    extras: dict[Line, Value] = {}
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    guarantee: SignedGuarantee | msgspec.UnsetType = msgspec.UNSET


def form_bytes(form: OpeningForm) -> bytes:
    """What is sealed: the canonical JSON. FormError names the field, FormTooLongError the 4088 bytes."""
    data = canonical(form)
    parse_form(data)
    if len(data) > MAX_FORM:
        raise FormTooLongError(found=len(data), limit=MAX_FORM)
    return data


def parse_form(data: bytes) -> OpeningForm:
    """The form inside an opened envelope. FormError: `field` is the JSON path of the first fault."""
    try:
        return parse_canonical(data, OpeningForm)
    except CanonicalError as error:
        raise FormError(field=error.path, reason=error.reason) from None


def draw_nonce_hash(lot: str, bidder: str, draw_nonce: Bytes32) -> Digest:
    """The commitment to the draw nonce that stands in the manifest, readable before the opening.

    SHA-256(label ‖ canonical [lot, bidder] ‖ nonce): another bidder cannot copy it.
    """
    return commitment([lot, bidder], unb64(draw_nonce))
