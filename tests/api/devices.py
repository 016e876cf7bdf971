"""A party's device in the tests: real keys, real signatures, the wire's JSON."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from bidding.application.identity import party_id
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential, EnrolmentRequest
from bidding.crypto.instant import instant
from bidding.crypto.signing import ENROLMENT_LABEL, sign
from bidding.crypto.statement import Statement, sign_statement

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Device:
    """One device of the party that its first device named."""

    def __init__(self, party: str = "") -> None:
        self.keys = DeviceCredential.generate()
        self.party = party or party_id(self.keys.signing.public)
        self.token = ""

    @property
    def id(self) -> str:
        return self.keys.id

    @property
    def signing_key(self) -> str:
        return b64(self.keys.signing.public)

    @property
    def opening_key(self) -> str:
        return b64(self.keys.opening.public)

    def says(
        self, act: str, body: dict[str, Any], about: str | None = None, /, **changed: Any
    ) -> dict[str, Any]:
        """The signed body of a request; ``changed``: fields of the statement that are to be untrue."""
        said: dict[str, Any] = {
            "act": act,
            "lot": about,
            "by": self.party,
            "credential": self.id,
            "at": instant(AT),
            "body": body,
            **changed,
        }
        statement = msgspec.convert(said, Statement)
        signed = sign_statement(self.keys.signing.private, statement)
        return {"statement": msgspec.json.decode(signed.payload), "signature": b64(signed.signature)}

    def enrols(self, **fields: Any) -> dict[str, Any]:
        body = {
            "signing_key": self.signing_key,
            "opening_key": self.opening_key,
            "label": "测试设备",
            **fields,
        }
        return self.says("registration/enrol", body)

    def possession(self, label: str) -> str:
        """This (new) device's proof that it holds the signing key, for the party that is to bind it."""
        request = EnrolmentRequest(
            party=self.party, device=label, signing=self.signing_key, opening=self.opening_key
        )
        return b64(sign(ENROLMENT_LABEL, request, self.keys.signing.private).signature)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
