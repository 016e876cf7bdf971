"""A whole sealed bid, small but with every envelope, shared by the tests of this folder."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bidding.crypto.bid import Address, SealedBid, seal_bid, unwrap_ceks
from bidding.crypto.canonical import b64
from bidding.crypto.form import OpeningForm
from bidding.crypto.manifest_check import Expected, Uploaded
from bidding.crypto.session import SessionKeys, SessionPublic
from bidding.crypto.suite import KeyPair

LOT, BIDDER, SESSION = "lot-7", "party-3", "session-1"
DOCUMENT = hashlib.sha256(b"tender document").hexdigest()
ADDRESS = Address(LOT, BIDDER, DOCUMENT, 2)


def counted_bytes(label: str) -> Callable[[int], bytes]:
    """A `random` for tests: the same bytes in every run, other bytes at every call."""

    def stream() -> Iterator[bytes]:
        number = 0
        while True:
            yield hashlib.shake_256(f"{label}/{number}".encode()).digest(64)
            number += 1

    source = stream()
    return lambda size: next(source)[:size]


def make_form(**changed: Any) -> OpeningForm:
    values: dict[str, Any] = {
        "price_fen": 1_234_567_00,
        "duration_days": 120,
        "quality": "合格",
        "project_lead": "张三",
        "draw_nonce": b64(bytes(range(32))),
        "extras": {"安全文明施工费": "12.5 万元"},
        "note": "",
    }
    return OpeningForm(**(values | changed))


@dataclass(frozen=True)
class Sealed:
    """The bid, the key that opens it, its content keys, and what the server knows of it."""

    bid: SealedBid
    device: KeyPair
    ceks: dict[str, bytes]
    expected: Expected
    uploads: dict[str, Uploaded]


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("bid")
    (folder / "施工组织设计.pdf").write_bytes(hashlib.shake_256(b"pdf").digest(70_000))
    (folder / "certificate.pdf").write_bytes(b"certificate")
    files = {path.name: path for path in folder.iterdir()}
    device = KeyPair.generate(counted_bytes("device"))
    documents = dict.fromkeys(("qualification", "technical", "commercial"), files)
    bid = seal_bid(ADDRESS, make_form(), documents, [device.public], folder)
    uploads = {
        name: Uploaded(path.stat().st_size, path.read_bytes()[:64], bid.bodies[name].part_hashes)
        for name, path in bid.paths.items()
    }
    expected = Expected(LOT, BIDDER, DOCUMENT, 2, frozenset({device.public}))
    return Sealed(bid, device, unwrap_ceks(bid.manifest, device.private, device.public), expected, uploads)


@dataclass(frozen=True)
class Session:
    """Both offices' one-time keys and what they announced."""

    agency: SessionKeys
    supervisor: SessionKeys
    agency_public: SessionPublic
    supervisor_public: SessionPublic


@pytest.fixture(scope="session")
def session() -> Session:
    agency = SessionKeys.generate(counted_bytes("agency"))
    supervisor = SessionKeys.generate(counted_bytes("supervisor"))
    return Session(
        agency,
        supervisor,
        agency.public(LOT, SESSION, "agency"),
        supervisor.public(LOT, SESSION, "supervisor"),
    )
