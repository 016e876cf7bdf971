"""Delivery proofs on the supervisor's own device: what an order to produce handed over, opened and put in order."""

import json

import msgspec

from bidding.crypto.canonical import unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.delivery import DeliveryProof, open_delivery

DOWNLOADED, DELIVERED = "reader.downloaded.v1", "reader.clarification-delivered.v1"


class _Box(msgspec.Struct, frozen=True):
    credential: str
    proof: str


class _Produced(msgspec.Struct, frozen=True):
    """Of a produced event only what proofs are made of."""

    stream: str
    type: str
    at: str = ""
    number: int = 0
    sealed: tuple[_Box, ...] = ()


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """``downloads`` in their order; ``delivered``: number of each clarification and when it was delivered."""

    party: str
    downloads: tuple[DeliveryProof, ...]
    delivered: tuple[tuple[int, str], ...]


def readers(produced: bytes, device: DeviceCredential) -> list[Reader]:
    """``produced``: the answer to ``control/produce`` as JSON.

    DeliveryProofError for a proof that was not sealed to this device or stands elsewhere than where it was kept;
    CanonicalError, msgspec.ValidationError for what is no such answer.
    """
    events = msgspec.convert(json.loads(produced)["produced"], type=list[_Produced])
    found: dict[str, Reader] = {}
    for event in events:
        reader = found.get(event.stream, Reader(party="", downloads=(), delivered=()))
        if event.type == DOWNLOADED:
            proof = _opened(event, device)
            reader = msgspec.structs.replace(reader, party=proof.party, downloads=(*reader.downloads, proof))
        elif event.type == DELIVERED:
            reader = msgspec.structs.replace(reader, delivered=(*reader.delivered, (event.number, event.at)))
        found[event.stream] = reader
    return [one for one in found.values() if one.downloads]


def _opened(event: _Produced, device: DeviceCredential) -> DeliveryProof:
    mine = next((one.proof for one in event.sealed if one.credential == device.id), "")
    return open_delivery(unb64(mine), event.stream, device.opening.private)
