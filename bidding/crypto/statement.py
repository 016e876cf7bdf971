"""Binding acts: what a party says and signs on its own device, kept word for word in the event."""

from typing import Annotated, Any, Literal

import msgspec

from bidding.crypto.canonical import Digest, Name, parse_canonical
from bidding.crypto.errors import SignatureError
from bidding.crypto.instant import Instant
from bidding.crypto.public_keys import Signer
from bidding.crypto.signing import ACT_LABEL, Signed, sign, verify
from bidding.crypto.suite import key_id


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`act` names what is done, `by` the party, `credential` the hex SHA-256 of its signing key.

    `lot` is null for acts outside a lot. `body` is the act's content: JSON without floats.
    """

    act: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_./-]{0,79}$", max_length=80)]
    lot: Name | None
    by: Name
    credential: Digest
    at: Instant
    body: dict[str, Any]
    v: Literal[1] = 1


def sign_statement(key: bytes | Signer, statement: Statement) -> Signed:
    """Sign with the key that `statement.credential` names: a raw Ed25519 private key, or what holds it."""
    return sign(ACT_LABEL, statement, key)


def verify_statement(signed: Signed, public_key: bytes) -> Statement:
    """The statement, signed by the credential it names. SignatureError, CanonicalError."""
    statement = verify(ACT_LABEL, signed, public_key, Statement)
    if statement.credential != key_id(public_key):
        raise SignatureError(label=ACT_LABEL, reason="the statement names another credential")
    return statement


def read_statement(signed: Signed) -> Statement:
    """What is said and by whom, unverified: to look up the public key to verify with."""
    return parse_canonical(signed.payload, Statement)
