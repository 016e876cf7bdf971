"""Issue 5: "a bundle with any byte flipped (every byte of a small bundle is tried)"."""

import msgspec
import pytest

from bidding.application.record import rebuild_bundle, verify_bundle
from bidding.application.record.bundle_format import LABEL, Bundle, BundleSeal, body_of
from bidding.application.record.format import SEAL_LABEL, LotRecord, Seal, SealBody, entries_root
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.signing import sign
from bidding.domain.lot import Phase
from tests.records.altering import BUNDLE, KEY


def _small() -> bytes:
    """The supervisor's bundle as it was when submission was still open: notice, document, one event disclosed."""
    whole = parse_canonical(BUNDLE, Bundle)
    kept = ("lot.ruleset-pinned.v1", "lot.noticed.v1", "lot.document-issued.v1")
    events = tuple(one for one in whole.record.events if one.topic in kept)
    author = msgspec.json.decode(next(one.state for one in events if one.topic == "lot.noticed.v1"))["host"]
    certificates = tuple(one for one in whole.record.certificates if one.party == author)
    disclosed = tuple(one for one in whole.disclosed if one.topic == "lot.draw-anchored.v1")
    disclosed = tuple(msgspec.structs.replace(one, after=0) for one in disclosed)
    signer = msgspec.json.decode(disclosed[0].state)["by"]
    added = tuple(
        one
        for one in (*whole.record.certificates, *whole.certificates)
        if one.party == signer and signer != author
    )
    record = msgspec.structs.replace(
        whole.record, events=events, certificates=certificates, receipts=(), forms=()
    )
    return _sealed(
        msgspec.structs.replace(whole, record=_record_sealed(record), disclosed=disclosed, certificates=added)
    )


def _record_sealed(record: LotRecord) -> LotRecord:
    count, root = entries_root(
        record.authority, record.platform_key, record.events, record.certificates, (), ()
    )
    body = SealBody(format=record.format, lot=record.lot, mode=record.mode, entries=count, root=root)
    seal = Seal(body=body, signature=b64(sign(SEAL_LABEL, body, KEY.private).signature))
    return msgspec.structs.replace(record, seal=seal)


def _sealed(bundle: Bundle) -> bytes:
    body = body_of(bundle.record, bundle.party, bundle.standings, bundle.disclosed, bundle.certificates)
    seal = BundleSeal(body=body, signature=b64(sign(LABEL, body, KEY.private).signature))
    return canonical(msgspec.structs.replace(bundle, seal=seal))


@pytest.fixture(scope="module")
def small() -> bytes:
    return _small()


def test_the_small_bundle_holds(small: bytes) -> None:
    checks = verify_bundle(small, KEY.public)
    assert [one for one in checks if not one.ok] == []
    assert rebuild_bundle(small).lot.phase is Phase.NOTICED
    assert len(small) < 16_000


def test_no_byte_of_it_can_be_another(small: bytes) -> None:
    """Every byte, by place a different bit of it: verification never passes, and never ends without a finding."""
    altered, missed = bytearray(small), []
    for place in range(len(small)):
        altered[place] ^= 1 << (place % 8)
        checks = verify_bundle(bytes(altered), KEY.public)
        if checks[-1].ok:
            missed.append(place)
        altered[place] = small[place]
    assert missed == []


def test_no_byte_of_its_seal_can_be_another_in_any_bit(small: bytes) -> None:
    """The last bytes are the bundle's own seal: there all eight bits are tried."""
    altered, begins = bytearray(small), small.rindex(b'"seal":')
    assert len(small) - begins > 300
    for place in range(begins, len(small)):
        for bit in range(8):
            altered[place] ^= 1 << bit
            assert not verify_bundle(bytes(altered), KEY.public)[-1].ok, (place, bit)
            altered[place] = small[place]


def test_no_byte_can_be_left_out_or_put_in(small: bytes) -> None:
    for place in range(0, len(small), 37):
        assert not verify_bundle(small[:place] + small[place + 1 :], KEY.public)[-1].ok
        assert not verify_bundle(small[:place] + b"0" + small[place:], KEY.public)[-1].ok
