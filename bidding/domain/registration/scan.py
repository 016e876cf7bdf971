"""扫码 (R-CRED-05): a challenge on the screen of a PC, and how the device that holds the key confirms it.

The device signs everything that the challenge says — action, lot, digest, end, origin — and the number that its holder
reads on that PC. Who shows somebody else's code on a page of his own has not got the number's screen before him.
Nothing here is an event: what was confirmed is a session, or the statement that the device would have signed anyway.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from bidding.domain.errors import Conflicting, Forbidden, Invalid, Unknown

RULE = "R-CRED-05"
#: Its end is at most 120 s away.
LIFE = timedelta(seconds=120)
#: Act of the statement that confirms, and action of a challenge that is to become a session.
CONFIRM = "session/confirm"
SIGN_IN = "session/login"


class Stage(StrEnum):
    """``opened``: on the device that is to confirm it; the PC shows the number from then on."""

    SHOWN = "shown"
    OPENED = "opened"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    MISMATCHED = "mismatched"


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """``challenge``: base64url of 32 bytes; ``digest``: hex SHA-256 of the statement to be signed, or, for a sign-in,
    of the secret that the PC alone holds; ``number``: two digits; ``address``, ``agent``: of the PC, for people.

    ``party`` and ``credential``: who is to confirm; of a sign-in, who opened it. ``statement``: canonical JSON, empty
    for a sign-in; ``signature``: the device's over it, base64url.
    """

    challenge: str
    action: str
    lot: str | None = None
    digest: str
    origin: str
    expires_at: datetime
    number: str
    address: str = ""
    agent: str = ""
    party: str = ""
    credential: str = ""
    statement: str = ""
    stage: Stage = Stage.SHOWN
    signature: str = ""

    @property
    def signs_in(self) -> bool:
        return not self.statement


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of the ``session/confirm`` statement; the lot stands in the statement itself."""

    challenge: Annotated[str, msgspec.Meta(min_length=43, max_length=43)]
    action: Annotated[str, msgspec.Meta(max_length=80)]
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    origin: Annotated[str, msgspec.Meta(max_length=300)]
    expires_at: datetime
    number: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}$")]


def number_of(random: bytes) -> str:
    """Two digits, 10 to 99, of unpredictable bytes."""
    return str(10 + int.from_bytes(random) % 90)


def opened(scan: Scan, party: str, credential: str, origin: str, now: datetime) -> Scan:
    """On the device's screen, which is the only one it will be on: a code that was photographed opens nothing more."""
    _running(scan, now)
    if origin != scan.origin:
        raise Forbidden("scan-of-another-origin", rule=RULE, origin=scan.origin)
    if not scan.signs_in and (party, credential) != (scan.party, scan.credential):
        raise Forbidden("scan-for-another-device", rule=RULE)
    if scan.stage is not Stage.SHOWN:
        raise Conflicting("scan-opened-already", rule=RULE)
    return msgspec.structs.replace(scan, stage=Stage.OPENED, party=party, credential=credential)


def confirmed(
    scan: Scan, said: Confirmation, party: str, credential: str, signature: str, now: datetime
) -> Scan:
    """``signature``: over the statement; its verification is the application's. With a wrong number the challenge is
    over: there is no second guess."""
    _awaits(scan, party, credential, now)
    for field in ("challenge", "action", "digest", "origin", "expires_at"):
        if getattr(said, field) != getattr(scan, field):
            raise Invalid("scan-altered", rule=RULE, field=field)
    if bool(signature) == scan.signs_in:
        raise Invalid("scan-altered", rule=RULE, field="act_signature")
    if said.number != scan.number:
        return msgspec.structs.replace(scan, stage=Stage.MISMATCHED)
    return msgspec.structs.replace(scan, stage=Stage.CONFIRMED, signature=signature)


def declined(scan: Scan, party: str, credential: str, now: datetime) -> Scan:
    _awaits(scan, party, credential, now)
    return msgspec.structs.replace(scan, stage=Stage.DECLINED)


def collectable(scan: Scan, now: datetime) -> bool:
    """Whether the PC has its answer; raises what has become of the challenge if it never will."""
    if scan.stage is Stage.DECLINED:
        raise Forbidden("scan-declined", rule=RULE)
    if scan.stage is Stage.MISMATCHED:
        raise Forbidden("scan-number-wrong", rule=RULE)
    _running(scan, now)
    return scan.stage is Stage.CONFIRMED


def _running(scan: Scan, now: datetime) -> None:
    if now >= scan.expires_at:
        raise Unknown("scan-ended", rule=RULE)


def _awaits(scan: Scan, party: str, credential: str, now: datetime) -> None:
    _running(scan, now)
    if scan.stage is not Stage.OPENED:
        raise Conflicting("scan-answered-already", rule=RULE)
    if (party, credential) != (scan.party, scan.credential):
        raise Forbidden("scan-for-another-device", rule=RULE)
