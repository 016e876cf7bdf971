"""RFC 3161: what a token proves, and each way in which one does not count."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.tsp import TimeStampResp

from bidding.crypto.canonical import unb64
from bidding.crypto.errors import TimestampError
from bidding.crypto.timestamp import LARGEST, check_token, query, read_roots, read_token, token_of
from tests.crypto.make_tokens import TOKENS
from tests.time_authority import TimeAuthority

CONTENT = b'{"at":"2026-03-25T09:30:00Z","received":4}'


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def token(authority: TimeAuthority) -> bytes:
    return token_of(authority.answer(query(CONTENT).der))


def test_a_token_says_when_these_bytes_existed(authority: TimeAuthority) -> None:
    asked = query(CONTENT)
    stamp = check_token(token_of(authority.answer(asked.der)), CONTENT, [authority.root], asked.nonce)
    assert abs(stamp.instant - datetime.now(UTC)) < timedelta(minutes=1)
    assert stamp.imprint == hashlib.sha256(CONTENT).digest()
    assert (stamp.policy, stamp.serial > 0) == ("1.2.156.10197.9", True)


def test_certificates_in_another_order_than_der_wants_are_put_in_order(authority: TimeAuthority) -> None:
    answer = TimeStampResp.load(authority.answer(query(CONTENT).der))
    content = answer["time_stamp_token"]["content"]
    certificates = sorted(content["certificates"], key=lambda one: bytes(one.dump()), reverse=True)
    assert len(certificates) == 2
    content["certificates"] = certificates
    assert check_token(token_of(answer.dump(force=True)), CONTENT, [authority.root]).policy


def test_an_answer_granted_with_changes_is_an_answer(authority: TimeAuthority) -> None:
    answer = TimeStampResp.load(authority.answer(query(CONTENT).der))
    answer["status"]["status"] = "granted_with_mods"
    assert check_token(token_of(answer.dump(force=True)), CONTENT, [authority.root]).policy


def test_other_bytes_another_query_and_another_root_are_refused(
    authority: TimeAuthority, stranger: TimeAuthority, token: bytes
) -> None:
    with pytest.raises(TimestampError, match="over other bytes"):
        check_token(token, CONTENT + b" ", [authority.root])
    with pytest.raises(TimestampError, match="Nonce mismatch"):
        check_token(token, CONTENT, [authority.root], nonce=1)
    with pytest.raises(TimestampError, match="certificate"):
        check_token(token, CONTENT, [stranger.root])
    with pytest.raises(TimestampError, match="at least one root"):
        check_token(token, CONTENT, [])


def test_an_authority_that_refuses_or_babbles_is_told_apart_from_one_that_stamps(
    authority: TimeAuthority,
) -> None:
    with pytest.raises(TimestampError, match="answers rejection"):
        token_of(authority.answer(b"no query at all"))
    with pytest.raises(TimestampError, match="not a time-stamp answer"):
        token_of(b"<html>404</html>")
    with pytest.raises(TimestampError, match="longer than"):
        token_of(b"\0" * (LARGEST + 1))


def test_no_changed_byte_of_a_token_goes_unseen(authority: TimeAuthority, token: bytes) -> None:
    """Those in unsigned places (a certificate that is not needed) may leave the token standing, with the same words."""
    said, stood = check_token(token, CONTENT, [authority.root]), 0
    for position in range(0, len(token), 7):
        changed = token[:position] + bytes([token[position] ^ 1]) + token[position + 1 :]
        try:
            assert check_token(changed, CONTENT, [authority.root]) == said
            stood += 1
        except TimestampError:
            continue
    assert stood < len(token) / 14


def test_what_is_no_token_is_told_apart(token: bytes) -> None:
    assert read_token(token).imprint == hashlib.sha256(CONTENT).digest()
    for wrong in (b"", b"\x30\x00", token[:-1], token[: len(token) // 2]):
        with pytest.raises(TimestampError, match="not a time-stamp token"):
            read_token(wrong)


def test_roots_are_read_from_pem(authority: TimeAuthority, tmp_path: Path) -> None:
    assert read_roots(authority.roots.read_bytes()) == [authority.root]
    with pytest.raises(TimestampError, match="no PEM"):
        read_roots(b"nothing")


TABLE = json.loads(TOKENS.read_bytes())


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["name"] for case in TABLE["cases"]])
def test_the_table_that_the_browsers_verifier_is_held_to_as_well(case: dict[str, Any]) -> None:
    """Keys, digests, chains and purposes of all kinds (tests/crypto/make_tokens.py)."""
    token, content, roots = (
        unb64(case["token"]),
        TABLE["content"].encode(),
        read_roots(case["roots"].encode()),
    )
    if case["holds"]:
        assert check_token(token, content, roots).instant.year == 2026
    else:
        with pytest.raises(TimestampError):
            check_token(token, content, roots)
