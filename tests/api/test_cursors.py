"""Opaque cursors: what was given out comes back the same; anything else is refused."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.api import cursors
from bidding.api.problems import BadRequest


class Key(NamedTuple):
    at: datetime
    lot: str


@given(st.datetimes(timezones=st.just(UTC)), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_cursor_comes_back_as_the_key_it_was_made_of(at: datetime, lot: str) -> None:
    assert cursors.decode(cursors.encode(Key(at, lot)), Key) == (at, lot)


@given(st.text(max_size=80))
def test_any_other_text_is_refused_or_a_key_and_never_an_error(cursor: str) -> None:
    try:
        key = cursors.decode(cursor, Key)
    except BadRequest as refused:
        assert refused.code == "cursor-invalid"  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(key.at, datetime)
        assert isinstance(key.lot, str)


@pytest.mark.parametrize("cursor", ["", "!", "A", "AA==", cursors.encode(("x", "y")), cursors.encode(1)])
def test_texts_that_are_no_such_cursor(cursor: str) -> None:
    with pytest.raises(BadRequest, match="cursor-invalid"):
        cursors.decode(cursor, Key)
