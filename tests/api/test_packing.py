"""Compressed answers: for spectators only, and only where they are asked for."""

import gzip

import pytest
from fastapi import Request

from bidding.api.packing import LEAST, packed

LONG = b'{"events":[' + b"1," * LEAST + b"1]}"


def asking(accepted: str) -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]})


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.8", "deflate, gzip"])
def test_a_long_answer_is_packed_for_who_takes_it(accepted: str) -> None:
    answer = packed(asking(accepted), LONG, {"ETag": '"7"'})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["etag"] == '"7"'
    assert gzip.decompress(bytes(answer.body)) == LONG
    assert len(answer.body) < len(LONG)


@pytest.mark.parametrize("accepted", ["", "br", "identity"])
def test_who_does_not_take_it_gets_the_text(accepted: str) -> None:
    answer = packed(asking(accepted), LONG)
    assert "content-encoding" not in answer.headers
    assert answer.body == LONG


def test_a_short_answer_stays_as_it_is() -> None:
    assert packed(asking("gzip"), b"{}").body == b"{}"
