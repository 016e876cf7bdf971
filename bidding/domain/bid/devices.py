"""Whether the devices that a bid is sealed to will still open it (R-CRED-01, R-PAIN-04; F-43).

Told to the bidder alone, and nothing is refused for it: the remedy is to seal again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from bidding.domain.registration.state import Credential

#: A certificate is to last at least so long after the deadline: the opening may take its time.
MARGIN = timedelta(hours=24)


class AlarmKind(StrEnum):
    REVOKED = "REVOKED"  # sealed to a device that counts no more
    EXPIRES = "EXPIRES"  # sealed to a device whose certificate ends too early
    NOT_SEALED_TO = "NOT_SEALED_TO"  # a device bound, or renewed, since the bid was sealed


class Alarm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``until``: end of the certificate, where that is the trouble."""

    kind: AlarmKind
    credential: str
    label: str
    until: datetime | None = None


class Alarms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``must_reseal``: no device is left that would open the bid as it is."""

    alarms: tuple[Alarm, ...] = ()
    must_reseal: bool = False


NONE = Alarms()


def device_alarms(recipients: Sequence[str], credentials: Sequence[Credential], deadline: datetime) -> Alarms:
    """``recipients``: the opening keys that the bid is sealed to; none are known of a bid of before the guard."""
    if not recipients:
        return NONE
    # No bid is sealed to keys of two suites.
    suites = {one.suite for one in credentials if one.opening_key in recipients}
    found: list[Alarm] = []
    sound = False
    for one in credentials:
        sealed_to = one.opening_key in recipients
        if sealed_to and one.revoked:
            found.append(_alarm(AlarmKind.REVOKED, one))
        elif sealed_to and one.expires_at is not None and one.expires_at <= deadline + MARGIN:
            found.append(_alarm(AlarmKind.EXPIRES, one, one.expires_at))
        elif sealed_to:
            sound = True
        elif not one.revoked and (not suites or one.suite in suites):
            found.append(_alarm(AlarmKind.NOT_SEALED_TO, one))
    return Alarms(alarms=tuple(found), must_reseal=not sound)


def unproved(recipients: Sequence[str], credentials: Sequence[Credential]) -> tuple[str, ...]:
    """R-CRED-03: labels of the devices that the bid is sealed to without having passed their trial.

    A printed recovery code is tried where it is printed, if at all; but it cannot be all that opens a bid.
    """
    named = [one for one in credentials if one.opening_key in recipients]
    untried = [one for one in named if one.proved_at is None]
    devices = [one for one in untried if one.signing_key]
    return tuple(one.label for one in (devices or (untried if untried == named else [])))


def _alarm(kind: AlarmKind, one: Credential, until: datetime | None = None) -> Alarm:
    return Alarm(kind=kind, credential=one.credential, label=one.label, until=until)
