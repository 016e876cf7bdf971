"""Where proofs of delivery are kept, and who alone reads them (R-PRIV-01, R-DOC-03, R-DOC-04).

A reader's stream is named by a keyed hash, its proof is sealed to the supervisor's devices, and nothing else of the
request is stored: the log's metadata and idempotency say of other commands who gave them.
"""

from collections.abc import Iterable
from typing import Protocol

from msgspec.structs import replace

from bidding.application.keyring import Keyring
from bidding.application.platform import Call
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.delivery import DeliveryProof, seal_delivery
from bidding.crypto.instant import instant
from bidding.domain.event import Event
from bidding.domain.notice.events import DocumentDownloaded, ProofRecipient, SealedProof
from bidding.domain.parties import Role
from bidding.domain.registration.state import Party


class Register(Protocol):
    async def parties(self) -> list[Party]: ...


def readers_of(keyring: Keyring, lot_id: str) -> str:
    """What the names of all the lot's readers' streams begin with."""
    return f"reader-{keyring.unlinkable(f'lot {lot_id}')}-"


def reader_stream(keyring: Keyring, lot_id: str, party: str) -> str:
    return readers_of(keyring, lot_id) + keyring.unlinkable(f"reader {lot_id} {party}")


async def supervisors(register: Register) -> tuple[ProofRecipient, ...]:
    """Every device of every verified supervisor that is in force; a scan of the register, once for each notice."""
    return tuple(
        ProofRecipient(party=party.party, credential=one.credential, opening_key=one.opening_key)
        for party in await register.parties()
        if party.verified and Role.SUPERVISOR in party.roles
        for one in party.credentials
        if not one.revoked and one.opening_key
    )


def sealed(
    events: Iterable[Event], stream: str, call: Call, recipients: tuple[ProofRecipient, ...]
) -> list[Event]:
    """The events as they are stored: whose they are is said to ``recipients`` and to nobody else."""
    return [_sealed(event, stream, call, recipients) for event in events]


def _sealed(event: Event, stream: str, call: Call, recipients: tuple[ProofRecipient, ...]) -> Event:
    if not isinstance(event, DocumentDownloaded):
        return replace(event, lot="", party="")  # the download that began the stream says whose it is
    proof = DeliveryProof(
        lot=event.lot,
        party=event.party,
        version=event.version,
        at=instant(event.at),
        credential=call.actor.credential,
        request=call.request_id,
        address=call.address,
    )
    boxes = tuple(
        SealedProof(
            credential=one.credential, proof=b64(seal_delivery(proof, stream, unb64(one.opening_key)))
        )
        for one in recipients
    )
    return replace(event, lot="", party="", sealed=boxes)
