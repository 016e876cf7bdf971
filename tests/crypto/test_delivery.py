"""R-PRIV-01: a proof of delivery opens for the supervisor's device alone, and only where it was kept."""

import pytest

from bidding.crypto.delivery import DeliveryProof, open_delivery, seal_delivery
from bidding.crypto.errors import DeliveryProofError
from bidding.crypto.suite import KeyPair

SUPERVISOR = KeyPair.generate()
PLACE = "reader-1-2"


def proof(address: str = "10.0.0.1") -> DeliveryProof:
    return DeliveryProof(
        lot="lot-1",
        party="a",
        version=1,
        at="2026-03-02T01:30:00.000Z",
        credential="c" * 64,
        request="r",
        address=address,
    )


def test_the_supervisor_reads_it() -> None:
    assert (
        open_delivery(seal_delivery(proof(), PLACE, SUPERVISOR.public), PLACE, SUPERVISOR.private) == proof()
    )


@pytest.mark.parametrize(
    ("place", "key"), [(PLACE, KeyPair.generate()), ("reader-1-3", SUPERVISOR)], ids=["key", "place"]
)
def test_with_another_key_or_at_another_place_it_stays_shut(place: str, key: KeyPair) -> None:
    box = seal_delivery(proof(), PLACE, SUPERVISOR.public)
    with pytest.raises(DeliveryProofError):
        open_delivery(box, place, key.private)


def test_its_length_tells_nothing() -> None:
    boxes = {len(seal_delivery(proof(address), PLACE, SUPERVISOR.public)) for address in ("", "2001:db8::1")}
    assert len(boxes) == 1
