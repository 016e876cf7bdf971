"""RFC 3161 time-stamp tokens: somebody else's word for when these bytes existed.

A token is kept as the DER of its ContentInfo, whatever answer it came in: the status is not signed, the token is.
Real authorities send certificates in another order than DER wants; they are not signed either, and are put in order.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from asn1crypto.cms import ContentInfo
from asn1crypto.core import Sequence as Asn1Sequence
from asn1crypto.tsp import PKIStatusInfo
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from bidding.crypto.errors import TimestampError

#: Bytes of a token that are read at most: real ones have 2 to 8 kB.
LARGEST = 64 * 1024
_GRANTED = frozenset({"granted", "granted_with_mods"})


class _Answer(Asn1Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """TimeStampResp (RFC 3161, 2.4.2). The library's own wants a token in refusals too."""

    _fields: ClassVar = [("status", PKIStatusInfo), ("time_stamp_token", ContentInfo, {"optional": True})]


class Query(NamedTuple):
    """What is sent to the authority (DER), and what its answer must hold again."""

    der: bytes
    nonce: int


class Stamp(NamedTuple):
    """What a token says. ``imprint``: raw SHA-256 of the content; ``policy``: dotted; ``serial``: the token's own."""

    instant: datetime
    imprint: bytes
    policy: str
    serial: int


def query(content: bytes) -> Query:
    """A time-stamp query over the SHA-256 of ``content`` that asks for the authority's certificate."""
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    assert request.nonce is not None, "the builder draws one"
    return Query(request.as_bytes(), request.nonce)


def token_of(answer: bytes) -> bytes:
    """The token of an authority's answer (DER), in order. Raises ``TimestampError`` for a refusal or for no answer."""
    if len(answer) > LARGEST:
        raise TimestampError(reason=f"longer than {LARGEST} bytes")
    try:
        found = _Answer.load(answer, strict=True)
        status = found["status"]["status"].native
        if status not in _GRANTED:
            raise TimestampError(reason=f"the authority answers {status}")
        return _ordered(found["time_stamp_token"])
    except (ValueError, TypeError, KeyError) as error:
        raise TimestampError(reason=f"not a time-stamp answer: {type(error).__name__}") from error


def read_token(token: bytes) -> Stamp:
    """What the token says, whoever signed it. Raises ``TimestampError``."""
    try:
        said = _response(token).tst_info
        algorithm = said.message_imprint.hash_algorithm
    except ValueError as error:
        raise TimestampError(reason="not a time-stamp token: malformed inside") from error
    if algorithm != x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1"):
        raise TimestampError(reason=f"over another hash than SHA-256: {algorithm.dotted_string}")
    return Stamp(said.gen_time, said.message_imprint.message, said.policy.dotted_string, said.serial_number)


def check_token(
    token: bytes, content: bytes, roots: Sequence[x509.Certificate], nonce: int | None = None
) -> Stamp:
    """What the token says, once it is over ``content``, signed for time-stamping under one of ``roots``.

    Certificates count as of the token's own instant. ``nonce``: of the query, when the answer has just come.
    Raises ``TimestampError``.
    """
    stamp = read_token(token)
    if stamp.imprint != hashlib.sha256(content).digest():
        raise TimestampError(reason="over other bytes")
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        builder.build().verify(_response(token), stamp.imprint)
    except (VerificationError, ValueError) as error:
        raise TimestampError(reason=str(error)) from error
    return stamp


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """Trusted certificates of time-stamp authorities, PEM one after another. Raises ``TimestampError``."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TimestampError(reason="no PEM certificates") from error


def _response(token: bytes) -> TimeStampResponse:
    """As the verifier wants it: the token in an answer that grants it."""
    try:
        answer = _Answer({"status": {"status": "granted"}, "time_stamp_token": ContentInfo.load(token)})
        return decode_timestamp_response(answer.dump())
    except (ValueError, TypeError, KeyError) as error:
        raise TimestampError(reason=f"not a time-stamp token: {type(error).__name__}") from error


def _ordered(token: ContentInfo) -> bytes:
    """The same token with its certificates as DER sorts a SET OF."""
    certificates = token["content"]["certificates"]
    if certificates.native is not None:
        token["content"]["certificates"] = sorted(certificates, key=lambda one: bytes(one.dump()))
    return bytes(token.dump(force=True))
