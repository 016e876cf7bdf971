"""Cut at any byte and resumed, an upload has the same content and the same part hashes."""

import hashlib
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.uploads import PART
from tests.storage.objects.test_contract import made
from tests.storage.uploads.conftest import MAGIC, OWNER, Desk

DATA = MAGIC + made(2 * PART + 12_345)
HASHES = tuple(hashlib.sha256(DATA[at : at + PART]).digest() for at in range(0, len(DATA), PART))


async def resumed(desk: Desk, cuts: list[int]) -> None:
    """Upload ``DATA`` in requests that break at ``cuts``, the last one whole."""
    upload = await desk.create(len(DATA))
    for begin, end in itertools.pairwise([0, *cuts]):
        await desk.cut(upload, DATA[begin:end], begin)
        assert await desk.stands_at(upload) == end
    last = cuts[-1] if cuts else 0
    if last < len(DATA):
        await desk.send(upload, DATA[last:], last)
    result = await desk.uploads.completed(OWNER, upload.id)
    assert result.part_hashes == HASHES
    assert hashlib.sha256(await desk.content(upload)).digest() == hashlib.sha256(DATA).digest()
    await desk.uploads.discard(upload.id)


@pytest.mark.parametrize(
    "cuts",
    [
        [1],
        [len(MAGIC) - 1, len(MAGIC), len(MAGIC) + 1],
        [PART - 1],
        [PART],
        [PART + 1],
        [PART - 1, PART, PART + 1],
        [PART // 2, PART, 2 * PART - 1, 2 * PART],
        [2 * PART + 1, len(DATA) - 1],
        [len(DATA) - 1],
        [len(DATA)],
        list(range(PART - 3, PART + 3)),
    ],
    ids=str,
)
async def test_cut_here_and_resumed_the_content_is_the_same(desk: Desk, cuts: list[int]) -> None:
    await resumed(desk, cuts)


near_a_boundary = st.builds(
    lambda part, off: min(max(part * PART + off, 0), len(DATA)), st.integers(0, 2), st.integers(-3, 3)
)
cut_points = st.lists(st.one_of(near_a_boundary, st.integers(0, len(DATA))), max_size=5).map(sorted)


@settings(
    max_examples=12,
    # The upload is a new one in every example; database and stores are not what varies.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cuts=cut_points)
async def test_cut_anywhere_and_resumed_the_content_is_the_same(desk: Desk, cuts: list[int]) -> None:
    await resumed(desk, cuts)
