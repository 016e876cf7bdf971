"""The relay of parts through two threads: order, hashes, and errors from either thread."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from bidding.crypto.envelope import TECHNICAL, open_stream, seal_stream
from bidding.crypto.parts import PART_SIZE, part_hashes
from bidding.crypto.pipeline import BlockReader, relay, write_all
from bidding.crypto.target import Target

PARTS = 5
STREAM = b"".join(bytes([number]) * PART_SIZE for number in range(PARTS)) + b"end"
TARGET = Target(
    document_hash="0" * 64, document_version=1, lot="1", bidder="b", envelope=TECHNICAL, bid_version=1
)


class BrokenError(Exception):
    pass


def parts_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "parts"]


@pytest.mark.parametrize("length", [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, len(STREAM)])
def test_parts_come_out_in_order_with_their_hashes(length: int) -> None:
    sink = BytesIO()
    hashes = relay(BlockReader([STREAM[:length]]).readinto, lambda part: write_all(sink, part))
    assert sink.getvalue() == STREAM[:length]
    assert hashes == part_hashes([STREAM[:length]])


def test_a_single_part_stays_in_the_callers_thread() -> None:
    seen: list[threading.Thread] = []
    relay(BlockReader([b"form"]).readinto, lambda part: seen.append(threading.current_thread()))
    assert seen == [threading.current_thread()]


@pytest.mark.parametrize("at", range(PARTS + 1))
def test_a_failing_drain_ends_the_relay(at: int) -> None:
    drained: list[int] = []

    def drain(part: memoryview) -> None:
        if len(drained) == at:
            raise BrokenError
        drained.append(part[0])

    with pytest.raises(BrokenError):
        relay(BlockReader([STREAM]).readinto, drain)
    assert drained == list(range(at))
    assert parts_threads() == []


@pytest.mark.parametrize("at", range(PARTS))
def test_a_failing_source_ends_the_relay(at: int) -> None:
    def pieces() -> Iterator[bytes]:
        yield STREAM[: at * PART_SIZE]
        raise BrokenError

    with pytest.raises(BrokenError):
        relay(BlockReader(pieces()).readinto, lambda part: None)
    assert parts_threads() == []


@pytest.mark.parametrize("cancelled_at", range(1, PARTS + 1))
def test_progress_cancels_from_either_thread_and_leaves_nothing(tmp_path: Path, cancelled_at: int) -> None:
    def progress(done: int, total: int) -> None:
        if done >= cancelled_at * PART_SIZE:
            raise BrokenError

    with pytest.raises(BrokenError):
        seal_stream([STREAM], len(STREAM), TARGET, bytes(32), tmp_path / "cancelled", progress)
    assert list(tmp_path.iterdir()) == []
    body = seal_stream([STREAM], len(STREAM), TARGET, bytes(32), tmp_path / "sealed")
    with pytest.raises(BrokenError):
        open_stream(
            tmp_path / "sealed", TARGET, bytes(32), body.root, body.header, tmp_path / "opened", progress
        )
    assert [path.name for path in tmp_path.iterdir()] == ["sealed"]
    assert parts_threads() == []
