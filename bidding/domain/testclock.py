"""The clock of a test lot: virtual time that runs at a rate, so that twenty days pass in seconds.

A lot in ``mode: test`` lives wholly in virtual time: its notice, deadline, windows and publicity are
lawful dates of that time. ``rate`` may be changed by command; virtual time is continuous and never
runs back. From ``until`` on it runs at ``then_rate``, so a fast approach to the deadline slows down by itself.
"""

from datetime import datetime, timedelta

import msgspec


class TestClock(msgspec.Struct, frozen=True, kw_only=True):
    """``virtual(real)`` from an anchor: both instants aware; rates in virtual seconds per second."""

    __test__ = False  # not a test case, whatever its name says to pytest

    real: datetime
    virtual: datetime
    rate: int = 1
    until: datetime | None = None
    then_rate: int = 1

    def at(self, now: datetime) -> datetime:
        """The lot's instant when the platform's is ``now``."""
        fast = self.virtual + max(now - self.real, timedelta(0)) * self.rate
        if self.until is None or fast <= self.until:
            return fast
        spent = (max(self.until, self.virtual) - self.virtual) / self.rate
        return max(self.until, self.virtual) + (now - self.real - spent) * self.then_rate

    def real_of(self, instant: datetime) -> datetime:
        """The platform's instant at which the lot's will be ``instant``: rounded up, for a timer that fires a
        microsecond early is refused and done with."""
        bend = None if self.until is None else max(self.until, self.virtual)
        if bend is None or instant <= bend:
            return self.real - (self.virtual - instant) // self.rate
        return self.real - (self.virtual - bend) // self.rate - (bend - instant) // self.then_rate
