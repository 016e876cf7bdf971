"""Sealed bodies: both directions against the second implementation, and every way to spoil one."""

import hashlib
import tracemalloc
from collections.abc import Iterator
from io import BufferedWriter, RawIOBase
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.crypto.body import CHUNK, commitment_matches, header_of, padded_length, sealed_length
from bidding.crypto.envelope import TECHNICAL, open_bytes, open_stream, seal_bytes, seal_stream
from bidding.crypto.errors import (
    FormTooLongError,
    Layer,
    LengthMismatchError,
    MalformedKeyError,
    OpeningError,
    UnsupportedSuiteError,
)
from bidding.crypto.files import file_blocks
from bidding.crypto.padding import MAX_FORM, padded_size, padme, possible_size
from bidding.crypto.parts import PART_SIZE, part_hashes, root
from bidding.crypto.sealing import seal_into
from bidding.crypto.target import Target, body_context
from bidding.crypto.unsealing import open_into
from tests.crypto import reference
from tests.soaking import SOAK

CEK, OTHER = bytes(range(32)), bytes(range(1, 33))
TARGET = Target(
    document_hash="ab" * 32, document_version=1, lot="L", bidder="B", envelope=TECHNICAL, bid_version=1
)
FORM = msgspec.structs.replace(TARGET, envelope="form")
CONTENT = hashlib.shake_256(b"content").digest(40_000)
SEALED, BODY = seal_bytes(CONTENT, TARGET, CEK)


def failing_layer(sealed: bytes, target: Target = TARGET, cek: bytes = CEK, rooted: bool = False) -> Layer:
    """The layer that refuses; `rooted`: the manifest was made for these very bytes."""
    expected, header = BODY.root, BODY.header
    if rooted:
        expected, header = root(part_hashes([sealed])), header_of(sealed) or BODY.header
    with pytest.raises(OpeningError) as refused:
        open_bytes(sealed, target, cek, expected, header)
    return refused.value.layer


@pytest.mark.parametrize(
    "length", [0, 1, 7, 8, 9, CHUNK - 9, CHUNK - 8, CHUNK - 7, 2 * CHUNK - 8, 100_000, 1024 * 1024 + 5]
)
def test_the_body_is_the_specified_one_at_every_border(length: int) -> None:
    content = hashlib.shake_256(b"x").digest(length)
    sealed, body = seal_bytes(content, TARGET, CEK)
    again = reference.body(TECHNICAL, content, CEK, TARGET.canonical(), body.header[:24])
    assert sealed == again
    assert body.root == reference.tree_root(sealed)
    assert len(sealed) == body.sealed_length == sealed_length(padme(length + 8))
    assert open_bytes(sealed, TARGET, CEK, body.root, body.header) == content


def test_a_body_longer_than_a_part_has_the_root_of_its_parts(tmp_path: Path) -> None:
    size = 2 * PART_SIZE + 12345
    path, out = tmp_path / "s", tmp_path / "o"
    block = hashlib.shake_256(b"block").digest(4096)

    def content() -> Iterator[bytes]:
        for at in range(0, size, 4096):
            yield block[: size - at]

    body = seal_stream(content(), size, TARGET, CEK, path, hash_content=True)
    sealed = path.read_bytes()
    assert body.root == reference.tree_root(sealed)
    assert body.part_hashes == tuple(part_hashes([sealed]))
    assert len(body.part_hashes) == 3
    opened = open_stream(path, TARGET, CEK, body.root, body.header, out, hash_content=True)
    assert opened.content_sha256 == body.content_sha256 == hashlib.sha256(out.read_bytes()).digest()
    assert out.read_bytes() == b"".join(content())


def test_all_forms_are_equally_long_and_one_too_long_is_refused() -> None:
    sizes = {len(seal_bytes(bytes(n), FORM, CEK)[0]) for n in (0, 1, 1000, MAX_FORM)}
    assert sizes == {8 + 56 + 4096 + 16}
    with pytest.raises(FormTooLongError):
        seal_bytes(bytes(MAX_FORM + 1), FORM, CEK)


@given(st.integers(8, 2**45))
def test_padme_adds_at_most_an_eighth_and_is_its_own_size(length: int) -> None:
    size = padme(length)
    assert length <= size <= length + length // 8
    assert padme(size) == size == reference.padme(length)
    assert padded_length(sealed_length(size)) == size
    assert possible_size(TECHNICAL, size)
    assert padded_size(TECHNICAL, length - 8) == size


@given(st.integers(0, 200_000))
def test_a_length_between_chunks_belongs_to_no_body(sealed: int) -> None:
    padded = padded_length(sealed)
    assert padded is None or sealed_length(padded) == sealed


@settings(max_examples=SOAK or 60)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_altered_byte_is_the_stores_fault(at: int, change: int) -> None:
    altered = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]
    assert failing_layer(altered) is Layer.ROOT


@settings(max_examples=SOAK or 60)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_an_altered_byte_under_a_fitting_root_is_found_by_its_layer(at: int, change: int) -> None:
    altered = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]
    expected = Layer.MANIFEST if at < 8 else Layer.COMMITMENT if at < 64 else Layer.AEAD
    assert failing_layer(altered, rooted=True) is expected


@settings(max_examples=SOAK or 60)
@given(st.integers(0, len(SEALED) - 1))
def test_truncation_anywhere_is_found_whether_or_not_the_root_fits(length: int) -> None:
    assert failing_layer(SEALED[:length]) is Layer.ROOT
    expected = Layer.AEAD if length >= 64 else Layer.MANIFEST
    assert failing_layer(SEALED[:length], rooted=True) is expected


@pytest.mark.parametrize("extra", [b"\0", bytes(16), SEALED[-20:]])
def test_trailing_bytes_are_refused(extra: bytes) -> None:
    assert failing_layer(SEALED + extra, rooted=True) is Layer.AEAD


def test_chunks_cannot_be_exchanged() -> None:
    first, second = SEALED[64 : 64 + CHUNK + 16], SEALED[64 + CHUNK + 16 : 64 + 2 * (CHUNK + 16)]
    swapped = SEALED[:64] + second + first + SEALED[64 + 2 * (CHUNK + 16) :]
    assert failing_layer(swapped, rooted=True) is Layer.AEAD


@pytest.mark.parametrize(
    "change",
    [
        {"lot": "L2"},
        {"bidder": "B2"},
        {"envelope": "commercial"},
        {"bid_version": 2},
        {"document_version": 2},
        {"document_hash": "cd" * 32},
    ],
)
def test_a_body_moved_to_another_target_is_refused_by_the_commitment(change: dict[str, object]) -> None:
    assert failing_layer(SEALED, target=msgspec.structs.replace(TARGET, **change)) is Layer.COMMITMENT


def test_another_key_is_provable_from_the_header_alone() -> None:
    assert failing_layer(SEALED, cek=OTHER) is Layer.COMMITMENT
    assert commitment_matches(CEK, BODY.header, body_context(TARGET))
    assert not commitment_matches(OTHER, BODY.header, body_context(TARGET))
    assert not commitment_matches(CEK, BODY.header[:-1], body_context(TARGET))
    with pytest.raises(MalformedKeyError):
        open_bytes(SEALED, TARGET, CEK[:31], BODY.root, BODY.header)


@pytest.mark.parametrize(
    "plaintext",
    [
        (5).to_bytes(8, "big") + b"hello" + b"\0" * 2 + b"\x01",
        (5).to_bytes(8, "big") + b"hello" + bytes(100),
        (2**63).to_bytes(8, "big") + b"hello",
        (6).to_bytes(8, "big") + b"hello",
        b"\0" * 7,
        b"",
    ],
    ids=["not zero", "not Padmé", "absurd length", "longer than it is", "no room for a length", "nothing"],
)
def test_padding_has_one_form(plaintext: bytes) -> None:
    sealed = b"100FWB1\n" + reference.cobblestone(CEK, body_context(TARGET), bytes(24), plaintext)
    assert failing_layer(sealed, rooted=True) is Layer.PADDING


@pytest.mark.parametrize("size", [4095, 4097, 8192])
def test_a_form_of_another_size_is_refused(size: int) -> None:
    plaintext = (2).to_bytes(8, "big") + b"{}" + bytes(size - 10)
    sealed = b"100FWB1\n" + reference.cobblestone(CEK, body_context(FORM), bytes(24), plaintext)
    assert failing_layer(sealed, target=FORM, rooted=True) is Layer.PADDING


@pytest.mark.parametrize("given_length", [len(CONTENT) - 1, len(CONTENT) + 1])
def test_content_that_changes_while_it_is_sealed_is_refused(given_length: int, tmp_path: Path) -> None:
    with pytest.raises(LengthMismatchError):
        seal_stream([CONTENT], given_length, TARGET, CEK, tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def test_nothing_appears_before_the_last_check(tmp_path: Path) -> None:
    path, out = tmp_path / "s", tmp_path / "o"
    path.write_bytes(SEALED[:-1])
    with pytest.raises(OpeningError):
        open_stream(path, TARGET, CEK, BODY.root, BODY.header, out)
    assert list(tmp_path.iterdir()) == [path]


def test_progress_can_cancel_and_leaves_nothing(tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        seal_stream([CONTENT], len(CONTENT), TARGET, CEK, tmp_path / "s", cancel)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_padded_size(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    seal_stream([CONTENT], len(CONTENT), TARGET, CEK, tmp_path / "s", lambda *at: seen.append(at))
    assert seen[-1] == (padme(len(CONTENT) + 8), padme(len(CONTENT) + 8))


def test_an_unknown_suite_is_said_plainly() -> None:
    with pytest.raises(UnsupportedSuiteError, match="rot13"):
        seal_bytes(b"", msgspec.structs.replace(TARGET, suite="rot13"), CEK)


class Discarding(RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type]  # the buffers written here have a length


def test_memory_is_flat(tmp_path: Path) -> None:
    """Python allocations of a hundred MiB stay near those of eight: buffers, not content."""

    def peak(mib: int) -> int:
        block, path = bytes(1024 * 1024), tmp_path / "s"
        tracemalloc.start()
        with path.open("wb", buffering=0) as sink:
            body = seal_into(sink, (block for _ in range(mib)), mib * len(block), TARGET, CEK)
        sealed = file_blocks(path)
        open_into(BufferedWriter(Discarding()), sealed, TARGET, CEK, body.root, body.header)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(96) - peak(8) < 1024 * 1024
