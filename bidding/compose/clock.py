"""The system's clock, in whole milliseconds (the precision of every deadline, R-TIME-09)."""

from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        exact = datetime.now(UTC)  # noqa: TID251 - the one place where real time enters
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
