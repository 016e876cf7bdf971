"""The token that the browser's verifier is tested with: over the close of the played record, and made again alike."""

import hashlib

import msgspec

from bidding.crypto.canonical import unb64
from bidding.crypto.timestamp import read_token
from tests.records.make_token import FILE, made


def test_it_is_over_the_close_and_made_again_it_is_alike() -> None:
    kept, again = msgspec.json.decode(FILE.read_bytes()), made()
    assert {**kept, "instant": "", "token": ""} == {**again, "instant": "", "token": ""}
    for one in (kept, again):
        stamp = read_token(unb64(one["token"]))
        assert stamp.imprint == hashlib.sha256(one["state"].encode()).digest()
        assert f"{stamp.instant:%Y-%m-%dT%H:%M:%SZ}" == one["instant"]
