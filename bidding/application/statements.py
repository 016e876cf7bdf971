"""Signed statements at the border: from the wire's JSON object to a verified ``SignedAct``.

The wire carries the statement as a JSON object; its canonical form (RFC 8785) is what was signed and what
the event keeps. A spelling of the same object therefore does not matter, its content does.
"""

import msgspec

from bidding.crypto.canonical import canonical, parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.signing import Signed
from bidding.crypto.statement import Statement, verify_statement
from bidding.domain.errors import Invalid
from bidding.domain.event import SignedAct

#: Characters of a signature at most: RSA's of 4096 bits.
SIGNATURE = 700


def received(statement: object, signature: str) -> tuple[SignedAct, Statement]:
    """What was said, in canonical form, and its parsed fields. Nothing is verified yet.

    Raises ``Invalid("statement-malformed")`` with the JSON path of the fault.
    """
    try:
        payload = canonical(statement)
        parsed = parse_canonical(payload, Statement)
        unb64(signature)
    except CryptoError as error:
        data = getattr(error, "data", {})
        raise Invalid(
            "statement-malformed", path=str(data.get("path", "$")), reason=_shape(str(data.get("reason", "")))
        ) from None
    return SignedAct(statement=payload.decode("utf-8"), signature=signature), parsed


def check(signed: SignedAct, signing_key: str) -> Statement:
    """The statement if the base64url Ed25519 key signed it and is the credential it names.

    Raises ``Invalid("signature-invalid")``, which does not say what exactly is wrong.
    """
    try:
        said = Signed(signed.statement.encode("utf-8"), unb64(signed.signature))
        return verify_statement(said, unb64(signing_key))
    except CryptoError:
        raise Invalid("signature-invalid") from None


def require(statement: Statement, *, act: str, lot: str | None, by: str, credential: str) -> None:
    """A statement is for this act, this lot, this party and this device, or it is not for us."""
    expected = {"act": act, "lot": lot, "by": by, "credential": credential}
    for field, wanted in expected.items():
        if getattr(statement, field) != wanted:
            raise Invalid("statement-mismatch", field=field)


def body_bytes(statement: Statement) -> bytes:
    """The act's content as JSON, to be decoded into its command."""
    return msgspec.json.encode(statement.body)


def _shape(reason: str) -> str:
    """msgspec's reason without anything that was submitted (it quotes names of unknown fields)."""
    return reason if "unknown field" not in reason else "unknown field"
