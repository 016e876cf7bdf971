"""Signed notes, checkpoints, cosignatures, proofs and leaves; and each attack on them."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.errors import CanonicalError, LogError, MalformedKeyError, NoteError
from bidding.crypto.log.checkpoint import (
    Checkpoint,
    merged,
    open_checkpoint,
    parse_checkpoint,
    require_consistent,
    sign_checkpoint,
)
from bidding.crypto.log.growth import Tree
from bidding.crypto.log.leaf import (
    Leaf,
    LoggedEvent,
    commitment,
    cover,
    entry,
    event_entry,
    internals_digest,
    logged_bytes,
    moment,
)
from bidding.crypto.log.note import (
    Kind,
    NoteKey,
    cosign_note,
    cosigned_at,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)
from bidding.crypto.log.proof import LogProof, check_proof, parse_proof
from bidding.crypto.parts import inclusion_proof, leaf_hash, root

#: The example of golang.org/x/mod/sumdb/note, whose format this is.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE"
    "6RyyBwJnAM=\n"
).encode()

ORIGIN = "log.example/100fw"
LOG, WITNESS, OTHER = (SigningKey.from_private(hashlib.sha256(name).digest()) for name in (b"l", b"w", b"o"))
LOG_KEY = NoteKey(ORIGIN, LOG.public)
WITNESS_KEY = NoteKey("supervisor.example", WITNESS.public, Kind.COSIGNATURE)
ENTRIES = [f"entry {number}".encode() for number in range(9)]


def checkpoint(count: int = 9, history: list[bytes] = ENTRIES) -> Checkpoint:
    return Checkpoint(ORIGIN, count, root(history[:count]))


def signed(count: int = 9, history: list[bytes] = ENTRIES) -> bytes:
    return sign_checkpoint(checkpoint(count, history), LOG.private).encoded


def proof(index: int = 4) -> LogProof:
    return LogProof(index, tuple(inclusion_proof(ENTRIES, index)), signed())


def test_the_note_of_the_go_implementation_is_read_and_written_byte_for_byte() -> None:
    key = parse_vkey(GO_VKEY)
    assert key.vkey == GO_VKEY
    assert open_note(GO_NOTE, [key]).text == GO_TEXT
    assert sign_note(GO_TEXT, "PeterNeumann", GO_SEED).encoded == GO_NOTE


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q",
        "PeterNeumann+c74f20a3+CRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+",
    ],
)
def test_no_other_text_is_a_verifier_key(vkey: str) -> None:
    with pytest.raises(MalformedKeyError):
        parse_vkey(vkey)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        b"text\n\nnot a signature\n",
        GO_NOTE.replace("— ".encode(), b"- "),
        GO_NOTE[:-1],
        GO_NOTE + b"\n",
        GO_NOTE + b"more\n",
        GO_NOTE.replace(b"answer", b"ans\twer"),
        GO_NOTE.replace(b"answer", b"ans\xffwer"),
        GO_NOTE.replace(b"JnAM=", b"JnAN="),
        b"\n".join([b"x"] * 70_000) + GO_NOTE,
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(note, [parse_vkey(GO_VKEY)])


@given(st.integers(0, len(signed()) - 1), st.integers(1, 255))
def test_a_checkpoint_with_any_byte_changed_is_refused(at: int, flip: int) -> None:
    data = bytearray(signed())
    data[at] ^= flip
    with pytest.raises(NoteError):
        open_checkpoint(bytes(data), LOG_KEY)


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    found, note = open_checkpoint(signed(), LOG_KEY)
    assert found == checkpoint()
    assert note.encoded == signed()
    assert note.text.split("\n")[:2] == [ORIGIN, "9"]


@pytest.mark.parametrize(
    "text",
    [
        "x\n9\n\n",
        f"{ORIGIN}\n09\n{'A' * 43}=\n",
        f"{ORIGIN}\n-1\n{'A' * 43}=\n",
        f"{ORIGIN}\n٣\n{'A' * 43}=\n",
        f"{ORIGIN}\n9\n{'A' * 42}B=\n",
        f"{ORIGIN}\n9\n{'A' * 40}\n",
        f"{ORIGIN}\n9\n{'A' * 43}=",
        f"\n9\n{'A' * 43}=\n",
    ],
)
def test_no_other_text_is_a_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_extension_lines_of_others_are_passed_over() -> None:
    assert parse_checkpoint(checkpoint().text + "more\n") == checkpoint()


def test_the_checkpoint_of_another_log_is_refused() -> None:
    stranger = sign_checkpoint(Checkpoint("other.example", 9, root(ENTRIES)), LOG.private).encoded
    with pytest.raises(NoteError, match="not signed"):
        open_checkpoint(stranger, LOG_KEY)
    renamed = sign_note(checkpoint().text.replace(ORIGIN, "other.example"), ORIGIN, LOG.private).encoded
    with pytest.raises(NoteError, match="another log"):
        open_checkpoint(renamed, LOG_KEY)
    with pytest.raises(NoteError, match="not signed"):
        open_checkpoint(sign_checkpoint(checkpoint(), OTHER.private).encoded, LOG_KEY)


def test_a_witness_cosigns_and_a_quorum_is_counted_by_keys() -> None:
    note = cosign_note(parse_note(signed()), WITNESS_KEY.name, WITNESS.private, 1679315147)
    found, opened = open_checkpoint(note.encoded, LOG_KEY, [WITNESS_KEY], quorum=1)
    line = opened.signed_by(WITNESS_KEY)
    assert found == checkpoint()
    assert line is not None
    assert cosigned_at(line) == 1679315147
    with pytest.raises(NoteError, match="cosigned by 0"):
        open_checkpoint(signed(), LOG_KEY, [WITNESS_KEY], quorum=1)
    twice = cosign_note(note, WITNESS_KEY.name, WITNESS.private, 1679315148)
    with pytest.raises(NoteError, match="cosigned by 1"):
        open_checkpoint(twice.encoded, LOG_KEY, [WITNESS_KEY, WITNESS_KEY], quorum=2)


def test_a_cosignature_says_when_and_is_of_no_other_checkpoint() -> None:
    note = cosign_note(parse_note(signed()), WITNESS_KEY.name, WITNESS.private, 1679315147)
    line = note.signatures[1]
    later = line.signature[:7] + b"\xff" + line.signature[8:]
    forged = note.encoded.replace(
        base64.b64encode(line.key_id + line.signature), base64.b64encode(line.key_id + later)
    )
    elsewhere = sign_checkpoint(checkpoint(8), LOG.private).encoded + line.text.encode()
    plain = sign_note(checkpoint().text, WITNESS_KEY.name, WITNESS.private)
    for wrong in (forged, elsewhere, parse_note(signed()).encoded + plain.signatures[0].text.encode()):
        with pytest.raises(NoteError):
            open_checkpoint(wrong, LOG_KEY, [WITNESS_KEY], quorum=1)


def test_the_cosigned_message_is_that_of_tlog_cosignature() -> None:
    note = cosign_note(parse_note(signed()), "w", WITNESS.private, 7)
    as_plain = NoteKey("w", WITNESS.public)
    said = f"cosignature/v1\ntime 7\n{checkpoint().text}"
    expected = sign_note(said, "w", WITNESS.private).signatures[0].signature
    assert note.signatures[1].signature == (7).to_bytes(8, "big") + expected
    assert note.signatures[1].key_id == hashlib.sha256(b"w\n\x04" + WITNESS.public).digest()[:4]
    assert note.signed_by(as_plain) is None


def test_signatures_of_one_text_are_merged_and_of_two_are_not() -> None:
    cosigned = cosign_note(parse_note(signed()), WITNESS_KEY.name, WITNESS.private, 7).encoded
    assert merged(signed(), cosigned).encoded == cosigned
    assert merged(cosigned, cosigned).encoded == cosigned
    with pytest.raises(NoteError):
        merged(signed(8), cosigned)


def test_a_checkpoint_rolled_back_is_found() -> None:
    with pytest.raises(LogError, match="rolled back from 9 to 8"):
        require_consistent(checkpoint(9), checkpoint(8), [])


def test_two_histories_are_found() -> None:
    other = [*ENTRIES[:3], b"another", *ENTRIES[4:]]
    with pytest.raises(LogError, match="two histories"):
        require_consistent(checkpoint(9), checkpoint(9, other), [])
    with pytest.raises(LogError, match="two histories"):
        require_consistent(checkpoint(8), checkpoint(9, other), [leaf_hash(other[8])])
    require_consistent(checkpoint(8), checkpoint(9), [leaf_hash(ENTRIES[8])])
    with pytest.raises(LogError, match="two logs"):
        require_consistent(Checkpoint("x", 8, bytes(32)), checkpoint(9), [])


def test_a_proof_is_written_as_tlog_proof_says_and_read_again() -> None:
    text = proof().text
    assert text.split("\n")[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    assert text.endswith(signed().decode())
    assert parse_proof(text) == proof()
    extra = LogProof(4, proof().path, signed(), b"salt")
    assert extra.text.split("\n")[1] == "extra c2FsdA=="
    assert parse_proof(extra.text) == extra
    single = LogProof(0, (), signed(1))
    assert check_proof(parse_proof(single.text), ENTRIES[0], LOG_KEY) == checkpoint(1)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("proof@v1", "proof@v2"),
        ("index 4", "index 04"),
        ("index 4", "index -4"),
        ("index 4\n", ""),
        ("index 4", "extra c2FsdA\nindex 4"),
        ("\n\n", "\n"),
        ("=\n\n", "=\nAAAA\n\n"),
    ],
)
def test_no_other_text_is_a_proof(pattern: str, replacement: str) -> None:
    with pytest.raises(LogError):
        parse_proof(re.sub(pattern, replacement, proof().text, count=1))


def test_a_proof_holds_for_its_entry_at_its_place_in_its_log_only() -> None:
    assert check_proof(proof(), ENTRIES[4], LOG_KEY) == checkpoint()
    with pytest.raises(LogError, match="not leaf 4"):
        check_proof(proof(), ENTRIES[5], LOG_KEY)
    with pytest.raises(LogError, match="not leaf 5"):
        check_proof(LogProof(5, proof().path, signed()), ENTRIES[4], LOG_KEY)
    with pytest.raises(NoteError):
        check_proof(proof(), ENTRIES[4], NoteKey(ORIGIN, OTHER.public))
    with pytest.raises(NoteError):
        check_proof(proof(), ENTRIES[4], NoteKey("other.example", LOG.public))


EVENT = LoggedEvent(
    id="8f14e45f-ceea-467f-a5b4-2b5c1f8f2b0e",
    internals="0" * 64,
    recorded_at="2026-03-01T01:02:03.000004Z",
    state='{"lot":"lot-1"}',
    stream="lot-1",
    topic="lot.noticed.v1",
)


def test_a_leaf_commits_to_salt_and_every_field() -> None:
    leaf = event_entry(EVENT, bytes(32))
    expected = hashlib.sha256(bytes(32) + canonical(EVENT)).hexdigest()
    assert parse_canonical(leaf, Leaf).c == expected
    assert canonical(Leaf(c=expected)) == leaf
    changed = [
        LoggedEvent(**{name: getattr(EVENT, name) for name in EVENT.__struct_fields__} | {field: value})
        for field, value in {
            "id": "other",
            "internals": "1" * 64,
            "recorded_at": "2026-03-01T01:02:03.000003Z",
            "state": "{}",
            "stream": "lot-2",
            "topic": "lot.closed.v1",
        }.items()
    ]
    others = {event_entry(one, bytes(32)) for one in changed} | {event_entry(EVENT, b"\1" * 32)}
    assert len(others) == 7
    assert leaf not in others


def test_what_is_hashed_is_the_canonical_form() -> None:
    awkward = replace(EVENT, state='{"名":"\\u0000\\"\x7f/\u2028\U0001f600"}', stream="lot-é", topic="a\tb")
    assert logged_bytes(awkward) == canonical(awkward)
    assert logged_bytes(EVENT) == canonical(EVENT)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_bytes_cannot_move_between_salt_and_event(length: int) -> None:
    with pytest.raises(LogError):
        commitment(b"{}", bytes(length))


def test_a_cover_leaf_looks_like_any_other() -> None:
    leaf = entry(cover(b"k" * 32, 7))
    assert parse_canonical(leaf, Leaf).v == 1
    assert len(leaf) == len(event_entry(EVENT, bytes(32)))
    assert leaf == entry(cover(b"k" * 32, 7))
    assert len({cover(b"k" * 32, 8), cover(b"j" * 32, 7), cover(b"k" * 32, 7)}) == 3


def test_a_digest_of_the_internals_needs_the_key() -> None:
    digest = internals_digest(b"k", "id", 1, b"{}")
    others = [
        internals_digest(b"j", "id", 1, b"{}"),
        internals_digest(b"k", "ie", 1, b"{}"),
        internals_digest(b"k", "id", 2, b"{}"),
        internals_digest(b"k", "id", 1, b"{ }"),
    ]
    assert digest == internals_digest(b"k", "id", 1, b"{}")
    assert len({digest, *others}) == 5


def test_moments_have_six_decimals_in_utc() -> None:
    at = datetime(2026, 3, 1, 9, 2, 3, 4, tzinfo=timezone(timedelta(hours=8)))
    assert moment(at) == EVENT.recorded_at
    assert moment(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00.000000Z"
    with pytest.raises(CanonicalError):
        parse_canonical(canonical(EVENT).replace(b".000004Z", b".000Z"), LoggedEvent)


def test_the_tree_of_leaves_is_the_tree_of_the_checkpoint() -> None:
    tree, _ = Tree().grown([leaf_hash(one) for one in ENTRIES])
    assert tree.root == checkpoint().root
