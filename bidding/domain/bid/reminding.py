"""The clock's daily warning about the certificates under a sealed bid (R-CRED-01)."""

from collections.abc import Sequence

from bidding.domain.bid.decide import watch_devices
from bidding.domain.bid.devices import AlarmKind, device_alarms
from bidding.domain.bid.events import CredentialReminded
from bidding.domain.bid.state import Bid
from bidding.domain.command import Facts
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening.windows import submission_over
from bidding.domain.periods import local_date
from bidding.domain.registration.state import Credential


def remind_of_devices(lot: Lot, facts: Facts, *, bid: Bid, credentials: Sequence[Credential]) -> list[Event]:
    """R-CRED-01: a warning on each day on which a certificate under the sealed bid is revoked or ends within a day
    of the deadline. Nothing is blocked; sealing anew ends it. Beside it the alarm, if that has changed since."""
    events = watch_devices(lot, facts, bid=bid, credentials=credentials)
    version, deadline, today = bid.effective, lot.notice.deadline, local_date(facts.now)
    if version is None or deadline is None or submission_over(lot, facts.now) or bid.reminded_on == today:
        return events
    found = device_alarms(version.recipients, credentials, deadline)
    # A further device, to which the bid is not sealed, takes nothing away from those that open it.
    lost = tuple(one for one in found.alarms if one.kind is not AlarmKind.NOT_SEALED_TO)
    if not lost:
        return events
    reminded = CredentialReminded(
        lot=lot.lot_id,
        bidder=bid.bidder,
        manifest_hash=version.manifest_hash,
        day=today,
        alarms=lost,
        must_reseal=found.must_reseal,
        at=facts.now,
    )
    return [*events, reminded]
