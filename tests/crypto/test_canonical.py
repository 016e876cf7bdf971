"""RFC 8785 and strict base64url: one value, one sequence of bytes."""

import string
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bidding.crypto import canonical as module
from bidding.crypto.canonical import MAX_INTEGER, b64, canonical, parse_canonical, unb64
from bidding.crypto.errors import CanonicalError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785_whichever_encoder_wrote_them(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_every_bmp_character_is_escaped_alike_by_both_encoders() -> None:
    value = "".join(chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_outside_ascii_are_sorted_by_utf_16() -> None:
    # U+1F600 is D83D DE00 in UTF-16 and sorts before U+FF5E; by code point or UTF-8 it sorts after.
    value = {"\uff5e": 1, "\U0001f600": 2}
    assert list(msgspec.json.decode(canonical(value))) == ["\U0001f600", "\uff5e"]


@pytest.mark.parametrize("value", [MAX_INTEGER + 1, float("nan"), "\ud800", {1: "a"}, object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical(value)


class Offer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    price: int
    note: str = ""


@pytest.mark.parametrize(
    "data",
    [
        b'{"note":"","price":1,"price":1}',
        b'{"note":"","note":"","price":1}',
        b'{"price":1,"note":""}',
        b'{"note":"", "price":1}',
        b'{"note":"","price":1}\n',
        b'{"note":"","price":1.0}',
        b'{"note":"","price":1e0}',
        b'{"note":"\\u0061","price":1}',
        b'{"price":1}',
        b'{"note":"","price":1,"x":1}',
        b'{"note":"","price":"1"}',
        b'\xef\xbb\xbf{"note":"","price":1}',
        b'{"note":"\xff","price":1}',
        b"",
        b"[" * 100_000,
    ],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    assert parse_canonical(b'{"note":"","price":1}', Offer) == Offer(1)
    with pytest.raises(CanonicalError):
        parse_canonical(data, Offer)


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(CanonicalError) as refused:
        parse_canonical(b'{"note":7,"price":1}', Offer)
    assert refused.value.path == "$.note"


@given(st.binary(max_size=80))
def test_base64url_round_trips(data: bytes) -> None:
    assert unb64(b64(data)) == data


@given(st.text(string.ascii_letters + string.digits + "-_=+/ \n", max_size=12))
def test_a_text_is_either_the_one_spelling_of_its_bytes_or_refused(text: str) -> None:
    try:
        data = unb64(text)
    except CanonicalError:
        return
    assert b64(data) == text


@pytest.mark.parametrize("text", ["AB", "AAB", "A", "AA==", "A A", "+/", "AA\n", "ＡＡ"])
def test_trailing_bits_padding_and_other_alphabets_are_refused(text: str) -> None:
    with pytest.raises(CanonicalError):
        unb64(text)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(module.Bytes32, 32), (module.Bytes56, 56), (module.Bytes64, 64), (module.Bytes80, 80)],
)
def test_the_types_of_fixed_size_admit_exactly_the_canonical_spellings(kind: Any, size: int) -> None:
    good = b64(b"\xff" * size)
    assert msgspec.convert(good, kind) == good
    others = [b64(b"\xff" * (size - 1)), b64(b"\xff" * (size + 1)), good + "\n", good[:-1] + "_", good + "="]
    for other in others:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(other, kind)
