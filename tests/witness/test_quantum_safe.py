"""c2sp.org/tlog-cosignature, subtree/v1: a witness' second cosignature by ML-DSA-44, which outlives Ed25519."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from starlette.testclient import TestClient

from bidding.compose.settings import Settings
from bidding.crypto.errors import MalformedKeyError, NoteError
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.note import (
    Kind,
    Note,
    NoteKey,
    cosign_note,
    cosigner_key,
    parse_note,
    parse_vkey,
    seen_by,
)
from bidding.crypto.log.policy import LogPolicy
from bidding.crypto.parts import root
from bidding.witness.ledger import Ledger
from bidding.witness.mailbox import Mailbox
from bidding.witness.service import witness_app
from tests.witness.history import LOG_KEY, NAME, NOW, ORIGIN, OWN, OWN_KEY, asked, leaves, note

SEED = b"q" * 32
SECOND = cosigner_key(NAME, SEED, Kind.COSIGNATURE_ML_DSA_44)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    ledger = Ledger(tmp_path / "seen", NAME, OWN.private, [LOG_KEY], lambda: NOW, SEED)
    mailbox = Mailbox(tmp_path / "mailbox", NAME, OWN.private, lambda: NOW)
    with TestClient(witness_app(ledger, mailbox, OWN_KEY, SECOND)) as found:
        yield found


def cosigned(client: TestClient, size: int = 9) -> Note:
    return parse_note(note(size) + client.post("/add-checkpoint", content=asked(0, size)).content)


def test_what_is_signed_is_the_structure_of_the_specification(client: TestClient) -> None:
    """Built here from the specification alone, and checked by the library's own key."""
    line = cosigned(client).signed_by(SECOND)
    assert line is not None
    at = int(NOW.timestamp())
    message = struct.pack(
        f">12sB{len(NAME)}sQB{len(ORIGIN)}sQQ32s",
        b"subtree/v1\n\0",
        *(len(NAME), NAME.encode(), at, len(ORIGIN), ORIGIN.encode(), 0, 9),
        root(leaves(9)),
    )
    assert line.signature[:8] == at.to_bytes(8, "big")
    assert len(line.signature) == 8 + 2420
    MLDSA44PrivateKey.from_seed_bytes(SEED).public_key().verify(line.signature[8:], message)
    assert SECOND.public == MLDSA44PrivateKey.from_seed_bytes(SEED).public_key().public_bytes_raw()


def test_its_key_is_published_and_read_again(client: TestClient) -> None:
    assert parse_vkey(client.get("/vkey/ml-dsa-44").text) == SECOND
    with pytest.raises(MalformedKeyError):
        parse_vkey(NoteKey(NAME, SECOND.public[:-1], SECOND.kind).vkey)


def test_a_witness_of_two_keys_counts_once_and_only_with_both(client: TestClient) -> None:
    """Else who breaks Ed25519 has the quorum, or one witness is two."""
    whole = cosigned(client)
    assert open_checkpoint(whole.encoded, LOG_KEY, [OWN_KEY, SECOND], quorum=1)[0].size == 9
    with pytest.raises(NoteError, match="cosigned by 1 witnesses, 2 are wanted"):
        open_checkpoint(whole.encoded, LOG_KEY, [OWN_KEY, SECOND], quorum=2)
    alone = Note(whole.text, whole.signatures[:-1])
    assert seen_by(alone, [OWN_KEY]) == {NAME}
    assert seen_by(alone, [OWN_KEY, SECOND]) == set()
    policy = LogPolicy(log=LOG_KEY.vkey, witnesses=(OWN_KEY.vkey, SECOND.vkey), quorum=1)
    assert policy.open(whole.encoded).size == 9
    with pytest.raises(NoteError, match="cosigned by 0"):
        policy.open(alone.encoded)
    with pytest.raises(NoteError, match="no checkpoint can fulfil"):
        LogPolicy(log=policy.log, witnesses=policy.witnesses, quorum=2).open(whole.encoded)


@pytest.mark.parametrize("place", [0, 7, 8, 1000, 2427])
def test_a_cosignature_of_another_byte_does_not_hold(client: TestClient, place: int) -> None:
    whole = cosigned(client)
    *others, line = whole.signatures
    altered = bytearray(line.signature)
    altered[place] ^= 0x80 if place == 0 else 1
    spoilt = Note(whole.text, (*others, type(line)(line.name, line.key_id, bytes(altered))))
    with pytest.raises(NoteError, match="does not hold"):
        seen_by(spoilt, [SECOND])


def test_it_is_of_this_tree_log_and_witness(client: TestClient) -> None:
    line = cosigned(client).signatures[-1]
    for other in (note(8), note(9, "two")):
        with pytest.raises(NoteError, match="does not hold"):
            seen_by(parse_note(other + line.text.encode()), [SECOND])
    with pytest.raises(NoteError, match="not the text of a checkpoint"):
        cosign_note(Note("a text\n", ()), NAME, SEED, 1, Kind.COSIGNATURE_ML_DSA_44)


def test_the_settings_take_both_keys_of_one_witness_as_one() -> None:
    settings = Settings(witnesses={OWN_KEY.vkey: "http://a", SECOND.vkey: "http://a"})
    assert settings.log_policy(LOG_KEY.vkey).quorum == 1
    with pytest.raises(ValueError, match="more than there are"):
        Settings(witnesses={OWN_KEY.vkey: "http://a", SECOND.vkey: "http://a"}, witness_quorum=2)
