"""Applications for prequalification sealed on the device (招投法 22; R-GEN-04): what a seal binds, and who opens it."""

import dataclasses
import json
from typing import Any

import pytest

from bidding.crypto.application import Address, Part, is_sealed, open_application, seal_application
from bidding.crypto.body import PREFIX_SIZE, header_of
from bidding.crypto.envelope import open_bytes
from bidding.crypto.errors import OpeningError
from bidding.crypto.parts import PartHasher, root
from bidding.crypto.suite import KeyPair

KEY = KeyPair.from_private(bytes(range(1, 33)))
ADDRESS = Address(lot="lot-1", applicant="a", document_hash="ab" * 32, version=2)
CONTENTS = (b"answers", b"a certificate" * 3000, b"")


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    return seal_application(CONTENTS, ADDRESS, KEY.public)


def test_the_target_is_the_one_that_the_browser_makes() -> None:
    """The same text stands in `web/src/sealing/application.test.ts`."""
    assert json.loads(ADDRESS.target(1).canonical()) == {
        "bid_version": 2,
        "bidder": "a",
        "document_hash": "ab" * 32,
        "document_version": 1,
        "envelope": "application-1",
        "lot": "lot-1",
        "suite": "intl-1",
    }


def test_it_opens_with_the_notice_s_key_and_shows_nothing_without(parts: list[Part]) -> None:
    opened = open_application(parts, ADDRESS, KEY.private)
    assert opened.contents == CONTENTS
    assert all(is_sealed(one.body) for one in parts)
    assert not any(b"certificate" in one.body or b"answers" in one.body for one in parts)
    assert len(set(opened.keys)) == len(CONTENTS)
    with pytest.raises(OpeningError, match="manifest"):
        open_application(parts, ADDRESS, KeyPair.generate().private)


@pytest.mark.parametrize(
    "changed",
    [{"lot": "lot-2"}, {"applicant": "b"}, {"document_hash": "cd" * 32}, {"version": 3}],
)
def test_moved_to_another_place_it_does_not_open(parts: list[Part], changed: dict[str, Any]) -> None:
    other = dataclasses.replace(ADDRESS, **changed)
    with pytest.raises(OpeningError, match="manifest"):
        open_application(parts, other, KEY.private)
    with pytest.raises(OpeningError, match="manifest"):
        open_application([parts[1], parts[0], parts[2]], ADDRESS, KEY.private)


def test_no_byte_of_a_body_is_free(parts: list[Part]) -> None:
    first = parts[0]
    for place in (0, 8, 40, 70, len(first.body) - 1):
        spoilt = first.body[:place] + bytes([first.body[place] ^ 1]) + first.body[place + 1 :]
        with pytest.raises(OpeningError, match="root"):
            open_application([dataclasses.replace(first, body=spoilt), *parts[1:]], ADDRESS, KEY.private)


def test_a_content_key_that_was_kept_opens_the_body_again(parts: list[Part]) -> None:
    opened = open_application(parts, ADDRESS, KEY.private)
    for number, part in enumerate(parts):
        header, hasher = header_of(part.body[:PREFIX_SIZE]), PartHasher()
        hasher.update(part.body)
        assert header is not None
        again = open_bytes(
            part.body, ADDRESS.target(number), opened.keys[number], root(hasher.hashes()), header
        )
        assert again == CONTENTS[number]
