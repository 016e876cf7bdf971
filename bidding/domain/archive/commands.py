"""Requests about the archive."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.archive.events import Place
from bidding.domain.command import Command
from bidding.domain.parties import Standing
from bidding.domain.registration.events import ErasureGround


class DisposeFiles(
    Command, name="archive/dispose", by=frozenset({Standing.OPERATOR}), binding=True, forward=False
):
    """Delete the lot's stored documents, envelopes and recordings: refused before their term is over."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]


class OrderLotErasure(
    Command,
    name="archive/order-erasure",
    by=frozenset({Standing.SUPERVISOR}),
    binding=True,
    guarded=False,
    forward=False,
):
    """Order that personal data go from the lot's events (个人信息保护法 47). ``places``: which texts, as
    ``GET /lots/{lot}/personal-data`` numbers them, never what they say; ``persons``: ids of people who sat on the
    committee or stood in its pool, whose name and employers go wherever they stand; ``reference``: the order's number
    on paper."""

    places: Annotated[tuple[Place, ...], Meta(max_length=200)] = ()
    persons: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=20)
    ] = ()
    ground: ErasureGround
    reference: Annotated[str, Meta(min_length=1, max_length=200)]


class EraseLotData(
    Command,
    name="archive/erase-data",
    by=frozenset({Standing.OPERATOR}),
    binding=True,
    guarded=False,
    forward=False,
):
    """Carry the order out. Given again, what was begun is finished."""

    order: Annotated[int, Meta(ge=1, le=1_000_000)]


class ConfirmErasure(
    Command, name="archive/confirm-erasure", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False
):
    """That the order is carried out."""

    order: Annotated[int, Meta(ge=1, le=1_000_000)]
